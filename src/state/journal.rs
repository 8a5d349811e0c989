//! The journal: the facts since the snapshot, one sealed line each, and the writer that makes each durable.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::checksum::{seal, unseal};
use super::disk::{self, Disk, Step};
use super::error::StateError;
use super::head::SnapshotName;
use super::head_writer::HeadWriter;
use super::paths::StatePaths;
use super::record::Record;
use super::snapshot::{Sniff, is_countable};

pub(super) const FORMAT: &str = "dialform-journal";
/// A journal whose lines hold one record each.
const ALONE: u64 = 1;
/// One whose lines may hold several, which versions that know only the other one have to refuse as newer, not as damaged.
const IN_GROUPS: u64 = 2;

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

/// Each other line: a record, or several that became durable together. A line is the frame of what is in it: its newline
/// gives the length and its checksum the content, so that all of it is there or nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JournalLine {
    /// The number of the first.
    seq: u64,
    record: Option<Record>,
    #[serde(default)]
    records: Vec<Record>,
}

/// A line that is written.
#[derive(Serialize)]
struct WrittenLine<'r> {
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'r Record>,
    #[serde(skip_serializing_if = "<[Record]>::is_empty")]
    records: &'r [Record],
}

/// One record as it was read.
#[derive(Clone, Debug)]
pub(super) struct JournalEntry {
    pub(super) sequence: u64,
    pub(super) record: Record,
    pub(super) sum: String,
    /// Counted from 1, for messages.
    pub(super) line: usize,
}

/// A journal as read from disk.
#[derive(Clone, Debug)]
pub(super) struct Journal {
    pub(super) header: Header,
    header_sum: String,
    pub(super) entries: Vec<JournalEntry>,
    /// The length in bytes of all whole lines.
    pub(super) sound: u64,
    pub(super) end: LineEnd,
}

/// How the file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineEnd {
    /// With a newline.
    Newline,
    /// With a whole line whose newline is missing: `$(…)` and editors strip it.
    Bare,
    /// With a part of a line, which is not read.
    Torn,
}

impl Journal {
    /// The number of the last record, or of the last one before the journal began.
    pub(super) fn last_sequence(&self) -> u64 {
        self.entries.last().map_or(self.header.after, |entry| entry.sequence)
    }

    pub(super) fn last_sum(&self) -> &str {
        self.entries.last().map_or(&self.header_sum, |entry| &entry.sum)
    }
}

