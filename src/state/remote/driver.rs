//! A runtime of a store's own, so that its calls block: the journal's writer is a thread, not a task.

use std::fmt;
use std::io;
use std::thread;

use tokio::runtime::{Builder, Handle, Runtime};

/// Runs futures to their end on a runtime of its own. What they have spawned goes on while the next one runs.
pub(super) struct StoreDriver(Option<Runtime>);

impl StoreDriver {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(Some(Builder::new_current_thread().enable_all().build()?)))
    }

    /// Waits for a future, also where the caller is on a runtime that must not block. `None` only if it panicked.
    pub(super) fn run<F>(&self, future: F) -> Option<F::Output>
    where
        F: Future + Send,
        F::Output: Send,
    {
        let runtime = self.0.as_ref()?;
        if Handle::try_current().is_err() {
            return Some(runtime.block_on(future));
        }
        thread::scope(|scope| scope.spawn(|| runtime.block_on(future)).join().ok())
    }
}

impl Drop for StoreDriver {
    fn drop(&mut self) {
        // A runtime that is dropped by itself waits, which the thread of another one must not.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for StoreDriver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreDriver")
    }
}
