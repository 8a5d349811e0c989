//! Which files make up the project that a path belongs to.

mod paths;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::fields::DEFAULT_CAMPAIGNS;
use crate::walk::{self, Early, Listings, Met, Visitor, Walk};

use paths::InFolder;
pub(crate) use paths::Shown;
pub use paths::{absolute, relative};

/// The file that makes a folder a project.
pub const PROJECT_FILE: &str = "dialform.kdl";

/// Whether a file is the one that makes its folder a project.
pub(crate) fn is_project_file(file: &Path) -> bool {
    // Not by the parts of the path, which take longer to find: this is asked of every file.
    let path = file.as_os_str().as_encoded_bytes();
    let before = path.strip_suffix(PROJECT_FILE.as_bytes());
    before.is_some_and(|before| {
        before
            .last()
            .is_none_or(|byte| std::path::is_separator(char::from(*byte)))
    })
}

/// The files that are checked together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The project's folder, absolute; none for files outside any project.
    pub root: Option<PathBuf>,
    /// Every file, in path order and each once.
    pub files: Vec<ScopeFile>,
    /// Those among them that were named, not found: nobody knows whether they are regular files.
    pub named: BTreeSet<PathBuf>,
    /// The folders that were looked into, absolute: where files of this scope may appear.
    pub folders: BTreeSet<PathBuf>,
    /// Folders that could not be read, with the system's words.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// A file of a scope.
#[derive(Clone, Debug)]
pub struct ScopeFile {
    /// Its path, absolute.
    pub path: Arc<Path>,
    /// Whether it was met early, which makes no other file of it.
    pub(crate) met: Option<Met>,
}

impl From<&Path> for ScopeFile {
    fn from(path: &Path) -> Self {
        let path = Arc::from(path);
        Self { path, met: None }
    }
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
    /// The scope of one file that was named.
    pub fn of_file(file: PathBuf) -> Self {
        let mut scope = Self::default();
        scope.add(file);
        scope
    }

    /// Adds a file that was named, if it was not found already.
    pub fn add(&mut self, file: PathBuf) {
        if let Err(index) = self.place_of(&file) {
            self.files.insert(index, ScopeFile::from(file.as_path()));
            self.named.insert(file);
        }
    }

    /// Where a file is among [`Scope::files`].
    pub fn position_of(&self, file: &Path) -> Option<usize> {
        self.place_of(file).ok()
    }

    /// Where a file is among [`Scope::files`], or where it belongs.
    fn place_of(&self, file: &Path) -> Result<usize, usize> {
        self.files.binary_search_by(|known| known.path.as_ref().cmp(file))
    }

    /// `dialform.kdl`, where there is one.
    pub fn project_file(&self) -> Option<PathBuf> {
        self.root.as_ref().map(|root| root.join(PROJECT_FILE))
    }
}

