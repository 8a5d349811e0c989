//! A server on the loopback interface that records each request and answers with exactly the bytes it is told to.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use dialform::api::BaseUrl;

/// A request as it came in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn read(stream: &mut impl Read) -> Self {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.lines();
        let line = lines.next().unwrap_or_default().to_owned();
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(key, value)| (key.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut received = Self {
            line,
            headers,
            body: String::new(),
        };
        let length = received
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        received.body = String::from_utf8(body).unwrap();
        received
    }
}

/// What is done with a request.
pub(crate) enum Reply {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// The end of the connection.
    Close,
    /// Nothing, for as long as the client waits.
    Hang,
    /// A head with status 200, then a body without end.
    Endless,
}

/// A whole answer with its length.
pub(crate) fn answer(status: u16, headers: &[&str], body: &str) -> Reply {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    Reply::Bytes(
        format!(
            "HTTP/1.1 {status} Status\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into(),
    )
}

pub(crate) fn json(status: u16, body: &str) -> Reply {
    answer(status, &["content-type: application/json"], body)
}

pub(crate) struct Server {
    pub(crate) origin: BaseUrl,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    /// Starts a server that answers each request, on a thread of its own, with what `reply` makes of it; the number
    /// counts the requests from 0.
    pub(crate) fn start(reply: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = origin(listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let (reply, log) = (Arc::new(reply), Arc::clone(&received));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (reply, log, mut stream) = (Arc::clone(&reply), Arc::clone(&log), stream.unwrap());
                thread::spawn(move || {
                    let request = Received::read(&mut stream);
                    let number = {
                        let mut log = log.lock().unwrap();
                        log.push(request.clone());
                        log.len() - 1
                    };
                    carry_out(reply(number, &request), stream);
                });
            }
        });
        Self { origin, received }
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

/// The base address of a server, with a path as the vendor's has.
pub(crate) fn origin(address: SocketAddr) -> BaseUrl {
    format!("http://{address}/api/v1").parse().unwrap()
}

fn carry_out(reply: Reply, mut stream: TcpStream) {
    // A client that has seen enough closes its side, so writing may fail.
    match reply {
        Reply::Bytes(bytes) => drop(stream.write_all(&bytes)),
        Reply::Close => {}
        Reply::Hang => drop(io::copy(&mut stream, &mut io::sink())),
        Reply::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            while stream.write_all(&[b' '; 4096]).is_ok() {}
        }
    }
}
