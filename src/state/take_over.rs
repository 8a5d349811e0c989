//! Opening the state in a store for writing: its head gets a new epoch and a new writer, after which whoever wrote before
//! writes no more.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use uuid::Uuid;

use super::binding::Binding;
use super::checksum;
use super::error::StateError;
use super::head::{self, HeadHolder, HeadLine};
use super::head_writer::{self, HeadWriter};
use super::load::{self, ReplayedState};
use super::lock::Holder;
use super::model::State;
use super::place::StoreAt;

/// So long after its last write a run that says to be at work counts as dead. It is shut out even if it is not.
pub(super) const FRESH: Duration = Duration::from_secs(10 * 60);
/// How often whoever waits for another run looks again.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// So many runs may come first, one after the other, where nobody says to be at work.
const ATTEMPTS: usize = 20;
/// Digits of a seat's name.
const SEAT_DIGITS: usize = 16;

/// A state in a store, taken over.
pub(super) struct TakenOver {
    pub(super) head: HeadWriter,
    /// Who wrote last before that.
    pub(super) before: Option<Uuid>,
    pub(super) held: Option<ReplayedState>,
    pub(super) notes: Vec<String>,
}

/// Takes the state over, unless somebody else is at work on it for longer than `timeout`.
pub(super) fn take_over(
    at: &StoreAt,
    binding: &Binding,
    who: &Holder,
    timeout: Duration,
) -> Result<TakenOver, StateError> {
    let began = Instant::now();
    let seat = seat(who, &at.beside.lock);
    let mut attempts = 0_usize;
    loop {
        let load::ReadStore { head, read } = load::read_store(at, Some(binding))?;
        if let Some((_, found)) = &head
            && let Some(holder) = fresh_holder(&found.line, &seat)
        {
            let left = timeout.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(StateError::in_use(at, holder, &found.line, timeout));
            }
            thread::sleep(ASK_EVERY.min(left));
            continue;
        }
        if head.is_none() {
            // One that ignores conditions lets two runs believe to be alone.
            at.probe(1).map_err(StateError::store)?;
        }
        let before = head.as_ref().map(|(_, found)| found.line.writer);
        let (version, mut line, tail) = match head {
            Some((version, found)) => {
                let line = found.line.taken_over(Uuid::new_v4(), Timestamp::now());
                (Some(version), line, found.tail)
            }
            None => (None, HeadLine::first(Uuid::new_v4(), Timestamp::now()), Vec::new()),
        };
        let (who, seat) = (who.clone(), seat.clone());
        line.holder = Some(HeadHolder { who, seat });
        if let Some(head) = HeadWriter::take_over(at, version, line, tail)? {
            let (held, notes) = read;
            return Ok(TakenOver {
                head,
                before,
                held,
                notes,
            });
        }
        // Another run was quicker: what is there now is looked at anew.
        attempts = attempts.saturating_add(1);
        if attempts >= ATTEMPTS {
            let path = at.named().snapshot;
            return Err(StateError::Busy { path });
        }
    }
}

/// The head of a store, taken over, whatever it says and whether or not it can be read.
pub(super) struct Grip {
    pub(super) head: HeadWriter,
    /// What its first line said before.
    pub(super) line: HeadLine,
    /// The state, where there is one that can be read.
    pub(super) held: Option<State>,
}

/// Takes the head over without a look at the state; one that is damaged only if `anyway`.
pub(super) fn grip(at: &StoreAt, who: &Holder, timeout: Duration, anyway: bool) -> Result<Grip, StateError> {
    let began = Instant::now();
    let seat = seat(who, &at.beside.lock);
    for _ in 0..ATTEMPTS {
        let stored = head_writer::read(at)?;
        let first = || HeadLine::first(Uuid::new_v4(), Timestamp::now());
        let (version, before, tail) = match stored {
            None => {
                at.probe(1).map_err(StateError::store)?;
                (None, first(), Vec::new())
            }
            Some(stored) => match head::decode(at, &stored.bytes) {
                Ok(found) => (Some(stored.version), found.line, found.tail),
                Err(_) if anyway => (Some(stored.version), first(), Vec::new()),
                Err(error) => return Err(error),
            },
        };
        if let Some(holder) = fresh_holder(&before, &seat) {
            let left = timeout.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(StateError::in_use(at, holder, &before, timeout));
            }
            thread::sleep(ASK_EVERY.min(left));
            continue;
        }
        let held = load::of_head(at, &before, &tail).unwrap_or_default();
        let mut line = before.taken_over(Uuid::new_v4(), Timestamp::now());
        let (who, seat) = (who.clone(), seat.clone());
        line.holder = Some(HeadHolder { who, seat });
        if let Some(head) = HeadWriter::take_over(at, version, line, tail)? {
            let line = before;
            return Ok(Grip { head, line, held });
        }
    }
    let path = at.named().snapshot;
    Err(StateError::Busy { path })
}

/// Who is at work, as far as can be told: nobody who had the same seat, which is taken by now, or has not written for long.
pub(super) fn fresh_holder<'l>(line: &'l HeadLine, seat: &str) -> Option<&'l HeadHolder> {
    let age = Timestamp::now().duration_since(line.at).unsigned_abs();
    line.holder.as_ref().filter(|holder| holder.seat != seat && age < FRESH)
}

/// Names the file of the kernel's lock, on this machine and no other.
pub(super) fn seat(who: &Holder, lock: &Path) -> String {
    let path = fs::canonicalize(lock).unwrap_or_else(|_| lock.to_owned());
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let (host, path) = (&who.host, path.display());
    let mut seat = checksum::whole(&format!("{host}\n{}\n{path}\n{}", boot.trim(), file_number(lock)));
    seat.truncate(SEAT_DIGITS);
    seat
}

/// The number of a file in its file system: two containers may have files of one name.
#[cfg(unix)]
fn file_number(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    let found = fs::metadata(path);
    found.map_or_else(|_| String::new(), |found| format!("{}:{}", found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn file_number(_path: &Path) -> String {
    String::new()
}

/// Who is at work on a state in a store, and when that last wrote by its own clock; not whether it is still alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtWork {
    /// The process.
    pub holder: Holder,
    /// Its last write.
    pub at: Timestamp,
    /// Whether it still counts as alive.
    pub is_fresh: bool,
}

/// Who says to be at work on the state in a store.
///
/// # Errors
///
/// [`StateError`] where the head cannot be read.
pub fn at_work(at: &StoreAt) -> Result<Option<AtWork>, StateError> {
    let Some(stored) = head_writer::read(at)? else {
        return Ok(None);
    };
    let line = head::decode(at, &stored.bytes)?.line;
    let is_fresh = fresh_holder(&line, "").is_some();
    Ok(line.holder.map(|holder| AtWork {
        holder: holder.who,
        at: line.at,
        is_fresh,
    }))
}

/// Shuts out whoever is at work on the state in a store, and lets the next run begin at once; gives who that was.
///
/// # Errors
///
/// [`StateError`] where the head cannot be read or written.
pub fn break_lock(at: &StoreAt) -> Result<Option<AtWork>, StateError> {
    for _ in 0..ATTEMPTS {
        let before = at_work(at)?;
        let Some(stored) = head_writer::read(at)? else {
            return Ok(None);
        };
        let found = head::decode(at, &stored.bytes)?;
        let line = found.line.taken_over(Uuid::new_v4(), Timestamp::now());
        if HeadWriter::take_over(at, Some(stored.version), line, found.tail)?.is_some() {
            return Ok(before);
        }
    }
    let path = at.named().snapshot;
    Err(StateError::Busy { path })
}
