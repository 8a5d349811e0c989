//! Resolves the paths of the command line to projects to check and files to report on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use thiserror::Error;

use super::{terminal, usage};
use crate::lint::engine::{Checker, Overlay};
use crate::project::discovery::{
    Scope, ScopeFile, absolute, kdl_files, may_include, projects_below, relative, root_of,
};
use crate::project::walk::Listings;
use crate::util::boundary::{BoundaryError, PathError, is_open_already, named_campaigns, words_for};
use crate::util::plural::counted;
use crate::util::suggest::closest;

/// A scope to check, and the part of it to report on.
#[derive(Debug)]
pub(super) struct Target {
    /// The project, or a single file outside any.
    pub(super) scope: Scope,
    /// The files whose findings are reported.
    files: HashSet<PathBuf>,
    /// The folders in which all findings are reported.
    folders: HashSet<PathBuf>,
}

impl Target {
    /// Whether findings of this file are reported.
    pub(super) fn shows(&self, file: &Path) -> bool {
        // A pattern may go up, so that files of the project are not below its folder.
        self.is_whole()
            || self.files.contains(file)
            || (!self.folders.is_empty() && file.ancestors().any(|path| self.folders.contains(path)))
    }

    /// Whether the whole scope is reported on.
    pub(super) fn is_whole(&self) -> bool {
        self.scope.root.as_ref().is_none_or(|root| self.folders.contains(root))
    }

    /// The number of files that are reported on.
    pub(super) fn count(&self) -> usize {
        match self.is_whole() {
            true => self.scope.files.len(),
            false => self.shown().count(),
        }
    }

    /// The files that are reported on.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Path> {
        self.scope
            .files
            .iter()
            .map(|file| &**file)
            .filter(|file| self.shows(file))
    }

    /// The files that are reported on, relative to a folder.
    pub(super) fn files(&self, folder: &Path) -> impl Iterator<Item = PathBuf> {
        self.shown().map(move |file| relative(file, folder))
    }
}

/// Why nothing can be checked.
#[derive(Debug, Error)]
pub(super) enum TargetError {
    #[error("{path} does not exist; {}", instead(.meant.as_deref(), .path), path = .path.display())]
    Missing { path: PathBuf, meant: Option<PathBuf> },
    #[error("{path} cannot be read: {why}", path = .path.display())]
    Unreadable { path: PathBuf, why: String },
    #[error("{path} holds no KDL files: `dialform init` writes a first project", path = .0.display())]
    Nothing(PathBuf),
    #[error("there is no `dialform.kdl` in {path} or above it; run this in a project, or write one with `dialform init`", path = .0.display())]
    NoProject(PathBuf),
}

/// What is looked at besides a file that is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// All of its project, which it is checked with.
    Project,
    /// Nothing.
    Nothing,
}

/// Resolves `paths` (default: the working folder) and the files of overlays to targets.
pub(super) fn targets(
    checker: &mut Checker,
    working_folder: &Path,
    paths: &[PathBuf],
    overlays: &[Overlay],
    beside: Beside,
) -> Result<Vec<Target>, TargetError> {
    let mut found = TargetFinder {
        listings: Listings::default(),
        targets: Vec::new(),
        roots: HashMap::new(),
        above: HashMap::new(),
        alone: BTreeSet::new(),
        unread: BTreeMap::new(),
    };
    let mut links = LinkedFiles::default();
    for path in paths {
        match resolve(path)? {
            NamedPath::Folder(folder) => found.folder(&folder)?,
            // Nothing is looked for behind a link that is not followed.
            NamedPath::File(file) => match file.real().ok().and_then(|real| links.find(path, real, checker)) {
                Some((root, file)) if beside == Beside::Project => {
                    found.project(&root).target.files.insert(file);
                }
                _ => found.file(file),
            },
        }
    }
    for overlay in overlays {
        found.file(ScopeFile::from(overlay.path.as_path()));
    }
    if paths.is_empty() && overlays.is_empty() {
        found.folder(working_folder)?;
    }
    Ok(found.finish(checker, overlays, beside))
}