/// Reads a journal, its lines ended by LF or CRLF. A line is whole if its checksum is right; only a last line without a
/// newline may be anything else, and is ignored.
pub(super) fn decode(paths: &StatePaths, bytes: &[u8]) -> Result<Journal, StateError> {
    let damaged = |line: usize, why: &str| StateError::damaged_journal(paths, line, why.to_owned());
    if let Some(line) = conflict_line(bytes) {
        return Err(damaged(line, CONFLICT));
    }
    let mut lines = (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n'));
    // Journals are put in place whole, by renaming, so the first line is never an unfinished one.
    let (_, first) = lines.next().ok_or_else(|| damaged(1, "it has no first line"))?;
    let text = std::str::from_utf8(without_newline(first)).map_err(|_| damaged(1, "it is not UTF-8"))?;
    let sniff: Sniff = serde_json::from_str(text).map_err(|_| damaged(1, "its first line is not JSON"))?;
    sniff.expect(FORMAT, ALONE..=IN_GROUPS, &paths.journal)?;
    let (object, header_sum) = unseal(text, "").ok_or_else(|| damaged(1, MISMATCH))?;
    let header: Header = serde_json::from_str(&object).map_err(|error| damaged(1, &error.to_string()))?;

    if !is_countable(header.after) {
        return Err(damaged(1, "its numbers are greater than those of any state"));
    }
    let mut journal = Journal {
        entries: Vec::new(),
        sound: length(first),
        end: LineEnd::of(first),
        header,
        header_sum,
    };
    for (line, bytes) in lines {
        let unsealed = std::str::from_utf8(without_newline(bytes))
            .ok()
            .and_then(|text| unseal(text, journal.last_sum()));
        let Some((object, sum)) = unsealed else {
            if LineEnd::of(bytes) == LineEnd::Newline {
                return Err(damaged(line, MISMATCH));
            }
            journal.end = LineEnd::Torn;
            break;
        };
        let JournalLine { seq, record, records } =
            serde_json::from_str(&object).map_err(|error| damaged(line, &error.to_string()))?;
        if record.is_some() != records.is_empty() {
            return Err(damaged(line, "it holds no record, or two kinds of them"));
        }
        let next = journal.last_sequence().saturating_add(1);
        if seq != next {
            return Err(damaged(line, &format!("it is numbered {seq} where {next} is due")));
        }
        for (sequence, record) in (seq..).zip(record.into_iter().chain(records)) {
            let sum = sum.clone();
            journal.entries.push(JournalEntry {
                sequence,
                record,
                sum,
                line,
            });
        }
        journal.sound = journal.sound.saturating_add(length(bytes));
        journal.end = LineEnd::of(bytes);
    }
    Ok(journal)
}

impl LineEnd {
    /// How a whole line ends.
    fn of(line: &[u8]) -> Self {
        if line.ends_with(b"\n") {
            Self::Newline
        } else {
            Self::Bare
        }
    }
}

/// A line without its LF or CRLF, or without the CR that is left of one.
fn without_newline(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn length(line: &[u8]) -> u64 {
    u64::try_from(line.len()).unwrap_or(u64::MAX)
}

const MISMATCH: &str = "its checksum does not match, so it was changed, or the line before it is missing";
pub(super) const CONFLICT: &str = "it holds the conflict marks of a merge; two histories of calls cannot be merged";

/// The number, from 1, of the first line that a merge left between two versions of a file.
pub(super) fn conflict_line(bytes: &[u8]) -> Option<usize> {
    let is_mark = |line: &[u8]| {
        let line = without_newline(line);
        line == b"======="
            || [b"<<<<<<< ", b"||||||| ", b">>>>>>> "]
                .iter()
                .any(|mark| line.starts_with(*mark))
    };
    let place = bytes.split_inclusive(|byte| *byte == b'\n').position(is_mark)?;
    Some(place.saturating_add(1))
}

/// The open end of the journal.
#[derive(Debug)]
pub(super) struct Writer {
    end: JournalEnd,
    pub(super) last_sum: String,
    pub(super) last_sequence: u64,
    /// The file's length in bytes.
    pub(super) length: u64,
    /// Whether a line may hold several records.
    pub(super) takes_groups: bool,
}

/// Where the journal's lines go.
#[derive(Debug)]
enum JournalEnd {
    /// Into a file, which is made durable.
    File(File),
    /// Into the head of a store.
    Head(Arc<HeadWriter>),
}

/// The beginning of a journal.
pub(super) struct JournalStart<'a> {
    pub(super) lineage: Uuid,
    /// The last record of the snapshot that it follows.
    pub(super) after: u64,
    /// The checksum of that snapshot.
    pub(super) base: &'a str,
    pub(super) takes_groups: bool,
}

impl JournalStart<'_> {
    /// Its first line, and the checksum of that.
    pub(super) fn line(&self) -> Result<(String, String), StateError> {
        let header = Header {
            format: FORMAT.to_owned(),
            format_version: if self.takes_groups { IN_GROUPS } else { ALONE },
            lineage: self.lineage,
            after: self.after,
            base: self.base.to_owned(),
        };
        let object = serde_json::to_string(&header).map_err(StateError::Unwritable)?;
        Ok(seal(&object, ""))
    }

    fn writer(&self, end: JournalEnd, line: &str, last_sum: String) -> Writer {
        Writer {
            end,
            last_sum,
            last_sequence: self.after,
            length: length(line.as_bytes()),
            takes_groups: self.takes_groups,
        }
    }
}

