//! A server that takes every create, after a while of its own, and has an empty list.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::certificate::{certificate, pem};

/// More than are ever under way.
const THREADS: usize = 80;

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
}

impl Server {
    pub(super) fn plain(latency: Duration) -> io::Result<Self> {
        Self::start(latency, None, String::new())
    }

    pub(super) fn tls(latency: Duration) -> io::Result<Self> {
        let (certificate, key) = certificate();
        let authority = pem(&certificate);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(vec![certificate], key))
            .map_err(io::Error::other)?;
        config.ticketer = rustls::crypto::ring::Ticketer::new().map_err(io::Error::other)?;
        Self::start(latency, Some(Arc::new(config)), authority)
    }

    fn start(latency: Duration, tls: Option<Arc<ServerConfig>>, authority: String) -> io::Result<Self> {
        let listener = Arc::new(TcpListener::bind("127.0.0.1:0")?);
        let address = listener.local_addr()?.to_string();
        let counts = Arc::new(Counts::default());
        for _ in 0..THREADS {
            let (listener, counts, tls) = (Arc::clone(&listener), Arc::clone(&counts), tls.clone());
            thread::spawn(move || {
                while let Ok((stream, _)) = listener.accept() {
                    // A connection that breaks off is noticed by whoever counts what arrived.
                    let _ = match &tls {
                        Some(config) => over_tls(config, stream, latency, &counts),
                        None => answer(stream, latency, &counts),
                    };
                }
            });
        }
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

    /// Bytes of all requests so far.
    pub(super) fn received(&self) -> usize {
        self.counts.received.load(Ordering::SeqCst)
    }
}

fn over_tls(config: &Arc<ServerConfig>, stream: TcpStream, latency: Duration, counts: &Counts) -> io::Result<()> {
    let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    answer(StreamOwned::new(connection, stream), latency, counts)
}

/// One request and its answer.
fn answer(stream: impl Read + Write, latency: Duration, counts: &Counts) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut first, mut length) = (String::new(), String::new(), 0);
    loop {
        line.clear();
        let read = stream.read_line(&mut line)?;
        counts.received.fetch_add(read, Ordering::SeqCst);
        if line.trim_end().is_empty() {
            break;
        }
        if first.is_empty() {
            first.clone_from(&line);
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    stream.read_exact(&mut vec![0; length])?;
    counts.received.fetch_add(length, Ordering::SeqCst);
    let body = if first.starts_with("POST") {
        thread::sleep(latency);
        let number = counts.created.fetch_add(1, Ordering::SeqCst);
        format!("{{\"id\":{{\"identity\":\"00000000-0000-4000-8000-{number:012x}\"}}}}")
    } else {
        "{\"items\":[],\"total\":0}".to_owned()
    };
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length:";
    let stream = stream.get_mut();
    write!(stream, "{head} {}\r\n\r\n{body}", body.len())?;
    stream.flush()
}
