//! Reading the state without a lock, and deciding whether its files belong together.

use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::binding::Binding;
use super::error::StateError;
use super::head::FoundHead;
use super::journal::{self, Journal};
use super::model::State;
use super::paths::StatePaths;
use super::place::{StatePlace, StoreAt};
use super::remote::HeadVersion;
use super::snapshot::{self, Snapshot};
use super::{head, head_writer, spill, transfer, trusted};

/// A reader that meets this many commits in a row is not reading, it is racing.
const ATTEMPTS: usize = 100;

/// The exact point that a state has reached; what a saved plan is bound to. Every commit moves it, and every record but of what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The lineage; `None` while no state has been written.
    pub lineage: Option<Uuid>,
    /// The snapshot's serial.
    pub serial: u64,
    /// The number of the last record that is more than something seen.
    pub sequence: u64,
    /// The checksum of that record, or of the snapshot where none has followed it.
    pub digest: String,
}

impl Head {
    /// The head of a state that has not been written.
    pub(super) fn unwritten() -> Self {
        Self {
            lineage: None,
            serial: 0,
            sequence: 0,
            digest: String::new(),
        }
    }
}

/// What a reader gets.
#[derive(Clone, Debug)]
pub struct LoadedState {
    /// The state; `None` where no file is there.
    pub state: Option<State>,
    /// Remarks on the files, in whole sentences.
    pub notes: Vec<String>,
    /// The point that was read.
    pub head: Head,
}

impl LoadedState {
    /// The same, unless it belongs to another API or dialect.
    ///
    /// # Errors
    ///
    /// [`StateError::OtherBinding`] where it does.
    pub fn of_account(self, place: impl Into<StatePlace>, expected: &Binding) -> Result<Self, StateError> {
        if let Some(state) = &self.state {
            refuse_other(&place.into().named(), state, expected)?;
        }
        Ok(self)
    }
}

fn refuse_other(paths: &StatePaths, state: &State, expected: &Binding) -> Result<(), StateError> {
    if state.binding.is_same_account(expected) {
        return Ok(());
    }
    Err(StateError::OtherBinding {
        path: paths.snapshot.clone(),
        held: Box::new(state.binding.clone()),
        expected: Box::new(expected.clone()),
    })
}

/// Reads the state. Takes no lock and waits for nobody: while an apply runs, this gives the last record it wrote.
///
/// # Errors
///
/// [`StateError`] where the files are missing, damaged, untrusted or do not belong together, or a store does not answer. With `expected`,
/// also a state that belongs to another API or dialect.
pub fn load(place: impl Into<StatePlace>, expected: Option<&Binding>) -> Result<LoadedState, StateError> {
    let place = place.into();
    let (paths, (held, mut notes)) = match &place {
        StatePlace::Files(paths) => (paths, read(paths, expected)?),
        StatePlace::Store(at) => (&at.beside, read_store(at, expected)?.read),
    };
    let Some(held) = held else {
        return Ok(LoadedState {
            state: None,
            notes,
            head: Head::unwritten(),
        });
    };
    for waiting in spill::pending(paths, held.state.lineage)? {
        notes.push(format!(
            "`{}` holds an outcome that the journal could not take; the next apply recovers it",
            waiting.path.display()
        ));
    }
    Ok(LoadedState {
        head: held.head(),
        state: Some(held.state),
        notes,
    })
}

/// Snapshot and journal, put together.
#[derive(Debug)]
pub(super) struct ReplayedState {
    /// The snapshot with the journal's records applied.
    pub(super) state: State,
    /// The snapshot's checksum.
    pub(super) checksum: String,
    /// The snapshot's length in bytes.
    pub(super) length: usize,
    /// The last record in the snapshot.
    pub(super) folded: u64,
    pub(super) journal: Option<Journal>,
    /// The last record that the snapshot lacks and a saved plan depends on: its number and its checksum.
    pub(super) decided: Option<(u64, String)>,
}

impl ReplayedState {
    fn head(&self) -> Head {
        Head {
            lineage: Some(self.state.lineage),
            serial: self.state.serial,
            sequence: self.decided.as_ref().map_or(self.folded, |(sequence, _)| *sequence),
            digest: self
                .decided
                .as_ref()
                .map_or(&self.checksum, |(_, digest)| digest)
                .clone(),
        }
    }
}

