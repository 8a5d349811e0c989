//! Watches the folders of projects for a client that does not tell of changed files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::transport::Incoming;
use crate::lint::watch::is_reading;

/// A set of watched folders. What changes in them comes as a message.
#[derive(Debug)]
pub(super) struct OwnWatch {
    sender: Sender<Incoming>,
    /// Begun with the first folder; the reason where the system has none to give.
    system: Option<Result<RecommendedWatcher, String>>,
    watched: BTreeSet<PathBuf>,
}

impl OwnWatch {
    /// A watch without folders.
    pub(super) fn new(sender: Sender<Incoming>) -> Self {
        Self {
            sender,
            system: None,
            watched: BTreeSet::new(),
        }
    }

    /// Watches these folders and no others. Returns whether any is new, in which case a change before that may have been missed;
    /// or why one is not watched.
    pub(super) fn set(&mut self, folders: &BTreeSet<&Path>) -> Result<bool, String> {
        if self.system.is_none() && folders.is_empty() {
            return Ok(false);
        }
        let sender = self.sender.clone();
        let begin = || RecommendedWatcher::new(handler(sender), Config::default()).map_err(|why| why.to_string());
        let system = match self.system.get_or_insert_with(begin) {
            Ok(system) => system,
            // Said once.
            Err(why) if why.is_empty() => return Ok(false),
            Err(why) => return Err(std::mem::take(why)),
        };
        self.watched.retain(|folder| {
            let stays = folders.contains(&**folder) && folder.is_dir();
            if !stays {
                // The folder may be gone, and its watch with it.
                let _ = system.unwatch(folder);
            }
            stays
        });
        let mut is_new = false;
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            if self.watched.contains(*folder) {
                continue;
            }
            let watched = system.watch(folder, RecursiveMode::NonRecursive);
            self.watched.insert(folder.to_path_buf());
            watched.map_err(|why| format!("{}: {why}", folder.display()))?;
            is_new = true;
        }
        Ok(is_new)
    }
}

fn handler(sender: Sender<Incoming>) -> impl Fn(notify::Result<Event>) + Send + 'static {
    move |event| {
        let changed = match event {
            // Checking reads files, and that is an event too.
            Ok(event) if is_reading(event.kind) => return,
            Ok(event) if !event.need_rescan() => event.paths,
            // Nobody knows what else.
            Ok(_) | Err(_) => Vec::new(),
        };
        // Nobody listens once the session has ended.
        let _ = sender.send(Incoming::FilesChanged(changed));
    }
}
