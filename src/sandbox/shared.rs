//! The state that all requests of a running sandbox share.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use super::connection::Stopped;
use super::fault::Strikes;
use super::record::{Hook, LatestExchanges, Log, ReceivedRequests};
use super::store::TaskStore;
use super::web::Names;
use crate::fields::Dialect;

/// The shared state.
pub(super) struct Shared {
    pub(super) dialect: Dialect,
    pub(super) log: Option<Log>,
    pub(super) hook: Option<Arc<dyn Hook>>,
    pub(super) strikes: Strikes,
    pub(super) received: ReceivedRequests,
    /// The latest requests and what became of them, for the page.
    pub(super) latest: LatestExchanges,
    pub(super) names: Names,
    /// Tells the page's own requests from those of other sites.
    pub(super) page_token: Uuid,
    pub(super) addr: SocketAddr,
    pub(super) store: Mutex<TaskStore>,
    /// The other end is in the handle; nothing is sent through it.
    pub(super) stop: watch::Receiver<()>,
}

impl Shared {
    /// Locks the store. Do not hold the guard while waiting for anything but the disk.
    pub(super) fn store(&self) -> MutexGuard<'_, TaskStore> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the sandbox stops.
    pub(super) fn stopped(&self) -> Stopped {
        let mut stop = self.stop.clone();
        // A dropped handle stops the sandbox as well as a shutdown does.
        Box::pin(async move { while stop.changed().await.is_ok() {} })
    }

    /// The base URL of the calls and of the login: the sandbox is both.
    pub(super) fn base(&self) -> String {
        format!("http://{}/api/v1", self.addr)
    }
}