/// Reads snapshot and journal of one moment.
pub(super) fn read(
    paths: &StatePaths,
    expected: Option<&Binding>,
) -> Result<(Option<ReplayedState>, Vec<String>), StateError> {
    trusted::examine_folder(paths)?;
    read_by(paths, expected, trusted::read)
}

/// What a store holds.
#[derive(Debug)]
pub(super) struct ReadStore {
    /// The head, where there is one.
    pub(super) head: Option<(HeadVersion, FoundHead)>,
    pub(super) read: (Option<ReplayedState>, Vec<String>),
}

/// Reads the head of a store and the snapshot that it names.
pub(super) fn read_store(at: &StoreAt, expected: Option<&Binding>) -> Result<ReadStore, StateError> {
    read_store_if(at, expected, |found| match &found.line.moving {
        Some(moving) => Err(moving.refused(&at.store.address())),
        None => Ok(()),
    })
}

/// The same, also of a state that is on its way.
pub(super) fn read_in_transit(at: &StoreAt) -> Result<ReadStore, StateError> {
    read_store_if(at, None, |_| Ok(()))
}

fn read_store_if(
    at: &StoreAt,
    expected: Option<&Binding>,
    may_be_read: impl Fn(&FoundHead) -> Result<(), StateError>,
) -> Result<ReadStore, StateError> {
    for _ in 0..ATTEMPTS {
        let Some(stored) = head_writer::read(at)? else {
            let read = (None, Vec::new());
            return Ok(ReadStore { head: None, read });
        };
        let found = head::decode(at, &stored.bytes)?;
        may_be_read(&found)?;
        let Some(named) = found.line.snapshot.clone() else {
            let (head, read) = (Some((stored.version, found)), (None, Vec::new()));
            return Ok(ReadStore { head, read });
        };
        let Some(snapshot) = head_writer::read_snapshot(at, &named.name)? else {
            // Another run may have written a newer one and deleted this.
            if head_writer::read(at)?.is_some_and(|now| now.version == stored.version) {
                return Err(StateError::damaged_store(
                    at,
                    format!("its snapshot `{}` is gone", named.name),
                ));
            }
            continue;
        };
        let read = put_together(&at.named(), expected, Some(&snapshot), Some(&found.tail))
            .map_err(|error| error.in_store(at))?;
        let is_whole = read.0.as_ref().is_some_and(|held| {
            let journal = held.journal.as_ref();
            let is_whole = journal.is_some_and(|journal| {
                journal.end == journal::LineEnd::Newline && Some(journal.last_sum()) == found.line.tail.as_deref()
            });
            is_whole && held.checksum == named.checksum && Some(held.state.lineage) == found.line.lineage
        });
        if !is_whole {
            let why = "its first line is of another journal or another snapshot".to_owned();
            return Err(StateError::damaged_store(at, why));
        }
        let head = Some((stored.version, found));
        return Ok(ReadStore { head, read });
    }
    let path = at.named().snapshot;
    Err(StateError::Busy { path })
}

fn read_by(
    paths: &StatePaths,
    expected: Option<&Binding>,
    mut read: impl FnMut(&Path) -> Result<Option<Vec<u8>>, StateError>,
) -> Result<(Option<ReplayedState>, Vec<String>), StateError> {
    for _ in 0..ATTEMPTS {
        let snapshot = read(&paths.snapshot)?;
        let journal = read(&paths.journal)?;
        let why = match put_together(paths, expected, snapshot.as_deref(), journal.as_deref()) {
            Ok(found) => return Ok(found),
            Err(why) => why,
        };
        // A commit in between puts an old snapshot beside a new journal, whose header names another. The snapshot is
        // renamed first, so the other pair, a new snapshot beside the old journal, is one that can be put together.
        if read(&paths.snapshot)? == snapshot {
            return Err(why);
        }
    }
    let path = paths.snapshot.clone();
    Err(StateError::Busy { path })
}

