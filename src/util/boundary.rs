//! The boundary of patterns and symbolic links: the repository's folder.
//!
//! A stranger's pull request may hold any link. Where everything that opens a file through a link or a pattern asks
//! [`Boundary`] first, nothing outside of the repository is read or written because of it.

use std::fs::{self, FileType};
use std::io;
use std::path::{Component, Path, PathBuf};

use thiserror::Error;

/// The file that makes a folder a project.
pub const PROJECT_FILE: &str = "dialform.kdl";

/// The nearest folder with a `dialform.kdl`, from `folder` upwards, no further than the folder that holds `.git`. Whether
/// that is a file that can be read is found out when it is read.
pub fn root_of(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        if is_there(&folder.join(PROJECT_FILE)) {
            return Some(folder.to_owned());
        }
        if is_there(&folder.join(".git")) {
            return None;
        }
    }
    None
}

/// The nearest project around the repository that a folder without a project is in, within the repository around that one: that
/// of a submodule, or of another repository in this one. Which files are its own, its patterns say.
pub fn outer_root_of(folder: &Path) -> Option<PathBuf> {
    let mut folder = folder.to_owned();
    loop {
        let repository = folder.ancestors().find(|above| is_there(&above.join(".git")))?;
        let outside = repository.parent()?.to_owned();
        // Above the last repository, everything is a stranger's.
        outside.ancestors().find(|above| is_there(&above.join(".git")))?;
        if let Some(root) = root_of(&outside) {
            return Some(root);
        }
        folder = outside;
    }
}

/// Whether the path exists, even as a dangling link.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Why a path must not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// The system refused.
    #[error("{0}")]
    System(
        /// The system's error.
        String,
    ),
    /// Something other than a regular file.
    #[error("it is {0}, not a regular file")]
    NotAFile(
        /// What it is, with its article.
        &'static str,
    ),
    /// A folder with too many folders above it.
    #[error("it lies more than {most} folders deep")]
    TooDeep {
        /// The limit.
        most: usize,
    },
    /// A symbolic link that leads too far.
    #[error("it is a symbolic link that leads out of {}, to {target}", extent.words(), target = .target.display())]
    Outside {
        /// Where it leads.
        target: PathBuf,
        /// Which folder it leads out of.
        extent: Extent,
    },
}

impl From<io::Error> for PathError {
    fn from(why: io::Error) -> Self {
        why.downcast().unwrap_or_else(|why| Self::System(why.to_string()))
    }
}

impl From<PathError> for io::Error {
    fn from(why: PathError) -> Self {
        Self::other(why)
    }
}

/// What a type of file is called in [`PathError::NotAFile`].
pub fn words_for(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a named pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    if kind.is_dir() { "a folder" } else { "something special" }
}

/// Which folder a boundary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The one that holds `.git`.
    Repository,
    /// The project's own, outside any repository.
    Project,
    /// One outside any repository and project.
    Folder,
}

impl Extent {
    /// `the repository`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Repository => "the repository",
            Self::Project => "the project's folder",
            Self::Folder => "its folder",
        }
    }
}

/// The folder that links and patterns must not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundary {
    folder: PathBuf,
    extent: Extent,
}

