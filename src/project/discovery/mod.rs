//! Finds the files of a project, or of a folder outside any project.

mod including;
mod links;
mod paths;
mod patterns;
mod scope;
mod wanted;

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::project::walk::{self, FolderWalk, Listings, Visitor};
use crate::util::boundary::{self, Boundary, PathError};
pub use crate::util::boundary::{PROJECT_FILE, root_of};

pub use including::may_include;
use links::{FoundLinks, Links};
pub(crate) use paths::DisplayPaths;
use paths::InFolder;
pub use paths::{absolute, relative};
pub(crate) use patterns::{MAX_PATTERNS, check_pattern};
use patterns::{Parts, literal_folder};
use scope::unless_regular;
pub use scope::{Scope, ScopeFile};
pub(crate) use wanted::Wanted;
use wanted::or_default;

/// Whether a file is the one that makes its folder a project.
pub(crate) fn is_project_file(file: &Path) -> bool {
    // Compares bytes: splitting the path is slower, and this runs for every file.
    let path = file.as_os_str().as_encoded_bytes();
    let before = path.strip_suffix(PROJECT_FILE.as_bytes());
    before.is_some_and(|before| {
        before
            .last()
            .is_none_or(|byte| std::path::is_separator(char::from(*byte)))
    })
}

/// The project in `root`: its own file, and every file that `patterns` name, nested projects left out.
pub fn project(root: &Path, patterns: &[String], listings: &mut Listings) -> Scope {
    let mut scope = Scope {
        root: Some(root.to_owned()),
        patterns: patterns.to_vec(),
        ..Scope::default()
    };
    scope.folders.insert(root.to_owned());
    let wanted = Wanted::new(root, patterns);
    // Rarely needed, so computed lazily.
    let boundary = LazyCell::new(|| Boundary::around(root));
    let mut found = FoundLinks::default();
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
        // The walk did not follow it if it is a link.
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

/// The project file, checked before it is read: it may be a link out of the repository, or a device.
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
    let mut found = FoundLinks::default();
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

/// Joins a path to a folder and resolves `..` lexically.
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

/// The projects below a folder.
#[derive(Debug)]
pub struct Nested {
    /// The folder of each project, in path order.
    pub projects: Vec<PathBuf>,
    /// Folders that could not be listed, or are too deep.
    pub unread: Vec<(PathBuf, PathError)>,
}

/// Folders at and below `folder` that are projects of their own.
pub fn projects_below(folder: &Path, listings: &mut Listings) -> Nested {
    let (projects, unread) = walk::folders_with(listings, folder, PROJECT_FILE);
    Nested { projects, unread }
}

/// Adds the matching files at and below `start` to a scope, without those of nested projects.
fn collect(
    root: &Path,
    start: &Path,
    listings: &mut Listings,
    scope: &mut Scope,
    found: &mut FoundLinks,
    is_wanted: impl FnMut(&Path, &OsStr) -> bool,
) {
    let walk = FolderWalk {
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

/// Collects the results of a walk in a scope.
struct Collector<'s, W> {
    scope: &'s mut Scope,
    found: &'s mut FoundLinks,
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
