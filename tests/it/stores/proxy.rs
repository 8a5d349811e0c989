//! What may happen between a store and its server: a relay of bytes that does harm when it is told to.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// What becomes of something that is asked, and of its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ProxyFault {
    /// It passes.
    #[default]
    None,
    /// What is asked never arrives, and the connection is cut.
    LoseRequest,
    /// What is asked arrives and takes effect; when the answer begins, the connection is cut.
    LoseAnswer,
    /// What is asked arrives and takes effect; the connection is cut in the middle of the answer.
    CutAnswer,
    /// What is asked arrives and takes effect; no answer comes, and the connection stays.
    Stall,
    /// What is asked never arrives, and this is the answer.
    Refuse(&'static str),
    /// What is asked arrives and takes effect, and this is the answer all the same.
    Belie(&'static str),
}

/// Decides what becomes of each thing that is asked, which are numbered from 1 over all connections.
type Decide = dyn Fn(usize) -> ProxyFault + Send + Sync;

/// A relay to a port of this machine.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    fault: Arc<Mutex<ProxyFault>>,
}

impl Proxy {
    /// One that does what [`Proxy::set`] said last.
    pub(crate) fn to(server: u16) -> Self {
        let fault = Arc::new(Mutex::new(ProxyFault::None));
        let told = Arc::clone(&fault);
        let port = listen(server, move |_| *told.lock().unwrap());
        Self { port, fault }
    }

    pub(crate) fn set(&self, fault: ProxyFault) {
        *self.fault.lock().unwrap() = fault;
    }
}

/// Opens a relay that asks what becomes of each thing; gives its port.
pub(crate) fn listen(server: u16, decide: impl Fn(usize) -> ProxyFault + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let decide: Arc<Decide> = Arc::new(decide);
    let asked = Arc::new(AtomicUsize::new(0));
    thread::spawn(move || {
        for client in listener.incoming() {
            let (decide, asked) = (Arc::clone(&decide), Arc::clone(&asked));
            let next = move || decide(asked.fetch_add(1, Ordering::SeqCst) + 1);
            thread::spawn(move || {
                let client = client.unwrap();
                requests(&client, server, next);
                cut(&client);
            });
        }
    });
    port
}

/// What passes over a connection just now.
#[derive(Default)]
struct Exchange {
    /// It was asked, and no answer has begun.
    is_asked: bool,
    fault: ProxyFault,
}

fn cut(stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Both);
}

/// Bytes that came, or none at the end.
fn read<'b>(mut from: &TcpStream, bytes: &'b mut [u8]) -> &'b [u8] {
    let length = from.read(bytes).unwrap_or_default();
    &bytes[..length]
}

/// Says something in the server's place, and nothing more.
fn say(mut client: &TcpStream, words: &str) {
    let _ = client.write_all(words.as_bytes());
    let _ = client.shutdown(Shutdown::Write);
}

/// Passes what the client asks. The server hears of a connection when it is asked something: one that answers one request
/// after another waits for what it hears of.
fn requests(client: &TcpStream, port: u16, next: impl Fn() -> ProxyFault) {
    let exchange: Arc<Mutex<Exchange>> = Arc::default();
    let mut server: Option<TcpStream> = None;
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let asked = read(client, &mut bytes);
        // The rest of what is asked may come later.
        let is_new = !asked.is_empty() && !std::mem::replace(&mut exchange.lock().unwrap().is_asked, true);
        if is_new {
            let fault = next();
            exchange.lock().unwrap().fault = fault;
            if let ProxyFault::Refuse(words) = fault {
                say(client, words);
            }
        }
        let fault = exchange.lock().unwrap().fault;
        if asked.is_empty() || fault == ProxyFault::LoseRequest {
            break;
        }
        if matches!(fault, ProxyFault::Refuse(_)) {
            continue;
        }
        let mut passed = match &server {
            Some(server) => server,
            None => match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
                Ok(connected) => {
                    let [client, connection] = [client, &connected].map(|stream| stream.try_clone().unwrap());
                    let exchange = Arc::clone(&exchange);
                    thread::spawn(move || {
                        answers(&client, &connection, &exchange);
                        cut(&connection);
                    });
                    server.insert(connected)
                }
                Err(_) => break,
            },
        };
        if passed.write_all(asked).is_err() {
            break;
        }
    }
    if let Some(server) = server {
        cut(&server);
    }
}

/// Passes what the server answers.
fn answers(mut client: &TcpStream, server: &TcpStream, exchange: &Mutex<Exchange>) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let answer = read(server, &mut bytes);
        let (is_first, fault) = {
            let mut exchange = exchange.lock().unwrap();
            (std::mem::take(&mut exchange.is_asked), exchange.fault)
        };
        match fault {
            // It reads no end either.
            ProxyFault::Stall if answer.is_empty() => return,
            ProxyFault::Stall => continue,
            ProxyFault::Refuse(_) => return,
            ProxyFault::Belie(words) if is_first => return say(client, words),
            ProxyFault::CutAnswer if is_first => {
                let _ = client.write_all(&answer[..answer.len() / 2]);
                return cut(client);
            }
            ProxyFault::LoseAnswer if is_first => return cut(client),
            _ => {}
        }
        if answer.is_empty() || client.write_all(answer).is_err() {
            return cut(client);
        }
    }
}
