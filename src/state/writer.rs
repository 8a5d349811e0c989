//! The one writer of the state: takes the lock, makes each record durable, and folds the journal into the snapshot.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::binding::Binding;
use super::disk::{self, Disk, Step};
use super::error::StateError;
use super::fold::{Base, Copies};
use super::head_writer::HeadWriter;
use super::invalid_transition::InvalidTransition;
use super::journal::Writer;
use super::load::{self, Head};
use super::lock::{Holder, Lock};
use super::model::State;
use super::paths::StatePaths;
use super::place::StatePlace;
use super::record::Record;
use super::spill::{Spill, SpillStamp};
use super::take_over::{TakenOver, take_over};
use super::trusted;

/// The state, open for writing; dropping it releases the lock.
///
/// After a failed write or fsync nothing is known of what is on disk, so the store accepts no further record: requests
/// that are still in flight spill their outcomes, and the next `open` reads what is truly there.
#[derive(Debug)]
pub struct StateWriter {
    pub(super) disk: Arc<dyn Disk>,
    /// The files of the state, or those that a state in a store has on this machine.
    pub(super) paths: StatePaths,
    /// The head of the store that the state is in.
    pub(super) head: Option<Arc<HeadWriter>>,
    pub(super) state: State,
    /// The snapshot on disk; `None` until the first record.
    pub(super) base: Option<Base>,
    /// Away while a group is on its way to the disk: nothing else is written then.
    pub(super) journal: Option<Writer>,
    /// The last record since that snapshot that a saved plan depends on: its number and its checksum.
    pub(super) decided: Option<(u64, String)>,
    pub(super) spill: Spill,
    pub(super) poisoned: Option<String>,
    pub(super) notes: Vec<String>,
    /// Last, so that it is released when all else is closed.
    _lock: Lock,
}

impl StateWriter {
    /// Takes the lock, waiting no longer than `lock_timeout`, cuts an unfinished last line off the journal and
    /// recovers outcomes that an earlier run had to spill. Where there is no state, nothing is written before the first
    /// record. A state in a store is taken over: whoever wrote before writes no more.
    ///
    /// # Errors
    ///
    /// [`StateError::Locked`] or [`StateError::InUse`] with the holder's details; all that [`load`](super::load()) refuses; a
    /// spill file that does not fit.
    pub fn open(
        place: impl Into<StatePlace>,
        binding: &Binding,
        holder: &Holder,
        lock_timeout: Duration,
    ) -> Result<Self, StateError> {
        Self::open_on(disk::real(), place, binding, holder, lock_timeout)
    }

    /// [`StateWriter::open`] on a disk of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`StateWriter::open`].
    pub fn open_on(
        disk: Arc<dyn Disk>,
        place: impl Into<StatePlace>,
        binding: &Binding,
        holder: &Holder,
        lock_timeout: Duration,
    ) -> Result<Self, StateError> {
        let place = place.into();
        let paths = match &place {
            StatePlace::Files(paths) => paths,
            StatePlace::Store(at) => &at.beside,
        };
        trusted::examine_folder(paths)?;
        make_folder(disk.as_ref(), paths)?;
        let lock = Lock::take(&disk, paths, holder, lock_timeout).map_err(|error| error.at(&place))?;
        let (head, before, (held, notes)) = match &place {
            StatePlace::Files(paths) => (None, None, load::read(paths, Some(binding))?),
            StatePlace::Store(at) => {
                let TakenOver {
                    head,
                    before,
                    held,
                    notes,
                } = take_over(at, binding, holder, lock_timeout)?;
                (Some(Arc::new(head)), before, (held, notes))
            }
        };
        let mut store = Self {
            disk,
            paths: paths.clone(),
            head,
            state: State::new(Uuid::new_v4(), binding.clone()),
            base: None,
            journal: None,
            decided: None,
            spill: Spill::default(),
            poisoned: None,
            notes,
            _lock: lock,
        };
        let mut records = Vec::new();
        if let Some(load::ReplayedState {
            state,
            checksum,
            length,
            folded,
            journal,
            decided,
        }) = held
        {
            store.decided = decided;
            store.base = Some(Base {
                checksum,
                last_sequence: folded,
                length: bytes(length),
                unnamed: None,
            });
            if let Some(journal) = journal {
                let writer = match &store.head {
                    Some(head) => Writer::resume_in(head, &journal),
                    None => Writer::resume(store.disk.as_ref(), paths, &journal)?,
                };
                // One that ends before the snapshot does is all in it; the next record then begins a new one.
                store.journal = (writer.last_sequence == state.last_sequence).then_some(writer);
                records = journal
                    .entries
                    .into_iter()
                    .map(|entry| (entry.sequence, entry.record))
                    .collect();
            }
            store.state = state;
        }
        store.recover_spilled(records, before)?;
        Ok(store)
    }

    /// The state with every record so far.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Remarks on the files as they were found, in whole sentences.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The exact point reached; equal to [`LoadedState::head`](super::LoadedState::head) as long as nobody wrote in between.
    pub fn head(&self) -> Head {
        let Some(base) = &self.base else {
            return Head::unwritten();
        };
        let snapshot = (base.last_sequence, base.checksum.clone());
        let (sequence, digest) = self.decided.clone().unwrap_or(snapshot);
        Head {
            lineage: Some(self.state.lineage),
            serial: self.state.serial,
            sequence,
            digest,
        }
    }

    /// Whether the state is in a store, where other machines may take it over at any time.
    pub fn is_shared(&self) -> bool {
        self.head.is_some()
    }

