//! The task file: one JSON line per event, fsynced before the event takes effect.

use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::SandboxError;
use super::task::TaskEvent;
use crate::util::boundary;
use crate::util::folder::{Folder, make_private};

const TASKS: &str = "sandbox-tasks.jsonl";
const LOCK: &str = "sandbox.lock";
/// The newest format of the task file.
const FORMAT: u32 = 1;

/// The first line of the task file.
#[derive(Debug, Serialize, Deserialize)]
struct LedgerHeader {
    #[serde(rename = "dialformSandbox")]
    format: u32,
}

/// The task file of a data folder, open for appending, and the lock that keeps other processes out of the folder.
#[derive(Debug)]
pub(super) struct Ledger {
    tasks: File,
    /// Held open to keep the lock. The file is never deleted, because another process could lock the deleted one.
    _lock: File,
}

impl Ledger {
    /// Opens the folder, making it if need be, and returns what has happened so far.
    ///
    /// # Errors
    ///
    /// The folder is in use or cannot be used, or its task file is damaged or of a newer format. A last line without its
    /// newline is valid: the process was killed while it wrote, before it responded.
    pub(super) fn open(folder: &Path) -> Result<(Self, Vec<TaskEvent>), SandboxError> {
        let at = |path: &Path| {
            let path = path.to_path_buf();
            move |source: io::Error| SandboxError::Data { path, source }
        };
        let real = boundary::named(folder).map_err(|stop| at(folder)(stop.at(folder)))?;
        let open = || make_private(&real).and_then(|()| Folder::open(&real));
        let held = open().map_err(at(folder))?;
        let lock_path = folder.join(LOCK);
        let lock = held.append(OsStr::new(LOCK)).map_err(at(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(SandboxError::FolderInUse {
                    folder: folder.to_path_buf(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(at(&lock_path)(source)),
        }

        let path = folder.join(TASKS);
        let mut tasks = held.append(OsStr::new(TASKS)).map_err(at(&path))?;
        let mut bytes = Vec::new();
        tasks.read_to_end(&mut bytes).map_err(at(&path))?;
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |newline| newline + 1);
        if !is_ours(&bytes) {
            return Err(SandboxError::NotOurs { path });
        }
        if whole < bytes.len() {
            tasks
                .set_len(whole as u64)
                .and_then(|()| tasks.sync_all())
                .map_err(at(&path))?;
            bytes.truncate(whole);
        }
        let mut ledger = Self { tasks, _lock: lock };
        if bytes.is_empty() {
            ledger
                .write_line(&LedgerHeader { format: FORMAT })
                .and_then(|()| sync_folder(&real))
                .map_err(at(&path))?;
        }
        let events = read(&path, &bytes)?;
        Ok((ledger, events))
    }

    /// Makes one event durable.
    ///
    /// # Errors
    ///
    /// The line could not be written or synced. It may or may not be in the file then, so the ledger is not to be
    /// written to again: opening the folder anew finds out.
    pub(super) fn append(&mut self, event: &TaskEvent) -> io::Result<()> {
        self.write_line(event)
    }

    fn write_line(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.tasks.write_all(&text)?;
        self.tasks.sync_all()
    }
}

fn read(path: &Path, bytes: &[u8]) -> Result<Vec<TaskEvent>, SandboxError> {
    let damaged = |place: usize, reason: &dyn std::fmt::Display| SandboxError::Damaged {
        path: PathBuf::from(path),
        line: place + 1,
        reason: reason.to_string(),
    };
    let mut events = Vec::new();
    for (place, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if place == 0 {
            let LedgerHeader { format } = serde_json::from_slice(line).map_err(|error| damaged(place, &error))?;
            if format > FORMAT {
                return Err(SandboxError::NewerFormat {
                    path: PathBuf::from(path),
                    found: format,
                    known: FORMAT,
                });
            }
        } else {
            events.push(serde_json::from_slice(line).map_err(|error| damaged(place, &error))?);
        }
    }
    Ok(events)
}

/// Whether a file is a task file or the beginning of one; other files are never truncated.
fn is_ours(bytes: &[u8]) -> bool {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => serde_json::from_slice::<LedgerHeader>(&bytes[..end]).is_ok(),
        None => serde_json::to_vec(&LedgerHeader { format: FORMAT }).is_ok_and(|header| header.starts_with(bytes)),
    }
}

/// Syncs the folder, so that new files survive a crash, if the system supports that.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}
