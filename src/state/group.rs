//! Records that become durable together: one line of the journal, one write and one fsync for all of them.

use std::collections::BTreeSet;
use std::mem;
use std::path::PathBuf;
use std::sync::Arc;

use super::disk::Disk;
use super::error::StateError;
use super::index::SameId;
use super::journal::Writer;
use super::model::State;
use super::record::Record;
use super::writer::{StateWriter, refused};

/// What a record looks at or changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum RecordSubject {
    Key(String),
    Task(SameId),
}

/// What a record looks at or changes; `None` for one that goes by itself.
fn subjects(state: &State, record: &Record) -> Option<Vec<RecordSubject>> {
    let of_intent = |intent| {
        state
            .intents
            .get(intent)
            .map(|intent| RecordSubject::Key(intent.key.clone()))
    };
    let of_task = |key: &String, identity: &str| {
        vec![
            RecordSubject::Key(key.clone()),
            RecordSubject::Task(SameId::of(identity)),
        ]
    };
    Some(match record {
        Record::Intent(intent) => {
            let replaced = intent.replaces.as_deref().map(|id| RecordSubject::Task(SameId::of(id)));
            std::iter::once(RecordSubject::Key(intent.key.clone()))
                .chain(replaced)
                .collect()
        }
        Record::Sending { intent }
        | Record::NotSent { intent, .. }
        | Record::Rejected { intent, .. }
        | Record::Unknown { intent, .. } => of_intent(intent).into_iter().collect(),
        Record::Created { intent, identity, .. } => {
            let stones = state.stones_of(identity).into_iter().map(RecordSubject::Key);
            let task = RecordSubject::Task(SameId::of(identity));
            of_intent(intent).into_iter().chain([task]).chain(stones).collect()
        }
        Record::Halting { key, identity, .. }
        | Record::Halted { key, identity, .. }
        | Record::HaltFailed { key, identity, .. }
        | Record::Acting { key, identity, .. }
        | Record::Acted { key, identity, .. }
        | Record::ActionFailed { key, identity, .. } => of_task(key, identity),
        Record::Abandoned { .. }
        | Record::Withdrawn { .. }
        | Record::Accepted { .. }
        | Record::Moved { .. }
        | Record::Removed { .. }
        | Record::ClearedTombstone { .. }
        | Record::Adopted { .. }
        | Record::Bound { .. }
        | Record::Disowned { .. }
        | Record::Seen { .. } => return None,
    })
}

/// Records that have nothing to do with one another: each of them follows the state, whatever the others do to it.
#[derive(Debug, Default)]
pub(crate) struct Group {
    records: Vec<Record>,
    subjects: BTreeSet<RecordSubject>,
    /// It holds a record that goes by itself.
    is_closed: bool,
}

impl Group {
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

/// The result of [`StateWriter::join`].
#[derive(Debug)]
pub(crate) enum Joined {
    /// The record is part of the group.
    In,
    /// It has to do with one of the group, and waits until that is durable.
    Later(Box<Record>),
    /// It cannot follow, or the store takes nothing more.
    Refused(StateError),
}

/// A group on its way to the disk, and the journal with it, so that the state can be read meanwhile.
#[derive(Debug)]
pub(crate) struct OutgoingGroup {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    journal: Writer,
    group: Group,
}

/// A group of which it is known whether it is durable.
#[derive(Debug)]
pub(crate) struct WrittenGroup {
    group: Group,
    /// After a failure its end is unknown, and nobody writes to it again.
    journal: Writer,
    /// The number of the first record.
    result: Result<u64, StateError>,
}

impl OutgoingGroup {
    /// Makes the group durable; until this returns, none of it counts.
    pub(crate) fn write(self) -> WrittenGroup {
        let Self {
            disk,
            path,
            mut journal,
            group,
        } = self;
        let result = journal.append(disk.as_ref(), &path, &group.records);
        WrittenGroup { group, journal, result }
    }
}

/// What becomes of each record of a group, in their order.
pub(crate) type GroupResults = Vec<Result<u64, StateError>>;

impl StateWriter {
    /// Makes records durable and applies them, as many together as have nothing to do with one another; gives the number of
    /// each, or what became of it.
    pub fn append_all(&mut self, records: impl IntoIterator<Item = Record>) -> Vec<Result<u64, StateError>> {
        let mut group = Group::default();
        let mut results = Vec::new();
        for record in records {
            let mut joined = self.join(&mut group, record);
            if let Joined::Later(record) = joined {
                results.append(&mut self.make_durable(mem::take(&mut group)));
                joined = self.join(&mut group, *record);
            }
            if let Joined::Refused(error) = joined {
                results.append(&mut self.make_durable(mem::take(&mut group)));
                results.push(Err(error));
            }
        }
        results.append(&mut self.make_durable(group));
        results
    }

