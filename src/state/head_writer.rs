//! Writes the head of a store: each write replaces the very head that this writer knows, or nothing.
//!
//! | the answer to a write | what is done |
//! | --- | --- |
//! | written | on it goes |
//! | certainly not written | the same write again, for a while |
//! | lost, or refused because another head is there | the head is read: it is this one, and on it goes; it is the old one, and the same write is made again; or it is another's, and this writer writes no more |

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use uuid::Uuid;

use super::error::StateError;
use super::head::{self, HeadLine, Moving, SnapshotName};
use super::place::StoreAt;
use super::remote::{HeadVersion, RemoteError, RemoteStore, StoredHead, WriteError};
use crate::util::failpoint::reach;

/// The first wait before a write is made again; each is twice the one before, up to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// The open head of a store.
#[derive(Debug)]
pub(super) struct HeadWriter {
    at: StoreAt,
    held: Mutex<HeldHead>,
}

/// The head as this writer wrote it last.
#[derive(Debug)]
struct HeldHead {
    version: Option<HeadVersion>,
    line: HeadLine,
    tail: Vec<u8>,
    /// What came between, after which nothing more is written.
    broken: bool,
}

impl HeadWriter {
    /// Puts a first head of this writer in place of the one of that version; `None` where another writer was quicker.
    pub(super) fn take_over(
        at: &StoreAt,
        version: Option<HeadVersion>,
        line: HeadLine,
        tail: Vec<u8>,
    ) -> Result<Option<Self>, StateError> {
        let bytes = head::encode(&line, &tail)?;
        let version = match replace(at, version.as_ref(), &bytes) {
            Ok(version) => version,
            Err(StateError::Fenced { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let held = HeldHead {
            version: Some(version),
            line,
            tail,
            broken: false,
        };
        Ok(Some(Self {
            at: at.clone(),
            held: Mutex::new(held),
        }))
    }

    /// The first line as it was written last.
    pub(super) fn line(&self) -> HeadLine {
        self.held().line.clone()
    }

    /// Appends a sealed line of the journal to the head.
    pub(super) fn append(&self, text: &str, sum: &str) -> Result<(), StateError> {
        self.write(|line, tail| {
            tail.extend_from_slice(text.as_bytes());
            line.tail = Some(sum.to_owned());
        })
    }

    /// Names a new snapshot, and begins the journal anew with this line. `moving` says where the state comes from, where it has
    /// not arrived yet.
    pub(super) fn begin(
        &self,
        lineage: Uuid,
        snapshot: SnapshotName,
        (text, sum): (&str, &str),
        moving: Option<Moving>,
    ) -> Result<(), StateError> {
        self.write(|line, tail| {
            tail.clear();
            tail.extend_from_slice(text.as_bytes());
            line.tail = Some(sum.to_owned());
            line.lineage = Some(lineage);
            line.snapshot = Some(snapshot);
            line.moving = moving;
        })
    }

    /// Replaces the head with one that is changed so.
    pub(super) fn write(&self, change: impl FnOnce(&mut HeadLine, &mut Vec<u8>)) -> Result<(), StateError> {
        let mut held = self.held();
        if held.broken {
            return Err(StateError::Poisoned {
                why: format!("an earlier write to {} failed", self.at.store.address()),
            });
        }
        let (mut line, mut tail) = (held.line.clone(), held.tail.clone());
        change(&mut line, &mut tail);
        line.write = line.write.saturating_add(1);
        line.at = Timestamp::now();
        let written = head::encode(&line, &tail).and_then(|bytes| replace(&self.at, held.version.as_ref(), &bytes));
        match written {
            Ok(version) => {
                held.version = Some(version);
                held.line = line;
                held.tail = tail;
                Ok(())
            }
            Err(error) => {
                held.broken = true;
                Err(error)
            }
        }
    }

    /// Keeps a snapshot under a fresh name. It counts once a head names it.
    pub(super) fn put_snapshot(&self, name: &str, snapshot: &[u8]) -> Result<(), StateError> {
        let mut retry = Retry::new(self.at.patience);
        loop {
            reach("store snapshot: before");
            let written = call(&self.at.store, |store| store.put_snapshot(name, snapshot))
                .unwrap_or_else(|error| Err(WriteError::Unknown(error)));
            reach("store snapshot: done");
            match written {
                Ok(()) => return Ok(()),
                // The name is of this writer alone: what is there is what an earlier try has written.
                Err(WriteError::Conflict) => return self.expect_snapshot(name, snapshot),
                Err(WriteError::NotWritten(error) | WriteError::Unknown(error)) => {
                    if !retry.again(&error) {
                        return Err(StateError::store(error));
                    }
                }
            }
        }
    }

    fn expect_snapshot(&self, name: &str, snapshot: &[u8]) -> Result<(), StateError> {
        let found = call(&self.at.store, |store| store.get_snapshot(name))
            .and_then(|found| found)
            .map_err(StateError::store)?;
        match found.as_deref() == Some(snapshot) {
            true => Ok(()),
            false => Err(StateError::damaged_store(
                &self.at,
                format!("another snapshot has the name `{name}`, which is fresh"),
            )),
        }
    }

    /// Whether snapshots stay by themselves, and not as part of each write.
    pub(super) fn keeps_snapshots(&self) -> bool {
        self.at.store.kept_snapshots() > 0
    }

    /// Deletes all snapshots but the newest ones and the one in use; gives what could not be done.
    pub(super) fn prune(&self) -> Option<RemoteError> {
        let kept = self.at.store.kept_snapshots();
        let in_use = self.line().snapshot.map(|snapshot| snapshot.name);
        let mut names = match call(&self.at.store, |store| store.snapshot_names()).and_then(|names| names) {
            Ok(names) => names,
            Err(error) => return Some(error),
        };
        // Their names are in the order of their serials.
        names.sort_unstable();
        let old = names.len().saturating_sub(kept);
        names.truncate(old);
        for name in names.iter().filter(|name| in_use.as_ref() != Some(name)) {
            let deleted = call(&self.at.store, |store| store.delete_snapshot(name));
            match deleted {
                Ok(Ok(()) | Err(WriteError::Conflict)) => {}
                Ok(Err(WriteError::NotWritten(error) | WriteError::Unknown(error))) | Err(error) => {
                    return Some(error);
                }
            }
        }
        None
    }

    /// Says that nobody is at work any more. Where that fails, the next run waits for a while.
    pub(super) fn let_go(&self) {
        if !self.held().broken {
            // Only a courtesy, so its failure is none of the run's.
            let _ = self.write(|line, _| line.holder = None);
        }
    }

    fn held(&self) -> MutexGuard<'_, HeldHead> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes one call of a store on a thread of its own, since a store may wait in a way that is not allowed where this is called
/// from.
pub(super) fn call<T: Send>(
    store: &Arc<dyn RemoteStore>,
    call: impl FnOnce(&dyn RemoteStore) -> T + Send,
) -> Result<T, RemoteError> {
    thread::scope(|scope| scope.spawn(|| call(store.as_ref())).join()).map_err(|_| RemoteError::Broken {
        store: store.address(),
        doing: "answer",
        why: "its client has ended, which is a bug in dialform".to_owned(),
    })
}

/// The head that is there now.
pub(super) fn read(at: &StoreAt) -> Result<Option<StoredHead>, StateError> {
    patiently(at, |store| store.read_head())
}

/// A snapshot that a head names.
pub(super) fn read_snapshot(at: &StoreAt, name: &str) -> Result<Option<Vec<u8>>, StateError> {
    patiently(at, |store| store.get_snapshot(name))
}

/// Reads something, again and again where the failure may pass.
fn patiently<T: Send>(
    at: &StoreAt,
    read: impl Fn(&dyn RemoteStore) -> Result<T, RemoteError> + Sync,
) -> Result<T, StateError> {
    let mut retry = Retry::new(at.patience);
    loop {
        match call(&at.store, &read).and_then(|found| found) {
            Ok(found) => return Ok(found),
            Err(error) if retry.again(&error) => {}
            Err(error) => return Err(StateError::store(error)),
        }
    }
}

/// Replaces the head of that version with these bytes, which no other write has.
fn replace(at: &StoreAt, expected: Option<&HeadVersion>, bytes: &[u8]) -> Result<HeadVersion, StateError> {
    let mut retry = Retry::new(at.patience);
    loop {
        reach("store head: before");
        let written = call(&at.store, |store| store.write_head(expected, bytes))
            .unwrap_or_else(|error| Err(WriteError::Unknown(error)));
        reach("store head: done");
        let why = match written {
            Ok(version) => return Ok(version),
            Err(WriteError::NotWritten(error)) => {
                if retry.again(&error) {
                    continue;
                }
                return Err(StateError::store(error));
            }
            Err(WriteError::Conflict) => None,
            Err(WriteError::Unknown(error)) => Some(error),
        };
        // An earlier try of this very write may be what is there now.
        let found = read(at)?;
        match &found {
            Some(found) if found.bytes == bytes => return Ok(found.version.clone()),
            found if found.as_ref().map(|found| &found.version) == expected => {}
            found => return Err(fenced(at, found.as_ref())),
        }
        // It is the old one: the same write again takes effect once at most, whenever the first arrives.
        let why = why.unwrap_or_else(|| RemoteError::Answer {
            store: at.store.address(),
            doing: "replace the head",
            why: "that another head is there, and then showed the one that is expected".to_owned(),
        });
        if !retry.again(&why) {
            return Err(StateError::store(why));
        }
    }
}

/// Another writer's head is there.
fn fenced(at: &StoreAt, found: Option<&StoredHead>) -> StateError {
    let by = match found.map(|found| head::decode(at, &found.bytes)) {
        Some(Ok(found)) => found.line.words(),
        Some(Err(_)) => "something that is no head of a state".to_owned(),
        None => "nobody: the head is gone".to_owned(),
    };
    StateError::Fenced {
        address: at.store.address(),
        by,
    }
}

/// How often something is tried again.
struct Retry {
    patience: Duration,
    /// Counted from the first failure: an answer that never comes takes longer than all the rest.
    ends: Option<Instant>,
    wait: Duration,
}

impl Retry {
    const fn new(patience: Duration) -> Self {
        Self {
            patience,
            ends: None,
            wait: FIRST_WAIT,
        }
    }

    /// Waits, if the failure may pass and there is time left.
    fn again(&mut self, error: &RemoteError) -> bool {
        let may_pass = match error {
            RemoteError::NotConnected { .. }
            | RemoteError::NoAnswer { .. }
            | RemoteError::Broken { .. }
            | RemoteError::Answer { .. } => true,
            RemoteError::NoCredentials { .. }
            | RemoteError::NotTrusted { .. }
            | RemoteError::HostNotAllowed { .. }
            | RemoteError::Denied { .. }
            | RemoteError::NoPlace { .. }
            | RemoteError::NotOurs { .. }
            | RemoteError::IgnoresConditions { .. } => false,
        };
        let now = Instant::now();
        let ends = *self
            .ends
            .get_or_insert_with(|| now.checked_add(self.patience).unwrap_or(now));
        let left = ends.saturating_duration_since(now);
        if !may_pass || left.is_zero() {
            return false;
        }
        thread::sleep(self.wait.min(left));
        self.wait = self.wait.saturating_mul(2).min(LONGEST_WAIT);
        true
    }
}
