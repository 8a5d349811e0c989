//! Watches campaign files for `dialform watch`, and debounces bursts of changes.
//!
//! Folders are watched, never files, since most editors save by replacing a file. Each folder is watched by itself, not
//! recursively: the caller passes the folders that the discovery visited, and runs it again where [`Watch::set`] added one, so
//! that no file is missed that appears between a new folder and its watch. Folders that the system does not watch are polled.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Config, ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher};
use thiserror::Error;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, timeout_at};

use crate::project::discovery::{PROJECT_FILE, Wanted};
use crate::util::plural::counted;

/// A burst is over when nothing has happened for this long: one save is several events.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// The longest burst, so that a folder with constant changes is still checked.
const MAX_DEBOUNCE: Duration = Duration::from_secs(1);
/// How often folders are looked at that the system does not watch.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Folders that the system does not watch, so that they are polled.
#[derive(Debug, Error)]
#[error(
    "{} not watched, as {path}: {why}; changes there are seen every {} seconds",
    folders(*.count), POLL_INTERVAL.as_secs(), path = .path.display()
)]
pub struct Unwatched {
    /// How many.
    count: usize,
    /// One of them.
    path: PathBuf,
    /// Why it is not watched.
    why: String,
}

fn folders(count: usize) -> String {
    let are = if count == 1 { "is" } else { "are" };
    format!("{} {are}", counted(count, "folder"))
}

/// What to watch.
#[derive(Debug, Default)]
pub struct WatchedPlaces {
    /// Folders in which campaign files and further folders may appear, absolute.
    pub folders: BTreeSet<PathBuf>,
    /// Files, links and folders whose creation, change and removal matters, absolute: those of projects and what they are
    /// reached by, projects themselves, and named paths. What lies above them is watched as well, as it may be moved away.
    pub paths: BTreeSet<PathBuf>,
    /// Which files belong to the projects.
    pub(crate) wanted: Vec<Wanted>,
}

impl WatchedPlaces {
    /// Adds a path, and the links on the way to it. One that is swapped changes what is there.
    pub fn add(&mut self, path: &Path) {
        self.follow(path.to_owned(), 0);
    }

    fn follow(&mut self, path: PathBuf, links: usize) {
        /// As many as systems follow.
        const MAX_LINKS: usize = 40;
        let mut reached = PathBuf::new();
        let mut parts = path.components();
        while let Some(part) = parts.next() {
            if part == std::path::Component::ParentDir {
                reached.pop();
                continue;
            }
            let next = reached.join(part);
            if let Ok(target) = next.read_link()
                && links < MAX_LINKS
                && self.paths.insert(next)
            {
                self.follow(reached.join(target).join(parts.as_path()), links + 1);
                return;
            }
            reached.push(part);
        }
        self.paths.insert(reached);
    }

    /// Whether it is one of the paths, or something above one.
    fn has_at_or_below(&self, path: &Path) -> bool {
        let next = self
            .paths
            .range::<Path, _>((Bound::Included(path), Bound::Unbounded))
            .next();
        next.is_some_and(|next| next.starts_with(path))
    }

    /// Whether a file in one of the folders is a campaign file, or another folder, which may hold some.
    fn has_inside(&self, path: &Path) -> bool {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return false;
        };
        let is_hidden = || name.as_encoded_bytes().starts_with(b".");
        let is_kdl = || path.extension().is_some_and(|extension| extension == "kdl");
        let leads_on = || {
            path.symlink_metadata()
                .is_ok_and(|found| found.is_dir() || found.is_symlink())
        };
        self.folders.contains(folder)
            && (self.wanted.iter().any(|wanted| wanted.below().names(folder, name))
                || (!is_hidden() && (is_kdl() || leads_on())))
    }

    /// The folders to watch: those that must be, and those above, which are watched where that can be.
    fn to_watch(&self) -> (BTreeSet<PathBuf>, BTreeSet<PathBuf>) {
        let mut needed = self.folders.clone();
        let mut above = BTreeSet::new();
        for path in &self.paths {
            let mut folders = path.ancestors().skip(1).filter(|folder| folder.is_dir());
            needed.extend(folders.next().map(Path::to_owned));
            for folder in folders {
                if !above.insert(folder.to_owned()) {
                    break;
                }
            }
        }
        above.retain(|folder| !needed.contains(folder));
        (needed, above)
    }
}

/// A set of watched folders.
#[derive(Debug)]
pub struct Watch {
    /// The system's own watch; the reason where it has none to give.
    system: Result<RecommendedWatcher, notify::Error>,
    /// The other end of `events`, which is never closed.
    _sender: UnboundedSender<notify::Result<Event>>,
    events: UnboundedReceiver<notify::Result<Event>>,
    places: WatchedPlaces,
    /// The folders that the system watches.
    watched: BTreeSet<PathBuf>,
    /// The folders that are polled, and what was in them.
    polled: BTreeMap<PathBuf, Vec<PolledEntry>>,
}

