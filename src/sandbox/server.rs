//! Starts and stops the sandbox server.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::connection::{Connection, Listener};
use super::error::SandboxError;
use super::fault::{Faults, Strikes};
use super::record::{Hook, LatestExchanges, Log, Received, ReceivedRequests};
use super::routes;
use super::shared::Shared;
use super::store::TaskStore;
use super::task::Task;
use super::web::Names;
use crate::fields::Dialect;

/// How long a shutdown waits for requests in flight.
const GRACE: Duration = Duration::from_secs(2);

/// The configuration of a sandbox.
#[derive(Clone)]
pub struct Config {
    /// Where to listen: a loopback address; port 0 takes a free port.
    pub listen: SocketAddr,
    /// The folder that keeps the tasks, made if need be; in memory only if `None`.
    pub data: Option<PathBuf>,
    /// The dialect of the API.
    pub dialect: Dialect,
    /// Called for every response.
    pub log: Option<Log>,
    /// Called around every request, before the faults; for faults that a spec cannot express.
    pub hook: Option<Arc<dyn Hook>>,
    /// The faults to inject.
    pub faults: Faults,
    /// What the page calls the ids in tasks, and the time zone that it shows.
    pub names: Names,
}

impl Default for Config {
    /// A free port of 127.0.0.1, in memory, classic, silent, without faults.
    fn default() -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            listen,
            data: None,
            dialect: Dialect::default(),
            log: None,
            hook: None,
            faults: Faults::default(),
            names: Names::default(),
        }
    }
}

/// The sandbox.
#[derive(Debug)]
#[non_exhaustive]
pub struct Sandbox;

impl Sandbox {
    /// Starts a sandbox on the caller's tokio runtime, which needs I/O and time enabled and may have one thread only.
    ///
    /// It answers from the moment this returns.
    ///
    /// # Errors
    ///
    /// The address is not a loopback one, or cannot be listened on; the data folder is in use, cannot be used, or holds
    /// a damaged task file.
    pub async fn start(config: Config) -> Result<Handle, SandboxError> {
        let Config {
            listen,
            data,
            dialect,
            log,
            hook,
            faults,
            names,
        } = config;
        if !listen.ip().is_loopback() {
            return Err(SandboxError::NotLoopback { addr: listen });
        }
        let cannot_listen = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => SandboxError::PortInUse { addr: listen },
            _ => SandboxError::Listen { addr: listen, source },
        };
        let listener = TcpListener::bind(listen).await.map_err(cannot_listen)?;
        let addr = listener.local_addr().map_err(cannot_listen)?;
        let store = TaskStore::open(data.as_deref())?;
        let (stop, stopped) = watch::channel(());
        let shared = Arc::new(Shared {
            dialect,
            log,
            hook,
            strikes: Strikes::new(faults, store.tasks().len()),
            received: ReceivedRequests::default(),
            latest: LatestExchanges::default(),
            names,
            page_token: Uuid::new_v4(),
            addr,
            store: Mutex::new(store),
            stop: stopped,
        });

        let service = routes::router(Arc::clone(&shared)).into_make_service_with_connect_info::<Connection>();
        let serve = axum::serve(Listener(listener), service).with_graceful_shutdown(shared.stopped());
        let server = tokio::spawn(async {
            // Serving does not fail: a broken connection ends only itself.
            let _ = serve.await;
        });
        Ok(Handle { shared, stop, server })
    }
}

/// A running sandbox. Dropping it stops the server too, but then nothing tells when its data folder is free.
pub struct Handle {
    shared: Arc<Shared>,
    stop: watch::Sender<()>,
    server: JoinHandle<()>,
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("addr", &self.shared.addr)
            .finish_non_exhaustive()
    }
}

impl Handle {
    /// The address that it listens on, with the port that it got.
    pub fn addr(&self) -> SocketAddr {
        self.shared.addr
    }

    /// The base URL of the calls, for `project { api … }`: `http://127.0.0.1:PORT/api/v1`.
    pub fn cis_base(&self) -> String {
        self.shared.base()
    }

    /// The base URL of the login, for `project { login … }`.
    pub fn iam_base(&self) -> String {
        self.shared.base()
    }

    /// The tasks that it holds, in the order of their creation.
    pub fn tasks(&self) -> Vec<Task> {
        self.shared.store().tasks().to_vec()
    }

    /// The requests that it received, in the order of their arrival; of very many, the latest.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.all()
    }

    /// Stops listening, lets requests in flight finish for at most two seconds, and frees the data folder.
    pub async fn shutdown(self) {
        let Self {
            shared,
            stop,
            mut server,
        } = self;
        drop(stop);
        if tokio::time::timeout(GRACE, &mut server).await.is_err() {
            server.abort();
        }
        // Connections that outlive the grace period share the store, so it is closed explicitly.
        shared.store().close();
    }
}