impl Boundary {
    /// That of a folder, which is absolute and without links: the nearest above with `.git`, be that a folder or, in a worktree,
    /// a file; without one the project's; without that the folder itself.
    pub fn around(folder: &Path) -> Self {
        let of = |folder: &Path, extent| Self {
            folder: folder.to_owned(),
            extent,
        };
        if let Some(repository) = folder.ancestors().find(|above| is_there(&above.join(".git"))) {
            return of(repository, Extent::Repository);
        }
        match root_of(folder) {
            Some(root) => of(&root, Extent::Project),
            None => of(folder, Extent::Folder),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Which folder it is.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// Whether a path lies inside; it is absolute and without links.
    pub fn holds(&self, path: &Path) -> bool {
        path.starts_with(&self.folder)
    }

    /// Where a link really leads.
    ///
    /// # Errors
    ///
    /// Where that is outside, or nowhere.
    pub fn follow(&self, link: &Path) -> Result<PathBuf, PathError> {
        let target = fs::canonicalize(link)?;
        if self.holds(&target) {
            return Ok(target);
        }
        let extent = self.extent;
        Err(PathError::Outside { target, extent })
    }
}

/// A resolved path.
#[derive(Debug)]
pub struct Gone {
    /// The path, absolute and without links. What is not there is part of it as it was named.
    pub path: PathBuf,
    /// Whether a link was followed.
    pub by_link: bool,
}

/// A link that must not be followed.
#[derive(Debug, Error)]
#[error("{link}: {why}", link = .link.display())]
pub struct BoundaryError {
    /// Where: the link itself, not its target.
    pub link: PathBuf,
    /// Why.
    pub why: PathError,
}

impl BoundaryError {
    /// As an error about the path that was named, which says where on the way it was.
    pub fn at(self, named: &Path) -> io::Error {
        match self.link == named || std::path::absolute(named).is_ok_and(|named| self.link == named) {
            true => self.why.into(),
            false => io::Error::other(self.to_string()),
        }
    }
}

/// Goes a way part by part, from a path that is absolute and without links. `follow` says where a link leads: it is given the
/// folder, whether this is the last part, and the link. What is not there is gone as it is named.
///
/// # Errors
///
/// At the link that is not followed.
pub fn go(
    mut path: PathBuf,
    way: &Path,
    follow: impl Fn(&Path, bool, &Path) -> Result<PathBuf, PathError>,
) -> Result<Gone, BoundaryError> {
    let mut by_link = false;
    let mut parts = way.components().peekable();
    while let Some(part) = parts.next() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(path.pop()),
            Component::Prefix(_) | Component::RootDir => path.push(part),
            Component::Normal(name) => {
                let next = path.join(name);
                if next.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
                    by_link = true;
                    let target = follow(&path, parts.peek().is_none(), &next);
                    path = target.map_err(|why| BoundaryError { link: next, why })?;
                } else {
                    path = next;
                }
            }
        }
    }
    Ok(Gone { path, by_link })
}

/// The absolute path without links of what a person named: a campaign file, or a folder of them.
///
/// Whoever names a path has a reason, and the system's own links (`/tmp` on macOS) are nobody's attack. But the names that CI and
/// pre-commit pass on are a stranger's as well: a link that is in a repository or a project does not lead out of it, and the
/// file itself is no link that leads out of its folder.
///
/// # Errors
///
/// Where there is nothing, or a link leads too far.
pub fn named_campaigns(path: &Path) -> Result<PathBuf, BoundaryError> {
    named_as(path, true)
}

/// The same for any other file that a person names: a report, a baseline, a state. Its last parts may not be there.
///
/// # Errors
///
/// Where a link in a repository or a project leads out of it, or nowhere.
pub fn named(path: &Path) -> Result<PathBuf, BoundaryError> {
    named_as(path, false)
}

fn named_as(path: &Path, is_campaigns: bool) -> Result<PathBuf, BoundaryError> {
    let at = |why: io::Error| BoundaryError {
        link: path.to_owned(),
        why: why.into(),
    };
    let whole = std::path::absolute(path).map_err(at)?;
    let is_plain = !whole.components().any(|part| part == Component::ParentDir);
    if is_plain && fs::canonicalize(&whole).is_ok_and(|real| real == whole) {
        return Ok(whole);
    }
    let gone = go(PathBuf::new(), &whole, |folder, is_last, link| {
        let boundary = Boundary::around(folder);
        let is_limited = match boundary.extent {
            Extent::Repository | Extent::Project => true,
            Extent::Folder => is_campaigns && is_last && !link.is_dir(),
        };
        match is_limited {
            true => boundary.follow(link),
            false => Ok(fs::canonicalize(link)?),
        }
    })?;
    // On Windows, paths without links are written in a way of their own.
    match cfg!(unix) {
        true => Ok(gone.path),
        false => Ok(fs::canonicalize(&gone.path).unwrap_or(gone.path)),
    }
}

/// Whether a path names something that this process has open, such as `/dev/stdin` and what `<(…)` of a shell becomes:
/// the only pipes that are read.
pub fn is_open_already(path: &Path) -> bool {
    let own = format!("/proc/{}/fd", std::process::id());
    let folders = ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd", own.as_str()];
    let is_in = |folder: &str| path.parent() == Some(Path::new(folder));
    let streams = ["/dev/stdin", "/dev/stdout", "/dev/stderr"];
    streams.into_iter().any(|stream| path == Path::new(stream)) || folders.into_iter().any(is_in)
}
