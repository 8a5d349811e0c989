//! A server that takes every create, after a while of its own, and has an empty list. It runs beside what is measured, on the
//! same processors, so that it does as little as it can.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::certificate::{certificate, pem};

/// More than are ever under way.
const TLS_THREADS: usize = 8;

/// It serves until this program ends.
pub(super) struct Server {
    address: String,
    authority: String,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    created: AtomicUsize,
    /// Bytes of all requests.
    received: AtomicUsize,
    /// When the first create was answered.
    first: OnceLock<Instant>,
    /// How long after that the last one was, in microseconds.
    lasted: AtomicU64,
}

impl Server {
    pub(super) fn plain(latency: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let server = Self::at(&listener, String::new())?;
        let counts = Arc::clone(&server.counts);
        thread::spawn(move || PlainServer::new(listener, latency, counts).serve());
        Ok(server)
    }

    pub(super) fn tls() -> io::Result<Self> {
        let (certificate, key) = certificate();
        let authority = pem(&certificate);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(vec![certificate], key))
            .map_err(io::Error::other)?;
        config.ticketer = rustls::crypto::ring::Ticketer::new().map_err(io::Error::other)?;
        let (listener, config) = (Arc::new(TcpListener::bind("127.0.0.1:0")?), Arc::new(config));
        let server = Self::at(&listener, authority)?;
        for _ in 0..TLS_THREADS {
            let (listener, counts, config) = (Arc::clone(&listener), Arc::clone(&server.counts), Arc::clone(&config));
            thread::spawn(move || {
                while let Ok((stream, _)) = listener.accept() {
                    // A connection that breaks off is noticed by whoever counts what arrived.
                    let _ = over_tls(&config, stream, &counts);
                }
            });
        }
        Ok(server)
    }

    fn at(listener: &TcpListener, authority: String) -> io::Result<Self> {
        let counts = Arc::default();
        let address = listener.local_addr()?.to_string();
        Ok(Self {
            address,
            authority,
            counts,
        })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// What campaigns name as the `api`.
    pub(super) fn origin(&self) -> String {
        let scheme = if self.authority.is_empty() { "http" } else { "https" };
        format!("{scheme}://{}", self.address)
    }

    /// The certificate that it is to be trusted by; empty without TLS.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    pub(super) fn created(&self) -> usize {
        self.counts.created.load(Ordering::SeqCst)
    }

    /// The time from the first answer to a create to the last one.
    pub(super) fn lasted(&self) -> Duration {
        Duration::from_micros(self.counts.lasted.load(Ordering::SeqCst))
    }

    /// Bytes of all requests so far.
    pub(super) fn received(&self) -> usize {
        self.counts.received.load(Ordering::SeqCst)
    }
}

/// All connections on one thread, which sleeps until one of them has something to read, or an answer is due.
struct PlainServer {
    listener: TcpListener,
    latency: Duration,
    counts: Arc<Counts>,
    /// Those whose request is not there yet, with what has come of it.
    reading: Vec<(TcpStream, Vec<u8>)>,
    /// Those that are answered in this order.
    waiting: VecDeque<(Instant, TcpStream)>,
}

impl PlainServer {
    fn new(listener: TcpListener, latency: Duration, counts: Arc<Counts>) -> Self {
        Self {
            listener,
            latency,
            counts,
            reading: Vec::new(),
            waiting: VecDeque::new(),
        }
    }

    fn serve(mut self) {
        while let Ok((has_new, readable)) = self.wait() {
            for at in readable.into_iter().rev() {
                self.read(at);
            }
            while has_new && let Ok((stream, _)) = self.listener.accept() {
                if stream.set_nonblocking(true).is_ok() {
                    self.reading.push((stream, Vec::new()));
                }
            }
            while let Some((_, mut stream)) = self.waiting.pop_front_if(|(due, _)| *due <= Instant::now()) {
                let number = self.counts.created.fetch_add(1, Ordering::SeqCst);
                let lasted = self.counts.first.get_or_init(Instant::now).elapsed().as_micros();
                self.counts
                    .lasted
                    .store(u64::try_from(lasted).unwrap_or(u64::MAX), Ordering::SeqCst);
                // A connection that breaks off is noticed by whoever counts what arrived.
                let _ = stream.write_all(created(number).as_bytes());
            }
        }
    }

    /// Whether there are new connections, and the places of those that can be read.
    fn wait(&self) -> rustix::io::Result<(bool, Vec<usize>)> {
        let streams = self
            .reading
            .iter()
            .map(|(stream, _)| PollFd::new(stream, PollFlags::IN));
        let mut polled: Vec<_> = std::iter::once(PollFd::new(&self.listener, PollFlags::IN))
            .chain(streams)
            .collect();
        let left = self
            .waiting
            .front()
            .map(|(due, _)| due.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        poll(&mut polled, left.as_ref())?;
        let mut ready = polled.iter().map(|polled| !polled.revents().is_empty());
        let has_new = ready.next().unwrap_or_default();
        let readable = ready.enumerate().filter_map(|(at, is_ready)| is_ready.then_some(at));
        Ok((has_new, readable.collect()))
    }

    fn read(&mut self, at: usize) {
        let (stream, read) = &mut self.reading[at];
        let mut buffer = [0; 8 << 10];
        // What broke off is noticed by whoever counts what arrived.
        let is_over = match stream.read(&mut buffer) {
            Ok(length) => {
                self.counts.received.fetch_add(length, Ordering::SeqCst);
                read.extend_from_slice(&buffer[..length]);
                length == 0
            }
            Err(why) => why.kind() != ErrorKind::WouldBlock,
        };
        if !is_over && !is_whole(read) {
            return;
        }
        let (mut stream, read) = self.reading.swap_remove(at);
        if read.starts_with(b"POST") {
            self.waiting.push_back((Instant::now() + self.latency, stream));
        } else if !is_over {
            let _ = stream.write_all(LIST.as_bytes());
        }
    }
}

/// One request and its answer.
fn over_tls(config: &Arc<ServerConfig>, stream: TcpStream, counts: &Counts) -> io::Result<()> {
    let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let (mut read, mut buffer) = (Vec::new(), [0; 8 << 10]);
    while !is_whole(&read) {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            length => read.extend_from_slice(&buffer[..length]),
        }
    }
    counts.received.fetch_add(read.len(), Ordering::SeqCst);
    if read.starts_with(b"POST") {
        let number = counts.created.fetch_add(1, Ordering::SeqCst);
        stream.write_all(created(number).as_bytes())?;
    } else {
        stream.write_all(LIST.as_bytes())?;
    }
    stream.flush()
}

/// Whether a request has all its headers and its body.
fn is_whole(request: &[u8]) -> bool {
    const END: &[u8] = b"\r\n\r\n";
    let Some(end) = request.windows(END.len()).position(|window| window == END) else {
        return false;
    };
    let head = String::from_utf8_lossy(&request[..end]);
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let length = lines
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .find_map(|(_, value)| value.parse().ok());
    request.len() - end - END.len() >= length.unwrap_or(0)
}

fn created(number: usize) -> String {
    let body = format!("{{\"id\":{{\"identity\":\"00000000-0000-4000-8000-{number:012x}\"}}}}");
    format!("{HEAD}content-length: {}\r\n\r\n{body}", body.len())
}

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
const LIST: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 22\r\n\r\n\
                    {\"items\":[],\"total\":0}";
