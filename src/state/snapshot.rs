//! The snapshot: the whole state as one JSON file, replaced as a whole.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::checksum;
use super::error::StateError;
use super::journal;
use super::model::State;
use super::paths::StatePaths;
use crate::util::schema_types::Sha256Text;
use crate::util::threads;

pub(super) const FORMAT: &str = "dialform-state";
pub(super) const VERSION: u64 = 1;
/// The member of the file that its checksum is of.
const CONTENT: &str = "content";
const OTHER_CHECKSUM: &str = "its checksum does not match its content, so it was changed by something else";
/// Up to so many bytes, a second thread costs more than it saves.
const SHORT: usize = 64 << 10;
/// No state comes this far, and up to here every reader of JSON counts exactly.
const LARGEST_NUMBER: u64 = 1 << 53;

/// Whether a number of the state's files leaves room to count on.
pub(super) fn is_countable(number: u64) -> bool {
    number <= LARGEST_NUMBER
}

/// A snapshot as read from disk.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    pub(super) state: State,
    /// The checksum of the journal line that was the last one folded in; empty where none was.
    pub(super) last_sum: String,
    /// The snapshot's own.
    pub(super) checksum: String,
}

/// The tasks that dialform created. Only dialform writes this file: the checksum detects other changes.
// The checksum is over the compact form of `content`, so that reformatting the file does no harm.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SnapshotFile {
    #[schemars(extend("const" = FORMAT))]
    format: String,
    /// The version of this format.
    #[schemars(extend("const" = VERSION))]
    format_version: u64,
    /// The SHA-256 of `content` in compact form.
    #[schemars(with = "Sha256Text")]
    checksum: String,
    #[schemars(with = "SnapshotContent")]
    content: Value,
}

/// [`SnapshotFile`] as it is read: the content is believed once the checksum is that of its compact form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FoundFile<C> {
    format: String,
    format_version: u64,
    checksum: String,
    content: C,
}

/// The state, and the last journal record that it includes.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "content")]
struct SnapshotContent {
    /// The checksum of the last journal line that is included; empty if there is none.
    #[schemars(regex(pattern = "^([0-9a-f]{16})?$"))]
    last_sum: String,
    state: State,
}

/// What is looked at before anything else is believed: these two are the same in every format there will be.
#[derive(Deserialize)]
pub(super) struct Sniff {
    pub(super) format: Option<String>,
    pub(super) format_version: Option<u64>,
}

/// A snapshot that is written: nothing of the state is copied for it. [`SnapshotFile`] reads it.
#[derive(Serialize)]
struct WrittenFile<'s> {
    format: &'static str,
    format_version: u64,
    checksum: &'s str,
    content: &'s WrittenContent<'s>,
}

/// [`SnapshotContent`] of a state that stays where it is.
#[derive(Serialize)]
struct WrittenContent<'s> {
    last_sum: &'s str,
    state: &'s State,
}

/// A name that no snapshot in a store has or will have; names are in the order of their serials.
pub(super) fn fresh_name(serial: u64) -> String {
    format!("{serial:016}-{}", Uuid::new_v4().simple())
}

/// The file's text and its checksum, which is made from that text as whoever reads it does.
pub(super) fn encode(state: &State, last_sum: &str) -> Result<(Vec<u8>, String), serde_json::Error> {
    /// In the place of the checksum, and as long, until it is known.
    const NOT_YET: &str = "0000000000000000000000000000000000000000000000000000000000000000";
    let file = WrittenFile {
        format: FORMAT,
        format_version: VERSION,
        checksum: NOT_YET,
        content: &WrittenContent { last_sum, state },
    };
    let mut text = serde_json::to_string_pretty(&file)?;
    text.push('\n');
    let place = text
        .find(NOT_YET)
        .map(|start| start..start.saturating_add(NOT_YET.len()));
    let (Some(place), Some(checksum)) = (place, checksum::of_member(&text, CONTENT)) else {
        return Err(serde::ser::Error::custom("the snapshot is not what a reader looks for"));
    };
    text.replace_range(place, &checksum);
    Ok((text.into_bytes(), checksum))
}

