//! Replaces the content of a file atomically.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::util::boundary::{self, is_open_already};
use crate::util::folder::{Folder, keep_attributes};

/// Why a file was not replaced.
#[derive(Debug, Error)]
pub enum ReplaceError {
    /// It was changed in the meantime.
    #[error("it changed in the meantime, so it was left as it is; run this again")]
    Changed,
    /// It is read-only.
    #[error("it is read-only, so it was left as it is; allow writing (`chmod u+w`) and run this again")]
    ReadOnly,
    /// It belongs to somebody else.
    #[error("this user may not write it, so it was left as it is; allow writing (`chmod`, `chown`) and run this again")]
    NotAllowed,
    /// The system refused one of the steps.
    #[error("it was left as it is, since {step} failed: {source}")]
    Io {
        /// The failed step.
        step: &'static str,
        /// The system's error.
        source: io::Error,
    },
}

/// Replaces the content of a file atomically by renaming a new file. The path must not contain links. Permissions are kept;
/// other hard links keep the old content.
///
/// # Errors
///
/// Where the file holds neither `before` nor `after` (somebody may have been here by another path), cannot be written, or
/// the system refuses. It then has its old content.
pub fn replace(path: &Path, before: &str, after: &str) -> Result<(), ReplaceError> {
    let (folder, name) = in_folder(path).map_err(failed("opening its folder"))?;
    let original = folder.read(name).map_err(failed("opening it"))?;
    let permissions = original
        .metadata()
        .map_err(failed("reading its permissions"))?
        .permissions();
    if permissions.readonly() {
        return Err(ReplaceError::ReadOnly);
    }
    match folder.check_writable(name) {
        Err(why) if why.kind() == ErrorKind::PermissionDenied => return Err(ReplaceError::NotAllowed),
        // Another reason comes up again when it is written.
        Ok(()) | Err(_) => {}
    }
    if whole(&original).is_ok_and(|now| now == after.as_bytes()) {
        return Ok(());
    }
    let (temporary, file) = create_beside(&folder, name, true).map_err(failed("creating a file beside it"))?;
    let written = fill(file, after, &original, permissions).and_then(|()| {
        let now = folder
            .read(name)
            .and_then(|file| whole(&file))
            .map_err(failed("reading it once more"))?;
        if now != before.as_bytes() {
            return Err(ReplaceError::Changed);
        }
        let renamed = folder.rename(&temporary, name);
        renamed.map_err(failed("putting the new file in its place"))
    });
    if written.is_err() {
        // Report the first failure; a temporary file that is left over is hidden and harmless.
        let _ = folder.remove(&temporary);
    }
    written
}

/// Writes a file that a person named and that holds a result, new or over what it held, by way of a new file in the same
/// folder, so that nobody ever reads half of it. Folders that are missing are made. A pipe or a device is written to as it is,
/// and so is a path below `/dev` and `/proc` for something that is open already: it is added to, never replaced. Links are
/// followed as [`boundary::named`] says.
///
/// # Errors
///
/// Where the system refuses, the file is read-only, a link leads too far, or there is a folder in its place. A file that was
/// there has its old content then.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    write_streamed(path, |file| file.write_all(text.as_bytes()))
}

/// The same with a result that is written while it is made. What fails in `write` fails all of it.
///
/// # Errors
///
/// As [`write_whole`], and where `write` says so.
pub fn write_streamed(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let refused = |words: &str| Err(io::Error::other(words.to_owned()));
    if is_open_already(path) || path.starts_with("/proc") {
        return write(&mut OpenOptions::new().append(true).open(path)?);
    }
    let target = boundary::named(path).map_err(|stop| stop.at(path))?;
    let permissions = match target.symlink_metadata() {
        Ok(known) if known.is_dir() => return refused("it is a folder"),
        Ok(known) if !known.is_file() => return write(&mut open_special(&target)?),
        Ok(known) if known.permissions().readonly() => return refused("it is read-only"),
        Ok(known) => Some(known.permissions()),
        Err(why) if why.kind() == ErrorKind::NotFound => None,
        Err(why) => return Err(why),
    };
    if let (None, Some(folder)) = (&permissions, target.parent()) {
        fs::create_dir_all(folder)?;
    }
    let original = permissions.as_ref().and_then(|_| File::open(&target).ok());
    put(&target, permissions.is_some(), |file| {
        write(file)?;
        if let Some(original) = &original {
            keep_attributes(original, file)?;
        }
        match permissions {
            Some(permissions) => file.set_permissions(permissions),
            None => Ok(()),
        }
    })
}

