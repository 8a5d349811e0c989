//! Folds the journal into a new snapshot, in three steps: what is written in the second one takes a while, above all in a store,
//! and meanwhile the state can be read.

use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use super::disk::{self, Disk, Step};
use super::error::StateError;
use super::head::SnapshotName;
use super::head_writer::HeadWriter;
use super::journal::{JournalStart, Writer};
use super::paths::StatePaths;
use super::snapshot;
use super::spill::Spill;
use super::writer::{StateWriter, bytes};
use crate::util::failpoint::limit;
use crate::util::threads;

/// A journal of fewer bytes is not folded in the middle of a run, since everybody waits for that: those of 10,000 creates.
const GROWN: u64 = 16 * 1024 * 1024;
/// One of so many times the snapshot's bytes is: what has to be read again stays short, and all that is written in a run
/// stays a small multiple of what there is in the end.
const OUTGROWN: u64 = 2;

/// The journal in the head of a store is written anew with each group, and is folded as soon as it has so many bytes, or this
/// part of the snapshot's where that is more, and this at most.
const IN_HEAD_GROWN: u64 = 128 * 1024;
const IN_HEAD_OUTGROWN: u64 = 8;
const IN_HEAD_MOST: u64 = 1024 * 1024;

/// How many backups stay.
const BACKUPS: u64 = 10;

/// What is written beside a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copies {
    /// A backup: the state of which a command begins or ends with it.
    Backup,
    /// Nothing: the run goes on, and its end brings a backup.
    None,
}

/// The snapshot on disk.
#[derive(Clone, Debug)]
pub(super) struct Base {
    pub(super) checksum: String,
    pub(super) last_sequence: u64,
    /// Its length in bytes.
    pub(super) length: u64,
    /// Its name in a store, as long as no head has it.
    pub(super) unnamed: Option<String>,
}

/// Where snapshots and journals go.
#[derive(Debug)]
struct FoldPlace {
    disk: Arc<dyn Disk>,
    paths: StatePaths,
    head: Option<Arc<HeadWriter>>,
    lineage: Uuid,
}

impl FoldPlace {
    /// Writes the backup, then the snapshot: whichever of the two a crash leaves behind, the journal still follows it.
    fn put(&self, text: &[u8], serial: u64, copies: Copies, base: &Base) -> Result<(), StateError> {
        if let (Some(head), Some(name)) = (&self.head, &base.unnamed) {
            return head.put_snapshot(name, text);
        }
        let put = |step: Step, path: &Path| {
            disk::replace(self.disk.as_ref(), step, &self.paths.folder, path, text)
                .map_err(|error| StateError::io("write", path, error))
        };
        if copies == Copies::Backup {
            put(Step::Backup, &self.paths.backup(serial))?;
        }
        put(Step::Snapshot, &self.paths.snapshot)
    }

    /// Begins a journal after a snapshot; in a store, that is when the snapshot counts.
    fn start(&self, base: &Base, takes_groups: bool) -> Result<Writer, StateError> {
        let start = JournalStart {
            lineage: self.lineage,
            after: base.last_sequence,
            base: &base.checksum,
            takes_groups,
        };
        let Some(head) = &self.head else {
            return Writer::start(self.disk.as_ref(), &self.paths, &start);
        };
        let checksum = base.checksum.clone();
        let name = match &base.unnamed {
            Some(name) => name.clone(),
            None => head.line().snapshot.map(|named| named.name).unwrap_or_default(),
        };
        Writer::start_in(head, SnapshotName { name, checksum }, &start)
    }
}

/// A snapshot, and the journal that begins after it, on their way.
#[derive(Debug)]
pub(crate) struct OutgoingFold {
    place: FoldPlace,
    text: Vec<u8>,
    base: Base,
    serial: u64,
    copies: Copies,
    takes_groups: bool,
}

/// A fold of which it is known whether it is durable.
#[derive(Debug)]
pub(crate) struct WrittenFold {
    base: Base,
    copies: Copies,
    journal: Result<Writer, StateError>,
    /// Whether the snapshot is there, be it without a journal.
    is_put: bool,
}

impl OutgoingFold {
    /// Makes it durable; until this returns, the snapshot and the journal before it count.
    pub(crate) fn write(self) -> WrittenFold {
        let Self {
            place,
            text,
            base,
            serial,
            copies,
            takes_groups,
        } = self;
        let put = place.put(&text, serial, copies, &base);
        let is_put = put.is_ok();
        let journal = put.and_then(|()| place.start(&base, takes_groups));
        WrittenFold {
            base,
            copies,
            journal,
            is_put,
        }
    }
}

impl StateWriter {
    fn place_of_folds(&self) -> FoldPlace {
        FoldPlace {
            disk: Arc::clone(&self.disk),
            paths: self.paths.clone(),
            head: self.head.clone(),
            lineage: self.state.lineage,
        }
    }

    fn has_grown(&self) -> bool {
        let (Some(base), Some(journal)) = (&self.base, &self.journal) else {
            return false;
        };
        let usual = match &self.head {
            Some(_) => (base.length / IN_HEAD_OUTGROWN).clamp(IN_HEAD_GROWN, IN_HEAD_MOST),
            None => base.length.saturating_mul(OUTGROWN).max(GROWN),
        };
        journal.length >= limit("DIALFORM_GROWN", usual)
    }

