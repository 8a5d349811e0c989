//! `dialform server`: a language server. It runs the pipeline of `lint` over the client's workspace, with the client's unsaved
//! texts in the place of files, and says what it finds. It asks no service and writes no file.

mod actions;
mod capabilities;
mod client;
mod commands;
mod completion;
mod cursor;
mod diagnostics;
mod document;
mod extract;
mod formatting;
mod hints;
mod hover;
mod insertion;
mod line;
mod links;
mod names;
mod navigation;
mod outline;
mod own_watch;
mod pool;
mod position;
mod pull;
mod requests;
mod serving;
mod session;
mod surrogates;
mod tasks;
mod tokens;
mod transport;
mod uri;
mod workspace;

use std::io::{BufRead, Write};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use session::Session;
pub use session::SessionEnd;
use transport::{Incoming, Outgoing, read_all};

/// How often the client's process is looked at.
const CLIENT_CHECK: Duration = Duration::from_secs(1);
/// How long the session may still take when the client is gone. It may be writing to a pipe that nobody reads any more.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Serves one client until it ends or is gone.
pub fn serve(input: impl BufRead + Send + 'static, output: Box<dyn Write + Send>) -> SessionEnd {
    let (sender, incoming) = channel();
    let to_session = sender.clone();
    // It ends with the input or with the process.
    thread::spawn(move || read_all(input, |message| to_session.send(message).is_ok()));
    Session::new(incoming, sender, Outgoing::new(output)).run()
}

/// Ends the session when the client's process is gone: its end of the pipe may be held open by a process that it started.
fn end_with(process: i32, sender: Sender<Incoming>) {
    thread::spawn(move || {
        while is_alive(process) {
            thread::sleep(CLIENT_CHECK);
        }
        // Nobody may listen any more.
        let _ = sender.send(Incoming::End);
        thread::sleep(LAST_WORDS);
        // It has no file open for writing, and nobody to answer.
        std::process::exit(1);
    });
}

#[cfg(unix)]
fn is_alive(process: i32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};
    Pid::from_raw(process).is_none_or(|process| test_kill_process(process) != Err(Errno::SRCH))
}

#[cfg(not(unix))]
fn is_alive(_process: i32) -> bool {
    true
}