    fn make_durable(&mut self, group: Group) -> GroupResults {
        if group.is_empty() {
            return Vec::new();
        }
        match self.hand_out(group) {
            Ok(outgoing) => {
                let results = self.take_back(outgoing.write());
                if let Some(fold) = self.fold_of_grown() {
                    self.take_fold(fold.write());
                }
                results
            }
            Err(results) => results,
        }
    }

    /// Takes a record into a group, if it may follow the state and has nothing to do with the others in it.
    pub(crate) fn join(&mut self, group: &mut Group, record: Record) -> Joined {
        let record = record.clipped();
        if let Some(why) = &self.poisoned {
            let why = why.clone();
            return Joined::Refused(if record.is_outcome() {
                self.spill(&record, why)
            } else {
                StateError::Poisoned { why }
            });
        }
        let subjects = subjects(&self.state, &record);
        let is_apart = match &subjects {
            Some(subjects) => !group.is_closed && subjects.iter().all(|subject| !group.subjects.contains(subject)),
            None => group.is_empty(),
        };
        if !is_apart {
            return Joined::Later(Box::new(record));
        }
        if let Err(why) = self.state.admit(&record) {
            return Joined::Refused(refused(why, &record));
        }
        group.is_closed = subjects.is_none();
        group.subjects.extend(subjects.into_iter().flatten());
        group.records.push(record);
        Joined::In
    }

    /// Gives a group and the journal away, once everything is durable that has to be before: the snapshot, the journal's
    /// beginning, and room for the outcome of each of its requests.
    pub(crate) fn hand_out(&mut self, group: Group) -> Result<OutgoingGroup, GroupResults> {
        let requests = group.records.iter().filter(|record| record.awaits_outcome()).count();
        match self.prepare(group.records.len(), requests) {
            Ok(journal) => Ok(OutgoingGroup {
                disk: Arc::clone(&self.disk),
                path: self.paths.journal.clone(),
                journal,
                group,
            }),
            Err(error) => Err(self.fail(group, error)),
        }
    }

    /// Takes the journal back, and applies the group if it is durable.
    pub(crate) fn take_back(&mut self, written: WrittenGroup) -> GroupResults {
        let WrittenGroup { group, journal, result } = written;
        self.journal = Some(journal);
        let first = match result {
            Ok(first) => first,
            Err(error) => return self.fail(group, error),
        };
        let numbered = (first..).zip(group.records);
        let results = numbered.map(|(sequence, record)| self.follow(sequence, &record).map(|()| sequence));
        results.collect()
    }

    /// After a failure nothing of a group counts: its outcomes are spilled, and all else was not done.
    fn fail(&mut self, group: Group, error: StateError) -> GroupResults {
        let why = error.to_string();
        self.poisoned = Some(why.clone());
        let mut error = Some(error);
        let records = group.records.into_iter();
        records
            .map(|record| {
                Err(match record.is_outcome() {
                    true => self.spill(&record, why.clone()),
                    false => error
                        .take()
                        .unwrap_or_else(|| StateError::Poisoned { why: why.clone() }),
                })
            })
            .collect()
    }
}
