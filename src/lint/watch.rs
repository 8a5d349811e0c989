//! Changes of campaign files as they happen, in bursts: what `dialform watch` waits for.
//!
//! Folders are watched, never files, since most editors save by putting another file in a file's place. Each folder is
//! watched by itself: whoever looks for files hands in the folders that he looked into, and looks again where that set
//! changed, so that a file that appears between a new folder and its watch is not missed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher};
use thiserror::Error;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout_at};

use crate::project::discovery::PROJECT_FILE;

/// A burst is over when nothing has happened for so long: a save is several events.
const QUIET: Duration = Duration::from_millis(100);
/// The longest that a burst is waited for, so that a folder in which something happens all the time is still checked.
const LONGEST: Duration = Duration::from_secs(1);

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

/// What is to be watched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Folders in which campaign files and further folders may appear, absolute.
    pub folders: BTreeSet<PathBuf>,
    /// Files and folders whose own coming and going matters, absolute: projects, and what a person named.
    pub roots: BTreeSet<PathBuf>,
}

/// Watches folders.
#[derive(Debug)]
pub struct Watch {
    watcher: RecommendedWatcher,
    events: UnboundedReceiver<notify::Result<Event>>,
    places: Places,
    /// The folders that the system watches: those of `places`, and the nearest above each root.
    watched: BTreeSet<PathBuf>,
}

impl Watch {
    /// A watch that watches nothing yet.
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
            places: Places::default(),
            watched: BTreeSet::new(),
        })
    }

    /// Watches these places and no others. Says whether any folder is new among them, in which case something may have
    /// happened there before it was watched; and which folders cannot be watched.
    pub fn set(&mut self, places: Places) -> (bool, Vec<WatchError>) {
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
                // Removed since it was looked into; whatever removed it is an event.
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
        let latest = Instant::now() + LONGEST;
        let mut quiet = Instant::now() + QUIET;
        while let Ok(Some(event)) = timeout_at(quiet.min(latest), self.events.recv()).await {
            if self.matters(event) {
                quiet = Instant::now() + QUIET;
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
            // Judged first: whether a path was watched is forgotten next.
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

    /// What was at a path is elsewhere or nowhere: the watches of it and of all below are void, even if something of the
    /// same name is there again.
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

/// The nearest folder above that is there: what sees a path come back.
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
