//! Giving a file a new content, all of it or nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a file keeps its content.
#[derive(Debug, Error)]
pub enum ReplaceError {
    /// Somebody wrote it in the meantime.
    #[error("it changed in the meantime, so it was left as it is; run this again")]
    Changed,
    /// Its permissions let nobody write.
    #[error("it is read-only, so it was left as it is; allow writing (`chmod u+w`) and run this again")]
    ReadOnly,
    /// The system refused one of the steps.
    #[error("it was left as it is, since {step} failed: {source}")]
    Io {
        /// What was being done.
        step: &'static str,
        /// The system's words.
        source: io::Error,
    },
}

/// Replaces the content of a file, by way of a new file in the same folder, so that nobody ever reads half of it. The
/// permissions stay; of a symbolic link it is the target that is replaced. Other hard links keep the old content.
///
/// # Errors
///
/// Where the file holds neither `before` nor `after` (somebody may have been here by another path), cannot be written, or
/// the system refuses. It then has its old content.
pub fn replace(path: &Path, before: &str, after: &str) -> Result<(), ReplaceError> {
    let target = fs::canonicalize(path).map_err(failed("finding the file"))?;
    let permissions = fs::metadata(&target)
        .map_err(failed("reading its permissions"))?
        .permissions();
    if permissions.readonly() {
        return Err(ReplaceError::ReadOnly);
    }
    if fs::read(&target).is_ok_and(|now| now == after.as_bytes()) {
        return Ok(());
    }
    let (temporary, file) = create_beside(&target, true).map_err(failed("creating a file beside it"))?;
    let written = fill(&temporary, file, after, permissions).and_then(|()| {
        let now = fs::read(&target).map_err(failed("reading it once more"))?;
        if now != before.as_bytes() {
            return Err(ReplaceError::Changed);
        }
        fs::rename(&temporary, &target).map_err(failed("putting the new file in its place"))
    });
    if written.is_err() {
        // The failure is what the person needs to hear of; a file that is left over is hidden and harmless.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Writes a file that holds a result, new or over what it held, by way of a new file in the same folder, so that nobody ever
/// reads half of it. Folders that are missing are made. A pipe or a device is written to as it is, and so is what stands
/// below `/dev` and `/proc` for something that is open already: it is added to, never replaced.
///
/// # Errors
///
/// Where the system refuses, the file is read-only, or there is a folder in its place. A file that was there has its old
/// content then.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let refused = |words: &str| Err(io::Error::other(words.to_owned()));
    let (target, permissions) = match fs::metadata(path) {
        Ok(known) if known.is_dir() => return refused("it is a folder"),
        Ok(known) if !known.is_file() || path.starts_with("/dev/fd") || path.starts_with("/proc") => {
            return OpenOptions::new().append(true).open(path)?.write_all(text.as_bytes());
        }
        Ok(known) if known.permissions().readonly() => return refused("it is read-only"),
        Ok(known) => (fs::canonicalize(path)?, Some(known.permissions())),
        Err(why) if why.kind() == ErrorKind::NotFound => (path.to_owned(), None),
        Err(why) => return Err(why),
    };
    if let (None, Some(folder)) = (&permissions, target.parent()) {
        fs::create_dir_all(folder)?;
    }
    let (temporary, mut file) = create_beside(&target, permissions.is_some())?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| permissions.map_or(Ok(()), |permissions| fs::set_permissions(&temporary, permissions)))
        .and_then(|()| fs::rename(&temporary, &target));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn fill(temporary: &Path, mut file: File, text: &str, permissions: fs::Permissions) -> Result<(), ReplaceError> {
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed("writing the new content"))?;
    fs::set_permissions(temporary, permissions).map_err(failed("keeping its permissions"))
}

/// A new file that nobody else has, with a name that is hidden and does not end in `.kdl`, so that neither a lint nor a
/// `watch` takes it for a campaign file. While it is private, only its owner may read it.
fn create_beside(target: &Path, is_private: bool) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let mut attempt = 0_u32;
    loop {
        let temporary = target.with_file_name(format!(".{name}.{}-{attempt}.tmp", std::process::id()));
        match open_new(&temporary, is_private) {
            Ok(file) => return Ok((temporary, file)),
            Err(why) if why.kind() == ErrorKind::AlreadyExists && attempt < 100 => attempt += 1,
            Err(why) => return Err(why),
        }
    }
}

fn open_new(path: &Path, is_private: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // Until it has the permissions of the file whose place it takes, nobody else may read it.
    #[cfg(unix)]
    if is_private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = is_private;
    options.open(path)
}

fn failed(step: &'static str) -> impl FnOnce(io::Error) -> ReplaceError {
    move |source| ReplaceError::Io { step, source }
}
