//! Walks folders in path order and caches their listings, for `discovery`.
//!
//! Hidden entries are left out, and links are not followed: what becomes of them is `discovery`'s affair.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::util::boundary::PathError;
use crate::util::threads;

/// A cache of folder listings for one discovery.
#[derive(Debug, Default)]
pub struct Listings {
    known: HashMap<PathBuf, Rc<Listing>>,
}

/// The entries of a folder, without hidden ones.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// By name, which together with walking down at once is path order.
    pub(crate) entries: Vec<FolderEntry>,
    /// Why it could not be read, or not to its end.
    pub(crate) problem: Option<PathError>,
}

/// An entry of a folder.
#[derive(Debug)]
pub(crate) struct FolderEntry {
    /// The first letters of the name; comparing them is enough to sort nearly all entries.
    beginning: u64,
    pub(crate) name: OsString,
    pub(crate) kind: Kind,
}

impl FolderEntry {
    fn new(name: OsString, kind: Kind) -> Self {
        let mut beginning = [0; 8];
        for (letter, byte) in beginning.iter_mut().zip(name.as_encoded_bytes()) {
            *letter = *byte;
        }
        Self {
            beginning: u64::from_be_bytes(beginning),
            name,
            kind,
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        let beginnings = self.beginning.cmp(&other.beginning);
        beginnings.then_with(|| self.name.cmp(&other.name))
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

impl Kind {
    fn of(kind: FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Folder
        } else if kind.is_symlink() {
            Self::Link
        } else {
            Self::Other
        }
    }
}

impl Listings {
    /// What is in a folder.
    pub(crate) fn of(&mut self, folder: &Path) -> Rc<Listing> {
        if let Some(known) = self.known.get(folder) {
            return Rc::clone(known);
        }
        let listing = Rc::new(list(folder));
        self.known.insert(folder.to_owned(), Rc::clone(&listing));
        listing
    }

    /// Lists folders that were not listed yet.
    fn learn(&mut self, folders: &[PathBuf]) {
        let unknown: Vec<&PathBuf> = folders
            .iter()
            .filter(|folder| !self.known.contains_key(*folder))
            .collect();
        let listed = threads::in_parts(&unknown, LEAST, |folders| {
            let listings = folders.iter().map(|folder| (PathBuf::clone(folder), list(folder)));
            listings.collect::<Vec<_>>()
        });
        let listed = listed.into_iter().flatten();
        self.known
            .extend(listed.map(|(folder, listing)| (folder, Rc::new(listing))));
    }
}

/// The maximum depth of a walk.
const MAX_DEPTH: usize = 100;

/// Why a walk does not enter a folder.
const TOO_DEEP: PathError = PathError::TooDeep { most: MAX_DEPTH };

/// The number of folders that is worth a thread.
const LEAST: usize = 8;

fn list(folder: &Path) -> Listing {
    let mut listing = Listing::default();
    match fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))) {
                    Ok((name, _)) if name.as_encoded_bytes().starts_with(b".") => {}
                    Ok((name, kind)) => listing.entries.push(FolderEntry::new(name, Kind::of(kind))),
                    Err(why) => listing.problem = Some(why.into()),
                }
            }
        }
        Err(why) => listing.problem = Some(why.into()),
    }
    listing.entries.sort_unstable_by(FolderEntry::order);
    listing
}

impl Listing {
    fn kind(&self, name: &str) -> Option<Kind> {
        let found = self
            .entries
            .binary_search_by(|known| known.name.as_os_str().cmp(OsStr::new(name)));
        found.ok().map(|index| self.entries[index].kind)
    }

    /// Whether `folder`, which this lists, holds something of this name.
    pub(crate) fn has(&self, folder: &Path, name: &str) -> bool {
        // A folder that cannot be listed may still be entered.
        self.kind(name).is_some() || (self.problem.is_some() && folder.join(name).symlink_metadata().is_ok())
    }
}

/// Receives what a walk finds.
pub(crate) trait Visitor {
    /// A folder, before what is in it.
    fn folder(&mut self, folder: &Path);
    /// A regular file.
    fn file(&mut self, folder: &Path, name: &OsStr);
    /// A symbolic link.
    fn link(&mut self, folder: &Path, name: &OsStr);
    /// A pipe, a socket or a device.
    fn special(&mut self, folder: &Path, name: &OsStr);
    /// Something that could not be looked at.
    fn unreadable(&mut self, path: PathBuf, why: PathError);
}

/// The start and the limits of a walk.
pub(crate) struct FolderWalk<'a> {
    /// The folder where it begins.
    pub(crate) start: &'a Path,
    /// Folders with something of this name are left out, but for `start` and `root`.
    pub(crate) mark: &'a str,
    /// The folder that the mark belongs to.
    pub(crate) root: &'a Path,
}

impl FolderWalk<'_> {
    /// Walks down in path order.
    pub(crate) fn run(&self, listings: &mut Listings, visitor: &mut impl Visitor) {
        let below = self.start.strip_prefix(self.root);
        let depth = below.map_or(0, |below| below.components().count());
        self.enter(self.start, depth, listings, visitor);
    }

    fn enter(&self, folder: &Path, depth: usize, listings: &mut Listings, visitor: &mut impl Visitor) {
        let listing = listings.of(folder);
        if folder != self.start && folder != self.root && listing.has(folder, self.mark) {
            return;
        }
        if depth > MAX_DEPTH {
            visitor.unreadable(folder.to_owned(), TOO_DEEP);
            return;
        }
        visitor.folder(folder);
        for FolderEntry { name, kind, .. } in &listing.entries {
            match kind {
                Kind::File => visitor.file(folder, name),
                Kind::Folder => self.enter(&folder.join(name), depth + 1, listings, visitor),
                Kind::Link => visitor.link(folder, name),
                Kind::Other => visitor.special(folder, name),
            }
        }
        if let Some(why) = &listing.problem {
            visitor.unreadable(folder.to_owned(), why.clone());
        }
    }
}

/// The folders at and below `start` that hold something of this name, links not followed; in path order. All processors
/// list folders. Folders that cannot be listed, or lie too deep, are given besides.
pub(crate) fn folders_with(
    listings: &mut Listings,
    start: &Path,
    name: &str,
) -> (Vec<PathBuf>, Vec<(PathBuf, PathError)>) {
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    let mut level = vec![start.to_owned()];
    for _ in 0..=MAX_DEPTH {
        if level.is_empty() {
            break;
        }
        listings.learn(&level);
        let mut below = Vec::new();
        for folder in level {
            let listing = listings.of(&folder);
            let folders = listing.entries.iter().filter(|entry| entry.kind == Kind::Folder);
            below.extend(folders.map(|entry| folder.join(&entry.name)));
            if let Some(why) = &listing.problem {
                unread.push((folder.clone(), why.clone()));
            }
            if listing.kind(name).is_some() {
                found.push(folder);
            }
        }
        level = below;
    }
    found.sort();
    unread.extend(level.into_iter().map(|folder| (folder, TOO_DEEP)));
    (found, unread)
}
