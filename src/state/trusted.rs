//! Reading a state file, unless it is one that somebody else could have put there or changed.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

use super::error::StateError;

/// The whole of a file, or `None` where there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StateError> {
    if examine(path)?.is_none() {
        return Ok(None);
    }
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StateError::io("read", path, error)),
    }
}

/// What the system says of a file that may be read or opened; `None` where there is none.
///
/// Asked before the file is opened, since opening a pipe waits for its other end.
pub(super) fn examine(path: &Path) -> Result<Option<Metadata>, StateError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StateError::io("look at", path, error)),
    };
    if found.is_symlink() {
        return Err(StateError::Symlink { path: path.to_owned() });
    }
    if !found.is_file() {
        return Err(StateError::NotAFile { path: path.to_owned() });
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o777;
        if mode & 0o022 != 0 {
            return Err(StateError::LoosePermissions {
                path: path.to_owned(),
                mode,
            });
        }
    }
    Ok(Some(found))
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