/// An entry of a folder that is polled.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct PolledEntry {
    name: OsString,
    changed: Option<SystemTime>,
    bytes: u64,
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch {
    /// A watch without folders.
    pub fn new() -> Self {
        let (sender, events) = unbounded_channel();
        let send = sender.clone();
        let handler = move |event| {
            // Nobody listens once the program is about to end.
            let _ = send.send(event);
        };
        Self {
            system: RecommendedWatcher::new(handler, Config::default()),
            _sender: sender,
            events,
            places: WatchedPlaces::default(),
            watched: BTreeSet::new(),
            polled: BTreeMap::new(),
        }
    }

    /// Watches these places and no others. Returns whether any folder is new, in which case a change before that may have been
    /// missed, and which folders are polled.
    pub fn set(&mut self, places: WatchedPlaces) -> (bool, Option<Unwatched>) {
        let (needed, above) = places.to_watch();
        self.places = places;
        self.unwatch(|folder| !needed.contains(folder) && !above.contains(folder));
        self.polled.retain(|folder, _| needed.contains(folder));
        let mut is_new = false;
        let mut refused = None;
        for folder in needed {
            match self.watch(&folder) {
                Ok(is_added) => is_new |= is_added,
                // Removed in the meantime, which is an event.
                Err(_) if !folder.is_dir() => {}
                Err(why) => {
                    let entries = entries(&folder);
                    is_new |= self.polled.insert(folder.clone(), entries).is_none();
                    refused.get_or_insert((folder, why));
                }
            }
        }
        for folder in above {
            // Often those are not the user's own. What is in reach is watched.
            is_new |= self.watch(&folder).unwrap_or(false);
        }
        let count = self.polled.len();
        (is_new, refused.map(|(path, why)| Unwatched { count, path, why }))
    }

    /// Has the system watch a folder. Returns whether it has not yet.
    fn watch(&mut self, folder: &Path) -> Result<bool, String> {
        if self.watched.contains(folder) {
            return Ok(false);
        }
        let system = self.system.as_mut().map_err(|why| words(why))?;
        let watched = system.watch(folder, RecursiveMode::NonRecursive);
        watched.map_err(|why| words(&why))?;
        self.polled.remove(folder);
        self.watched.insert(folder.to_owned());
        Ok(true)
    }

    fn unwatch(&mut self, is_gone: impl Fn(&Path) -> bool) {
        let system = &mut self.system;
        self.watched.retain(|folder| {
            let is_gone = is_gone(folder);
            if let (true, Ok(system)) = (is_gone, system.as_mut()) {
                // The folder may be gone, and its watch with it.
                let _ = system.unwatch(folder);
            }
            !is_gone
        });
    }

    /// Waits for an event, and while folders are polled for a change there: then there is none. `polls_at` is when they are looked
    /// at next, however many events come before.
    async fn next(&mut self, polls_at: &mut Instant) -> Option<notify::Result<Event>> {
        loop {
            let event = self.events.recv();
            if self.polled.is_empty() {
                return event.await;
            }
            if let Ok(event) = timeout_at(*polls_at, event).await {
                return event;
            }
            if self.polled.iter().any(|(folder, seen)| entries(folder) != *seen) {
                return None;
            }
            *polls_at = Instant::now() + POLL_INTERVAL;
        }
    }

    /// Waits for the end of the next burst of changes that matter.
    pub async fn changed(&mut self) {
        let mut polls_at = Instant::now() + POLL_INTERVAL;
        while let Some(event) = self.next(&mut polls_at).await {
            if self.matters(event) {
                break;
            }
        }
        let latest = Instant::now() + MAX_DEBOUNCE;
        let mut quiet = Instant::now() + DEBOUNCE;
        while let Ok(Some(event)) = timeout_at(quiet.min(latest), self.events.recv()).await {
            if self.matters(event) {
                quiet = Instant::now() + DEBOUNCE;
            }
        }
    }

    fn matters(&mut self, event: notify::Result<Event>) -> bool {
        let event = match event {
            Ok(event) if !event.need_rescan() => event,
            // The system lost track: a folder that was made anew meanwhile has a watch of the old one.
            Ok(_) | Err(_) => {
                self.unwatch(|_| true);
                return true;
            }
        };
        if is_reading(event.kind) {
            return false;
        }
        let may_be_gone = matches!(
            event.kind,
            EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
        );
        let mut matters = false;
        for path in &event.paths {
            matters |= self.path_matters(path);
            if may_be_gone {
                // Drops the watches of everything below, even if something of the same name is there again.
                self.unwatch(|folder| folder.starts_with(path));
            }
        }
        matters
    }

    fn path_matters(&self, path: &Path) -> bool {
        self.places.has_at_or_below(path)
            || self.places.folders.contains(path)
            || path.file_name().is_some_and(|name| name == PROJECT_FILE)
            || self.places.has_inside(path)
    }
}

/// What is in a folder, in the order of the names.
fn entries(folder: &Path) -> Vec<PolledEntry> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut entries: Vec<PolledEntry> = entries
        .map(|entry| {
            let found = entry.metadata().ok();
            PolledEntry {
                name: entry.file_name(),
                changed: found.as_ref().and_then(|found| found.modified().ok()),
                bytes: found.map_or(0, |found| found.len()),
            }
        })
        .collect();
    entries.sort();
    entries
}

/// Checking reads files, and that is an event too.
pub(crate) fn is_reading(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    }
}

/// Why a folder is not watched.
fn words(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => {
            "the system's limit on watched folders is reached; raise it (on Linux `sysctl fs.inotify.max_user_watches`) or \
             name fewer folders"
                .to_owned()
        }
        ErrorKind::Io(why) => why.to_string(),
        _ => error.to_string(),
    }
}
