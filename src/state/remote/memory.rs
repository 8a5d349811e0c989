//! A store in memory, for tests: clones share what is in it, and faults can be ordered.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{HeadVersion, RemoteError, RemoteStore, StoredHead, WriteError, is_snapshot_name};

/// A store in the memory of this process.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    head: Option<Vec<u8>>,
    /// How many heads were written.
    version: u64,
    snapshots: BTreeMap<String, Vec<u8>>,
    /// What becomes of the next writes of a head.
    faults: VecDeque<MemoryFault>,
    /// The head that somebody else writes just before the next one.
    overtaking: Option<Vec<u8>>,
}

/// What becomes of a write of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryFault {
    /// Nothing goes wrong: for ordering the fault of a later write.
    None,
    /// It is written, and the answer is lost.
    LostAnswer,
    /// It never arrives, and nobody can tell.
    LostRequest,
    /// No connection: certainly nothing is written.
    NotConnected,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Orders what becomes of the next writes of a head, in this order.
    pub fn order(&self, faults: impl IntoIterator<Item = MemoryFault>) {
        self.lock().faults.extend(faults);
    }

    /// Has somebody else write this head just before the next write.
    pub fn overtake(&self, head: &[u8]) {
        self.lock().overtaking = Some(head.to_vec());
    }

    /// How many heads were written.
    pub fn writes(&self) -> u64 {
        self.lock().version
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn broken(&self) -> RemoteError {
        RemoteError::Broken {
            store: self.address(),
            doing: "write the head",
            why: "as ordered".to_owned(),
        }
    }
}

impl RemoteStore for MemoryStore {
    fn address(&self) -> String {
        "memory".to_owned()
    }

    fn read_head(&self) -> Result<Option<StoredHead>, RemoteError> {
        let contents = self.lock();
        Ok(contents.head.clone().map(|bytes| StoredHead {
            bytes,
            version: HeadVersion(contents.version.to_string()),
        }))
    }

    fn write_head(&self, expected: Option<&HeadVersion>, head: &[u8]) -> Result<HeadVersion, WriteError> {
        let mut contents = self.lock();
        if let Some(theirs) = contents.overtaking.take() {
            contents.version = contents.version.saturating_add(1);
            contents.head = Some(theirs);
        }
        let fault = contents.faults.pop_front().unwrap_or(MemoryFault::None);
        match fault {
            MemoryFault::NotConnected => return Err(WriteError::NotWritten(self.broken())),
            MemoryFault::LostRequest => return Err(WriteError::Unknown(self.broken())),
            MemoryFault::None | MemoryFault::LostAnswer => {}
        }
        let current = contents
            .head
            .is_some()
            .then(|| HeadVersion(contents.version.to_string()));
        let written = if current.as_ref() == expected {
            contents.version = contents.version.saturating_add(1);
            contents.head = Some(head.to_vec());
            Ok(HeadVersion(contents.version.to_string()))
        } else {
            Err(WriteError::Conflict)
        };
        match fault {
            MemoryFault::LostAnswer => Err(WriteError::Unknown(self.broken())),
            _ => written,
        }
    }

    fn put_snapshot(&self, name: &str, snapshot: &[u8]) -> Result<(), WriteError> {
        debug_assert!(is_snapshot_name(name), "{name}");
        let mut contents = self.lock();
        if contents.snapshots.contains_key(name) {
            return Err(WriteError::Conflict);
        }
        contents.snapshots.insert(name.to_owned(), snapshot.to_vec());
        Ok(())
    }

    fn get_snapshot(&self, name: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        Ok(self.lock().snapshots.get(name).cloned())
    }

    fn snapshot_names(&self) -> Result<Vec<String>, RemoteError> {
        Ok(self.lock().snapshots.keys().cloned().collect())
    }

    fn delete_snapshot(&self, name: &str) -> Result<(), WriteError> {
        self.lock().snapshots.remove(name);
        Ok(())
    }

    fn erase(&self) -> Result<(), WriteError> {
        let mut contents = self.lock();
        contents.head = None;
        contents.snapshots.clear();
        Ok(())
    }
}