/// The nearest project at or above the working folder.
pub(super) fn project(checker: &mut Checker, working_folder: &Path) -> Result<Scope, TargetError> {
    let root = root_of(working_folder).ok_or_else(|| TargetError::NoProject(working_folder.to_owned()))?;
    Ok(checker.project_scope(&root, &[]))
}

/// The working folder, absolute and without links.
pub(super) fn working_folder() -> Result<PathBuf, String> {
    let folder = std::env::current_dir().and_then(|folder| absolute(&folder));
    folder.map_err(|why| format!("the working folder cannot be read: {why}"))
}

/// A path of the command line.
enum NamedPath {
    Folder(PathBuf),
    File(ScopeFile),
}

fn resolve(path: &Path) -> Result<NamedPath, TargetError> {
    let unreadable = |why: &dyn std::fmt::Display| TargetError::Unreadable {
        path: path.to_owned(),
        why: why.to_string(),
    };
    let found = match std::fs::metadata(path) {
        Ok(found) => found,
        // A link to nowhere is there, and gets a finding of its own.
        Err(_) if path.symlink_metadata().is_ok() => match named_campaigns(path) {
            Ok(_) => return Err(unreadable(&"it was changed just now")),
            Err(BoundaryError { link, why }) => return Ok(NamedPath::File(ScopeFile::blocked(&link, why))),
        },
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {
            return Err(TargetError::Missing {
                path: path.to_owned(),
                meant: neighbour(path),
            });
        }
        Err(why) => return Err(unreadable(&why)),
    };
    if is_open_already(&std::path::absolute(path).map_err(|why| unreadable(&why))?) {
        let path = absolute(path).map_err(|why| unreadable(&why))?;
        return Ok(NamedPath::File(ScopeFile::from(path.as_path())));
    }
    match named_campaigns(path) {
        Ok(path) if found.is_dir() => Ok(NamedPath::Folder(path)),
        Ok(path) if found.is_file() => Ok(NamedPath::File(ScopeFile::from(path.as_path()))),
        Ok(path) => {
            let why = PathError::NotAFile(words_for(found.file_type()));
            Ok(NamedPath::File(ScopeFile::blocked(&path, why)))
        }
        // A finding rather than the end: the other files are checked.
        Err(BoundaryError { link, why }) => Ok(NamedPath::File(ScopeFile::blocked(&link, why))),
    }
}

/// The files of projects that are reached by links.
#[derive(Default)]
struct LinkedFiles {
    scopes: HashMap<PathBuf, Scope>,
}

impl LinkedFiles {
    /// The project that a named path is a file of by a link, and that file's path in it. `file` is where the link leads: that may
    /// be outside of the project.
    fn find(&mut self, named: &Path, file: &Path, checker: &mut Checker) -> Option<(PathBuf, PathBuf)> {
        let named = std::path::absolute(named).ok()?;
        // Then there is no link on the way.
        if named == file {
            return None;
        }
        let folder = named.parent().and_then(|folder| absolute(folder).ok());
        let by_folder = folder.zip(named.file_name()).map(|(folder, name)| folder.join(name));
        // With `..` in it, a path leads elsewhere than its words say.
        let is_plain = !named.components().any(|part| part == Component::ParentDir);
        let paths = [Some(named).filter(|_| is_plain), by_folder];
        let mut paths = paths.into_iter().flatten();
        if paths.clone().all(|path| path == file) {
            return None;
        }
        paths.find_map(|path| {
            let root = root_of(path.parent()?)?;
            let known = self.scopes.entry(root.clone());
            let scope = known.or_insert_with(|| checker.project_scope(&root, &[]));
            let is_there = |path: &Path| scope.position_of(path).is_some();
            let shown = scope.by_real.get(file).map(PathBuf::as_path);
            let path = [Some(path.as_path()), shown, Some(file)]
                .into_iter()
                .flatten()
                .find(|path| is_there(path))?;
            Some((root, path.to_owned()))
        })
    }
}

