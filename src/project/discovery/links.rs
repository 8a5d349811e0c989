//! Follows symbolic links to a project's files, within the repository's folder.
//!
//! Links come after all that is found without them, in path order, so that a file that has several paths has the one
//! without links, or else the first. Each real folder is entered once for each part of a pattern that it can fulfil, however
//! many links lead to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::patterns::{Parts, PatternPoint, seen_from};
use super::{PROJECT_FILE, Scope, ScopeFile, unless_regular};
use crate::project::walk::{FolderEntry, Kind, Listings};
use crate::util::boundary::{Boundary, PathError};

/// The longest path through links, in bytes, as systems limit it.
const LONGEST: usize = 4096;

/// Links to follow, and where they were found.
#[derive(Default)]
pub(super) struct FoundLinks {
    /// By their paths in the scope.
    waiting: BTreeMap<PathBuf, WaitingLink>,
}

enum WaitingLink {
    /// A link at this real place, which is its folder's without links and its own name.
    Link(PathBuf),
    /// A folder that a pattern names through a link, at this real path.
    Folder(PathBuf),
}

impl FoundLinks {
    /// A link in a folder that was reached without any.
    pub(super) fn link(&mut self, folder: &Path, name: &OsStr) {
        let path = folder.join(name);
        self.waiting.insert(path.clone(), WaitingLink::Link(path));
    }

    /// A folder that was named by a way with a link.
    pub(super) fn folder(&mut self, shown: PathBuf, real: PathBuf) {
        self.waiting.entry(shown).or_insert(WaitingLink::Folder(real));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// Follows links into a scope whose other files are found already, in path order.
pub(super) struct Links<'a, W> {
    pub(super) boundary: &'a Boundary,
    /// The folder that patterns start from.
    pub(super) root: &'a Path,
    pub(super) parts: &'a Parts,
    /// Whether the patterns name a file, by its path in the scope.
    pub(super) is_wanted: W,
    pub(super) listings: &'a mut Listings,
    pub(super) scope: &'a mut Scope,
}

impl<W: FnMut(&Path, &OsStr) -> bool> Links<'_, W> {
    /// Follows all links, including those found on the way.
    pub(super) fn follow(self, found: FoundLinks) {
        let mut follower = Follower {
            entered: HashMap::new(),
            by_link: Vec::new(),
            folders: BTreeSet::new(),
            found,
            links: self,
        };
        while let Some((shown, waiting)) = follower.found.waiting.pop_first() {
            match waiting {
                WaitingLink::Link(link) => follower.link(&shown, &link),
                WaitingLink::Folder(real) => {
                    let points = follower.points(&shown);
                    follower.enter(&shown, &real, &points);
                }
            }
        }
        let Follower {
            links: Links { scope, .. },
            by_link,
            mut folders,
            ..
        } = follower;
        scope.folders.append(&mut folders);
        scope.files.extend(by_link);
        scope.files.sort();
        scope.files.dedup();
        scope.unreadable.sort_by(|(a, _), (b, _)| a.cmp(b));
        scope.unreadable.dedup_by(|(a, _), (b, _)| a == b);
    }
}

struct Follower<'a, W> {
    links: Links<'a, W>,
    /// The pattern positions that were tried in each real folder.
    entered: HashMap<PathBuf, BTreeSet<PatternPoint>>,
    /// What this adds to the scope.
    by_link: Vec<ScopeFile>,
    /// Folders, by their paths in the scope.
    folders: BTreeSet<PathBuf>,
    found: FoundLinks,
}

