//! Connections that a request handler can close or reset, which axum does not offer.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{self, IncomingStream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Ready once the sandbox stops.
pub(super) type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The states of a connection; 0 is open.
const END_WHEN_FLUSHED: u8 = 1;
const END: u8 = 2;
const RESET: u8 = 3;

/// A handle to close one connection. It takes effect at the server's next read or write; unwritten data is lost.
#[derive(Clone, Debug, Default)]
pub(super) struct Connection(Arc<AtomicU8>);

impl Connection {
    /// Closes the connection by a reset.
    pub(super) fn reset(&self) {
        self.0.store(RESET, Ordering::Release);
    }

    /// Closes the connection normally.
    pub(super) fn end(&self) {
        self.0.store(END, Ordering::Release);
    }

    /// Closes the connection normally after the next flush.
    pub(super) fn end_when_flushed(&self) {
        self.0.store(END_WHEN_FLUSHED, Ordering::Release);
    }

    fn state(&self) -> u8 {
        self.0.load(Ordering::Acquire)
    }
}

impl Connected<IncomingStream<'_, Listener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.io().connection.clone()
    }
}

/// A listener whose connections can be closed.
#[derive(Debug)]
pub(super) struct Listener(pub(super) TcpListener);

impl serve::Listener for Listener {
    type Io = Closable;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Closable, SocketAddr) {
        let (stream, addr) = serve::Listener::accept(&mut self.0).await;
        let connection = Connection::default();
        (Closable { stream, connection }, addr)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A stream that fails once its [`Connection`] is closed, so that the server drops it.
#[derive(Debug)]
pub(super) struct Closable {
    stream: TcpStream,
    connection: Connection,
}

impl Closable {
    /// An error if the connection was closed.
    fn check(&self) -> io::Result<()> {
        match self.connection.state() {
            RESET => {
                // Without lingering, closing a socket sends a reset.
                self.stream.set_zero_linger()?;
                Err(io::ErrorKind::ConnectionReset.into())
            }
            END => Err(io::ErrorKind::ConnectionAborted.into()),
            _ => Ok(()),
        }
    }
}

impl AsyncRead for Closable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Closable {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// The server calls this when it has written all that it had.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.connection.state() == END_WHEN_FLUSHED {
            self.connection.end();
        }
        self.check()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
