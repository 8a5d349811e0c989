//! Watches campaign files for `dialform watch`, and debounces bursts of changes.
//!
//! Folders are watched, never files, since most editors save by replacing a file. Each folder is watched by itself, not
//! recursively: the caller passes the folders that the discovery visited, and runs it again where [`Watch::set`] added one, so
//! that no file is missed that appears between a new folder and its watch.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher};
use thiserror::Error;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout_at};

use crate::project::discovery::PROJECT_FILE;

/// A burst is over when nothing has happened for this long: one save is several events.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// The longest burst, so that a folder with constant changes is still checked.
const MAX_DEBOUNCE: Duration = Duration::from_secs(1);

/// Why changes cannot be seen.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The system watches no more.
    #[error(
        "{path} cannot be watched: the system's limit on watched folders is reached; raise it (on Linux \
         `sysctl fs.inotify.max_user_watches`) or name fewer folders", path = .path.display()
    )]
    Limit {
        /// The folder.
        path: PathBuf,
    },
    /// The system refused for another reason.
    #[error("{path} cannot be watched: {why}; changes in it are not noticed", path = .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// The system has no way to watch folders.
    #[error("changes of files cannot be watched here: {why}; run `dialform lint` instead")]
    System {
        /// The system's words.
        why: String,
    },
}

/// What to watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchedPlaces {
    /// Folders in which campaign files and further folders may appear, absolute.
    pub folders: BTreeSet<PathBuf>,
    /// Files and folders whose creation and removal matters, absolute: projects, and named paths.
    pub roots: BTreeSet<PathBuf>,
}

/// A set of watched folders.
#[derive(Debug)]
pub struct Watch {
    watcher: RecommendedWatcher,
    events: UnboundedReceiver<notify::Result<Event>>,
    places: WatchedPlaces,
    /// The folders that the system watches: those of `places`, and the nearest above each root.
    watched: BTreeSet<PathBuf>,
}

impl Watch {
    /// A watch without folders.
    ///
    /// # Errors
    ///
    /// [`WatchError::System`] where folders cannot be watched at all.
    pub fn new() -> Result<Self, WatchError> {
        let (sender, events) = unbounded_channel();
        let watcher = notify::recommended_watcher(move |event| {
            // Nobody listens once the program is about to end.
            let _ = sender.send(event);
        });
        let watcher = watcher.map_err(|error| WatchError::System { why: error.to_string() })?;
        Ok(Self {
            watcher,
            events,
            places: WatchedPlaces::default(),
            watched: BTreeSet::new(),
        })
    }

    /// Watches these places and no others. Returns whether any folder is new, in which case a change before that may have been
    /// missed, and which folders cannot be watched.
    pub fn set(&mut self, places: WatchedPlaces) -> (bool, Vec<WatchError>) {
        let above = places.roots.iter().filter_map(|root| nearest_above(root));
        let wanted: BTreeSet<PathBuf> = above.chain(places.folders.iter().cloned()).collect();
        self.places = places;
        for folder in self.watched.difference(&wanted) {
            // It may be gone, and its watch with it.
            let _ = self.watcher.unwatch(folder);
        }
        self.watched.retain(|folder| wanted.contains(folder));
        let mut is_new = false;
        let mut errors = Vec::new();
        for folder in wanted {
            if self.watched.contains(&folder) {
                continue;
            }
            match self.watcher.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    is_new = true;
                    self.watched.insert(folder);
                }
                // Removed in the meantime, which is an event.
                Err(_) if !folder.is_dir() => {}
                Err(error) => errors.push(refused(folder, &error)),
            }
        }
        (is_new, errors)
    }

    /// Waits for the end of the next burst of changes that matter.
    pub async fn changed(&mut self) {
        loop {
            // The watcher lives as long as this, and so does its end of the channel.
            let Some(event) = self.events.recv().await else {
                std::future::pending().await
            };
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
        // The system lost track of something.
        let Ok(event) = event else { return true };
        if event.need_rescan() {
            return true;
        }
        if is_reading(event.kind) {
            return false;
        }
        let may_be_gone = matches!(
            event.kind,
            EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
        );
        let mut matters = false;
        for path in &event.paths {
            // Before `forget`, which drops it from the watched folders.
            matters |= self.path_matters(path);
            if may_be_gone {
                self.forget(path);
            }
        }
        matters
    }

    fn path_matters(&self, path: &Path) -> bool {
        if self.places.roots.iter().any(|root| root.starts_with(path)) || self.watched.contains(path) {
            return true;
        }
        let Some(name) = path.file_name() else { return false };
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        let is_inside = path.parent().is_some_and(|folder| self.places.folders.contains(folder));
        let is_campaign_file = path.extension().is_some_and(|extension| extension == "kdl");
        name == PROJECT_FILE || (is_inside && !is_hidden && (is_campaign_file || path.is_dir()))
    }

    /// Drops the watches of a path that was moved or removed, and of everything below, even if something of the same name is
    /// there again.
    fn forget(&mut self, path: &Path) {
        let gone: Vec<PathBuf> = self
            .watched
            .iter()
            .filter(|folder| folder.starts_with(path))
            .cloned()
            .collect();
        for folder in gone {
            // Where the folder was removed, the system has dropped the watch already.
            let _ = self.watcher.unwatch(&folder);
            self.watched.remove(&folder);
        }
    }
}

/// Checking reads files, and that is an event too.
fn is_reading(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    }
}

/// The nearest existing ancestor: its watch sees the path come back.
fn nearest_above(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .skip(1)
        .find(|folder| folder.is_dir())
        .map(Path::to_owned)
}

fn refused(path: PathBuf, error: &notify::Error) -> WatchError {
    match &error.kind {
        ErrorKind::MaxFilesWatch => WatchError::Limit { path },
        ErrorKind::Io(why) => WatchError::Folder {
            path,
            why: why.to_string(),
        },
        _ => WatchError::Folder {
            path,
            why: error.to_string(),
        },
    }
}
