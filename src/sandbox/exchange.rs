//! What surrounds every request: it is recorded as it arrives, shown to the hooks, and logged as it is answered.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::answer::Refusal;
use super::connection::Connection;
use super::fault::{Fault, Outcome};
use super::host;
use super::server::Shared;

/// The longest body that is read, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;
/// How much of a longer body is read past, so that its sender gets to see the answer and not a reset connection.
const DRAIN_LIMIT: usize = 16 * BODY_LIMIT;
/// How many requests are remembered; a sandbox may run for weeks.
const RECEIVED_LIMIT: usize = 10_000;

/// A request as it arrived. Headers are not kept, and so no token is.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The method: `GET`, `POST`, …
    pub method: String,
    /// The path, with its prefix and without the query.
    pub path: String,
    /// The query as it was sent, without its question mark.
    pub query: Option<String>,
    /// The body of a create request, if it was JSON. No other body is kept: a login's holds the password.
    pub body: Option<Value>,
}

/// A request that has been answered or struck by a fault, for the log.
///
/// It is shown as `POST /api/v1/telephony/autoCall 200`, or `POST /api/v1/telephony/autoCall reset (fault)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The method: `GET`, `POST`, …
    pub method: String,
    /// The path, with its prefix and without the query.
    pub path: String,
    /// The HTTP status of the answer; `None` where a fault keeps every answer back.
    pub status: Option<u16>,
    /// The fault that struck, if one did.
    pub fault: Option<Fault>,
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if let Some(status) = self.status {
            write!(f, " {status}")?;
        }
        match self.fault.as_ref().map(Fault::word) {
            None => Ok(()),
            Some("status") => f.write_str(" (fault)"),
            Some(word) => write!(f, " {word} (fault)"),
        }
    }
}

/// Told of every answer before it is sent, and of every fault that keeps one back.
pub type Log = Arc<dyn Fn(&Exchange) + Send + Sync>;

/// The seam for faults: asked on both sides of the point at which a request takes effect.
///
/// Both functions see every request, whatever its route.
pub trait Hook: Send + Sync {
    /// Asked after the request was recorded and before anything is done about it.
    fn before_commit(&self, _request: &Received) -> Then {
        Then::GoOn
    }

    /// Asked after the request took effect durably (or was refused) and before its answer is sent.
    fn after_commit(&self, _request: &Received) -> Then {
        Then::GoOn
    }
}

/// What a [`Hook`] wants to happen.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Then {
    /// What would happen without the hook.
    GoOn,
    /// This answer in place of the sandbox's own.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The JSON body.
        body: Value,
    },
}

impl Then {
    fn answer(self) -> Option<Response> {
        match self {
            Self::GoOn => None,
            Self::Answer { status, body } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                Some((status, Json(body)).into_response())
            }
        }
    }
}

/// The latest requests, in the order of their arrival.
#[derive(Debug, Default)]
pub(super) struct Record(Mutex<VecDeque<Received>>);

impl Record {
    pub(super) fn all(&self) -> Vec<Received> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }

    fn add(&self, received: Received) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == RECEIVED_LIMIT {
            kept.pop_front();
        }
        kept.push_back(received);
    }
}

/// The layer around the routes.
pub(super) async fn exchange(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = read_body(body).await;
    // A stranger's request is neither recorded nor does it use up a fault.
    if let Err(refusal) = host::check(&parts, shared.addr) {
        let response = refusal.into_response();
        if let Some(log) = &shared.log {
            log(&Exchange {
                method: parts.method.to_string(),
                path: parts.uri.path().to_owned(),
                status: Some(response.status().as_u16()),
                fault: None,
            });
        }
        return response;
    }
    let creates = parts.method == Method::POST && parts.uri.path().ends_with("/telephony/autoCall");
    let received = Received {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        body: body
            .as_ref()
            .ok()
            .filter(|_| creates)
            .and_then(|bytes| serde_json::from_slice(bytes).ok()),
    };
    shared.record.add(received.clone());
    let fault = shared.strikes.next(&received.method, &received.path);

    let request = body.map(|body| {
        let mut request = Request::from_parts(parts, Body::from(body));
        if let Some(distortion) = fault.as_ref().and_then(Fault::distortion) {
            request.extensions_mut().insert(distortion);
        }
        request
    });
    let (outcome, fault) = carry_out(&shared, &connection, &received, request, next, fault).await;
    if let Some(log) = &shared.log {
        let Received { method, path, .. } = received;
        log(&Exchange {
            method,
            path,
            status: outcome.status(),
            fault,
        });
    }
    outcome.into_response(&connection, shared.stopped()).await
}

/// How the exchange ends, and the fault if it came to strike: a hook that answers leaves it nothing to do.
async fn carry_out(
    shared: &Shared,
    connection: &Connection,
    received: &Received,
    request: Result<Request, Refusal>,
    next: Next,
    fault: Option<Fault>,
) -> (Outcome, Option<Fault>) {
    let hook = shared.hook.as_ref();
    if let Some(answer) = hook.and_then(|hook| hook.before_commit(received).answer()) {
        return (Outcome::Answer(answer), None);
    }
    if let Some(outcome) = fault.as_ref().and_then(|fault| fault.before(|| shared.stopped())) {
        return (outcome, fault);
    }
    let right = match request {
        Ok(request) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    if let Some(answer) = hook.and_then(|hook| hook.after_commit(received).answer()) {
        return (Outcome::Answer(answer), None);
    }
    match &fault {
        Some(struck) => (struck.after(right, connection, || shared.stopped()).await, fault),
        None => (Outcome::Answer(right), None),
    }
}

async fn read_body(mut body: Body) -> Result<Bytes, Refusal> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| Refusal::bad_request(format!("The body broke off: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= BODY_LIMIT {
            bytes.extend_from_slice(&data);
        } else if length > DRAIN_LIMIT {
            break;
        }
    }
    if length > BODY_LIMIT {
        let message = format!("The body is longer than {BODY_LIMIT} bytes");
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    Ok(Bytes::from(bytes))
}