/// The path that a project knows a named file by, where that is a link of the project.
pub(super) fn path_in_project(named: &Path, file: &Path, checker: &mut Checker) -> Option<PathBuf> {
    LinkedFiles::default().find(named, file, checker).map(|(_, path)| path)
}

/// Suggests another path for one that does not exist.
fn instead(meant: Option<&Path>, path: &Path) -> String {
    match (meant, path.to_str()) {
        (Some(meant), _) => format!("did you mean {}?", meant.display()),
        (None, Some(word)) if usage::is_command(word) => {
            format!("to run the command of that name: dialform {word}")
        }
        (None, _) => "name a campaign file or a folder".to_owned(),
    }
}

/// The file or folder that is most likely meant by a misspelt path.
fn neighbour(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // A misspelt parent folder is corrected first.
    let folder = match folder {
        Some(folder) if !folder.is_dir() => Some(neighbour(folder)?),
        folder => folder.map(Path::to_owned),
    };
    let entries = std::fs::read_dir(folder.as_deref().unwrap_or(Path::new("."))).ok()?;
    let names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|entry| !entry.starts_with('.'))
        .collect();
    let is_other = |entry: &&str| *entry != name;
    let meant = match names.iter().any(|entry| entry == name) {
        true => name,
        false => closest(name, names.iter().map(String::as_str).filter(is_other))?,
    };
    Some(folder.unwrap_or_default().join(meant))
}

/// Prints the files of all targets with `--verbose`.
pub(super) fn tell(targets: &[Target], folder: &Path) {
    for Target { scope, .. } in targets {
        terminal::detail(|| words(scope, folder));
        for file in scope.files.iter() {
            terminal::detail(|| format!("  {}", relative(file, folder).display()));
        }
    }
}

/// `project campaigns: 3 files`
pub(super) fn words(scope: &Scope, folder: &Path) -> String {
    let files = counted(scope.files.len(), "file");
    match &scope.root {
        Some(root) if root == folder => format!("project in the working folder: {files}"),
        Some(root) => format!("project in {}: {files}", relative(root, folder).display()),
        None => format!("outside any project: {files}"),
    }
}

struct TargetFinder {
    listings: Listings,
    targets: Vec<FoundTarget>,
    /// The index of each project's target, by the project's folder.
    roots: HashMap<PathBuf, usize>,
    /// The folder of the project that a folder belongs to, for each folder that files were named in.
    above: HashMap<PathBuf, Option<PathBuf>>,
    /// The files outside any project.
    alone: BTreeSet<PathBuf>,
    /// Folders that could not be searched for projects, and why.
    unread: BTreeMap<PathBuf, PathError>,
}

/// A target whose files are found when everything is known that was named in it.
struct FoundTarget {
    target: Target,
    named: Vec<ScopeFile>,
}

impl TargetFinder {
    fn file(&mut self, file: ScopeFile) {
        let root = file.parent().and_then(|folder| match self.above.get(folder) {
            Some(root) => root.clone(),
            None => self.above.entry(folder.to_owned()).or_insert(root_of(folder)).clone(),
        });
        match root {
            Some(root) => {
                let FoundTarget { target, named } = self.project(&root);
                target.files.insert(file.to_path_buf());
                named.push(file);
            }
            None => self.loose(file),
        }
    }

    fn folder(&mut self, folder: &Path) -> Result<(), TargetError> {
        std::fs::read_dir(folder).map_err(|why| TargetError::Unreadable {
            path: folder.to_owned(),
            why: why.to_string(),
        })?;
        let root = root_of(folder);
        let below = projects_below(folder, &mut self.listings);
        let mut is_empty = root.is_none() && below.projects.is_empty() && below.unread.is_empty();
        if let Some(root) = root {
            self.project(&root).target.folders.insert(folder.to_owned());
        } else {
            let scope = kdl_files(folder, &mut self.listings);
            is_empty &= scope.files.is_empty() && scope.unreadable.is_empty();
            for file in scope.files {
                self.loose(file);
            }
            for (path, why) in scope.unreadable {
                self.unread(path, why);
            }
        }
        for root in below.projects {
            self.project(&root).target.folders.insert(root);
        }
        self.unread.extend(below.unread);
        if is_empty {
            Err(TargetError::Nothing(folder.to_owned()))
        } else {
            Ok(())
        }
    }