fn put_together(
    paths: &StatePaths,
    expected: Option<&Binding>,
    snapshot: Option<&[u8]>,
    journal: Option<&[u8]>,
) -> Result<(Option<ReplayedState>, Vec<String>), StateError> {
    let mut notes = Vec::new();
    let Some(snapshot) = snapshot else {
        return match journal {
            None => Ok((None, notes)),
            Some(_) => Err(StateError::snapshot_missing(paths)),
        };
    };
    if let Some(moving) = transfer::moved_file(snapshot) {
        return Err(moving.refused(&paths.snapshot.display().to_string()));
    }
    let Snapshot {
        mut state,
        last_sum,
        checksum,
    } = snapshot::decode(paths, snapshot)?;
    if let Some(expected) = expected {
        refuse_other(paths, &state, expected)?;
    }
    let folded = state.last_sequence;
    let mut decided = None;
    let journal = journal.map(|bytes| journal::decode(paths, bytes)).transpose()?;
    match &journal {
        None if folded > 0 => notes.push(format!(
            "no journal is beside `{}`; what was done after serial {} was recorded is not known here",
            paths.snapshot.display(),
            state.serial
        )),
        None => {}
        Some(journal) => {
            belongs(paths, journal, &state, &last_sum, &checksum)?;
            for entry in &journal.entries {
                let applied = state.replay(entry.sequence, &entry.record);
                let applied = applied.map_err(|why| StateError::damaged_journal(paths, entry.line, why.to_string()))?;
                if applied && !entry.record.is_sighting() {
                    decided = Some((entry.sequence, entry.sum.clone()));
                }
            }
            if journal.end == journal::LineEnd::Torn {
                notes.push(format!(
                    "the last line of `{}` is unfinished and was left out: its writer was stopped, or is at it now",
                    paths.journal.display()
                ));
            }
        }
    }
    Ok((
        Some(ReplayedState {
            state,
            checksum,
            length: snapshot.len(),
            folded,
            journal,
            decided,
        }),
        notes,
    ))
}

/// Whether the journal follows this very snapshot: it begins after it, or its line that the snapshot ends with is the
/// one that the snapshot remembers (a writer was stopped between the two halves of a commit).
fn belongs(
    paths: &StatePaths,
    journal: &Journal,
    state: &State,
    last_sum: &str,
    checksum: &str,
) -> Result<(), StateError> {
    let header = &journal.header;
    if header.lineage != state.lineage {
        let (snapshot, journal) = (paths.snapshot.clone(), paths.journal.clone());
        return Err(StateError::OtherLineage { snapshot, journal });
    }
    let follows = if header.after == state.last_sequence {
        header.base == checksum
    } else {
        journal
            .entries
            .iter()
            .any(|entry| entry.sequence == state.last_sequence && entry.sum == last_sum)
    };
    if follows {
        return Ok(());
    }
    Err(StateError::parted(
        paths,
        header.after,
        journal.last_sequence(),
        state.last_sequence,
    ))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::fields::Dialect;
    use crate::state::{Holder, Marker, Record, StateWriter};

    /// A folder with a state of one record, and its writer.
    fn written() -> (tempfile::TempDir, StatePaths, StateWriter) {
        let folder = tempfile::tempdir().unwrap();
        let paths = StatePaths::new(&folder.path().join("dialform.state.json")).with_last_resort(folder.path());
        let binding = Binding {
            origin: "https://cis.example.com/api/v1".into(),
            dialect: Dialect::Classic,
            environment: None,
            access: None,
        };
        let me = Holder::here("dialform apply", Timestamp::UNIX_EPOCH);
        let mut store = StateWriter::open(&paths, &binding, &me, Duration::ZERO).unwrap();
        store.append(record()).unwrap();
        (folder, paths, store)
    }

    fn record() -> Record {
        let (key, at) = ("spring".to_owned(), Timestamp::UNIX_EPOCH);
        Record::Disowned {
            marker: Marker::random(&key),
            key,
            identity: None,
            at,
        }
    }

    #[test]
    fn a_commit_between_the_two_files_is_noticed() {
        let (_folder, paths, mut store) = written();
        let mut commits = 0;
        let (held, notes) = read_by(&paths, None, |path| {
            if path == paths.journal && commits < 3 {
                commits += 1;
                store.append(record()).unwrap();
                store.commit().unwrap();
            }
            trusted::read(path)
        })
        .unwrap();
        assert_eq!(held.unwrap().state, *store.state());
        assert_eq!((commits, notes.len()), (3, 0));
    }

    #[test]
    fn a_reader_gives_up_in_the_end() {
        let (_folder, paths, mut store) = written();
        let endless = read_by(&paths, None, |path| {
            if path == paths.journal {
                store.append(record()).unwrap();
                store.commit().unwrap();
            }
            trusted::read(path)
        });
        assert!(matches!(endless, Err(StateError::Busy { .. })));
    }
}