/// The nearest folder with a `dialform.kdl`, from `folder` upwards, no further than the folder that holds `.git`.
pub fn root_of(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        if folder.join(PROJECT_FILE).is_file() {
            return Some(folder.to_owned());
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// The project in `root`: its own file, and every file that `patterns` name, nested projects left out.
pub fn project(root: &Path, patterns: &[String], listings: &mut Listings) -> Scope {
    project_of(root, patterns, listings, MetFiles::default())
}

/// The same where the paths of some files are known already.
pub(crate) fn project_of(root: &Path, patterns: &[String], listings: &mut Listings, met: MetFiles<'_>) -> Scope {
    let mut scope = Scope {
        root: Some(root.to_owned()),
        ..Scope::default()
    };
    scope.folders.insert(root.to_owned());
    let patterns = or_default(patterns);
    let wanted = Wanted::of(root, &patterns);
    let starts: BTreeSet<PathBuf> = patterns.iter().map(|pattern| literal_folder(pattern)).collect();
    for start in &starts {
        let start = root.join(start);
        let way = start.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
        scope
            .folders
            .extend(way.filter(|folder| folder.is_dir()).map(Path::to_owned));
        if !start.exists() {
            continue;
        }
        let mut below = wanted.below();
        let is_wanted = |folder: &Path, name: &OsStr| below.names(folder, name);
        collect(root, &start, listings, met, &mut scope, is_wanted);
    }
    if starts.len() > 1 {
        // Each walk is in path order by itself.
        scope.files.sort();
        scope.files.dedup();
    }
    let own = root.join(PROJECT_FILE);
    if let Err(index) = scope.place_of(&own) {
        scope.files.insert(index, ScopeFile::from(own.as_path()));
    }
    scope
}

/// Every KDL file below a folder that belongs to no project, each with its own nearest project.
pub fn kdl_files(folder: &Path, listings: &mut Listings) -> Scope {
    let mut scope = Scope::default();
    let above = folder.parent().unwrap_or(folder);
    collect(above, folder, listings, MetFiles::default(), &mut scope, |_, name| {
        Path::new(name).extension().is_some_and(|extension| extension == "kdl")
    });
    scope
}

/// Folders at and below `folder` that are projects of their own.
pub fn projects_below(folder: &Path, listings: &mut Listings) -> Vec<PathBuf> {
    projects_below_early(folder, listings, &|_, _| {})
}

/// The same; `early` is told of files as their folders are listed.
pub(crate) fn projects_below_early(folder: &Path, listings: &mut Listings, early: &Early<'_>) -> Vec<PathBuf> {
    walk::folders_with(listings, folder, PROJECT_FILE, early)
}

/// The patterns of a project that names none.
fn or_default(patterns: &[String]) -> Vec<&str> {
    match patterns {
        [] => vec![DEFAULT_CAMPAIGNS],
        patterns => patterns.iter().map(String::as_str).collect(),
    }
}

/// The files that the patterns of a project name.
pub(crate) struct Wanted<'r> {
    root: &'r Path,
    globs: Globs,
}

impl<'r> Wanted<'r> {
    /// Those of the project in `root`.
    pub(crate) fn new(root: &'r Path, patterns: &[String]) -> Self {
        Self::of(root, &or_default(patterns))
    }

    fn of(root: &'r Path, patterns: &[&str]) -> Self {
        let globs = Globs::new(patterns);
        Self { root, globs }
    }

    /// Asks about files, best of one folder after the other.
    pub(crate) fn below(&self) -> Below<'_> {
        Below {
            wanted: self,
            paths: InFolder::default(),
            whole: InFolder::default(),
        }
    }
}

/// See [`Wanted::below`].
pub(crate) struct Below<'w> {
    wanted: &'w Wanted<'w>,
    /// From the root of the project.
    paths: InFolder,
    whole: InFolder,
}

impl Below<'_> {
    /// Whether the patterns name a file.
    pub(crate) fn names(&mut self, folder: &Path, name: &OsStr) -> bool {
        let Wanted { root, globs } = self.wanted;
        let below = |folder: &Path| folder.strip_prefix(root).ok().map(Path::to_owned);
        self.paths.of(folder, name, below).is_some_and(|file| globs.name(file))
    }

    /// The whole path of a file that the patterns name.
    pub(crate) fn path(&mut self, folder: &Path, name: &OsStr) -> Option<Arc<Path>> {
        let is_named = self.names(folder, name);
        let path = self.whole.of(folder, name, |folder| Some(folder.to_owned()));
        path.filter(|_| is_named).map(Arc::from)
    }
}

/// The files that were met early.
#[derive(Clone, Copy, Default)]
pub(crate) struct MetFiles<'p> {
    /// Their paths, in the order in which they were met.
    pub(crate) paths: &'p [Arc<Path>],
    /// Whether they were picked by the patterns of the very project that is looked for.
    pub(crate) are_wanted: bool,
}

/// Adds what is wanted at and below `start` to a scope. What lies in a nested project belongs to that project.
fn collect(
    root: &Path,
    start: &Path,
    listings: &mut Listings,
    met: MetFiles<'_>,
    scope: &mut Scope,
    is_wanted: impl FnMut(&Path, &OsStr) -> bool,
) {
    let walk = Walk {
        start,
        mark: PROJECT_FILE,
        root,
    };
    let mut collector = Collector {
        scope,
        is_wanted,
        met,
        paths: InFolder::default(),
    };
    walk.run(listings, &mut collector);
}

/// Puts what a walk finds into a scope.
struct Collector<'s, W> {
    scope: &'s mut Scope,
    is_wanted: W,
    met: MetFiles<'s>,
    paths: InFolder,
}

