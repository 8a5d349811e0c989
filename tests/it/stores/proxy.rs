//! What may happen between a store and its server: a relay of bytes that does harm when it is told to.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What becomes of what passes from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ProxyFault {
    /// It passes.
    #[default]
    None,
    /// What is asked never arrives, and the connection is cut.
    LoseRequest,
    /// What is asked arrives and takes effect; when the answer begins, the connection is cut.
    LoseAnswer,
    /// What is asked arrives and takes effect; no answer comes, and the connection stays.
    Stall,
}

/// A relay to a port of this machine.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    fault: Arc<Mutex<ProxyFault>>,
}

impl Proxy {
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let fault = Arc::new(Mutex::new(ProxyFault::None));
        let proxy = Self {
            port,
            fault: Arc::clone(&fault),
        };
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else {
                    continue;
                };
                relay(&client, &server, &fault, ProxyFault::LoseRequest);
                relay(&server, &client, &fault, ProxyFault::LoseAnswer);
            }
        });
        proxy
    }

    pub(crate) fn set(&self, fault: ProxyFault) {
        *self.fault.lock().unwrap() = fault;
    }
}

/// Passes bytes one way, until there are no more or a fault cuts both ways.
fn relay(from: &TcpStream, to: &TcpStream, fault: &Arc<Mutex<ProxyFault>>, cut: ProxyFault) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let fault = Arc::clone(fault);
    thread::spawn(move || {
        let mut bytes = vec![0; 64 * 1024];
        loop {
            let length = from.read(&mut bytes).unwrap_or_default();
            let now = *fault.lock().unwrap();
            let is_held = now == ProxyFault::Stall && cut == ProxyFault::LoseAnswer;
            if is_held && length == 0 {
                return;
            }
            if length == 0 || now == cut {
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.shutdown(Shutdown::Both);
                return;
            }
            if !is_held && to.write_all(&bytes[..length]).is_err() {
                return;
            }
        }
    });
}