/// Opens a pipe or a device for writing. A pipe that nobody reads is not waited for.
fn open_special(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true);
    #[cfg(unix)]
    {
        use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(
            (OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW)
                .bits()
                .cast_signed(),
        );
        let file = options.open(path).map_err(|why| match why.raw_os_error() {
            Some(code) if code == rustix::io::Errno::NXIO.raw_os_error() => {
                io::Error::other("it is a pipe or a socket that nobody reads from")
            }
            _ => why,
        })?;
        // The reader may be slow.
        fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
        Ok(file)
    }
    #[cfg(not(unix))]
    options.open(path)
}

/// Makes a folder that a person named, and gives its path without links.
///
/// # Errors
///
/// Where the system refuses, or a link leads too far.
pub fn make_folder(path: &Path) -> io::Result<PathBuf> {
    let real = boundary::named(path).map_err(|stop| stop.at(path))?;
    fs::create_dir_all(&real)?;
    Ok(real)
}

/// Writes a file that a person named as its owner's alone, and makes it durable. What has its name is replaced, be it a link.
///
/// # Errors
///
/// Where the system refuses, or a link on the way to the folder leads too far.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = boundary::named(folder.unwrap_or(Path::new("."))).map_err(|stop| stop.at(path))?;
    let target = folder.join(path.file_name().unwrap_or_default());
    put(&target, true, |file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    })
}

/// Puts a new file in the place of what a path without links names. `fill` is given the file before that.
fn put(path: &Path, is_private: bool, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let (folder, name) = in_folder(path)?;
    let (temporary, mut file) = create_beside(&folder, name, is_private)?;
    let written = fill(&mut file).and_then(|()| folder.rename(&temporary, name));
    if written.is_err() {
        let _ = folder.remove(&temporary);
    }
    written
}

/// The folder of a path without links, and the name in it.
fn in_folder(path: &Path) -> io::Result<(Folder, &OsStr)> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::from(ErrorKind::IsADirectory));
    };
    Ok((Folder::open(folder)?, name))
}

fn whole(mut file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn fill(mut file: File, text: &str, original: &File, permissions: Permissions) -> Result<(), ReplaceError> {
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed("writing the new content"))?;
    keep_attributes(original, &file).map_err(failed("keeping its owner and attributes"))?;
    file.set_permissions(permissions)
        .map_err(failed("keeping its permissions"))
}

/// The longest name that is part of a temporary one as it is, in bytes.
const LONGEST_NAME: usize = 200;

/// A new file that nobody else has, with a name that is hidden and does not end in `.kdl`, so that neither a lint nor a
/// `watch` takes it for a campaign file. While it is private, only its owner may read it: until it has the permissions of the
/// file whose place it takes, for one.
fn create_beside(folder: &Folder, name: &OsStr, is_private: bool) -> io::Result<(OsString, File)> {
    let mode = if is_private { 0o600 } else { 0o666 };
    // A name may have 255 bytes.
    let is_long = name.len() > LONGEST_NAME;
    let start: String = name.to_string_lossy().chars().take(LONGEST_NAME / 4).collect();
    let start = if is_long { OsStr::new(&start) } else { name };
    let mut attempt = 0_u32;
    loop {
        let mut temporary = OsString::from(".");
        temporary.push(start);
        temporary.push(format!(".{}-{attempt}.tmp", std::process::id()));
        match folder.create(&temporary, mode) {
            Ok(file) => return Ok((temporary, file)),
            Err(why) if why.kind() == ErrorKind::AlreadyExists && attempt < 100 => attempt += 1,
            Err(why) => return Err(why),
        }
    }
}

fn failed(step: &'static str) -> impl FnOnce(io::Error) -> ReplaceError {
    move |source| ReplaceError::Io { step, source }
}
