//! Absolute, relative and displayed paths, cached per folder.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// How a path is shown from a folder, both absolute: `campaigns/a.kdl`, `../dialform.kdl`. Where the two have nothing but
/// the file system's root in common, the path stays absolute.
pub fn relative(path: &Path, folder: &Path) -> PathBuf {
    let shared = path
        .components()
        .zip(folder.components())
        .take_while(|(a, b)| a == b)
        .count();
    let is_root = |shared: usize| {
        !path
            .components()
            .take(shared)
            .any(|part| matches!(part, Component::Normal(_)))
    };
    if is_root(shared) && path.parent() != Some(folder) {
        return path.to_owned();
    }
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    let down = path.components().skip(shared);
    let shown: PathBuf = up.chain(down).collect();
    if shown.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        shown
    }
}

/// Makes paths relative to a folder for display. The prefix is cached for files of the same folder.
pub(crate) struct DisplayPaths {
    from: PathBuf,
    /// With a separator at its end.
    folder: Vec<u8>,
    /// The displayed prefix.
    shown_folder: OsString,
    shown: OsString,
}

impl DisplayPaths {
    /// Displays paths relative to this absolute folder.
    pub(crate) fn from(folder: PathBuf) -> Self {
        Self {
            from: folder,
            folder: Vec::new(),
            shown_folder: OsString::new(),
            shown: OsString::new(),
        }
    }

    /// See [`relative`].
    pub(crate) fn of(&mut self, path: &Path) -> &Path {
        let name = path.file_name().unwrap_or_default();
        let whole = path.as_os_str().as_encoded_bytes();
        let folder = &whole[..whole.len() - name.len()];
        self.shown.clear();
        if self.folder == folder {
            self.shown.push(&self.shown_folder);
            self.shown.push(name);
        } else {
            self.folder = folder.to_vec();
            let shown = relative(path, &self.from);
            self.shown_folder = shown.parent().map(|folder| folder.join("").into()).unwrap_or_default();
            self.shown.push(shown);
        }
        Path::new(&self.shown)
    }
}

/// An absolute path without links, also for a file that does not exist yet.
pub fn absolute(path: &Path) -> std::io::Result<PathBuf> {
    if let Ok(path) = fs::canonicalize(path) {
        return Ok(path);
    }
    let path = std::path::absolute(path)?;
    match (
        path.parent().and_then(|parent| fs::canonicalize(parent).ok()),
        path.file_name(),
    ) {
        (Some(parent), Some(name)) => Ok(parent.join(name)),
        _ => Ok(path),
    }
}

/// A reused buffer for the paths of files; the part before the name is computed once per folder.
#[derive(Debug, Default)]
pub(super) struct InFolder {
    folder: PathBuf,
    /// With a separator at its end.
    before: Option<OsString>,
    path: OsString,
}

impl InFolder {
    /// The path of a file in `folder`, which `shown` gives as it is to be in that path; nothing where it gives none.
    pub(super) fn of(
        &mut self,
        folder: &Path,
        name: &OsStr,
        shown: impl FnOnce(&Path) -> Option<PathBuf>,
    ) -> Option<&Path> {
        if self.before.is_none() || self.folder.as_os_str() != folder.as_os_str() {
            folder.clone_into(&mut self.folder);
            self.before = shown(folder).map(|folder| folder.join("").into_os_string());
        }
        self.path.clear();
        self.path.push(self.before.as_ref()?);
        self.path.push(name);
        Some(Path::new(&self.path))
    }
}
