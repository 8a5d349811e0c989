//! The gate between a finished connection and the first byte of a request, under reqwest's connector.
//!
//! It runs the caller's hook there (apply makes its `sending` record durable in it), and it is where "was anything sent?"
//! is known for certain: until the gate opens, nothing of the request can have left, whatever error is reported later.

use std::error::Error;
use std::fmt::Display;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task_local;
use tower::{BoxError, Layer, Service};

use super::words;
use crate::util::failpoint::reach;
use crate::util::https;

task_local! {
    /// The gate of the request that the running task sends.
    static GATE: Arc<Gate>;
}

/// What must succeed after connecting and before the first byte; nothing of it happens before.
pub(super) type SendHook = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// The hook of a request that needs none.
pub(super) fn no_hook() -> SendHook {
    Box::pin(std::future::ready(Ok(())))
}

/// Makes a [`SendHook`] of what a caller asks for, whose error is kept as words.
pub(super) fn hook<E: Display>(before_first_byte: impl Future<Output = Result<(), E>> + Send + 'static) -> SendHook {
    Box::pin(async move { before_first_byte.await.map_err(|error| error.to_string()) })
}

/// How far a request has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GateState {
    /// No connection yet: nothing was sent.
    Connecting,
    /// No connection came about, and why: nothing was sent.
    NotConnected(String),
    /// The request was dropped before the hook ran: nothing was sent, and nothing will be.
    Closed,
    /// The connection is open, and the hook runs: nothing was sent yet.
    Passing,
    /// The hook failed, and how: nothing was sent.
    Held(String),
    /// The connection was handed over: from here on anything may have been sent.
    Open,
}

/// The gate of one request; it lets one connection through, once.
pub(super) struct Gate {
    connect_within: Duration,
    hook: Mutex<Option<SendHook>>,
    progress: Mutex<GateState>,
    opened: Notify,
}

impl Gate {
    pub(super) fn new(connect_within: Duration, hook: SendHook) -> Arc<Self> {
        Arc::new(Self {
            connect_within,
            hook: Mutex::new(Some(hook)),
            progress: Mutex::new(GateState::Connecting),
            opened: Notify::new(),
        })
    }

    pub(super) fn progress(&self) -> GateState {
        self.lock().clone()
    }

    /// Waits until the gate has opened, for ever if it never does.
    pub(super) async fn opened(&self) {
        self.opened.notified().await;
    }

    /// Closes the gate for good; false where the hook runs already or has run.
    pub(super) fn close(&self) -> bool {
        let mut progress = self.lock();
        if *progress == GateState::Connecting {
            *progress = GateState::Closed;
        }
        *progress == GateState::Closed
    }

    /// Begins to pass; false where the gate was closed.
    fn begin(&self) -> bool {
        let mut progress = self.lock();
        if *progress == GateState::Closed {
            return false;
        }
        *progress = GateState::Passing;
        true
    }

    fn lock(&self) -> MutexGuard<'_, GateState> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request through this gate: whatever connection `sending` makes passes it.
    pub(super) async fn around<R>(self: &Arc<Self>, sending: impl Future<Output = R>) -> R {
        GATE.scope(Arc::clone(self), sending).await
    }

    async fn pass<C>(&self, connecting: impl Future<Output = Result<C, BoxError>>) -> Result<C, BoxError> {
        let hook = self.hook.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A second connection for one request would be a second sending of it.
        let Some(hook) = hook else {
            return Err("a request gets one connection only".into());
        };
        // The time limit is the gate's own, so that a slow hook does not count as a slow connection.
        let connection = match tokio::time::timeout(self.connect_within, connecting).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return self.shut(GateState::NotConnected(root_cause(error.as_ref()))),
            Err(_) => {
                let why = format!("no connection within {:?}", self.connect_within);
                return self.shut(GateState::NotConnected(why));
            }
        };
        reach("request: connected");
        if !self.begin() {
            return Err("the request was dropped".into());
        }
        if let Err(why) = hook.await {
            return self.shut(GateState::Held(why));
        }
        reach("request: may leave");
        self.set(GateState::Open);
        self.opened.notify_one();
        Ok(connection)
    }

    fn shut<C>(&self, progress: GateState) -> Result<C, BoxError> {
        self.set(progress);
        Err("the gate stayed shut".into())
    }

    fn set(&self, progress: GateState) {
        *self.lock() = progress;
    }
}

/// Puts the [`Gate`] of the request around reqwest's connector, outside TCP, TLS and a proxy's CONNECT. All requests share
/// the connector; the gate is that of the task that connects.
#[derive(Clone)]
pub(super) struct GateLayer;

impl<S> Layer<S> for GateLayer {
    type Service = Gated<S>;

    fn layer(&self, connector: S) -> Gated<S> {
        Gated { connector }
    }
}

/// A connector whose connections pass a [`Gate`].
#[derive(Clone)]
pub(super) struct Gated<S> {
    connector: S,
}

impl<S, Target> Service<Target> for Gated<S>
where
    S: Service<Target, Error = BoxError>,
    S::Response: Send,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        // Without a gate nobody would know whether the request left, so there is no connection either.
        let Ok(gate) = GATE.try_with(Arc::clone) else {
            return Box::pin(async { Err("a connection needs a gate".into()) });
        };
        let connecting = self.connector.call(target);
        Box::pin(async move { gate.pass(connecting).await })
    }
}

/// The words of the innermost error, clean.
pub(super) fn root_cause(error: &(dyn Error + 'static)) -> String {
    words::clean(&https::innermost(error))
}
