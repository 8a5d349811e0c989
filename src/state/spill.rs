//! The spill file: where an outcome goes that cannot be written to the journal, and the space reserved for it.
//!
//! Before a create may be recorded, the spill file holds real bytes (blanks) for its outcome, so that on a full disk
//! the outcome is written over blocks that are there already. That holds on file systems which overwrite in place
//! (ext4, XFS, APFS for a file without clones, NTFS, tmpfs); on those that copy on every write (btrfs, ZFS) and on
//! network shares it may not. Then the folder of last resort is tried, and last the error carries the record's text.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::checksum::{seal, unseal};
use super::disk::{Disk, Step};
use super::error::StateError;
use super::paths::StatePaths;
use super::record::Record;
use super::snapshot::Sniff;
use super::trusted;

const FORMAT: &str = "dialform-spill";
const VERSION: u64 = 1;

/// Bytes kept for the outcomes of one request: more than a record with the longest reason takes.
const ROOM: usize = 8 * 1024;
const BLANK: u8 = b' ';

/// One spilled outcome. Each line has its own checksum, as the line before it may be missing.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpillLine {
    format: String,
    format_version: u64,
    lineage: Uuid,
    /// The last record that was durable; a copy of this outcome in the journal is numbered above it.
    after: u64,
    /// Who wrote it, where the state is in a store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    writer: Option<Uuid>,
    record: Record,
}

/// What a spilled outcome belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct SpillStamp {
    pub(super) lineage: Uuid,
    /// The last record that was durable.
    pub(super) after: u64,
    /// Who writes, where the state is in a store.
    pub(super) writer: Option<Uuid>,
}

/// A spilled outcome that was found.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) path: PathBuf,
    pub(super) after: u64,
    pub(super) writer: Option<Uuid>,
    pub(super) record: Record,
}

/// The spilled outcomes beside the state and in the folder of last resort.
pub(super) fn pending(paths: &StatePaths, lineage: Uuid) -> Result<Vec<Pending>, StateError> {
    let mut found = read(&paths.spill, lineage)?;
    let last_resort = paths.last_resort_spill(lineage);
    if let Some(theirs) = trusted::examine(&last_resort)? {
        // Of a state in a store, the folder is what is here.
        let ours = trusted::examine(&paths.snapshot)?.or_else(|| std::fs::metadata(&paths.folder).ok());
        if !ours.is_some_and(|ours| trusted::same_owner(&ours, &theirs)) {
            return Err(StateError::spill(&last_resort, "it belongs to another user".into()));
        }
        found.extend(read(&last_resort, lineage)?);
    }
    Ok(found)
}

fn read(path: &Path, lineage: Uuid) -> Result<Vec<Pending>, StateError> {
    let bytes = trusted::read(path)?.unwrap_or_default();
    // What follows the last newline is blank room, or an outcome whose writing did not end: its request counts as
    // unknown already.
    let whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .and_then(|at| bytes.get(..at))
        .unwrap_or_default();
    if whole.is_empty() {
        return Ok(Vec::new());
    }
    let damaged = |why: &str| StateError::spill(path, why.to_owned());
    let text = std::str::from_utf8(whole).map_err(|_| damaged("it is not UTF-8"))?;
    text.split('\n')
        .map(|line| {
            let sniff: Sniff = serde_json::from_str(line).map_err(|_| damaged("a line of it is not JSON"))?;
            sniff.expect(FORMAT, VERSION..=VERSION, path)?;
            let (object, _) = unseal(line, "").ok_or_else(|| damaged("the checksum of a line does not match"))?;
            let SpillLine {
                format: _,
                format_version: _,
                lineage: named,
                after,
                writer,
                record,
            } = serde_json::from_str(&object).map_err(|error| damaged(&error.to_string()))?;
            if named != lineage {
                return Err(damaged("it belongs to another state"));
            }
            Ok(Pending {
                path: path.to_owned(),
                after,
                writer,
                record,
            })
        })
        .collect()
}

/// The room, and what was written into it.
#[derive(Debug, Default)]
pub(super) struct Spill {
    beside: Option<File>,
    /// Bytes of outcomes in the file beside the state.
    written: u64,
    /// Bytes of that file.
    reserved: u64,
    /// A failed write leaves the file's content unknown, so it is not written again.
    beside_failed: bool,
    last_resort: Option<(PathBuf, File)>,
}

impl Spill {
    /// Reuses the room that an earlier run reserved. Spilled outcomes have to be in the journal by then.
    pub(super) fn resume(paths: &StatePaths) -> Result<Self, StateError> {
        let reserved = trusted::examine(&paths.spill)?.map_or(0, |found| found.len());
        Ok(Self {
            reserved,
            ..Self::default()
        })
    }

