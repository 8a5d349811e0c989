//! One writer at a time: a kernel lock, which ends with the process that holds it, however that ends.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::disk::{Disk, Step};
use super::error::StateError;
use super::paths::StatePaths;
use super::trusted;

/// How often a waiting writer asks again: the kernel's own waiting cannot be given an end.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// Who holds the lock, for the message that the next writer gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// The machine, since a state may lie on a shared folder.
    pub host: String,
    /// The user.
    pub user: String,
    /// When the process started on the state.
    pub since: Timestamp,
    /// What it was called with, without secrets, such as `dialform apply`.
    pub command: String,
    /// The environment of the project that it works on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

impl Holder {
    /// This process, doing `command` since `since`.
    pub fn here(command: &str, since: Timestamp) -> Self {
        let variable = |names: &[&str]| names.iter().find_map(|name| std::env::var(name).ok());
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
            .ok()
            .map(|name| name.trim().to_owned());
        let unknown = || "unknown".to_owned();
        Self {
            pid: std::process::id(),
            host: host
                .or_else(|| variable(&["HOSTNAME", "COMPUTERNAME", "HOST"]))
                .unwrap_or_else(unknown),
            user: user()
                .or_else(|| variable(&["USER", "LOGNAME", "USERNAME"]))
                .unwrap_or_else(unknown),
            since,
            command: command.to_owned(),
            environment: None,
        }
    }

    /// The same, for an environment.
    #[must_use]
    pub fn in_environment(self, environment: Option<String>) -> Self {
        Self { environment, ..self }
    }
}

/// The name of the user whom this process belongs to, or the number where the system has no name for it. Not taken from
/// the environment, which a job may have from somebody else or not at all.
#[cfg(unix)]
fn user() -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let uid = std::fs::metadata("/proc/self").ok()?.uid().to_string();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1) == Some(&uid)).then(|| name.to_owned())
    });
    Some(name.unwrap_or_else(|| format!("user {uid}")))
}

#[cfg(not(unix))]
fn user() -> Option<String> {
    None
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pid,
            host,
            user,
            since,
            command,
            environment,
        } = self;
        write!(f, "`{command}`")?;
        if let Some(environment) = environment {
            write!(f, " in the environment {environment}")?;
        }
        write!(f, " (process {pid} of {user} on {host}, since {since})")
    }
}

/// The lock, held until this is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    disk: Arc<dyn Disk>,
    holder: PathBuf,
    /// Closing it releases the lock, so it is dropped last.
    _file: File,
}

impl Lock {
    /// Takes the lock, waiting for another holder no longer than `timeout`.
    pub(super) fn take(
        disk: &Arc<dyn Disk>,
        paths: &StatePaths,
        me: &Holder,
        timeout: Duration,
    ) -> Result<Self, StateError> {
        let file = open(disk.as_ref(), &paths.lock)?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(StateError::io("lock", &paths.lock, error)),
            }
            let left = timeout.saturating_sub(began.elapsed());
            if left.is_zero() {
                let holder = holder(&paths.holder).map(Box::new);
                return Err(StateError::Locked {
                    path: paths.snapshot.clone(),
                    holder,
                    waited: timeout,
                });
            }
            thread::sleep(ASK_EVERY.min(left));
        }
        let lock = Self {
            disk: Arc::clone(disk),
            holder: paths.holder.clone(),
            _file: file,
        };
        // Only for the message that waiting processes show, so a failure does not matter.
        let _ = lock.introduce(me);
        Ok(lock)
    }

    fn introduce(&self, me: &Holder) -> io::Result<()> {
        let text = serde_json::to_string(me)? + "\n";
        // Made anew rather than written over, so that a link in its place is not followed.
        self.disk.remove(Step::Lock, &self.holder)?;
        let mut file = self.disk.create(Step::Lock, &self.holder)?;
        self.disk.write(Step::Lock, &mut file, text.as_bytes())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.disk.remove(Step::Lock, &self.holder);
    }
}

/// The lock file. It is never deleted: two writers could then hold a lock each, on two files of one name.
fn open(disk: &dyn Disk, path: &Path) -> Result<File, StateError> {
    if trusted::examine(path)?.is_none() {
        match disk.create(Step::Lock, path) {
            // Another process was quicker.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                trusted::examine(path)?;
            }
            made => return made.map_err(|error| StateError::io("make", path, error)),
        }
    }
    disk.open(Step::Lock, path)
        .map_err(|error| StateError::io("open", path, error))
}

fn holder(path: &Path) -> Option<Holder> {
    serde_json::from_slice(&trusted::read(path).ok()??).ok()
}
