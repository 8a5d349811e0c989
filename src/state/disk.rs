//! The disk layer of the state: every system call of its write path, each with the name of its step.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use super::paths::with_suffix;
use super::trusted::guard;
use crate::util::folder::make_private;

/// What a system call is for. A step and the method that it is passed to name one point of the write path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The state's folder, where it is not there yet.
    Folder,
    /// The lock and its holder's details.
    Lock,
    /// Cutting an unfinished last line off the journal.
    TailCut,
    /// Restoring the newline that the journal's last line lacks.
    TailNewline,
    /// A second copy of the snapshot, before the snapshot itself.
    Backup,
    /// The snapshot.
    Snapshot,
    /// A journal that begins after the snapshot.
    JournalStart,
    /// Room for outcomes.
    Reserve,
    /// One record.
    Append,
    /// An outcome that the journal could not take, into the room beside it.
    Spill,
    /// The same in the folder of last resort.
    LastResort,
    /// Deleting a spill file whose outcomes are in the journal, or that holds none.
    SpillClear,
    /// Deleting the backups before the newest ten.
    Prune,
}

impl Step {
    /// Every step, so that a harness can go through them all.
    pub const ALL: [Self; 13] = [
        Self::Folder,
        Self::Lock,
        Self::TailCut,
        Self::TailNewline,
        Self::Backup,
        Self::Snapshot,
        Self::JournalStart,
        Self::Reserve,
        Self::Append,
        Self::Spill,
        Self::LastResort,
        Self::SpillClear,
        Self::Prune,
    ];
}

/// The write path's system calls. [`OsDisk`] makes them; a test can put a disk that fails in its place.
pub trait Disk: fmt::Debug + Send + Sync {
    /// Makes a folder and those above it, for the user alone.
    ///
    /// # Errors
    ///
    /// As the system says.
    fn create_folder(&self, step: Step, folder: &Path) -> io::Result<()>;

    /// Makes a file that is not there yet, for the user alone (mode 0600), and opens it for writing.
    ///
    /// # Errors
    ///
    /// As the system says; a link in its place counts as there.
    fn create(&self, step: Step, path: &Path) -> io::Result<File>;

    /// Opens a file that is there for writing, at its beginning.
    ///
    /// # Errors
    ///
    /// As the system says.
    fn open(&self, step: Step, path: &Path) -> io::Result<File>;

    /// Writes all of `bytes` at the file's position.
    ///
    /// # Errors
    ///
    /// As the system says; a part may have been written.
    fn write(&self, step: Step, file: &mut File, bytes: &[u8]) -> io::Result<()>;

    /// Cuts a file to a length in bytes.
    ///
    /// # Errors
    ///
    /// As the system says.
    fn cut(&self, step: Step, file: &File, len: u64) -> io::Result<()>;

    /// Makes a file durable. After a failure nothing is known of what was written, and a second try proves nothing.
    ///
    /// # Errors
    ///
    /// As the system says.
    fn sync(&self, step: Step, file: &File) -> io::Result<()>;

    /// Puts one file in the place of another, in one step.
    ///
    /// # Errors
    ///
    /// As the system says.
    fn rename(&self, step: Step, from: &Path, to: &Path) -> io::Result<()>;

    /// Deletes a file; one that is not there is no failure.
    ///
    /// # Errors
    ///
    /// As the system says.
    fn remove(&self, step: Step, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    ///
    /// As the system says.
    fn sync_folder(&self, step: Step, folder: &Path) -> io::Result<()>;
}

/// The real disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsDisk;

impl Disk for OsDisk {
    fn create_folder(&self, _step: Step, folder: &Path) -> io::Result<()> {
        make_private(folder)
    }

    fn create(&self, _step: Step, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)
    }

    fn open(&self, _step: Step, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true);
        guard(&mut options);
        options.open(path)
    }

    fn write(&self, _step: Step, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn cut(&self, _step: Step, file: &File, len: u64) -> io::Result<()> {
        file.set_len(len)
    }

    fn sync(&self, _step: Step, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, _step: Step, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, _step: Step, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    #[cfg(unix)]
    fn sync_folder(&self, _step: Step, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    /// A folder cannot be opened for this elsewhere; there the file system keeps its own journal of names.
    #[cfg(not(unix))]
    fn sync_folder(&self, _step: Step, _folder: &Path) -> io::Result<()> {
        Ok(())
    }
}

/// The disk that the program itself writes to.
#[cfg(not(feature = "failpoints"))]
pub(super) fn real() -> Arc<dyn Disk> {
    Arc::new(OsDisk)
}

/// The disk that the program itself writes to, under watch.
#[cfg(feature = "failpoints")]
pub(super) fn real() -> Arc<dyn Disk> {
    Arc::new(super::watched::Watched::new(OsDisk))
}

/// Atomic write: at any moment `path` has either its old content or all of `bytes`.
pub(super) fn replace(disk: &dyn Disk, step: Step, folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temp = with_suffix(path, ".tmp");
    // Left by a writer that was killed here; the lock is ours, so nobody else writes it.
    disk.remove(step, &temp)?;
    let mut file = disk.create(step, &temp)?;
    disk.write(step, &mut file, bytes)?;
    disk.sync(step, &file)?;
    drop(file);
    disk.rename(step, &temp, path)?;
    disk.sync_folder(step, folder)
}
