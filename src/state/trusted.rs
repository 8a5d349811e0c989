//! Reading a state file, unless it is one that somebody else could have put there or changed.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use super::error::StateError;
use super::paths::StatePaths;
use crate::util::boundary;

/// The longest file that is read: 1 GiB, more than the state of a million tasks takes. A repository may hold a greater one,
/// which is small as long as it is packed, and would take all memory.
pub(super) const LONGEST: u64 = 1 << 30;

/// The whole of a file, or `None` where there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StateError> {
    if examine(path)?.is_none() {
        return Ok(None);
    }
    let failed = |error| StateError::io("read", path, error);
    let mut file = match open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    // What is read is what was opened, whatever has its name by now.
    check(path, &file.metadata().map_err(failed)?)?;
    let mut bytes = Vec::new();
    let most = LONGEST.saturating_add(1);
    let length = file.by_ref().take(most).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(length).is_ok_and(|length| length < most) {
        Ok(Some(bytes))
    } else {
        Err(StateError::TooLarge { path: path.to_owned() })
    }
}

/// Opens a file without following a link in its place or waiting for the other end of a pipe.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    guard(&mut options);
    options.open(path)
}

/// Has a file opened without following a link in its place or waiting for the other end of a pipe.
pub(super) fn guard(options: &mut fs::OpenOptions) {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(
            (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY)
                .bits()
                .cast_signed(),
        );
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// What the system says of a file that may be read or opened; `None` where there is none.
///
/// Asked before the file is opened, since to open a device may do something by itself.
pub(super) fn examine(path: &Path) -> Result<Option<Metadata>, StateError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StateError::io("look at", path, error)),
    };
    check(path, &found)?;
    Ok(Some(found))
}

fn check(path: &Path, found: &Metadata) -> Result<(), StateError> {
    if found.is_symlink() {
        return Err(StateError::Symlink { path: path.to_owned() });
    }
    if !found.is_file() {
        return Err(StateError::NotAFile { path: path.to_owned() });
    }
    if found.len() > LONGEST {
        return Err(StateError::TooLarge { path: path.to_owned() });
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let mode = found.mode() & 0o777;
        if mode & 0o022 != 0 {
            return Err(StateError::LoosePermissions {
                path: path.to_owned(),
                mode,
            });
        }
        refuse_other_owner(path, found.uid())?;
    }
    Ok(())
}

/// Refuses a folder in which others than this user could put another state in the place of this one; one that is not there
/// is made later.
///
/// In a folder with the sticky bit, such as `/tmp`, only the folder's owner can delete what another user made.
pub(super) fn examine_folder(paths: &StatePaths) -> Result<(), StateError> {
    let folder = &paths.folder;
    boundary::named(folder).map_err(|stop| StateError::io("use the folder", folder, stop.at(folder)))?;
    let found = match fs::metadata(folder) {
        Ok(found) if found.is_dir() => found,
        // What is no folder is found out about where it is opened.
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(StateError::io("look at the folder", folder, error)),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let mode = found.mode() & 0o7777;
        let is_sticky = mode & 0o1000 != 0;
        if mode & 0o022 != 0 && !is_sticky {
            return Err(StateError::LooseFolder {
                folder: folder.clone(),
                mode,
            });
        }
        if !(is_sticky && found.uid() == 0) {
            refuse_other_owner(folder, found.uid())?;
        }
    }
    #[cfg(not(unix))]
    let _ = found;
    Ok(())
}

/// Root may use what belongs to others: in containers, what is mounted from the machine does.
#[cfg(unix)]
fn refuse_other_owner(path: &Path, owner: u32) -> Result<(), StateError> {
    let user = rustix::process::geteuid();
    if user.is_root() || user.as_raw() == owner {
        return Ok(());
    }
    Err(StateError::OtherOwner {
        path: path.to_owned(),
        owner,
        user: user.as_raw(),
    })
}

/// Whether two files belong to one user; a file in a shared folder that somebody else made is not ours to believe.
pub(super) fn same_owner(a: &Metadata, b: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        a.uid() == b.uid()
    }
    #[cfg(not(unix))]
    {
        let _ = (a, b);
        true
    }
}