impl Writer {
    /// Puts a journal without records in place.
    pub(super) fn start(disk: &dyn Disk, paths: &StatePaths, start: &JournalStart<'_>) -> Result<Self, StateError> {
        let (line, last_sum) = start.line()?;
        let begin = || {
            disk::replace(disk, Step::JournalStart, &paths.folder, &paths.journal, line.as_bytes())?;
            at_end(disk, Step::JournalStart, &paths.journal)
        };
        let file = begin().map_err(|error| StateError::io("start the journal", &paths.journal, error))?;
        Ok(start.writer(JournalEnd::File(file), &line, last_sum))
    }

    /// The same in the head of a store, which names the snapshot from then on.
    pub(super) fn start_in(
        head: &Arc<HeadWriter>,
        snapshot: SnapshotName,
        start: &JournalStart<'_>,
    ) -> Result<Self, StateError> {
        let (line, last_sum) = start.line()?;
        head.begin(start.lineage, snapshot, (&line, &last_sum), None)?;
        Ok(start.writer(JournalEnd::Head(Arc::clone(head)), &line, last_sum))
    }

    /// Goes on with the journal that a head has.
    pub(super) fn resume_in(head: &Arc<HeadWriter>, journal: &Journal) -> Self {
        Self::at(JournalEnd::Head(Arc::clone(head)), journal)
    }

    fn at(end: JournalEnd, journal: &Journal) -> Self {
        Self {
            end,
            last_sum: journal.last_sum().to_owned(),
            last_sequence: journal.last_sequence(),
            length: journal.sound,
            takes_groups: journal.header.format_version >= IN_GROUPS,
        }
    }

    /// Opens a journal that was read: an unfinished line at its end is cut off, and a missing newline put back, so that
    /// the next record begins a line of its own.
    pub(super) fn resume(disk: &dyn Disk, paths: &StatePaths, journal: &Journal) -> Result<Self, StateError> {
        let open = || {
            let mut file = disk.open(Step::TailCut, &paths.journal)?;
            match journal.end {
                LineEnd::Newline => {}
                LineEnd::Torn => {
                    disk.cut(Step::TailCut, &file, journal.sound)?;
                    disk.sync(Step::TailCut, &file)?;
                }
                LineEnd::Bare => {
                    file.seek(SeekFrom::End(0))?;
                    disk.write(Step::TailNewline, &mut file, b"\n")?;
                    disk.sync(Step::TailNewline, &file)?;
                }
            }
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        let file = open().map_err(|error| StateError::io("open the journal", &paths.journal, error))?;
        Ok(Self::at(JournalEnd::File(file), journal))
    }

    /// Appends records, of which there is at least one, as one line, and makes that durable; gives the number of the first.
    /// After a failure the end of the file is unknown: write no more.
    pub(super) fn append(&mut self, disk: &dyn Disk, path: &Path, records: &[Record]) -> Result<u64, StateError> {
        let first = self.last_sequence.saturating_add(1);
        let line = match records {
            [record] => WrittenLine {
                seq: first,
                record: Some(record),
                records: &[],
            },
            records => WrittenLine {
                seq: first,
                record: None,
                records,
            },
        };
        let object = serde_json::to_string(&line).map_err(StateError::Unwritable)?;
        // A line that would not be read back as it was meant is worse than none.
        let back: JournalLine = serde_json::from_str(&object).map_err(StateError::Unwritable)?;
        if !back.record.iter().chain(&back.records).eq(records) {
            return Err(StateError::Unfaithful { what: object });
        }
        let (line, sum) = seal(&object, &self.last_sum);
        match &mut self.end {
            JournalEnd::File(file) => disk
                .write(Step::Append, file, line.as_bytes())
                .and_then(|()| disk.sync(Step::Append, file))
                .map_err(|error| StateError::io("write to the journal", path, error))?,
            JournalEnd::Head(head) => head.append(&line, &sum)?,
        }
        self.last_sum = sum;
        self.last_sequence = first.saturating_add(length_of(records)).saturating_sub(1);
        self.length = self.length.saturating_add(length(line.as_bytes()));
        Ok(first)
    }
}

fn length_of(records: &[Record]) -> u64 {
    u64::try_from(records.len()).unwrap_or(u64::MAX)
}

fn at_end(disk: &dyn Disk, step: Step, path: &Path) -> io::Result<File> {
    let mut file = disk.open(step, path)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}
