//! Points at which a test can end the program, or let a call fail, for the harness in `tests/it/reliability`. Without the
//! feature `failpoints`, which no release has, all of this is empty and is compiled away.
//!
//! A point is named where it is reached. The harness has no list of the names: it runs the program once, which writes them
//! down, and then ends it at each of them in turn, so that a new step is never left out.
//!
//! | variable | what it does |
//! | --- | --- |
//! | `DIALFORM_TRACE` | a file to which each point is appended as it is reached |
//! | `DIALFORM_ABORT_AT` | the number, from 1, of the point at which the process aborts |
//! | `DIALFORM_POWER_CUT` | `1`: when it aborts, what was not made durable is undone |
//! | `DIALFORM_DISK_FAULT` | `N:ENOSPC`: call number N of the write path fails so; `N+:EIO`: it and all later ones |
//! | `DIALFORM_DISK_SKIPS` | calls of the write path that do nothing and say that they are done: `Append sync,TailCut cut` |
//! | `DIALFORM_PANIC_AT` | the message at which the language server panics |
//! | `DIALFORM_SENDS_WITHIN` | a request whose record is so many milliseconds old is not sent, where the state is in a store |
//! | `DIALFORM_STORE_ANSWER` | how many milliseconds a store has for an answer |
//! | `DIALFORM_STORE_PATIENCE` | how many milliseconds long a write to a store is tried again |
//! | `DIALFORM_HOLD_AT` | `METHOD=PATH`: a request of the language server waits until the file is there |
//! | `DIALFORM_GROWN` | a journal of so many bytes is folded in the middle of a run |

/// A limit of the program, which a test may set lower.
#[cfg(not(feature = "failpoints"))]
pub(crate) const fn limit(_variable: &str, usual: u64) -> u64 {
    usual
}

/// Reaches a point.
#[cfg(not(feature = "failpoints"))]
pub(crate) const fn reach(_name: &str) {}

/// Panics where a test asks for it.
#[cfg(not(feature = "failpoints"))]
pub(crate) const fn panic_at(_name: &str) {}

/// Waits where a test asks for it.
#[cfg(not(feature = "failpoints"))]
pub(crate) const fn hold_at(_name: &str) {}

#[cfg(feature = "failpoints")]
pub(crate) use on::{before_aborting, hold_at, limit, panic_at, reach};

#[cfg(feature = "failpoints")]
mod on {
    use std::fs::OpenOptions;
    use std::io::Write;
    use std::path::PathBuf;
    use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

    /// What the environment asks for.
    struct Wishes {
        trace: Option<PathBuf>,
        abort_at: Option<usize>,
    }

    static WISHES: LazyLock<Wishes> = LazyLock::new(|| {
        let abort_at = std::env::var("DIALFORM_ABORT_AT").ok();
        Wishes {
            trace: std::env::var_os("DIALFORM_TRACE").map(PathBuf::from),
            abort_at: abort_at.and_then(|number| number.parse().ok()),
        }
    });

    /// A limit of the program, which a test may set lower.
    pub(crate) fn limit(variable: &str, usual: u64) -> u64 {
        let wish = std::env::var(variable).ok();
        wish.and_then(|number| number.parse().ok()).unwrap_or(usual)
    }

    /// Says what is done just before the process aborts.
    pub(crate) fn before_aborting(act: fn()) {
        // Whoever says so a second time says the same.
        let _ = BEFORE_ABORTING.set(act);
    }

    /// Panics if this is the place that a test names.
    #[allow(clippy::panic)]
    pub(crate) fn panic_at(name: &str) {
        if std::env::var("DIALFORM_PANIC_AT").is_ok_and(|place| place == name) {
            panic!("a test asked for it at {name}");
        }
    }

    /// Waits at the place that a test names, until a file is there.
    pub(crate) fn hold_at(name: &str) {
        let wish = std::env::var("DIALFORM_HOLD_AT").unwrap_or_default();
        if let Some((_, path)) = wish.split_once('=').filter(|(place, _)| *place == name) {
            while !std::path::Path::new(path).exists() {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
    }

    static BEFORE_ABORTING: OnceLock<fn()> = OnceLock::new();

    /// Reaches a point: writes it down, and aborts if it is the one.
    pub(crate) fn reach(name: &str) {
        static REACHED: Mutex<usize> = Mutex::new(0);
        // Held to the end, so that nothing happens after the point at which the process is to end.
        let mut reached = REACHED.lock().unwrap_or_else(PoisonError::into_inner);
        *reached += 1;
        if let Some(path) = &WISHES.trace
            && let Ok(mut file) = OpenOptions::new().append(true).create(true).open(path)
        {
            // A trace that cannot be written is missed by the harness, which has nothing to go on then.
            let _ = writeln!(file, "{name}");
        }
        if WISHES.abort_at == Some(*reached) {
            if let Some(act) = BEFORE_ABORTING.get() {
                act();
            }
            std::process::abort();
        }
    }
}