impl<W: FnMut(&Path, &OsStr) -> bool> Follower<'_, W> {
    /// What can be fulfilled below a path.
    fn points(&self, shown: &Path) -> BTreeSet<PatternPoint> {
        let seen = seen_from(self.links.root, shown);
        seen.map(|folder| self.links.parts.after(&folder)).unwrap_or_default()
    }

    fn link(&mut self, shown: &Path, link: &Path) {
        let is_wanted = match (shown.parent(), shown.file_name()) {
            (Some(folder), Some(name)) => (self.links.is_wanted)(folder, name),
            _ => false,
        };
        let points = self.points(shown);
        if !is_wanted && points.is_empty() {
            return;
        }
        let target = fs::metadata(link).map_err(PathError::from);
        let followed = target.and_then(|target| Ok((target, self.links.boundary.follow(link)?)));
        match followed {
            Ok((target, real)) if target.is_dir() => {
                let is_loop = link.starts_with(&real);
                if !is_loop {
                    self.enter(shown, &real, &points);
                }
            }
            Ok((target, real)) if is_wanted => match unless_regular(target.file_type()) {
                None => self.file(shown.to_owned(), real),
                Some(why) => self.by_link.push(ScopeFile::blocked(shown, why)),
            },
            Ok(_) => {}
            Err(_) if !is_wanted && !leads_to_folder(link) => {}
            Err(why) if is_wanted => self.by_link.push(ScopeFile::blocked(shown, why)),
            Err(why) => self.links.scope.unreadable.push((shown.to_owned(), why)),
        }
    }

    /// A file that a pattern names.
    fn file(&mut self, shown: PathBuf, real: PathBuf) {
        let is_known = self.links.scope.position_of(&real).is_some();
        let by_real = &mut self.links.scope.by_real;
        if !is_known && !by_real.contains_key(&real) {
            self.by_link.push(ScopeFile::by_link(&shown, &real));
            by_real.insert(real, shown);
        }
    }

    /// Searches a folder for pattern positions that were not tried there.
    fn enter(&mut self, shown: &Path, real: &Path, points: &BTreeSet<PatternPoint>) {
        let done = self.entered.get(real);
        let mut new: BTreeSet<PatternPoint> = points.difference(done.unwrap_or(&BTreeSet::new())).copied().collect();
        if !new.is_empty() && self.links.scope.folders.contains(real) {
            // It was entered without any link.
            let own = self.points(real);
            new.retain(|point| !own.contains(point) || self.links.parts.is_whole(*point));
        }
        if new.is_empty() {
            return;
        }
        let listing = self.links.listings.of(real);
        if real != self.links.root && listing.has(real, PROJECT_FILE) {
            return;
        }
        if shown.as_os_str().len() > LONGEST {
            let why = format!("its path by links is longer than {LONGEST} bytes");
            return self
                .links
                .scope
                .unreadable
                .push((shown.to_owned(), PathError::System(why)));
        }
        self.entered.entry(real.to_owned()).or_default().extend(&new);
        self.folders.insert(shown.to_owned());
        for FolderEntry { name, kind, .. } in &listing.entries {
            match kind {
                Kind::File if (self.links.is_wanted)(shown, name) => self.file(shown.join(name), real.join(name)),
                Kind::Folder => {
                    let below = self.links.parts.below(&new, name);
                    self.enter(&shown.join(name), &real.join(name), &below);
                }
                Kind::Link => {
                    self.found
                        .waiting
                        .insert(shown.join(name), WaitingLink::Link(real.join(name)));
                }
                Kind::Other if (self.links.is_wanted)(shown, name) => {
                    let path = shown.join(name);
                    let kind = real.join(name).symlink_metadata().map(|found| found.file_type());
                    let why = kind.map_or_else(|why| Some(why.into()), unless_regular);
                    self.by_link.extend(why.map(|why| ScopeFile::blocked(&path, why)));
                }
                Kind::File | Kind::Other => {}
            }
        }
        if let Some(why) = &listing.problem {
            self.links.scope.unreadable.push((shown.to_owned(), why.clone()));
        }
    }
}

/// Whether a link whose name no file of a project has may hide a folder of them. One to nowhere may.
fn leads_to_folder(link: &Path) -> bool {
    fs::metadata(link).map_or(true, |target| target.is_dir())
}