    /// The target of a project.
    fn project(&mut self, root: &Path) -> &mut FoundTarget {
        let next = self.targets.len();
        let index = *self.roots.entry(root.to_owned()).or_insert(next);
        if index == next {
            let scope = Scope {
                root: Some(root.to_owned()),
                ..Scope::default()
            };
            self.add(scope);
        }
        &mut self.targets[index]
    }

    /// Finds the files of each project. A file that the project's patterns do not match is added to its scope.
    fn finish(mut self, checker: &mut Checker, overlays: &[Overlay], beside: Beside) -> Vec<Target> {
        for FoundTarget { target, named } in &mut self.targets {
            if let Some(root) = &target.scope.root
                && (beside == Beside::Project || !target.folders.is_empty())
            {
                target.scope = checker.project_scope_in(root, overlays, &mut self.listings);
            }
            target.scope.add_all(std::mem::take(named));
        }
        if beside == Beside::Project && !self.alone.is_empty() {
            self.find_including_projects(checker, overlays);
        }
        self.report_unread();
        self.targets.into_iter().map(|found| found.target).collect()
    }

    /// Lets files that lie in no project's folder be judged by the projects that include them.
    fn find_including_projects(&mut self, checker: &mut Checker, overlays: &[Overlay]) {
        let folders: BTreeSet<&Path> = self.alone.iter().filter_map(|file| file.parent()).collect();
        let roots = may_include(&folders, &mut self.listings);
        for root in roots {
            if !self.roots.contains_key(&root) {
                let scope = checker.project_scope_in(&root, overlays, &mut self.listings);
                if self.alone.iter().any(|file| scope.position_of(file).is_some()) {
                    self.project(&root).target.scope = scope;
                }
            }
        }
        let mut included = BTreeSet::new();
        for FoundTarget { target, .. } in self
            .targets
            .iter_mut()
            .filter(|found| found.target.scope.root.is_some())
        {
            let here = self
                .alone
                .iter()
                .filter(|file| target.scope.position_of(file).is_some());
            let here: Vec<PathBuf> = here.cloned().collect();
            included.extend(here.iter().cloned());
            target.files.extend(here);
        }
        let is_included =
            |scope: &Scope| scope.root.is_none() && scope.files.iter().any(|file| included.contains(&**file));
        self.targets.retain(|found| !is_included(&found.target.scope));
    }

    /// Adds targets for folders that could not be read, unless a scope reports them already.
    fn report_unread(&mut self) {
        let mut unread = std::mem::take(&mut self.unread);
        if unread.is_empty() {
            return;
        }
        let unreadable = self.targets.iter().flat_map(|found| &found.target.scope.unreadable);
        let said: BTreeSet<&Path> = unreadable.map(|(path, _)| path.as_path()).collect();
        unread.retain(|path, _| !path.ancestors().any(|above| said.contains(above)));
        for (path, why) in unread {
            self.unread(path, why);
        }
    }

    fn unread(&mut self, path: PathBuf, why: PathError) {
        let scope = Scope {
            unreadable: vec![(path, why)],
            ..Scope::default()
        };
        self.add(scope);
    }

    fn loose(&mut self, file: ScopeFile) {
        if self.alone.insert(file.to_path_buf()) {
            self.add(Scope::of(file));
        }
    }

    fn add(&mut self, scope: Scope) {
        self.targets.push(FoundTarget {
            target: Target {
                scope,
                files: HashSet::new(),
                folders: HashSet::new(),
            },
            named: Vec::new(),
        });
    }
}
