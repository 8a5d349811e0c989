//! Ctrl-C for the commands that run until they are told to stop.

use std::io;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// Hears Ctrl-C.
#[derive(Debug)]
pub(super) struct Interrupt(JoinHandle<io::Result<()>>);

impl Interrupt {
    /// Listens from now on: the signal no longer ends the program by itself.
    pub(super) async fn listen() -> Self {
        let heard = tokio::spawn(tokio::signal::ctrl_c());
        // The handler is in place once the task has run for the first time.
        tokio::task::yield_now().await;
        Self(heard)
    }

    /// Waits for it. Where the system cannot tell of it, this never returns, and the signal ends the program.
    pub(super) async fn wait(&mut self) {
        match (&mut self.0).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => std::future::pending().await,
        }
    }
}

/// A runtime on this thread.
pub(super) fn runtime() -> Result<Runtime, String> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| format!("the system gives no way to wait for events: {why}"))
}
