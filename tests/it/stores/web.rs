//! A server of HTTP in a few lines, for stand-ins that say exactly what a test wants.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What arrived.
#[derive(Clone, Debug)]
pub(crate) struct WebRequest {
    pub(crate) method: String,
    /// The path, with the query.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl WebRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What is answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct WebAnswer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl WebAnswer {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A server that answers as its function does, for as long as the process lives.
#[derive(Clone)]
pub(crate) struct WebServer {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<WebRequest>>>,
}

impl WebServer {
    pub(crate) fn start(answer: impl Fn(&WebRequest) -> WebAnswer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let server = Self {
            port,
            seen: Arc::clone(&seen),
        };
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                thread::spawn(move || serve(&connection.unwrap(), &*answer, &seen));
            }
        });
        server
    }

    /// What arrived so far.
    pub(crate) fn seen(&self) -> Vec<WebRequest> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(connection: &TcpStream, answer: &dyn Fn(&WebRequest) -> WebAnswer, seen: &Mutex<Vec<WebRequest>>) {
    let mut reader = BufReader::new(connection);
    while let Some(request) = read(&mut reader) {
        seen.lock().unwrap().push(request.clone());
        let WebAnswer { status, headers, body } = answer(&request);
        let mut head = format!("HTTP/1.1 {status} OK\r\n");
        for (name, value) in &headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &match status {
            204 => "\r\n".to_owned(),
            _ => format!("content-length: {}\r\n\r\n", body.len()),
        };
        let mut writer = connection;
        if writer.write_all(&[head.as_bytes(), &body].concat()).is_err() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<WebRequest> {
    let line = |reader: &mut BufReader<&TcpStream>| {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        Some(line.trim_end().to_owned())
    };
    let first = line(reader)?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let header = line(reader)?;
        let Some((name, value)) = header.split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(WebRequest {
        method,
        target,
        headers,
        body,
    })
}
