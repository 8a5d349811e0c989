//! Which files the patterns of a project match.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::paths::InFolder;
use super::patterns::{Globs, seen_from, simplified};
use crate::fields::DEFAULT_CAMPAIGNS;

/// The patterns of a project that names none.
pub(super) fn or_default(patterns: &[String]) -> Vec<&str> {
    match patterns {
        [] => vec![DEFAULT_CAMPAIGNS],
        patterns => patterns.iter().map(String::as_str).collect(),
    }
}

/// The files that the patterns of a project name.
#[derive(Debug)]
pub(crate) struct Wanted {
    root: PathBuf,
    /// The simplified patterns.
    pub(super) patterns: Vec<String>,
    globs: Globs,
}

impl Wanted {
    /// The patterns of the project in `root`.
    pub(crate) fn new(root: &Path, patterns: &[String]) -> Self {
        let patterns = or_default(patterns);
        let patterns: Vec<String> = patterns.iter().map(|pattern| simplified(pattern, root)).collect();
        let globs = Globs::new(&patterns);
        Self {
            root: root.to_owned(),
            patterns,
            globs,
        }
    }

    /// A matcher for many files; fastest if they come folder by folder.
    pub(crate) fn below(&self) -> Below<'_> {
        Below {
            wanted: self,
            paths: InFolder::default(),
        }
    }
}

/// See [`Wanted::below`].
pub(crate) struct Below<'w> {
    wanted: &'w Wanted,
    /// From the root of the project.
    paths: InFolder,
}

impl Below<'_> {
    /// Whether the patterns name a file.
    pub(crate) fn names(&mut self, folder: &Path, name: &OsStr) -> bool {
        let Wanted { root, globs, .. } = self.wanted;
        self.paths
            .of(folder, name, |folder| seen_from(root, folder))
            .is_some_and(|file| globs.name(file))
    }
}
