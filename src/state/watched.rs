//! The real disk, each of whose calls is a point, can fail on purpose, and can say that it is done when it is not.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::disk::{Disk, Step};
use super::undo;
use crate::util::failpoint::{before_aborting, reach};

/// The calls of the write path that fail, as `DIALFORM_DISK_FAULT` says.
#[derive(Debug)]
struct DiskFault {
    first: usize,
    all_later: bool,
    errno: i32,
}

impl DiskFault {
    fn read(text: &str) -> Option<Self> {
        let (number, name) = text.split_once(':')?;
        let errno = match name {
            "ENOSPC" => 28,
            "EIO" => 5,
            _ => return None,
        };
        let first = number.trim_end_matches('+').parse().ok()?;
        let all_later = number.ends_with('+');
        Some(Self {
            first,
            all_later,
            errno,
        })
    }
}

/// A disk under watch.
#[derive(Debug)]
pub(super) struct Watched<D> {
    disk: D,
    fault: Option<DiskFault>,
    calls: Mutex<usize>,
    /// The calls that do nothing and say that they are done, such as `Append sync`.
    skipped: Vec<String>,
}

impl<D: Disk> Watched<D> {
    pub(super) fn new(disk: D) -> Self {
        before_aborting(undo::power_cut);
        let fault = std::env::var("DIALFORM_DISK_FAULT").ok();
        let skipped = std::env::var("DIALFORM_DISK_SKIPS").unwrap_or_default();
        Self {
            disk,
            fault: fault.as_deref().and_then(DiskFault::read),
            calls: Mutex::default(),
            skipped: skipped.split(',').map(str::to_owned).collect(),
        }
    }

    /// Makes a call between two points, unless it is to fail.
    fn call<T>(&self, step: Step, name: &str, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        reach(&format!("{step:?} {name}: before"));
        let result = match self.failure() {
            Some(error) => Err(error),
            None => call(),
        };
        reach(&format!(
            "{step:?} {name}: {}",
            if result.is_ok() { "done" } else { "failed" }
        ));
        result
    }

    fn failure(&self) -> Option<io::Error> {
        let mut calls = lock(&self.calls);
        *calls = calls.saturating_add(1);
        let fault = self.fault.as_ref()?;
        let fails = *calls == fault.first || (fault.all_later && *calls > fault.first);
        fails.then(|| io::Error::from_raw_os_error(fault.errno))
    }

    fn skips(&self, step: Step, name: &str) -> bool {
        let call = format!("{step:?} {name}");
        self.skipped.contains(&call)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where an open file lies.
fn path_of(file: &File) -> PathBuf {
    fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap_or_default()
}

/// Absolute, as the system names open files.
fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

impl<D: Disk> Disk for Watched<D> {
    fn create_folder(&self, step: Step, folder: &Path) -> io::Result<()> {
        self.call(step, "create folder", || self.disk.create_folder(step, folder))
    }

    fn create(&self, step: Step, path: &Path) -> io::Result<File> {
        self.call(step, "create", || {
            undo::name_changes(&whole(path));
            self.disk.create(step, path)
        })
    }

    fn open(&self, step: Step, path: &Path) -> io::Result<File> {
        self.call(step, "open", || self.disk.open(step, path))
    }

    fn write(&self, step: Step, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        self.call(step, "write", || {
            if self.skips(step, "write") {
                return Ok(());
            }
            undo::content_changes(&path_of(file));
            // In two parts, since a system may be stopped between any two bytes.
            let (first, second) = bytes.split_at(bytes.len() / 2);
            self.disk.write(step, file, first)?;
            reach(&format!("{step:?} write: half"));
            self.disk.write(step, file, second)
        })
    }

    fn cut(&self, step: Step, file: &File, len: u64) -> io::Result<()> {
        self.call(step, "cut", || {
            if self.skips(step, "cut") {
                return Ok(());
            }
            undo::content_changes(&path_of(file));
            self.disk.cut(step, file, len)
        })
    }

    fn sync(&self, step: Step, file: &File) -> io::Result<()> {
        self.call(step, "sync", || {
            if self.skips(step, "sync") {
                return Ok(());
            }
            self.disk.sync(step, file)?;
            undo::content_is_durable(&path_of(file));
            Ok(())
        })
    }

    fn rename(&self, step: Step, from: &Path, to: &Path) -> io::Result<()> {
        self.call(step, "rename", || {
            undo::name_changes(&whole(from));
            undo::name_changes(&whole(to));
            self.disk.rename(step, from, to)?;
            undo::renamed(&whole(from), &whole(to));
            Ok(())
        })
    }

    fn remove(&self, step: Step, path: &Path) -> io::Result<()> {
        self.call(step, "remove", || {
            if path.symlink_metadata().is_ok() {
                undo::name_changes(&whole(path));
            }
            self.disk.remove(step, path)
        })
    }

    fn sync_folder(&self, step: Step, folder: &Path) -> io::Result<()> {
        self.call(step, "sync folder", || {
            if self.skips(step, "sync folder") {
                return Ok(());
            }
            self.disk.sync_folder(step, folder)?;
            undo::names_are_durable(&whole(folder));
            Ok(())
        })
    }
}
