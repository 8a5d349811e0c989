//! The journal: the facts since the snapshot, one sealed line each, and the writer that makes each durable.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::checksum::{seal, unseal};
use super::disk::{self, Disk, Step};
use super::error::StateError;
use super::paths::StatePaths;
use super::record::Record;
use super::snapshot::{Sniff, is_countable};

pub(super) const FORMAT: &str = "dialform-journal";
const VERSION: u64 = 1;

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    format: String,
    format_version: u64,
    pub(super) lineage: Uuid,
    /// The last sequence of the snapshot that this journal begins after.
    pub(super) after: u64,
    /// That snapshot's checksum.
    pub(super) base: String,
}

/// Each other line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    seq: u64,
    record: Record,
}

/// One record as it was read.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) sequence: u64,
    pub(super) record: Record,
    pub(super) sum: String,
    /// Counted from 1, for messages.
    pub(super) line: usize,
}

/// A journal as it stands on disk.
#[derive(Clone, Debug)]
pub(super) struct Journal {
    pub(super) header: Header,
    header_sum: String,
    pub(super) entries: Vec<Entry>,
    /// The length in bytes of all whole lines.
    pub(super) sound: u64,
    /// Whether something without a newline follows them.
    pub(super) torn: bool,
}

impl Journal {
    /// The number of the last record, or of the last one before the journal began.
    pub(super) fn last_sequence(&self) -> u64 {
        self.entries.last().map_or(self.header.after, |entry| entry.sequence)
    }

    fn last_sum(&self) -> &str {
        self.entries.last().map_or(&self.header_sum, |entry| &entry.sum)
    }
}

/// Reads a journal. Only what follows the last newline is passed over: a line is durable when its newline is.
pub(super) fn decode(paths: &StatePaths, bytes: &[u8]) -> Result<Journal, StateError> {
    let damaged = |line: usize, why: &str| StateError::damaged_journal(paths, line, why.to_owned());
    let sound = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at.saturating_add(1));
    let (whole, torn) = bytes.split_at(sound);
    // Journals are put in place whole, by renaming, so the first line is never an unfinished one.
    let text = std::str::from_utf8(whole).map_err(|_| damaged(1, "it is not UTF-8"))?;
    let mut lines = text.split_terminator('\n');
    let first = lines.next().ok_or_else(|| damaged(1, "it has no first line"))?;
    let sniff: Sniff = serde_json::from_str(first).map_err(|_| damaged(1, "its first line is not JSON"))?;
    sniff.expect(FORMAT, VERSION, &paths.journal)?;
    let (object, header_sum) = unseal(first, "").ok_or_else(|| damaged(1, MISMATCH))?;
    let header: Header = serde_json::from_str(&object).map_err(|error| damaged(1, &error.to_string()))?;

    if !is_countable(header.after) {
        return Err(damaged(1, "its numbers are greater than those of any state"));
    }
    let mut entries = Vec::new();
    let mut before = header_sum.clone();
    for (next, (line, text)) in (header.after.saturating_add(1)..).zip((2..).zip(lines)) {
        let (object, sum) = unseal(text, &before).ok_or_else(|| damaged(line, MISMATCH))?;
        let Line { seq, record } = serde_json::from_str(&object).map_err(|error| damaged(line, &error.to_string()))?;
        if seq != next {
            return Err(damaged(line, &format!("it is numbered {seq} where {next} is due")));
        }
        before.clone_from(&sum);
        entries.push(Entry {
            sequence: seq,
            record,
            sum,
            line,
        });
    }
    let sound = u64::try_from(sound).unwrap_or(u64::MAX);
    Ok(Journal {
        header,
        header_sum,
        entries,
        sound,
        torn: !torn.is_empty(),
    })
}

const MISMATCH: &str = "its checksum does not match, so it was changed, or the line before it is missing";

/// The open end of the journal.
#[derive(Debug)]
pub(super) struct Writer {
    file: File,
    pub(super) last_sum: String,
    pub(super) last_sequence: u64,
}

impl Writer {
    /// Puts a journal without records in place, beginning after the snapshot of the given checksum.
    pub(super) fn start(
        disk: &dyn Disk,
        paths: &StatePaths,
        lineage: Uuid,
        after: u64,
        base: &str,
    ) -> Result<Self, StateError> {
        let (format, base) = (FORMAT.to_owned(), base.to_owned());
        let header = Header {
            format,
            format_version: VERSION,
            lineage,
            after,
            base,
        };
        let object = serde_json::to_string(&header).map_err(StateError::Unwritable)?;
        let (line, last_sum) = seal(&object, "");
        let begin = || {
            disk::replace(disk, Step::JournalStart, &paths.folder, &paths.journal, line.as_bytes())?;
            at_end(disk, Step::JournalStart, &paths.journal)
        };
        let file = begin().map_err(|error| StateError::io("start the journal", &paths.journal, error))?;
        Ok(Self {
            file,
            last_sum,
            last_sequence: after,
        })
    }

    /// Opens a journal that was read, without the unfinished line at its end.
    pub(super) fn resume(disk: &dyn Disk, paths: &StatePaths, journal: &Journal) -> Result<Self, StateError> {
        let open = || {
            let mut file = disk.open(Step::TailCut, &paths.journal)?;
            if journal.torn {
                disk.cut(Step::TailCut, &file, journal.sound)?;
                disk.sync(Step::TailCut, &file)?;
            }
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        let file = open().map_err(|error| StateError::io("open the journal", &paths.journal, error))?;
        Ok(Self {
            file,
            last_sum: journal.last_sum().to_owned(),
            last_sequence: journal.last_sequence(),
        })
    }

    /// Appends a record and makes it durable. After a failure the end of the file is unknown: write no more.
    pub(super) fn append(&mut self, disk: &dyn Disk, path: &Path, record: &Record) -> Result<u64, StateError> {
        let seq = self.last_sequence.saturating_add(1);
        let line = Line {
            seq,
            record: record.clone(),
        };
        let object = serde_json::to_string(&line).map_err(StateError::Unwritable)?;
        // A line that would not be read back as it was meant is worse than none.
        let back: Line = serde_json::from_str(&object).map_err(StateError::Unwritable)?;
        if back.record != *record {
            return Err(StateError::Unfaithful { what: object });
        }
        let (line, sum) = seal(&object, &self.last_sum);
        disk.write(Step::Append, &mut self.file, line.as_bytes())
            .and_then(|()| disk.sync(Step::Append, &self.file))
            .map_err(|error| StateError::io("write to the journal", path, error))?;
        (self.last_sum, self.last_sequence) = (sum, seq);
        Ok(seq)
    }
}

fn at_end(disk: &dyn Disk, step: Step, path: &Path) -> io::Result<File> {
    let mut file = disk.open(step, path)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}
