//! Outcomes that an earlier run had to spill, taken into the journal.

use uuid::Uuid;

use super::error::StateError;
use super::invalid_transition::InvalidTransition;
use super::record::{How, Record};
use super::spill::{self, Spill};
use super::writer::StateWriter;

impl StateWriter {
    /// Writes spilled outcomes to the journal, unless they are among its `records`: a write that failed may have arrived
    /// all the same, and a run may have been killed between recovering an outcome and deleting the spill file.
    ///
    /// `before` wrote to the store last.
    pub(super) fn recover_spilled(
        &mut self,
        mut records: Vec<(u64, Record)>,
        before: Option<Uuid>,
    ) -> Result<(), StateError> {
        let waiting = spill::pending(&self.paths, self.state.lineage)?;
        if waiting.is_empty() {
            self.spill = Spill::resume(&self.paths)?;
            return Ok(());
        }
        for spill::Pending {
            path,
            after,
            writer,
            record,
        } in waiting
        {
            if records
                .iter()
                .any(|(sequence, held)| *sequence > after && *held == record)
            {
                continue;
            }
            let others_came = self.head.is_some() && writer != before;
            let record = match others_came {
                true => self.still_news(record),
                false => self.state.admit(&record).map(|()| Some(record)),
            };
            let record = record.map_err(|why| StateError::spill(&path, format!("one does not fit: {why}")))?;
            let Some(record) = record else {
                self.notes.push(format!(
                    "an outcome in `{}` was left out, since other runs have gone on from there",
                    path.display()
                ));
                continue;
            };
            let mut journal = self.prepare(1, 0)?;
            let sequence = journal.append(self.disk.as_ref(), &self.paths.journal, std::slice::from_ref(&record))?;
            self.journal = Some(journal);
            self.follow(sequence, &record)?;
            self.notes.push(format!(
                "recovered an outcome that the journal could not take from `{}`",
                path.display()
            ));
            records.push((sequence, record));
        }
        self.spill = Spill::clear(self.disk.as_ref(), &self.paths, self.state.lineage)?;
        Ok(())
    }

    /// What an outcome still says after other runs have gone on without it: that something exists or was stopped, and that
    /// the request of an open create was answered. That nothing was done may have become wrong meanwhile.
    fn still_news(&self, record: Record) -> Result<Option<Record>, InvalidTransition> {
        match record {
            Record::Created {
                intent, identity, at, ..
            } => {
                if self.state.holder_of(&identity).is_some() || !self.state.stones_of(&identity).is_empty() {
                    return Ok(None);
                }
                let how = How::Adopted;
                let found = Record::Created {
                    intent,
                    identity,
                    at,
                    how,
                };
                self.state.admit(&found).map(|()| Some(found))
            }
            Record::Halted { .. } => self.state.admit(&record).map(|()| Some(record)),
            Record::Rejected { .. } | Record::Unknown { .. } => Ok(self.state.admit(&record).is_ok().then_some(record)),
            _ => Ok(None),
        }
    }
}
