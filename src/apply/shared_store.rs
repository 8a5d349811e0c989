//! The store, shared by all campaigns in flight: one record at a time, on a thread that may block.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::state::{Record, State, StateError, Store};

/// A handle on the one writer of the state.
#[derive(Clone, Debug)]
pub(super) struct SharedStore(Arc<Mutex<Store>>);

impl SharedStore {
    pub(super) fn new(store: Store) -> Self {
        Self(Arc::new(Mutex::new(store)))
    }

    /// Makes a record durable, on this thread: for the hook between connecting and the first byte, which has its own.
    pub(super) fn append_here(&self, record: Record) -> Result<(), StateError> {
        self.lock().append(record).map(drop)
    }

    /// Makes a record durable.
    pub(super) async fn append(&self, record: Record) -> Result<(), StateError> {
        self.on_a_thread(move |store| store.append(record).map(drop)).await
    }

    /// Folds the journal into the snapshot.
    pub(super) async fn commit(&self) -> Result<(), StateError> {
        self.on_a_thread(Store::commit).await
    }

    /// Looks at the state.
    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(self.lock().state())
    }

    async fn on_a_thread(
        &self,
        write: impl FnOnce(&mut Store) -> Result<(), StateError> + Send + 'static,
    ) -> Result<(), StateError> {
        let journal = self.clone();
        match tokio::task::spawn_blocking(move || write(&mut journal.lock())).await {
            Ok(result) => result,
            Err(error) => Err(StateError::Poisoned { why: error.to_string() }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
