//! Where a state is kept: in files, or in a store that several machines share.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::checksum;
use super::paths::StatePaths;
use super::remote::{self, RemoteAddress, RemoteError, RemoteStore, StoreEnvironment};
use crate::util::failpoint::limit;

/// How many milliseconds long a write to a store is tried again, where nothing says that it never can succeed.
const PATIENCE_MS: u64 = 20_000;
/// Digits of an address's checksum in the names of the files that belong to it here.
const NAME_DIGITS: usize = 12;

/// The place of one state.
#[derive(Clone, Debug)]
pub enum StatePlace {
    /// A snapshot with its files beside it, on this machine.
    Files(StatePaths),
    /// A store.
    Store(Box<StoreAt>),
}

/// A store, and the files that one of its writers needs on this machine: the lock against others here, and room for outcomes
/// that the store could not take.
#[derive(Clone, Debug)]
pub struct StoreAt {
    pub(super) store: Arc<dyn RemoteStore>,
    pub(super) beside: StatePaths,
    pub(super) patience: Duration,
    /// What the store was opened from.
    origin: Option<StoreOrigin>,
}

#[derive(Clone, Debug)]
struct StoreOrigin {
    address: RemoteAddress,
    ca_file: Option<PathBuf>,
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl StoreAt {
    /// Opens the store of an address, with the credentials that the environment has for it. It is asked nothing yet.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] where credentials are missing or may not go there.
    pub fn open(address: RemoteAddress, folder: &Path, ca_file: Option<&Path>) -> Result<Self, RemoteError> {
        let store = address.open(&StoreEnvironment::new(&variable, ca_file))?;
        let ca_file = ca_file.map(Path::to_owned);
        Ok(Self {
            origin: Some(StoreOrigin { address, ca_file }),
            ..Self::new(Arc::from(store), folder)
        })
    }

    /// Tries, beside the state, whether the store keeps its word, with so many writers at once.
    ///
    /// # Errors
    ///
    /// [`RemoteError::IgnoresConditions`] where it cannot keep a state; otherwise why that could not be tried.
    pub fn probe(&self, writers: usize) -> Result<(), RemoteError> {
        match &self.origin {
            Some(StoreOrigin { address, ca_file }) => {
                let environment = StoreEnvironment::new(&variable, ca_file.as_deref());
                remote::probe(address, &environment, writers)
            }
            None => Ok(()),
        }
    }

    /// The state in this store, for a project in whose folder `folder` the files of this machine go.
    pub fn new(store: Arc<dyn RemoteStore>, folder: &Path) -> Self {
        let mut name = checksum::whole(&store.address());
        name.truncate(NAME_DIGITS);
        Self {
            beside: StatePaths::new(&folder.join(format!("store-{name}.json"))),
            store,
            patience: Duration::from_millis(limit("DIALFORM_STORE_PATIENCE", PATIENCE_MS)),
            origin: None,
        }
    }

    /// The same with another limit for trying again.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same with another folder of last resort.
    pub fn with_last_resort(self, folder: &Path) -> Self {
        Self {
            beside: self.beside.with_last_resort(folder),
            ..self
        }
    }

    /// The store itself.
    pub fn store(&self) -> &Arc<dyn RemoteStore> {
        &self.store
    }

    /// The files of this machine.
    pub fn beside(&self) -> &StatePaths {
        &self.beside
    }

    /// The store's address in the place of the files' names, for what is said of what was read from it.
    pub(super) fn named(&self) -> StatePaths {
        let address = PathBuf::from(self.store.address());
        StatePaths {
            snapshot: address.clone(),
            journal: address,
            ..self.beside.clone()
        }
    }
}

impl StatePlace {
    /// The snapshot's files, where the state is in files.
    pub fn files(&self) -> Option<&StatePaths> {
        match self {
            Self::Files(paths) => Some(paths),
            Self::Store(_) => None,
        }
    }

    /// What messages call the state: the names of its files, or the store's address in their place.
    pub(super) fn named(&self) -> StatePaths {
        match self {
            Self::Files(paths) => paths.clone(),
            Self::Store(at) => at.named(),
        }
    }
}

impl fmt::Display for StatePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(paths) => paths.snapshot.display().fmt(f),
            Self::Store(at) => f.write_str(&at.store.address()),
        }
    }
}

impl From<StatePaths> for StatePlace {
    fn from(paths: StatePaths) -> Self {
        Self::Files(paths)
    }
}

impl From<&StatePaths> for StatePlace {
    fn from(paths: &StatePaths) -> Self {
        Self::Files(paths.clone())
    }
}

impl From<StoreAt> for StatePlace {
    fn from(at: StoreAt) -> Self {
        Self::Store(Box::new(at))
    }
}

impl From<&StatePlace> for StatePlace {
    fn from(place: &StatePlace) -> Self {
        place.clone()
    }
}
