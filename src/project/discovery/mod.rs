//! Which files make up the project that a path belongs to.

mod links;
mod paths;
mod patterns;

use std::cell::LazyCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::FileType;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::fields::DEFAULT_CAMPAIGNS;
use crate::project::walk::{self, Listings, Visitor, Walk};
use crate::util::boundary::{self, Boundary, Extent, PathError, words_for};
pub use crate::util::boundary::{PROJECT_FILE, root_of};

use links::{Found, Links};
use paths::InFolder;
pub(crate) use paths::Shown;
pub use paths::{absolute, relative};
use patterns::{Globs, Parts, literal_folder, seen_from, simplified};
pub(crate) use patterns::{MAX_PATTERNS, check_pattern};

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
    /// What is to be known of it besides. In a box, since nearly no file has it.
    way: Option<Box<Way>>,
}

/// How a file is reached that is not simply there.
#[derive(Clone, Debug)]
enum Way {
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
    fn by_link(path: &Path, real: &Path) -> Self {
        Self {
            way: Some(Box::new(Way::Link(Arc::from(real)))),
            ..Self::from(path)
        }
    }

    /// What stands where a file should be, and is not to be read.
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

/// Why something of this type is no file to read, if it is none.
fn unless_regular(kind: FileType) -> Option<PathError> {
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

    /// Adds a file that was named, if it was not found already. One that was found by a link is in the scope under its own path
    /// then.
    pub fn add(&mut self, file: impl Into<ScopeFile>) {
        let file = file.into();
        if let Some(shown) = self.by_real.remove(&*file.path)
            && let Some(index) = self.position_of(&shown)
        {
            self.files.remove(index);
        }
        // Why a folder is not read is said of the folder.
        if self.unreadable.iter().any(|(path, _)| *path == *file.path) {
            return;
        }
        if let Err(index) = self.place_of(&file) {
            self.named.insert(file.path.to_path_buf());
            self.files.insert(index, file);
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

/// The project in `root`: its own file, and every file that `patterns` name, nested projects left out.
pub fn project(root: &Path, patterns: &[String], listings: &mut Listings) -> Scope {
    let mut scope = Scope {
        root: Some(root.to_owned()),
        ..Scope::default()
    };
    scope.folders.insert(root.to_owned());
    let wanted = Wanted::new(root, patterns);
    // Nearly no project has anything to ask it.
    let boundary = LazyCell::new(|| Boundary::around(root));
    let mut found = Found::default();
    let mut starts = BTreeSet::new();
    for (pattern, written) in wanted.patterns.iter().zip(or_default(patterns)) {
        let folder = literal_folder(pattern);
        if pattern.starts_with("..") && !boundary.holds(&lexically(root, &folder)) {
            let (_, outside) = scope.outside.get_or_insert((boundary.extent(), Vec::new()));
            outside.push(written.to_owned());
            continue;
        }
        starts.insert(folder);
    }
    let mut walks = 0;
    for start in starts {
        let shown = lexically(root, &start);
        let way = shown.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
        scope
            .folders
            .extend(way.filter(|folder| folder.is_dir()).map(Path::to_owned));
        match boundary::go(root.to_owned(), &start, |_, _, link| boundary.follow(link)) {
            Ok(gone) if !gone.path.exists() => {}
            Ok(gone) if gone.by_link => found.folder(shown, gone.path),
            Ok(gone) => {
                let mut below = wanted.below();
                let is_wanted = |folder: &Path, name: &OsStr| below.names(folder, name);
                collect(root, &gone.path, listings, &mut scope, &mut found, is_wanted);
                walks += 1;
            }
            Err(stop) => scope.unreadable.push((stop.link, stop.why)),
        }
    }
    if walks > 1 {
        // Each walk is in path order by itself.
        scope.files.sort();
        scope.files.dedup();
    }
    let own = own_file(root);
    match scope.place_of(&own) {
        // Its pattern says nothing of where it leads.
        Ok(index) => scope.files[index].way = own.way,
        Err(index) => {
            let target = own.link_target().map(|target| target.to_path_buf());
            scope
                .by_real
                .extend(target.map(|target| (target, own.path.to_path_buf())));
            scope.files.insert(index, own);
        }
    }
    if !found.is_empty() || !scope.unreadable.is_empty() {
        let mut below = wanted.below();
        let links = Links {
            boundary: &boundary,
            root,
            parts: &Parts::new(&wanted.patterns),
            is_wanted: |folder: &Path, name: &OsStr| below.names(folder, name),
            listings,
            scope: &mut scope,
        };
        links.follow(found);
    }
    scope
}

/// The project's own file, looked at before anything is read: a stranger may have put anything in its place.
pub(crate) fn own_file(root: &Path) -> ScopeFile {
    let path = root.join(PROJECT_FILE);
    let Ok(found) = path.symlink_metadata() else {
        return ScopeFile::from(path.as_path());
    };
    if !found.is_symlink() {
        return match unless_regular(found.file_type()) {
            None => ScopeFile::from(path.as_path()),
            Some(why) => ScopeFile::blocked(&path, why),
        };
    }
    let followed = Boundary::around(root).follow(&path);
    let target = followed.and_then(|real| Ok((real.symlink_metadata()?, real)));
    match target.map(|(found, real)| (unless_regular(found.file_type()), real)) {
        Ok((None, real)) => ScopeFile::by_link(&path, &real),
        Ok((Some(why), _)) | Err(why) => ScopeFile::blocked(&path, why),
    }
}

/// Every KDL file below a folder that belongs to no project, each with its own nearest project.
pub fn kdl_files(folder: &Path, listings: &mut Listings) -> Scope {
    let mut scope = Scope::default();
    let mut found = Found::default();
    let above = folder.parent().unwrap_or(folder);
    let is_wanted = |_: &Path, name: &OsStr| Path::new(name).extension().is_some_and(|extension| extension == "kdl");
    collect(above, folder, listings, &mut scope, &mut found, is_wanted);
    if !found.is_empty() {
        let links = Links {
            boundary: &Boundary::around(folder),
            root: folder,
            parts: &Parts::new(&["**/*.kdl"]),
            is_wanted,
            listings,
            scope: &mut scope,
        };
        links.follow(found);
    }
    scope
}

/// A path from a folder, with its parts that go up taken as text.
fn lexically(folder: &Path, way: &Path) -> PathBuf {
    let mut path = folder.to_owned();
    for part in way.components() {
        match part {
            std::path::Component::ParentDir => drop(path.pop()),
            part => path.push(part),
        }
    }
    path
}

/// What was found below a folder.
#[derive(Debug)]
pub struct Nested {
    /// The folder of each project, in path order.
    pub projects: Vec<PathBuf>,
    /// Folders that were not looked into, or not to the end: they cannot be listed, or lie too deep.
    pub unread: Vec<(PathBuf, PathError)>,
}

/// Folders at and below `folder` that are projects of their own.
pub fn projects_below(folder: &Path, listings: &mut Listings) -> Nested {
    let (projects, unread) = walk::folders_with(listings, folder, PROJECT_FILE);
    Nested { projects, unread }
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
    /// Simplified.
    patterns: Vec<String>,
    globs: Globs,
}

impl<'r> Wanted<'r> {
    /// Those of the project in `root`.
    pub(crate) fn new(root: &'r Path, patterns: &[String]) -> Self {
        let patterns = or_default(patterns);
        let patterns: Vec<String> = patterns.iter().map(|pattern| simplified(pattern, root)).collect();
        let globs = Globs::new(&patterns);
        Self { root, patterns, globs }
    }

    /// Asks about files, best of one folder after the other.
    pub(crate) fn below(&self) -> Below<'_> {
        Below {
            wanted: self,
            paths: InFolder::default(),
        }
    }
}

/// See [`Wanted::below`].
pub(crate) struct Below<'w> {
    wanted: &'w Wanted<'w>,
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

/// Adds what is wanted at and below `start` to a scope. What lies in a nested project belongs to that project.
fn collect(
    root: &Path,
    start: &Path,
    listings: &mut Listings,
    scope: &mut Scope,
    found: &mut Found,
    is_wanted: impl FnMut(&Path, &OsStr) -> bool,
) {
    let walk = Walk {
        start,
        mark: PROJECT_FILE,
        root,
    };
    let mut collector = Collector {
        scope,
        found,
        is_wanted,
        paths: InFolder::default(),
    };
    walk.run(listings, &mut collector);
}

/// Puts what a walk finds into a scope.
struct Collector<'s, W> {
    scope: &'s mut Scope,
    found: &'s mut Found,
    is_wanted: W,
    paths: InFolder,
}

impl<W: FnMut(&Path, &OsStr) -> bool> Visitor for Collector<'_, W> {
    fn folder(&mut self, folder: &Path) {
        self.scope.folders.insert(folder.to_owned());
    }

    fn file(&mut self, folder: &Path, name: &OsStr) {
        if (self.is_wanted)(folder, name)
            && let Some(path) = self.paths.of(folder, name, |folder| Some(folder.to_owned()))
        {
            self.scope.files.push(ScopeFile::from(path));
        }
    }

    fn link(&mut self, folder: &Path, name: &OsStr) {
        self.found.link(folder, name);
    }

    fn special(&mut self, folder: &Path, name: &OsStr) {
        if (self.is_wanted)(folder, name) {
            let path = folder.join(name);
            let kind = path.symlink_metadata().map(|found| found.file_type());
            let why = kind.map_or_else(|why| Some(why.into()), unless_regular);
            self.scope.files.extend(why.map(|why| ScopeFile::blocked(&path, why)));
        }
    }

    fn unreadable(&mut self, path: PathBuf, why: PathError) {
        self.scope.unreadable.push((path, why));
    }
}
