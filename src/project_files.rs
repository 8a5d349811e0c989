//! Which files make up the project that a path belongs to.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::fields::DEFAULT_CAMPAIGNS;
use crate::walk::{self, Listings, Visitor, Walk};

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
    /// Every file, absolute, in path order and each once.
    pub files: Vec<Arc<Path>>,
    /// Those among them that were named, not found: nobody knows whether they are regular files.
    pub named: BTreeSet<PathBuf>,
    /// The folders that were looked into, absolute: where files of this scope may appear.
    pub folders: BTreeSet<PathBuf>,
    /// Folders that could not be read, with the system's words.
    pub unreadable: Vec<(PathBuf, String)>,
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
            self.files.insert(index, Arc::from(file.as_path()));
            self.named.insert(file);
        }
    }

    /// Where a file is among [`Scope::files`].
    pub fn position_of(&self, file: &Path) -> Option<usize> {
        self.place_of(file).ok()
    }

    /// Where a file is among [`Scope::files`], or where it belongs.
    fn place_of(&self, file: &Path) -> Result<usize, usize> {
        self.files.binary_search_by(|known| (**known).cmp(file))
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
    let mut scope = Scope {
        root: Some(root.to_owned()),
        ..Scope::default()
    };
    scope.folders.insert(root.to_owned());
    let patterns: Vec<&str> = if patterns.is_empty() {
        vec![DEFAULT_CAMPAIGNS]
    } else {
        patterns.iter().map(String::as_str).collect()
    };
    let globs = Globs::new(&patterns);
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
        let mut below = InFolder::default();
        let is_wanted = |folder: &Path, name: &OsStr| {
            let file = below.of(folder, name, |folder| {
                folder.strip_prefix(root).ok().map(Path::to_owned)
            });
            file.is_some_and(|file| globs.name(file))
        };
        collect(root, &start, listings, &mut scope, is_wanted);
    }
    if starts.len() > 1 {
        // Each walk is in path order by itself.
        scope.files.sort();
        scope.files.dedup();
    }
    let own = root.join(PROJECT_FILE);
    if let Err(index) = scope.place_of(&own) {
        scope.files.insert(index, Arc::from(own));
    }
    scope
}

/// Every KDL file below a folder that belongs to no project, each with its own nearest project.
pub fn kdl_files(folder: &Path, listings: &mut Listings) -> Scope {
    let mut scope = Scope::default();
    let above = folder.parent().unwrap_or(folder);
    collect(above, folder, listings, &mut scope, |_, name| {
        Path::new(name).extension().is_some_and(|extension| extension == "kdl")
    });
    scope
}

/// Folders at and below `folder` that are projects of their own.
pub fn projects_below(folder: &Path, listings: &mut Listings) -> Vec<PathBuf> {
    walk::folders_with(listings, folder, PROJECT_FILE)
}

/// Adds what is wanted at and below `start` to a scope. What lies in a nested project belongs to that project.
fn collect(
    root: &Path,
    start: &Path,
    listings: &mut Listings,
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
        paths: InFolder::default(),
    };
    walk.run(listings, &mut collector);
}

/// Paths of files, written over one another. What comes before the names is found out once for each folder.
#[derive(Debug, Default)]
struct InFolder {
    folder: PathBuf,
    /// With a separator at its end.
    before: Option<OsString>,
    path: OsString,
}

impl InFolder {
    /// The path of a file in `folder`, which `shown` gives as it is to be in that path; nothing where it gives none.
    fn of(&mut self, folder: &Path, name: &OsStr, shown: impl FnOnce(&Path) -> Option<PathBuf>) -> Option<&Path> {
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

/// Puts what a walk finds into a scope.
struct Collector<'s, W> {
    scope: &'s mut Scope,
    is_wanted: W,
    paths: InFolder,
}

impl<W: FnMut(&Path, &OsStr) -> bool> Visitor for Collector<'_, W> {
    fn folder(&mut self, folder: &Path) {
        self.scope.folders.insert(folder.to_owned());
    }

    fn file(&mut self, folder: &Path, name: &OsStr) {
        if (self.is_wanted)(folder, name) {
            let path = self.paths.of(folder, name, |folder| Some(folder.to_owned()));
            self.scope.files.extend(path.map(Arc::from));
        }
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
