//! A program that does what apply has to do with the disk and the network, and nothing else: three lines in a journal for
//! each create, those that wait made durable together, and one request over a connection of its own.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// Bytes of an intent with its body, of the record that it is sent, and of its outcome, as apply writes them.
const INTENT: usize = 1_150;
const SENDING: usize = 100;
const CREATED: usize = 230;
/// Bytes of a body.
const BODY: usize = 900;

pub(super) fn run(address: &str, creates: usize, in_flight: usize) -> io::Result<()> {
    let journal = Journal {
        file: File::create("journal")?,
        waiting: Mutex::default(),
        changed: Condvar::new(),
    };
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..in_flight)
            .map(|_| {
                scope.spawn(|| {
                    while next.fetch_add(1, Ordering::Relaxed) < creates {
                        journal.append(INTENT)?;
                        let mut stream = TcpStream::connect(address)?;
                        journal.append(SENDING)?;
                        let request = format!(
                            "POST /telephony/autoCall HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: \
                             {BODY}\r\n\r\n{}",
                            "x".repeat(BODY)
                        );
                        stream.write_all(request.as_bytes())?;
                        stream.read_to_end(&mut Vec::new())?;
                        journal.append(CREATED)?;
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("a thread panicked")))
        })
    })
}

/// The file, and what waits for its next fsync.
struct Journal {
    file: File,
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    /// The number of the group that is being gathered; those before `durable` are on the disk.
    group: usize,
    durable: usize,
    is_written: bool,
}

impl Journal {
    /// Returns when a line of so many bytes is on the disk; whoever comes first writes for all that wait.
    fn append(&self, bytes: usize) -> io::Result<()> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let end = waiting.lines.len() + bytes;
        waiting.lines.resize(end, b'x');
        let mine = waiting.group;
        while waiting.durable <= mine {
            if waiting.is_written {
                waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            waiting.is_written = true;
            waiting.group += 1;
            let lines = std::mem::take(&mut waiting.lines);
            drop(waiting);
            (&self.file).write_all(&lines)?;
            self.file.sync_all()?;
            waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.durable = waiting.group;
            waiting.is_written = false;
            self.changed.notify_all();
        }
        Ok(())
    }
}
