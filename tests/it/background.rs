//! A program that runs until it is stopped, read line by line as its lines come.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a line may take on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running program; killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Background {
    child: Child,
    lines: Receiver<String>,
    errors: Receiver<String>,
}

impl Background {
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        let errors = lines_of(child.stderr.take().unwrap());
        Self { child, lines, errors }
    }

    /// The lines of standard output up to the next one that `is_last` says yes to.
    #[track_caller]
    pub(crate) fn read_until(&self, is_last: impl Fn(&str) -> bool) -> Vec<String> {
        let mut read = Vec::new();
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self
                .lines
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(line) => {
                    let is_last = is_last(&line);
                    read.push(line);
                    if is_last {
                        return read;
                    }
                }
                Err(why) => panic!(
                    "{why}; read {read:#?}; errors {:#?}",
                    self.errors.try_iter().collect::<Vec<_>>()
                ),
            }
        }
    }

    /// The next line of standard error.
    #[track_caller]
    pub(crate) fn next_error(&self) -> String {
        self.errors.recv_timeout(PATIENCE).unwrap()
    }

    /// The lines of standard error that have come and were not read.
    pub(crate) fn errors_so_far(&self) -> String {
        self.errors.try_iter().collect::<Vec<_>>().join("\n")
    }

    /// Whether standard output stays silent for so long.
    pub(crate) fn is_silent_for(&self, time: Duration) -> bool {
        self.lines.recv_timeout(time) == Err(RecvTimeoutError::Timeout)
    }

    /// The lines of standard error up to the next one that `is_last` says yes to.
    #[track_caller]
    pub(crate) fn errors_until(&self, is_last: impl Fn(&str) -> bool) -> Vec<String> {
        let mut read = Vec::new();
        while !read.last().is_some_and(|line: &String| is_last(line)) {
            let line = self.errors.recv_timeout(PATIENCE);
            read.push(line.unwrap_or_else(|why| panic!("{why}; errors {read:#?}")));
        }
        read
    }

    /// Sends it a signal, such as `TERM`.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        let sent = kill.arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end: how it ended, and what is left of standard error.
    #[track_caller]
    pub(crate) fn end(&mut self) -> (ExitStatus, String) {
        let mut rest = Vec::new();
        loop {
            match self.errors.recv_timeout(PATIENCE) {
                Ok(line) => rest.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end; errors {rest:#?}"),
            }
        }
        (self.child.wait().unwrap(), rest.join("\n"))
    }

    /// Sends it what Ctrl-C sends, and waits for its end.
    #[cfg(unix)]
    pub(crate) fn interrupt(&mut self) -> ExitStatus {
        self.signal("INT");
        self.end().0
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}
