//! A folder that is held open, so that checks and writes are in the same one even if links on the way change.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::util::boundary::{PathError, words_for};

/// A folder, held open.
#[derive(Debug)]
pub(crate) struct Folder {
    #[cfg(unix)]
    handle: std::os::fd::OwnedFd,
    #[cfg(not(unix))]
    path: std::path::PathBuf,
}

/// Makes a folder and those above it that are not there, for the user alone.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A file that was opened, if it is a regular one.
fn regular(file: File) -> io::Result<File> {
    let kind = file.metadata()?.file_type();
    match kind.is_file() {
        true => Ok(file),
        false => Err(PathError::NotAFile(words_for(kind)).into()),
    }
}

/// Gives a new file the owner, the group and the extended attributes of the one whose place it takes, as far as this user may;
/// its permissions come afterwards, since a change of the owner takes some away.
///
/// # Errors
///
/// Where an attribute that is the user's own could not be kept.
pub(crate) fn keep_attributes(old: &File, new: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;

        use rustix::fs::{Gid, Uid, fchown};
        let (had, has) = (old.metadata()?, new.metadata()?);
        if (had.uid(), had.gid()) != (has.uid(), has.gid()) {
            let (owner, group) = (Uid::from_raw(had.uid()), Gid::from_raw(had.gid()));
            // Only root gives files away; a group one is in can be kept all the same.
            if fchown(new, Some(owner), Some(group)).is_err() {
                let _ = fchown(new, None, Some(group));
            }
        }
    }
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    attributes::keep(old, new)?;
    #[cfg(not(unix))]
    let _ = (old, new);
    Ok(())
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
mod attributes {
    use std::fs::File;
    use std::io;

    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
    use rustix::io::Errno;

    /// Systems allow names and a value of this length.
    const MOST: usize = 64 * 1024;

    pub(super) fn keep(old: &File, new: &File) -> io::Result<()> {
        let (mut names, mut value) = (vec![0_u8; MOST], vec![0_u8; MOST]);
        let length = match flistxattr(old, &mut names[..]) {
            Ok(length) => length,
            // A file system without them.
            Err(_) => return Ok(()),
        };
        for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            let Ok(length) = fgetxattr(old, name, &mut value[..]) else {
                continue;
            };
            match fsetxattr(new, name, &value[..length], XattrFlags::empty()) {
                Ok(()) => {}
                // Those of the system are set by the system.
                Err(Errno::PERM | Errno::ACCESS | Errno::NOTSUP | Errno::INVAL) if !name.starts_with(b"user.") => {}
                Err(why) => return Err(why.into()),
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
mod unix {
    use std::os::fd::OwnedFd;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, openat, renameat, unlinkat};

    use super::{File, Folder, OsStr, Path, io, regular};

    /// Nothing of a folder on the way is read, and it may be forbidden to.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const ON_THE_WAY: OFlags = OFlags::PATH;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const ON_THE_WAY: OFlags = OFlags::RDONLY;

    const NO_LINK: OFlags = OFlags::NOFOLLOW.union(OFlags::CLOEXEC);

    impl Folder {
        /// Opens a folder by an absolute path without links.
        ///
        /// # Errors
        ///
        /// As the system says, and where any part of the path is a link.
        pub(crate) fn open(path: &Path) -> io::Result<Self> {
            let mut handle: Option<OwnedFd> = None;
            for part in path.components() {
                let how = ON_THE_WAY | NO_LINK | OFlags::DIRECTORY;
                let from = handle.as_ref().map_or(CWD, std::os::fd::AsFd::as_fd);
                handle = Some(openat(from, part.as_os_str(), how, Mode::empty())?);
            }
            let handle = handle.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
            Ok(Self { handle })
        }

        /// Opens a regular file for reading.
        pub(crate) fn read(&self, name: &OsStr) -> io::Result<File> {
            let how = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
            self.open_file(name, how, 0).and_then(regular)
        }

        /// Whether this user may write a file; nothing of it changes.
        ///
        /// # Errors
        ///
        /// As the system says.
        pub(crate) fn check_writable(&self, name: &OsStr) -> io::Result<()> {
            let how = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
            self.open_file(name, how, 0).map(drop)
        }

        /// Opens a regular file for reading and for adding to its end; makes it, for the user alone, where it is not there.
        pub(crate) fn append(&self, name: &OsStr) -> io::Result<File> {
            let how = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::NONBLOCK | OFlags::NOCTTY;
            self.open_file(name, how, 0o600).and_then(regular)
        }

        /// Makes a file that is not there yet, with these permissions at most.
        pub(crate) fn create(&self, name: &OsStr, mode: u32) -> io::Result<File> {
            self.open_file(name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL, mode)
        }

        fn open_file(&self, name: &OsStr, how: OFlags, mode: u32) -> io::Result<File> {
            let mode = Mode::from_raw_mode(mode as rustix::fs::RawMode);
            let opened = rustix::io::retry_on_intr(|| openat(&self.handle, name, how | NO_LINK, mode))?;
            Ok(File::from(opened))
        }

        /// Gives a file another name, in the place of what has that.
        pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
            Ok(renameat(&self.handle, from, &self.handle, to)?)
        }

        /// Takes a file away.
        pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
            Ok(unlinkat(&self.handle, name, AtFlags::empty())?)
        }
    }
}

/// Elsewhere the folder is known by its path.
#[cfg(not(unix))]
impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let path = path.to_owned();
        Ok(Self { path })
    }

    pub(crate) fn read(&self, name: &OsStr) -> io::Result<File> {
        File::open(self.path.join(name)).and_then(regular)
    }

    pub(crate) fn check_writable(&self, name: &OsStr) -> io::Result<()> {
        File::options().write(true).open(self.path.join(name)).map(drop)
    }

    pub(crate) fn append(&self, name: &OsStr) -> io::Result<File> {
        let mut options = File::options();
        options.read(true).append(true).create(true);
        options.open(self.path.join(name)).and_then(regular)
    }

    pub(crate) fn create(&self, name: &OsStr, _mode: u32) -> io::Result<File> {
        File::options().write(true).create_new(true).open(self.path.join(name))
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }
}
