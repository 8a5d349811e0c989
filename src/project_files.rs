//! Which files make up the project that a path belongs to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;

/// The file that makes a folder a project.
pub const PROJECT_FILE: &str = "dialform.kdl";

/// Where campaigns are looked for if the project does not say.
pub const DEFAULT_CAMPAIGNS: &str = "campaigns/**/*.kdl";

/// The files that are checked together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The project's folder, absolute; none for files outside any project.
    pub root: Option<PathBuf>,
    /// Every file, absolute, in path order.
    pub files: BTreeSet<PathBuf>,
    /// The folders that were looked into, absolute: where files of this scope may appear.
    pub folders: BTreeSet<PathBuf>,
    /// Folders that could not be read, with the system's words.
    pub unreadable: Vec<(PathBuf, String)>,
}

impl Scope {
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
pub fn project(root: &Path, patterns: &[String]) -> Scope {
    let mut scope = Scope {
        root: Some(root.to_owned()),
        ..Scope::default()
    };
    scope.files.insert(root.join(PROJECT_FILE));
    scope.folders.insert(root.to_owned());
    let patterns: Vec<&str> = if patterns.is_empty() {
        vec![DEFAULT_CAMPAIGNS]
    } else {
        patterns.iter().map(String::as_str).collect()
    };
    let globs = globs(&patterns);
    for start in patterns
        .iter()
        .map(|pattern| literal_folder(pattern))
        .collect::<BTreeSet<_>>()
    {
        let start = root.join(start);
        let way = start.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
        scope
            .folders
            .extend(way.filter(|folder| folder.is_dir()).map(Path::to_owned));
        if !start.exists() {
            continue;
        }
        walk(root, &start, &mut scope, |file| {
            file.strip_prefix(root).is_ok_and(|relative| globs.is_match(relative))
        });
    }
    scope
}

/// Every KDL file below a folder that belongs to no project, each with its own nearest project.
pub fn kdl_files(folder: &Path) -> Scope {
    let mut scope = Scope::default();
    let above = folder.parent().unwrap_or(folder).to_owned();
    walk(&above, folder, &mut scope, |file| {
        file.extension().is_some_and(|extension| extension == "kdl")
    });
    scope
}

/// Folders below `folder` that are projects of their own.
pub fn projects_below(folder: &Path) -> Vec<PathBuf> {
    let entries = WalkBuilder::new(folder).standard_filters(false).hidden(true).build();
    let found = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name() == PROJECT_FILE);
    let mut roots: Vec<PathBuf> = found
        .filter_map(|entry| entry.path().parent().map(Path::to_owned))
        .collect();
    roots.sort();
    roots
}

fn walk(root: &Path, start: &Path, scope: &mut Scope, is_wanted: impl Fn(&Path) -> bool) {
    let root = root.to_owned();
    let entries = WalkBuilder::new(start)
        .standard_filters(false)
        .hidden(true)
        .follow_links(true)
        .filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            // What lies in a nested project belongs to that project.
            !is_folder || entry.path() == root || !entry.path().join(PROJECT_FILE).is_file()
        })
        .build();
    for entry in entries {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) && is_wanted(entry.path()) => {
                scope.files.insert(entry.into_path());
            }
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {
                scope.folders.insert(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => {
                let path = path_of(&error).unwrap_or_else(|| start.to_owned());
                let why = error
                    .io_error()
                    .map_or_else(|| error.to_string(), |io| root_cause(io).to_string());
                scope.unreadable.push((path, why));
            }
        }
    }
}

/// What the system said, without the path that the walk puts around it.
fn root_cause(error: &std::io::Error) -> &dyn std::error::Error {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// Patterns that cannot be read are reported where the project file is lowered; here they match nothing.
fn globs(patterns: &[&str]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        if let Ok(glob) = GlobBuilder::new(pattern.trim_start_matches("./"))
            .literal_separator(true)
            .build()
        {
            set.add(glob);
        }
    }
    set.build().unwrap_or_else(|_| GlobSet::empty())
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
