//! The head of a state in a store, as text: a line of its own, and the journal's lines since the snapshot that it names.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::checksum::{seal, unseal};
use super::error::StateError;
use super::lock::Holder;
use super::place::StoreAt;
use super::snapshot::{Sniff, is_countable};

/// A request leaves so soon after the record that it is being sent, or not at all.
pub(crate) const SENDS_WITHIN: Duration = Duration::from_secs(60);

const FORMAT: &str = "dialform-head";
const VERSION: u64 = 1;

/// The first line of the head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeadLine {
    format: String,
    format_version: u64,
    /// The state's; absent before its first record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lineage: Option<Uuid>,
    /// How often the state has been taken over for writing. Whoever wrote in an earlier epoch writes no more.
    pub(super) epoch: u64,
    /// The writer of this epoch.
    pub(super) writer: Uuid,
    /// How many heads that writer had written by this one, so that no two heads have the same bytes.
    pub(super) write: u64,
    /// When this was written, by the writer's clock.
    pub(super) at: Timestamp,
    /// Who is at work on the state, as a courtesy: what keeps others out is that they replace only the head that they know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) holder: Option<HeadHolder>,
    /// The snapshot that the lines below follow; absent before the first record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) snapshot: Option<SnapshotName>,
    /// The checksum of the last line below; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tail: Option<String>,
    /// Until when a request of a writer before this one may still leave: it was shut out before that was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) leaves_by: Option<Timestamp>,
    /// Where the state is now, or comes from, where it is not here (any more, or yet).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) moving: Option<Moving>,
}

/// A snapshot in a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SnapshotName {
    pub(super) name: String,
    /// That of its content.
    pub(super) checksum: String,
}

/// Who is at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeadHolder {
    /// The process.
    pub who: Holder,
    /// Names the file that this process holds the kernel's lock on, so that the next one on it knows that this one has ended.
    pub(super) seat: String,
}

/// A state on its way between two places: it can be used in neither by accident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Moving {
    /// It is there now.
    To(String),
    /// It is still there.
    From(String),
}

impl Moving {
    /// Why the state cannot be used where it is marked so.
    pub(super) fn refused(&self, place: &str) -> StateError {
        let why = match self {
            Self::To(there) => format!(
                "the state that was in {place} was moved to {there}: set `state` in dialform.kdl to that, or name it with \
                 `--state {there}`"
            ),
            Self::From(there) => format!(
                "the state is on its way from {there} to {place}, and has not arrived: `dialform state migrate {there} {place}` \
                 finishes that"
            ),
        };
        StateError::Moved { why }
    }
}

/// A head that was read.
#[derive(Clone, Debug)]
pub(super) struct FoundHead {
    pub(super) line: HeadLine,
    /// The journal's lines.
    pub(super) tail: Vec<u8>,
}

impl HeadLine {
    /// The first of a store.
    pub(super) fn first(writer: Uuid, at: Timestamp) -> Self {
        Self {
            format: FORMAT.to_owned(),
            format_version: VERSION,
            lineage: None,
            epoch: 1,
            writer,
            write: 1,
            at,
            holder: None,
            snapshot: None,
            tail: None,
            leaves_by: None,
            moving: None,
        }
    }

    /// The next head of the same state, by another writer, who shuts out all before.
    pub(super) fn taken_over(&self, writer: Uuid, at: Timestamp) -> Self {
        // Whoever let go in order has nothing on its way. The clock of another machine may be wrong by as much again.
        let leaves_by = match &self.holder {
            Some(_) => at.checked_add(SENDS_WITHIN.saturating_mul(2)).ok().max(self.leaves_by),
            None => self.leaves_by,
        };
        Self {
            leaves_by,
            epoch: self.epoch.saturating_add(1),
            writer,
            write: 1,
            at,
            holder: None,
            ..self.clone()
        }
    }

    /// Who wrote this, in words.
    pub(super) fn words(&self) -> String {
        let Self { epoch, at, holder, .. } = self;
        match holder {
            Some(holder) => format!("{} (epoch {epoch}, written {at:.0})", holder.who),
            None => format!("another run, which has ended (epoch {epoch}, written {at:.0})"),
        }
    }
}

/// The head's text.
pub(super) fn encode(line: &HeadLine, tail: &[u8]) -> Result<Vec<u8>, StateError> {
    let object = serde_json::to_string(line).map_err(StateError::Unwritable)?;
    let (text, _) = seal(&object, "");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(tail);
    Ok(bytes)
}

/// Reads a head, or says what is wrong with it.
pub(super) fn decode(at: &StoreAt, bytes: &[u8]) -> Result<FoundHead, StateError> {
    let damaged = |why: &str| StateError::damaged_store(at, format!("its head is damaged: {why}"));
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .ok_or_else(|| damaged("it has no whole first line"))?;
    let (first, tail) = bytes.split_at(end.saturating_add(1));
    let text = std::str::from_utf8(first).map_err(|_| damaged("it is not UTF-8"))?;
    let text = text.trim_end_matches('\n');
    let sniff: Sniff = serde_json::from_str(text).map_err(|_| damaged("its first line is not JSON"))?;
    sniff.expect(FORMAT, VERSION..=VERSION, &at.named().snapshot)?;
    let (object, _) = unseal(text, "").ok_or_else(|| damaged("the checksum of its first line does not match"))?;
    let line: HeadLine = serde_json::from_str(&object).map_err(|error| damaged(&error.to_string()))?;
    if !is_countable(line.epoch) || !is_countable(line.write) {
        return Err(damaged("its numbers are greater than those of any state"));
    }
    if line.snapshot.is_none() != tail.is_empty() || line.tail.is_none() != tail.is_empty() {
        return Err(damaged(
            "it names a snapshot without the lines that follow it, or the other way round",
        ));
    }
    let tail = tail.to_vec();
    Ok(FoundHead { line, tail })
}