    /// Until when a create of an earlier run may still leave, which was recorded as being sent: that run was shut out.
    pub fn leaves_by(&self) -> Option<Timestamp> {
        self.head.as_ref()?.line().leaves_by
    }

    /// Makes sure that nobody has taken over a state in a store.
    ///
    /// # Errors
    ///
    /// [`StateError::Fenced`] where somebody has; the store then accepts no further record.
    pub fn confirm(&mut self) -> Result<(), StateError> {
        let (Some(head), None) = (&self.head, &self.poisoned) else {
            return Ok(());
        };
        let confirmed = head.write(|_, _| ());
        confirmed.inspect_err(|error| self.poisoned = Some(error.to_string()))
    }

    /// Makes a record durable and applies it; gives its number. When this returns `Ok`, the record survives a crash;
    /// for an intent or a stop, room for its outcome is then reserved, too.
    ///
    /// # Errors
    ///
    /// [`StateError::Refused`] where the record cannot follow; nothing was written. After a failed write or fsync,
    /// now or earlier: [`StateError::OutcomeNotJournalled`] for an outcome, which says where it was kept instead or
    /// carries its text; the failure itself, or [`StateError::Poisoned`], for everything else, of which then nothing
    /// may be sent.
    pub fn append(&mut self, record: Record) -> Result<u64, StateError> {
        let ended = || StateError::Poisoned {
            why: "the record is in no group".to_owned(),
        };
        self.append_all([record]).pop().unwrap_or_else(|| Err(ended()))
    }

    /// Binds the state from now on. Of a state that is not written yet nothing has to be recorded: it is written so.
    ///
    /// # Errors
    ///
    /// As [`StateWriter::append`].
    pub fn bind(&mut self, binding: Binding) -> Result<(), StateError> {
        if self.base.is_none() {
            self.state.binding = binding;
            return Ok(());
        }
        self.append(Record::Bound { binding }).map(drop)
    }

    /// Folds the journal into a new snapshot, with the next serial, and begins a new journal. Without a record since
    /// the last snapshot, nothing is written and the serial stays. A journal that grows is folded by itself, too.
    ///
    /// # Errors
    ///
    /// The failed write; the store then accepts no further record, and nothing that was recorded is lost.
    pub fn commit(&mut self) -> Result<(), StateError> {
        if let Some(why) = &self.poisoned {
            return Err(StateError::Poisoned { why: why.clone() });
        }
        self.fold(Copies::Backup, false)
            .inspect_err(|error| self.poisoned = Some(error.to_string()))
    }

    /// Gives the journal away, when all is durable that has to be before a group of so many records with so many requests in
    /// it. A journal for single records, which every version reads, makes way for one that takes groups.
    pub(super) fn prepare(&mut self, records: usize, requests: usize) -> Result<Writer, StateError> {
        // What reads a store at all knows of groups.
        let takes_groups = records > 1 || self.head.is_some();
        let base = match self.base.take() {
            Some(base) => base,
            None => self.write_first_snapshot()?,
        };
        let has_records = self.state.last_sequence > base.last_sequence;
        self.base = Some(base.clone());
        match &self.journal {
            Some(journal) if journal.takes_groups || !takes_groups => {}
            Some(_) if has_records => self.fold(Copies::None, takes_groups)?,
            Some(_) | None => self.start_journal(&base, takes_groups)?,
        }
        if requests > 0 {
            let awaited = self.state.awaited().saturating_add(requests);
            self.spill.reserve(self.disk.as_ref(), &self.paths, awaited)?;
        }
        self.journal.take().ok_or_else(|| StateError::Poisoned {
            why: "the journal is not open".into(),
        })
    }

    /// Applies a record that the journal's last line has.
    pub(super) fn follow(&mut self, sequence: u64, record: &Record) -> Result<(), StateError> {
        if let (false, Some(journal)) = (record.is_sighting(), &self.journal) {
            self.decided = Some((sequence, journal.last_sum.clone()));
        }
        let applied = self.state.replay(sequence, record);
        applied.map(drop).map_err(|why| refused(why, record))
    }

    pub(super) fn spill(&mut self, record: &Record, why: String) -> StateError {
        let stamp = SpillStamp {
            lineage: self.state.lineage,
            after: self.state.last_sequence,
            writer: self.head.as_ref().map(|head| head.line().writer),
        };
        let (text, spilled) = self.spill.put(self.disk.as_ref(), &self.paths, &stamp, record);
        StateError::OutcomeNotJournalled { why, spilled, text }
    }
}

impl Drop for StateWriter {
    fn drop(&mut self) {
        if let (Some(head), None) = (&self.head, &self.poisoned) {
            head.let_go();
        }
    }
}

pub(super) fn bytes(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

pub(super) fn refused(why: InvalidTransition, record: &Record) -> StateError {
    let record = serde_json::to_string(record).unwrap_or_else(|_| format!("{record:?}"));
    StateError::Refused {
        why: Box::new(why),
        record,
    }
}

/// Makes the folder of the state where it is not there, such as `.dialform` on the first `--sandbox`.
pub(super) fn make_folder(disk: &dyn Disk, paths: &StatePaths) -> Result<(), StateError> {
    if paths.folder.is_dir() {
        return Ok(());
    }
    let make = || {
        disk.create_folder(Step::Folder, &paths.folder)?;
        match paths.folder.parent() {
            Some(above) if !above.as_os_str().is_empty() => disk.sync_folder(Step::Folder, above),
            _ => disk.sync_folder(Step::Folder, Path::new(".")),
        }
    };
    make().map_err(|error| StateError::io("make the folder", &paths.folder, error))
}