impl<W: FnMut(&Path, &OsStr) -> bool> Visitor for Collector<'_, W> {
    fn folder(&mut self, folder: &Path) {
        self.scope.folders.insert(folder.to_owned());
    }

    fn file(&mut self, folder: &Path, name: &OsStr, met: Option<Met>) {
        let known = met.and_then(|met| self.met.paths.get(met.index()));
        let is_known_as_wanted = known.is_some() && self.met.are_wanted;
        if !is_known_as_wanted && !(self.is_wanted)(folder, name) {
            return;
        }
        if let Some(path) = known {
            let path = Arc::clone(path);
            self.scope.files.push(ScopeFile { path, met });
            return;
        }
        let path = self.paths.of(folder, name, |folder| Some(folder.to_owned()));
        self.scope.files.extend(path.map(ScopeFile::from));
    }

    fn unreadable(&mut self, path: PathBuf, why: String) {
        self.scope.unreadable.push((path, why));
    }
}

/// Which files below the root the patterns name.
enum Globs {
    /// `FOLDER/**/*END`, alone: what nearly every project has.
    Below { folder: String, end: String },
    /// All else.
    Any(GlobSet),
}

impl Globs {
    /// Patterns that cannot be read are reported where the project file is lowered; here they match nothing.
    fn new(patterns: &[&str]) -> Self {
        if let [pattern] = patterns
            && let Some((folder, end)) = trimmed(pattern).split_once("/**/*")
            && !format!("{folder}{end}").contains(['*', '?', '[', ']', '{', '}', '\\', '!', '/'])
            && !folder.is_empty()
        {
            let (folder, end) = (folder.to_owned(), end.to_owned());
            return Self::Below { folder, end };
        }
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            if let Ok(glob) = GlobBuilder::new(trimmed(pattern)).literal_separator(true).build() {
                set.add(glob);
            }
        }
        Self::Any(set.build().unwrap_or_else(|_| GlobSet::empty()))
    }

    /// Whether they name a file, by its path from the root.
    fn name(&self, file: &Path) -> bool {
        match self {
            Self::Below { folder, end } => {
                let path = file.as_os_str().as_encoded_bytes();
                let below = path.strip_prefix(folder.as_bytes());
                below.is_some_and(|below| below.starts_with(b"/") && below[1..].ends_with(end.as_bytes()))
            }
            Self::Any(set) => set.is_match(file),
        }
    }
}

fn trimmed(pattern: &str) -> &str {
    pattern.trim_start_matches("./")
}

/// The folders in front of a pattern's first wildcard.
fn literal_folder(pattern: &str) -> PathBuf {
    let mut parts: Vec<&str> = pattern.split('/').filter(|part| *part != ".").collect();
    parts.pop();
    let wild = parts
        .iter()
        .position(|part| part.contains(['*', '?', '[', '{']))
        .unwrap_or(parts.len());
    parts[..wild].iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_library(pattern: &str, file: &Path) -> bool {
        let glob = GlobBuilder::new(trimmed(pattern)).literal_separator(true).build();
        let set = glob.and_then(|glob| GlobSetBuilder::new().add(glob).build());
        set.is_ok_and(|set| set.is_match(file))
    }

    /// Whether a walk may come by such a path: names with one `/` between each two.
    fn is_walked(file: &Path) -> bool {
        let names = file.to_str().unwrap_or_default().split('/');
        names.into_iter().all(|name| !matches!(name, "" | "." | ".."))
    }

    #[test]
    fn the_default_goes_the_short_way() {
        assert!(matches!(Globs::new(&[DEFAULT_CAMPAIGNS]), Globs::Below { .. }));
    }

    proptest! {
        #[test]
        fn the_short_way_names_the_same_files(
            pattern in "(\\./)?[ab/]{0,3}(/\\*\\*)?/\\*{0,2}[ab.*/]{0,4}",
            files in proptest::collection::vec("[ab]{1,2}(/[ab.]{1,4}){0,3}", 20),
        ) {
            let globs = Globs::new(&[&pattern]);
            for file in files.iter().map(Path::new).filter(|file| is_walked(file)) {
                prop_assert_eq!(globs.name(file), by_library(&pattern, file), "{} {}", pattern, file.display());
            }
        }
    }
}
