//! Ctrl-C for the commands that wait; on Unix also SIGTERM, sent by service managers and CI systems, and SIGHUP, sent when
//! the terminal closes.

use std::io;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use crate::util::interrupt::{Interrupt, interrupt};

/// What is said where a command was stopped before it did anything.
pub(super) const STOPPED: &str = "stopped on request; nothing was changed";

/// How many requests in flight are named.
const NAMED: usize = 5;

/// What a signal does.
type Reaction = Box<dyn FnMut() + Send>;

/// Hears the signals, on a thread of its own: nothing that the program waits for can hold them up.
pub(super) struct Signals(Arc<Mutex<Reaction>>);

impl Signals {
    /// From now on a signal ends the program with this exit code, at once.
    pub(super) fn listen(code: u8) -> Result<Self, String> {
        let reaction = Arc::new(Mutex::new(exit(code)));
        let (ready, is_ready) = mpsc::channel();
        let heard = Arc::clone(&reaction);
        let listen = move || {
            let runtime = match runtime() {
                Ok(runtime) => runtime,
                Err(why) => return drop(ready.send(Err(why))),
            };
            runtime.block_on(async {
                let mut stream = match SignalStream::new() {
                    Ok(stream) => stream,
                    Err(why) => return drop(ready.send(Err(format!("the system gives no way to hear Ctrl-C: {why}")))),
                };
                let _ = ready.send(Ok(()));
                while stream.next().await {
                    heard.lock().unwrap_or_else(PoisonError::into_inner)();
                }
            });
        };
        let started = thread::Builder::new().name("signals".to_owned()).spawn(listen);
        started.map_err(|why| format!("the system gives no thread: {why}"))?;
        is_ready.recv().map_err(|why| why.to_string())??;
        Ok(Self(reaction))
    }

    /// From now on a signal ends the program with this exit code, at once.
    pub(super) fn end(&self, code: u8) {
        self.react(exit(code));
    }

    /// From now on a signal raises what is given back, and says what is still waited for: at most `longest` for an answer.
    /// `say` prints a line.
    pub(super) fn raise(&self, longest: Duration, say: impl Fn(&str) + Send + 'static) -> Interrupt {
        let (trigger, interrupt) = interrupt();
        let mut first: Option<Instant> = None;
        self.react(Box::new(move || {
            trigger.pull();
            let is_first = first.is_none();
            let since = first.get_or_insert_with(Instant::now).elapsed();
            say(&words(&trigger.in_flight(), is_first, longest.saturating_sub(since)));
        }));
        interrupt
    }

    /// The next signal does what is given, and one after it ends the program with this exit code.
    pub(super) fn once(&self, code: u8, act: impl FnOnce() + Send + 'static) {
        let mut act = Some(act);
        self.react(Box::new(move || match act.take() {
            Some(act) => act(),
            None => std::process::exit(code.into()),
        }));
    }

    fn react(&self, reaction: Reaction) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = reaction;
    }
}

fn exit(code: u8) -> Reaction {
    Box::new(move || std::process::exit(code.into()))
}

/// What is said at a signal.
fn words(in_flight: &[String], is_first: bool, left: Duration) -> String {
    if in_flight.is_empty() {
        return if is_first {
            "stopping: nothing more is sent"
        } else {
            "still stopping: what is known is being written"
        }
        .to_owned();
    }
    let named = in_flight
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let more = match in_flight.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let left = left.as_secs().saturating_add(1);
    if is_first {
        format!(
            "stopping: nothing else is sent; waiting up to {left} s for the answer, and recording it: {named}{more}"
        )
    } else {
        format!(
            "still waiting, up to {left} s: {named}{more}. Without the answer nobody would know whether it took effect"
        )
    }
}

/// A runtime on this thread.
pub(super) fn runtime() -> Result<Runtime, String> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| format!("the system gives no way to wait for events: {why}"))
}

/// Does `work`, and leaves behind whatever of it cannot be broken off, such as the lookup of a name.
pub(super) fn wait_for<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let runtime = runtime()?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(done)
}

#[cfg(unix)]
pub(super) use unix::reader_gone;

#[cfg(unix)]
use unix::SignalStream;

#[cfg(unix)]
mod unix {
    use super::io;
    use std::process::{Command, Stdio};

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::Errno;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// The signals, one after another.
    pub(super) struct SignalStream {
        interrupt: Signal,
        terminate: Signal,
        /// None where it is ignored.
        hangup: Option<Signal>,
    }

    impl SignalStream {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hangup: match is_hangup_ignored() {
                    true => None,
                    false => Some(signal(SignalKind::hangup())?),
                },
            })
        }

        /// Waits for the next one; false where none will come.
        pub(super) async fn next(&mut self) -> bool {
            let hangup = async {
                match &mut self.hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                heard = self.interrupt.recv() => heard.is_some(),
                heard = self.terminate.recv() => heard.is_some(),
                heard = hangup => heard.is_some(),
            }
        }
    }

    /// Waits until nobody reads standard output any more, as when a pipe's other end or a terminal is closed.
    pub(crate) async fn reader_gone() {
        let gone = tokio::task::spawn_blocking(|| {
            let out = rustix::stdio::stdout();
            // Nothing is asked for: that the other end is closed is told at all times.
            while poll(&mut [PollFd::new(&out, PollFlags::empty())], None) == Err(Errno::INTR) {}
        });
        if gone.await.is_err() {
            std::future::pending().await
        }
    }

    /// Whether this program was started to outlive its terminal, as by `nohup`. What is ignored stays ignored in a child,
    /// so a shell that sends itself the signal tells; where there is no shell, nobody can have said so.
    fn is_hangup_ignored() -> bool {
        let mut shell = Command::new("sh");
        shell.args(["-c", "kill -HUP $$"]).stdin(Stdio::null());
        shell.stdout(Stdio::null()).stderr(Stdio::null());
        shell.status().is_ok_and(|status| status.success())
    }
}

#[cfg(not(unix))]
struct SignalStream;

#[cfg(not(unix))]
impl SignalStream {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits for Ctrl-C; false where none will come.
    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}

/// Where the system does not tell of it, the next line that cannot be written does.
#[cfg(not(unix))]
pub(super) async fn reader_gone() {
    std::future::pending().await
}