    /// Makes sure that there is room for the outcomes of so many requests.
    pub(super) fn reserve(&mut self, disk: &dyn Disk, paths: &StatePaths, requests: usize) -> Result<(), StateError> {
        let needed = u64::try_from(requests.saturating_mul(ROOM)).unwrap_or(u64::MAX);
        let missing = usize::try_from(needed.saturating_sub(self.reserved)).unwrap_or(usize::MAX);
        if missing == 0 {
            return Ok(());
        }
        let reserved = self.reserved;
        let grow = |file: &mut File| {
            file.seek(SeekFrom::Start(reserved))?;
            // Real bytes: a length alone would be a hole, which takes its blocks only when it is too late.
            disk.write(Step::Reserve, file, &vec![BLANK; missing])?;
            disk.sync(Step::Reserve, file)
        };
        self.open_beside(disk, Step::Reserve, paths)
            .and_then(grow)
            .map_err(|error| StateError::io("reserve room for outcomes in", &paths.spill, error))?;
        self.reserved = needed;
        Ok(())
    }

    /// Writes an outcome wherever it can be made durable; says where, or gives its text back.
    pub(super) fn put(
        &mut self,
        disk: &dyn Disk,
        paths: &StatePaths,
        stamp: &SpillStamp,
        record: &Record,
    ) -> (String, Option<PathBuf>) {
        let SpillStamp { lineage, after, writer } = *stamp;
        let line = SpillLine {
            format: FORMAT.to_owned(),
            format_version: VERSION,
            lineage,
            after,
            writer,
            record: record.clone(),
        };
        let Ok(object) = serde_json::to_string(&line) else {
            return (format!("{record:?}"), None);
        };
        let (line, _) = seal(&object, "");
        if !self.beside_failed {
            match self.put_beside(disk, paths, line.as_bytes()) {
                Ok(()) => return (line, Some(paths.spill.clone())),
                Err(_) => self.beside_failed = true,
            }
        }
        let place = self.put_last_resort(disk, paths, lineage, line.as_bytes()).ok();
        (line, place)
    }

    fn put_beside(&mut self, disk: &dyn Disk, paths: &StatePaths, line: &[u8]) -> io::Result<()> {
        let written = self.written;
        let file = self.open_beside(disk, Step::Spill, paths)?;
        file.seek(SeekFrom::Start(written))?;
        disk.write(Step::Spill, file, line)?;
        disk.sync(Step::Spill, file)?;
        self.written = self
            .written
            .saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        Ok(())
    }

    fn put_last_resort(
        &mut self,
        disk: &dyn Disk,
        paths: &StatePaths,
        lineage: Uuid,
        line: &[u8],
    ) -> io::Result<PathBuf> {
        let (path, mut file) = match self.last_resort.take() {
            Some(open) => open,
            None => {
                let path = paths.last_resort_spill(lineage);
                let file = disk.create(Step::LastResort, &path)?;
                disk.sync_folder(Step::LastResort, &paths.last_resort)?;
                (path, file)
            }
        };
        disk.write(Step::LastResort, &mut file, line)?;
        disk.sync(Step::LastResort, &file)?;
        self.last_resort = Some((path.clone(), file));
        Ok(path)
    }

    fn open_beside(&mut self, disk: &dyn Disk, step: Step, paths: &StatePaths) -> io::Result<&mut File> {
        let file = match self.beside.take() {
            Some(file) => file,
            None if self.reserved > 0 => disk.open(step, &paths.spill)?,
            None => {
                disk.remove(step, &paths.spill)?;
                let file = disk.create(step, &paths.spill)?;
                disk.sync_folder(step, &paths.folder)?;
                file
            }
        };
        Ok(self.beside.insert(file))
    }

    /// Deletes the files, once the journal has what they hold.
    pub(super) fn clear(disk: &dyn Disk, paths: &StatePaths, lineage: Uuid) -> Result<Self, StateError> {
        let clear = |path: &Path, folder: &Path| {
            disk.remove(Step::SpillClear, path)
                .and_then(|()| disk.sync_folder(Step::SpillClear, folder))
                .map_err(|error| StateError::io("delete", path, error))
        };
        if paths.spill.exists() {
            clear(&paths.spill, &paths.folder)?;
        }
        let last_resort = paths.last_resort_spill(lineage);
        if last_resort.exists() {
            clear(&last_resort, &paths.last_resort)?;
        }
        Ok(Self::default())
    }
}