    /// Folds the journal; `takes_groups` is for the one that begins then.
    pub(super) fn fold(&mut self, copies: Copies, takes_groups: bool) -> Result<(), StateError> {
        match self.begin_fold(copies, takes_groups)? {
            Some(outgoing) => self.end_fold(outgoing.write()),
            None => self.clear_spill(),
        }
    }

    /// The fold of a journal that has grown in the middle of a run. What is durable is so even if this fails; after a failure no
    /// further record is accepted.
    pub(crate) fn fold_of_grown(&mut self) -> Option<OutgoingFold> {
        let takes_groups = self.journal.as_ref().is_some_and(|journal| journal.takes_groups);
        if self.poisoned.is_some() || !self.has_grown() {
            return None;
        }
        self.begin_fold(Copies::None, takes_groups).unwrap_or_else(|error| {
            self.poisoned = Some(error.to_string());
            None
        })
    }

    /// Takes over what the fold of a grown journal has written.
    pub(crate) fn take_fold(&mut self, written: WrittenFold) {
        if let Err(error) = self.end_fold(written) {
            self.poisoned = Some(error.to_string());
        }
    }

    /// Makes the next snapshot, if there is a record since the last one. Nothing may be recorded until [`Self::end_fold`].
    fn begin_fold(&mut self, copies: Copies, takes_groups: bool) -> Result<Option<OutgoingFold>, StateError> {
        let (Some(base), Some(journal)) = (&self.base, &self.journal) else {
            return Ok(None);
        };
        if self.state.last_sequence <= base.last_sequence {
            return Ok(None);
        }
        let last_sum = journal.last_sum.clone();
        let serial = self.state.serial;
        self.state.serial = serial.saturating_add(1);
        let made = self.snapshot(&last_sum, copies, takes_groups);
        made.map(Some).inspect_err(|_| self.state.serial = serial)
    }

    fn end_fold(&mut self, written: WrittenFold) -> Result<(), StateError> {
        let WrittenFold {
            base,
            copies,
            journal,
            is_put,
        } = written;
        if !is_put {
            self.state.serial = self.state.serial.saturating_sub(1);
        }
        self.journal = Some(journal?);
        self.base = Some(base);
        self.decided = None;
        self.prune(copies);
        self.clear_spill()
    }

    /// Room for outcomes is of no use where none is awaited.
    fn clear_spill(&mut self) -> Result<(), StateError> {
        if self.state.awaited() == 0 {
            self.spill = Spill::clear(self.disk.as_ref(), &self.paths, self.state.lineage)?;
        }
        Ok(())
    }

    fn snapshot(&self, last_sum: &str, copies: Copies, takes_groups: bool) -> Result<OutgoingFold, StateError> {
        let state = &self.state;
        let (encoded, is_faithful) =
            threads::side_by_side(|| snapshot::encode(state, last_sum), || snapshot::is_faithful(state));
        // A snapshot that would not be read back as it was meant must not take the place of one that is.
        if !is_faithful.map_err(StateError::Unwritable)? {
            return Err(StateError::Unfaithful {
                what: format!("the snapshot of serial {}", state.serial),
            });
        }
        let (text, checksum) = encoded.map_err(StateError::Unwritable)?;
        let base = Base {
            checksum,
            last_sequence: state.last_sequence,
            length: bytes(text.len()),
            unnamed: self.head.as_ref().map(|_| snapshot::fresh_name(state.serial)),
        };
        Ok(OutgoingFold {
            place: self.place_of_folds(),
            text,
            base,
            serial: state.serial,
            copies,
            takes_groups,
        })
    }

    /// Writes the first snapshot of a state, which no journal follows yet.
    pub(super) fn write_first_snapshot(&self) -> Result<Base, StateError> {
        let OutgoingFold {
            place,
            text,
            base,
            serial,
            copies,
            ..
        } = self.snapshot("", Copies::Backup, false)?;
        place.put(&text, serial, copies, &base)?;
        Ok(base)
    }

    pub(super) fn start_journal(&mut self, base: &Base, takes_groups: bool) -> Result<(), StateError> {
        self.journal = Some(self.place_of_folds().start(base, takes_groups)?);
        Ok(())
    }

    /// Deletes old backups. One that cannot be deleted does no harm, so this never fails a commit.
    fn prune(&mut self, copies: Copies) {
        if let Some(head) = &self.head {
            // In the middle of a run everybody would wait for that, unless all of them are part of every write.
            if copies == Copies::None && head.keeps_snapshots() {
                return;
            }
            if let Some(error) = head.prune() {
                self.notes.push(format!("old snapshots could not be deleted: {error}"));
            }
            return;
        }
        let oldest = self.state.serial.saturating_add(1).saturating_sub(BACKUPS);
        for serial in self.paths.backups().into_iter().filter(|serial| *serial < oldest) {
            let path = self.paths.backup(serial);
            if let Err(error) = self.disk.remove(Step::Prune, &path) {
                self.notes.push(format!(
                    "the old backup `{}` could not be deleted: {error}",
                    path.display()
                ));
            }
        }
    }
}
