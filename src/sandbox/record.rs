//! The records of requests, the log, and the hooks of tests.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::Value;

use super::fault::Fault;

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

/// A request and its response or fault, for the log.
///
/// It is shown as `POST /api/v1/telephony/autoCall 200`, or `POST /api/v1/telephony/autoCall reset (fault)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The method: `GET`, `POST`, …
    pub method: String,
    /// The path, with its prefix and without the query.
    pub path: String,
    /// The HTTP status of the response; `None` if a fault prevents a response.
    pub status: Option<u16>,
    /// The fault that was applied, if any.
    pub fault: Option<Fault>,
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if let Some(status) = self.status {
            write!(f, " {status}")?;
        }
        match self.fault.as_ref().map(Fault::name) {
            None => Ok(()),
            Some("status") => f.write_str(" (fault)"),
            Some(word) => write!(f, " {word} (fault)"),
        }
    }
}

/// Called for every response before it is sent, and for every fault that prevents one.
pub type Log = Arc<dyn Fn(&Exchange) + Send + Sync>;

/// A hook of tests, called before and after a request takes effect.
///
/// Both functions are called for all routes.
pub trait Hook: Send + Sync {
    /// Called before the request takes effect.
    fn before_commit(&self, _request: &Received) -> Then {
        Then::GoOn
    }

    /// Called after the request took effect durably (or was refused), and before the response is sent.
    fn after_commit(&self, _request: &Received) -> Then {
        Then::GoOn
    }
}

/// The result of a [`Hook`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Then {
    /// Go on as without the hook.
    GoOn,
    /// Send this response instead.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The JSON body.
        body: Value,
    },
}

impl Then {
    pub(super) fn answer(self) -> Option<Response> {
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
pub(super) struct ReceivedRequests(Mutex<VecDeque<Received>>);

impl ReceivedRequests {
    pub(super) fn all(&self) -> Vec<Received> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }

    pub(super) fn add(&self, received: Received) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == RECEIVED_LIMIT {
            kept.pop_front();
        }
        kept.push_back(received);
    }
}

/// How many requests the page shows.
const LATEST_LIMIT: usize = 100;

/// The latest requests with what became of them and when, in the order of their responses.
#[derive(Debug, Default)]
pub(super) struct LatestExchanges(Mutex<VecDeque<(Timestamp, Exchange)>>);

impl LatestExchanges {
    pub(super) fn all(&self) -> Vec<(Timestamp, Exchange)> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().cloned().collect()
    }

    pub(super) fn add(&self, exchange: Exchange) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == LATEST_LIMIT {
            kept.pop_front();
        }
        kept.push_back((Timestamp::now(), exchange));
    }
}
