//! The result of discovery: the files that are checked together, and how each of them is reached.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::FileType;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::util::boundary::{Extent, PROJECT_FILE, PathError, words_for};

/// The files that are checked together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The project's folder, absolute; none for files outside any project.
    pub root: Option<PathBuf>,
    /// The `campaigns` patterns of the project's file, as they are written.
    pub patterns: Vec<String>,
    /// Every file, in path order and each once.
    pub files: Vec<ScopeFile>,
    /// The files that were named and not found by a walk; they may not be regular files.
    pub named: BTreeSet<PathBuf>,
    /// The folders that were searched, absolute: new files may appear in them.
    pub folders: BTreeSet<PathBuf>,
    /// Folders that could not be read, or not be reached, each once and in path order.
    pub unreadable: Vec<(PathBuf, PathError)>,
    /// Patterns of the project that lead out of the folder of this kind, as they are written.
    pub outside: Option<(Extent, Vec<String>)>,
    /// Files that were reached by links: each by its path without them, with the path that is in `files`.
    pub by_real: BTreeMap<PathBuf, PathBuf>,
}

/// A file of a scope.
#[derive(Clone, Debug)]
pub struct ScopeFile {
    /// Its path, absolute.
    pub path: Arc<Path>,
    /// Set if the path is a link or must not be read; boxed, because it is rare.
    pub(super) way: Option<Box<Way>>,
}

/// How a file that is not at its path is reached.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// By a link: this is its path without links.
    Link(Arc<Path>),
    /// It is not to be read.
    Blocked(PathError),
}

impl From<&Path> for ScopeFile {
    fn from(path: &Path) -> Self {
        Self {
            path: Arc::from(path),
            way: None,
        }
    }
}

impl From<PathBuf> for ScopeFile {
    fn from(path: PathBuf) -> Self {
        Self::from(path.as_path())
    }
}

impl ScopeFile {
    /// A file that is reached by a link.
    pub(super) fn by_link(path: &Path, real: &Path) -> Self {
        Self {
            way: Some(Box::new(Way::Link(Arc::from(real)))),
            ..Self::from(path)
        }
    }

    /// Something that is not to be read, in the place of a file.
    pub fn blocked(path: &Path, why: PathError) -> Self {
        Self {
            way: Some(Box::new(Way::Blocked(why))),
            ..Self::from(path)
        }
    }

    /// The path to read and write it by, which has no links.
    ///
    /// # Errors
    ///
    /// Why it is neither read nor written.
    pub fn real(&self) -> Result<&Path, &PathError> {
        match self.way.as_deref() {
            None => Ok(&self.path),
            Some(Way::Link(real)) => Ok(real),
            Some(Way::Blocked(why)) => Err(why),
        }
    }

    /// The path without links, where that is another one.
    pub(crate) fn link_target(&self) -> Option<&Arc<Path>> {
        match self.way.as_deref() {
            Some(Way::Link(real)) => Some(real),
            None | Some(Way::Blocked(_)) => None,
        }
    }
}

/// The error for anything but a regular file.
pub(super) fn unless_regular(kind: FileType) -> Option<PathError> {
    (!kind.is_file()).then(|| PathError::NotAFile(words_for(kind)))
}

impl Deref for ScopeFile {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

impl AsRef<Path> for ScopeFile {
    fn as_ref(&self) -> &Path {
        self
    }
}

impl PartialEq for ScopeFile {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for ScopeFile {}

impl PartialOrd for ScopeFile {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ScopeFile {
    fn cmp(&self, other: &Self) -> Ordering {
        self.path.cmp(&other.path)
    }
}

impl Scope {
    /// The scope of one file that was named, by a path without links.
    pub fn of_file(file: PathBuf) -> Self {
        Self::of(ScopeFile::from(file.as_path()))
    }

    /// The scope of one file that was named.
    pub fn of(file: ScopeFile) -> Self {
        let mut scope = Self::default();
        scope.add(file);
        scope
    }

    /// Adds a named file, as [`Scope::add_all`] does.
    pub fn add(&mut self, file: impl Into<ScopeFile>) {
        self.add_all([file.into()]);
    }

    /// Adds named files. If one was found through a link, its own path replaces the link's.
    pub fn add_all(&mut self, files: impl IntoIterator<Item = ScopeFile>) {
        let unreadable: HashSet<&Path> = self.unreadable.iter().map(|(path, _)| path.as_path()).collect();
        let (mut new, mut replaced) = (Vec::new(), HashSet::new());
        for file in files {
            replaced.extend(self.by_real.remove(&*file.path));
            // An unreadable folder is reported instead.
            if !unreadable.contains(&*file.path) && self.place_of(&file).is_err() {
                new.push(file);
            }
        }
        if !replaced.is_empty() {
            self.files.retain(|file| !replaced.contains(&*file.path));
        }
        if !new.is_empty() {
            self.named.extend(new.iter().map(|file| file.path.to_path_buf()));
            self.files.append(&mut new);
            self.files.sort();
            self.files.dedup();
        }
    }

    /// Where a file is among [`Scope::files`].
    pub fn position_of(&self, file: &Path) -> Option<usize> {
        self.place_of(file).ok()
    }

    /// Where a file is among [`Scope::files`], or where it belongs.
    pub(super) fn place_of(&self, file: &Path) -> Result<usize, usize> {
        self.files.binary_search_by(|known| known.path.as_ref().cmp(file))
    }

    /// `dialform.kdl`, where there is one.
    pub fn project_file(&self) -> Option<PathBuf> {
        self.root.as_ref().map(|root| root.join(PROJECT_FILE))
    }
}
