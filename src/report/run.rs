//! The input of the formats for other programs: findings, sources, and the folders that paths are relative to.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::finding::Finding;
use crate::project::source::{FileId, Sources};
use crate::util::boundary::{Boundary, Extent};

/// A lint run, the input of all formats.
#[derive(Clone, Copy, Debug)]
pub struct LintRun<'a> {
    /// The findings, in file order.
    pub findings: &'a [Finding],
    /// The source files.
    pub sources: &'a Sources,
    /// The folder that paths of files are relative to, absolute.
    pub folder: &'a Path,
    /// The folder that paths in reports are relative to, absolute: that of the checkout, or the same folder.
    pub root: &'a Path,
    /// Every file that was checked and is shown, clean ones too; for the reports that list them.
    pub files: &'a [PathBuf],
    /// The projects of the findings: the folder of each, absolute, and the end of its findings among all.
    pub projects: &'a [(Option<PathBuf>, usize)],
}

/// How a report names a file by URI.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Uri {
    /// The reference.
    pub(super) text: String,
    /// Whether it is relative to the run's root; an absolute one otherwise.
    pub(super) is_below_root: bool,
}

impl LintRun<'_> {
    /// A file's path for a report, with `/` between its parts: from the root where it lies below it, as it is shown to
    /// people elsewhere.
    pub(super) fn path(&self, shown: &Path) -> String {
        match self.below_root(shown) {
            Some(path) => slashed(&path),
            None => slashed(shown),
        }
    }

    /// The path of a file of the sources.
    pub(super) fn path_of(&self, file: FileId) -> String {
        self.path(self.sources.file(file).path())
    }

    /// A file's URI: relative below the root, `file:` elsewhere.
    pub(super) fn uri(&self, shown: &Path) -> Uri {
        match self.below_root(shown) {
            Some(path) => Uri {
                text: encoded(&path),
                is_below_root: true,
            },
            None => Uri {
                text: file_uri(&plain(&self.folder.join(shown))),
                is_below_root: false,
            },
        }
    }

    /// The root's URI, with the slash at its end that makes it a base.
    pub(super) fn root_uri(&self) -> String {
        let uri = file_uri(self.root);
        if uri.ends_with('/') { uri } else { uri + "/" }
    }

    /// The files of projects in folders of a repository, each with its project's path in that; elsewhere below the root. It is the
    /// same wherever the program runs.
    pub(super) fn projects_of_files(&self) -> HashMap<FileId, String> {
        let mut projects = HashMap::new();
        let mut start = 0;
        for (folder, end) in self.projects {
            let found = self.findings.get(start..*end).unwrap_or_default();
            start = *end;
            let Some(project) = folder.as_ref().and_then(|folder| self.project_path(folder)) else {
                continue;
            };
            for of_file in found.chunk_by(|a, b| a.place.file == b.place.file) {
                let file = of_file.first().map(|finding| finding.place.file);
                projects.extend(file.map(|file| (file, slashed(&project))));
            }
        }
        projects
    }

    /// A project's path in its repository; nothing where it is all of that.
    fn project_path(&self, project: &Path) -> Option<PathBuf> {
        let boundary = Boundary::around(project);
        if boundary.extent() != Extent::Repository {
            return self.below_root(project);
        }
        let below = project.strip_prefix(boundary.folder()).ok()?;
        (below.components().next().is_some()).then(|| below.to_owned())
    }

    fn below_root(&self, shown: &Path) -> Option<PathBuf> {
        let whole = plain(&self.folder.join(shown));
        let below = whole.strip_prefix(self.root).ok()?;
        let is_below = below.components().all(|part| matches!(part, Component::Normal(_)));
        (is_below && below.components().next().is_some()).then(|| below.to_owned())
    }
}

/// Without `.` and `..`; the folders of a run have no links in them.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

fn slashed(path: &Path) -> String {
    let text = path.display().to_string();
    if cfg!(windows) { text.replace('\\', "/") } else { text }
}

/// An absolute path as a URI: `file:///home/%D1%8F`, `file:///C:/home`.
fn file_uri(path: &Path) -> String {
    let text = encoded(path);
    // What Windows puts before a path that is long or without links: `\\?\`.
    let text = text.strip_prefix("//%3F/").unwrap_or(&text);
    match text.strip_prefix('/') {
        Some(rest) => format!("file:///{rest}"),
        None => format!("file:///{}", text.replacen("%3A", ":", 1)),
    }
}

/// A path as a relative reference. Every byte that has, or could have, a meaning in URIs is written as `%XX`; names that
/// are not UTF-8 keep their bytes.
fn encoded(path: &Path) -> String {
    const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'/');
    let text = percent_encode(path.as_os_str().as_encoded_bytes(), ESCAPED).to_string();
    if cfg!(windows) { text.replace("%5C", "/") } else { text }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn uri(root: &str, shown: &str) -> (String, bool) {
        let run = LintRun {
            findings: &[],
            sources: &Sources::default(),
            folder: Path::new("/srv/repo/voice bot"),
            root: Path::new(root),
            files: &[],
            projects: &[],
        };
        let Uri { text, is_below_root } = run.uri(Path::new(shown));
        (text, is_below_root)
    }

    #[test]
    fn uris_are_relative_below_the_root_and_whole_elsewhere() {
        let here = "/srv/repo/voice bot";
        assert_eq!(uri(here, "campaigns/a b.kdl"), ("campaigns/a%20b.kdl".to_owned(), true));
        assert_eq!(uri(here, "a:b#?%.kdl"), ("a%3Ab%23%3F%25.kdl".to_owned(), true));
        assert_eq!(uri(here, "имя.kdl"), ("%D0%B8%D0%BC%D1%8F.kdl".to_owned(), true));
        assert_eq!(uri("/srv/repo", "a.kdl"), ("voice%20bot/a.kdl".to_owned(), true));
        assert_eq!(uri("/srv/repo", "../b.kdl"), ("b.kdl".to_owned(), true));
        assert_eq!(uri(here, "../b.kdl"), ("file:///srv/repo/b.kdl".to_owned(), false));
        assert_eq!(uri(here, "/tmp/я.kdl"), ("file:///tmp/%D1%8F.kdl".to_owned(), false));
        assert_eq!(uri(here, "."), ("file:///srv/repo/voice%20bot".to_owned(), false));
    }
}
