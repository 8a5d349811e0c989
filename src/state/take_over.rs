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
use super::head::{self, FoundHead, HeadHolder, HeadLine};
use super::head_writer::{self, HeadWriter};
use super::load::{self, ReadStore, ReplayedState};
use super::lock::Holder;
use super::model::State;
use super::place::StoreAt;
use super::remote::HeadVersion;

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
    let look = || {
        let ReadStore { head, read } = load::read_store(at, Some(binding))?;
        Ok(SeenHead::of(head, read))
    };
    let Seized { head, before, read } = seize(at, who, timeout, look)?;
    let (held, notes) = read;
    Ok(TakenOver {
        head,
        before: before.map(|line| line.writer),
        held,
        notes,
    })
}

/// The head of a store, taken over, whatever it says.
pub(super) struct Grip {
    pub(super) head: HeadWriter,
    /// What its first line said before, where there was one that could be read.
    pub(super) line: Option<HeadLine>,
    /// The state that it led to when it was taken over.
    pub(super) held: Option<State>,
}

/// Takes the head over, also that of a state that is on its way; one that is damaged only if `anyway`, and then as one without
/// a state.
pub(super) fn grip(at: &StoreAt, who: &Holder, timeout: Duration, anyway: bool) -> Result<Grip, StateError> {
    let look = || match load::read_in_transit(at) {
        Ok(ReadStore { head, read: (held, _) }) => Ok(SeenHead::of(head, held.map(|held| held.state))),
        Err(_) if anyway => Ok(match head_writer::read(at)? {
            None => SeenHead::of(None, None),
            Some(stored) => SeenHead {
                found: head::decode(at, &stored.bytes).ok(),
                version: Some(stored.version),
                read: None,
            },
        }),
        Err(error) => Err(error),
    };
    let Seized { head, before, read } = seize(at, who, timeout, look)?;
    Ok(Grip {
        head,
        line: before,
        held: read,
    })
}

/// What is in a store before it is taken over.
struct SeenHead<R> {
    version: Option<HeadVersion>,
    /// Its head, where that can be read.
    found: Option<FoundHead>,
    /// What the head leads to.
    read: R,
}

impl<R> SeenHead<R> {
    fn of(head: Option<(HeadVersion, FoundHead)>, read: R) -> Self {
        let (version, found) = head.unzip();
        Self { version, found, read }
    }
}

/// A store that was taken over as it had been seen.
struct Seized<R> {
    head: HeadWriter,
    before: Option<HeadLine>,
    read: R,
}

/// Replaces the head that `look` sees by one of this writer, when nobody else is at work; nothing came between the two.
fn seize<R>(
    at: &StoreAt,
    who: &Holder,
    timeout: Duration,
    look: impl Fn() -> Result<SeenHead<R>, StateError>,
) -> Result<Seized<R>, StateError> {
    let began = Instant::now();
    let seat = seat(who, &at.beside.lock);
    let mut attempts = 0_usize;
    loop {
        let SeenHead { version, found, read } = look()?;
        if let Some(found) = &found
            && let Some(holder) = fresh_holder(&found.line, &seat)
        {
            let left = timeout.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(StateError::in_use(at, holder, &found.line, timeout));
            }
            thread::sleep(ASK_EVERY.min(left));
            continue;
        }
        if version.is_none() {
            // One that ignores conditions lets two runs believe to be alone.
            at.probe(1).map_err(StateError::store)?;
        }
        let (writer, now) = (Uuid::new_v4(), Timestamp::now());
        let (before, tail) = found.map_or_else(Default::default, |found| (Some(found.line), found.tail));
        let mut line = match &before {
            Some(before) => before.taken_over(writer, now),
            None => HeadLine::first(writer, now),
        };
        let (who, seat) = (who.clone(), seat.clone());
        line.holder = Some(HeadHolder { who, seat });
        if let Some(head) = HeadWriter::take_over(at, version, line, tail)? {
            return Ok(Seized { head, before, read });
        }
        // Another run was quicker: what is there now is looked at anew.
        attempts = attempts.saturating_add(1);
        if attempts >= ATTEMPTS {
            let path = at.named().snapshot;
            return Err(StateError::Busy { path });
        }
    }
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
    Ok(AtWork::of(head::decode(at, &stored.bytes)?.line))
}

impl AtWork {
    fn of(line: HeadLine) -> Option<Self> {
        let is_fresh = fresh_holder(&line, "").is_some();
        line.holder.map(|holder| Self {
            holder: holder.who,
            at: line.at,
            is_fresh,
        })
    }
}

/// Shuts out whoever is at work on the state in a store, and lets the next run begin at once; gives who that was.
///
/// # Errors
///
/// [`StateError`] where the head cannot be read or written.
pub fn break_lock(at: &StoreAt) -> Result<Option<AtWork>, StateError> {
    for _ in 0..ATTEMPTS {
        let Some(stored) = head_writer::read(at)? else {
            return Ok(None);
        };
        let found = head::decode(at, &stored.bytes)?;
        let line = found.line.taken_over(Uuid::new_v4(), Timestamp::now());
        if HeadWriter::take_over(at, Some(stored.version), line, found.tail)?.is_some() {
            return Ok(AtWork::of(found.line));
        }
    }
    let path = at.named().snapshot;
    Err(StateError::Busy { path })
}
