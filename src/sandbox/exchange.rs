//! What surrounds every request: it is recorded as it arrives, shown to the hooks, and logged as it is answered.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::answer::Refusal;
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

/// A request that has been answered, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The method: `GET`, `POST`, …
    pub method: String,
    /// The path, with its prefix and without the query.
    pub path: String,
    /// The HTTP status of the answer.
    pub status: u16,
}

/// Told of every answer, before it is sent.
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
pub(super) async fn exchange(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = read_body(body).await;
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

    let before = shared
        .hook
        .as_ref()
        .and_then(|hook| hook.before_commit(&received).answer());
    let answer = match (before, body) {
        (Some(answer), _) => answer,
        (None, Err(refusal)) => refusal.into_response(),
        (None, Ok(body)) => {
            let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
            let after = shared
                .hook
                .as_ref()
                .and_then(|hook| hook.after_commit(&received).answer());
            after.unwrap_or(answer)
        }
    };
    if let Some(log) = &shared.log {
        let Received { method, path, .. } = received;
        log(&Exchange {
            method,
            path,
            status: answer.status().as_u16(),
        });
    }
    answer
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