/// Whether a snapshot of this state is read back as it was meant. Each part is tried by itself, so that there is never a
/// second whole state in memory.
pub(super) fn is_faithful(state: &State) -> Result<bool, serde_json::Error> {
    let State {
        lineage,
        binding,
        serial,
        last_sequence,
        tasks,
        intents,
        tombstones,
        seen,
        index: _,
    } = state;
    let mut rest = State::new(*lineage, binding.clone());
    (rest.serial, rest.last_sequence, rest.seen) = (*serial, *last_sequence, seen.clone());
    let is_sound = [*serial, *last_sequence].into_iter().all(is_countable)
        && comes_back(&rest)?
        && each_comes_back(tasks)?
        && each_comes_back(intents)?
        && each_comes_back(tombstones)?;
    Ok(is_sound)
}

fn each_comes_back<K, V>(parts: &BTreeMap<K, V>) -> Result<bool, serde_json::Error>
where
    K: Clone + Ord + Serialize + DeserializeOwned,
    V: PartialEq + Serialize + DeserializeOwned,
{
    for part in parts {
        let part = BTreeMap::from([part]);
        let back: BTreeMap<K, V> = serde_json::from_str(&serde_json::to_string(&part)?)?;
        if !back.iter().eq(part) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn comes_back<T: PartialEq + Serialize + DeserializeOwned>(part: &T) -> Result<bool, serde_json::Error> {
    Ok(serde_json::from_str::<T>(&serde_json::to_string(part)?)? == *part)
}

/// Reads a snapshot, or says what is wrong with it.
pub(super) fn decode(paths: &StatePaths, bytes: &[u8]) -> Result<Snapshot, StateError> {
    let path = &paths.snapshot;
    let damaged = |why: String| StateError::damaged_snapshot(paths, why);
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is not UTF-8".into()))?;
    // What is read is not believed before the checksum is that of its text.
    let read = || serde_json::from_str::<FoundFile<SnapshotContent>>(text);
    let hash = || checksum::of_member(text, CONTENT);
    let (found, hashed) = match text.len() < SHORT {
        true => (read(), hash()),
        false => threads::side_by_side(read, hash),
    };
    let found = found.map_err(|why| mistake(paths, text, hashed.as_deref(), &why))?;
    found.sniff().expect(FORMAT, VERSION..=VERSION, path)?;
    if hashed.as_ref() != Some(&found.checksum) {
        return Err(damaged(OTHER_CHECKSUM.into()));
    }
    let SnapshotContent { last_sum, state } = found.content;
    if ![state.serial, state.last_sequence].into_iter().all(is_countable) {
        return Err(damaged("its numbers are greater than those of any state".into()));
    }
    Ok(Snapshot {
        state,
        last_sum,
        checksum: found.checksum,
    })
}

/// What is wrong with a text that could not be read: the first that there is to say of it.
fn mistake(paths: &StatePaths, text: &str, hashed: Option<&str>, why: &serde_json::Error) -> StateError {
    let damaged = |why: String| StateError::damaged_snapshot(paths, why);
    if text.trim().is_empty() {
        return damaged("it is empty".into());
    }
    // No JSON has lines like these, so that only what is not read is looked through.
    if journal::conflict_line(text.as_bytes()).is_some() {
        return damaged(journal::CONFLICT.into());
    }
    let sniff = match serde_json::from_str::<Sniff>(text) {
        Ok(sniff) => sniff,
        Err(error) => return damaged(format!("it is not JSON ({error})")),
    };
    // Of another format or version, that is what there is to say.
    if let Err(other) = sniff.expect(FORMAT, VERSION..=VERSION, &paths.snapshot) {
        return other;
    }
    match serde_json::from_str::<FoundFile<IgnoredAny>>(text) {
        Ok(found) if hashed != Some(&found.checksum) => damaged(OTHER_CHECKSUM.into()),
        Ok(_) => damaged(why.to_string()),
        Err(outside) => damaged(outside.to_string()),
    }
}

impl<C> FoundFile<C> {
    fn sniff(&self) -> Sniff {
        Sniff {
            format: Some(self.format.clone()),
            format_version: Some(self.format_version),
        }
    }
}

impl Sniff {
    /// Refuses what is not of this format, and versions that this program does not know.
    pub(super) fn expect(
        &self,
        format: &str,
        known: RangeInclusive<u64>,
        path: &std::path::Path,
    ) -> Result<(), StateError> {
        let path = path.to_owned();
        match (self.format.as_deref(), self.format_version) {
            (Some(found), Some(held)) if found == format && known.contains(&held) => Ok(()),
            (Some(found), Some(held)) if found == format && held > *known.end() => Err(StateError::NewerFormat {
                path,
                found: held,
                known: *known.end(),
            }),
            _ => Err(StateError::NotOurs {
                path,
                expected: format.to_owned(),
            }),
        }
    }
}
