//! Simulates a power cut: undoes every write and every name that was not made durable.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// How a change that is not durable yet is undone.
#[derive(Debug)]
enum Undo {
    /// The bytes of a file were changed: it had these.
    Content { path: PathBuf, before: Vec<u8> },
    /// A name was created, deleted or renamed over: it had these bytes, or did not exist.
    Name { path: PathBuf, before: Option<Vec<u8>> },
}

/// Whether the power is to be cut: without, nothing is kept, which would cost more than the run itself.
static IS_WISHED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("DIALFORM_POWER_CUT").is_some());

static UNDO: Mutex<Vec<Undo>> = Mutex::new(Vec::new());

/// A file's bytes are about to change.
pub(super) fn content_changes(path: &Path) {
    if !*IS_WISHED {
        return;
    }
    let before = fs::read(path).unwrap_or_default();
    let path = path.to_owned();
    all().push(Undo::Content { path, before });
}

/// The file of a name is about to change.
pub(super) fn name_changes(path: &Path) {
    if !*IS_WISHED {
        return;
    }
    let before = fs::read(path).ok();
    let path = path.to_owned();
    all().push(Undo::Name { path, before });
}

/// A file was given another name, and what is not durable of it goes with it.
pub(super) fn renamed(from: &Path, to: &Path) {
    for undo in all().iter_mut() {
        if let Undo::Content { path, .. } = undo
            && path == from
        {
            to.clone_into(path);
        }
    }
}

/// A file's bytes are durable.
pub(super) fn content_is_durable(durable: &Path) {
    all().retain(|undo| !matches!(undo, Undo::Content { path, .. } if path == durable));
}

/// The names in a folder are durable.
pub(super) fn names_are_durable(folder: &Path) {
    let is_in = |path: &Path| path.parent() == Some(folder);
    all().retain(|undo| !matches!(undo, Undo::Name { path, .. } if is_in(path)));
}

/// Undoes what is not durable, the latest first; where the power is not to be cut, nothing was kept.
pub(super) fn power_cut() {
    let mut undo = all();
    while let Some(one) = undo.pop() {
        // What cannot be undone stays, as it may after a real power cut.
        let _ = match one {
            Undo::Content { path, before }
            | Undo::Name {
                path,
                before: Some(before),
            } => put_back(&path, &before),
            Undo::Name { path, before: None } => fs::remove_file(path),
        };
    }
}

/// In one step: a server that looks meanwhile sees the file as it was or as it will be.
fn put_back(path: &Path, before: &[u8]) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".undone");
    fs::write(&new, before)?;
    fs::rename(&new, path)
}

fn all() -> MutexGuard<'static, Vec<Undo>> {
    UNDO.lock().unwrap_or_else(PoisonError::into_inner)
}
