//! Applies a fault to a response.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::{Error, Json};
use http_body::{Frame, SizeHint};
use serde_json::json;
use tokio::time::{Sleep, sleep};

use super::{ErrorBody, Fault, FaultAction, Maiming, Replacement, Side};
use crate::sandbox::connection::{Connection, Stopped};

/// The delay between bytes of `drip`.
const DRIP: Duration = Duration::from_millis(200);
/// A response as of a proxy or a firewall.
const PAGE: &str = "<!doctype html>\n<title>Sign in</title>\n<h1>Sign in</h1>\n";
/// The size of a chunk of an endless response, in bytes.
const CHUNK: usize = 8 * 1024;

/// A response after faults.
#[derive(Debug)]
pub(in crate::sandbox) enum FaultedResponse {
    /// A response.
    Answer(Response),
    /// A connection reset.
    Reset,
    /// No response until the sandbox stops.
    Silence,
}

impl FaultedResponse {
    /// The HTTP status that the client sees, if it sees any.
    pub(in crate::sandbox) fn status(&self) -> Option<u16> {
        match self {
            Self::Answer(response) => Some(response.status().as_u16()),
            Self::Reset | Self::Silence => None,
        }
    }

    /// The response to hand to the server. Where there is to be none, the connection is closed beforehand, so that
    /// nothing of what is returned gets out.
    pub(in crate::sandbox) async fn into_response(self, connection: &Connection, stopped: Stopped) -> Response {
        match self {
            Self::Answer(response) => return response,
            Self::Reset => connection.reset(),
            Self::Silence => {
                stopped.await;
                connection.end();
            }
        }
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

impl Fault {
    /// How the exchange ends if the fault strikes before the request takes effect.
    pub(in crate::sandbox) fn before(&self, stopped: impl FnOnce() -> Stopped) -> Option<FaultedResponse> {
        self.replacement(Side::Before).map(|it| it.outcome(stopped))
    }

    /// How the exchange ends now that the request took effect and this would be the right answer.
    pub(in crate::sandbox) async fn after(
        &self,
        right: Response,
        connection: &Connection,
        stopped: impl FnOnce() -> Stopped,
    ) -> FaultedResponse {
        match &self.action {
            FaultAction::Replace(Side::After, replacement) => replacement.outcome(stopped),
            FaultAction::Maim(maiming) => {
                FaultedResponse::Answer(maiming.of(right, connection.clone(), stopped()).await)
            }
            FaultAction::Replace(Side::Before, _) | FaultAction::Distort(_) => FaultedResponse::Answer(right),
        }
    }
}

impl Replacement {
    fn outcome(&self, stopped: impl FnOnce() -> Stopped) -> FaultedResponse {
        let response = match self {
            Self::Reset => return FaultedResponse::Reset,
            Self::Hang => return FaultedResponse::Silence,
            Self::Status { code, said } => {
                let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                match said {
                    ErrorBody::Message => message(status),
                    ErrorBody::Empty => status.into_response(),
                    ErrorBody::Html => (status, Html(PAGE)).into_response(),
                    ErrorBody::Null => (status, Json(json!(null))).into_response(),
                }
            }
            Self::TooMany { seconds } => {
                let wait = [(header::RETRY_AFTER, seconds.to_string())];
                (wait, message(StatusCode::TOO_MANY_REQUESTS)).into_response()
            }
            Self::Redirect { url } => {
                let mut response = StatusCode::FOUND.into_response();
                if let Ok(url) = HeaderValue::from_str(url) {
                    response.headers_mut().insert(header::LOCATION, url);
                }
                response
            }
            Self::Wrong => Json(json!({ "ok": true })).into_response(),
            Self::Garbage => Html(PAGE).into_response(),
            Self::Endless => {
                let body = Spoilt::new(Manner::Endless { begun: false }, stopped());
                ([(header::CONTENT_TYPE, "application/json")], Body::new(body)).into_response()
            }
            Self::BadId => Json(json!({ "id": { "identity": "../halted?x=1" } })).into_response(),
        };
        FaultedResponse::Answer(response)
    }
}

/// An error response in the vendor's format.
fn message(status: StatusCode) -> Response {
    (
        status,
        Json(json!({ "message": format!("A fault on purpose: {status}") })),
    )
        .into_response()
}

impl Maiming {
    async fn of(self, right: Response, connection: Connection, stopped: Stopped) -> Response {
        let (parts, body) = right.into_parts();
        // The sandbox's own answers are whole in memory, so that reading one does not fail.
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let manner = match self {
            Self::Drip => Manner::Drip {
                next: Box::pin(sleep(DRIP)),
                left: body,
            },
            Self::Truncated => Manner::Truncated {
                length: body.len(),
                half: Some(body.slice(..body.len() / 2)),
                connection,
            },
        };
        Response::from_parts(parts, Body::new(Spoilt::new(manner, stopped)))
    }
}

/// A distorted body; it ends when the sandbox stops.
struct Spoilt {
    manner: Manner,
    stopped: Stopped,
}

enum Manner {
    Endless {
        begun: bool,
    },
    Drip {
        next: Pin<Box<Sleep>>,
        left: Bytes,
    },
    Truncated {
        length: usize,
        half: Option<Bytes>,
        connection: Connection,
    },
}

impl Spoilt {
    fn new(manner: Manner, stopped: Stopped) -> Self {
        Self { manner, stopped }
    }
}

impl HttpBody for Spoilt {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = self.get_mut();
        if this.stopped.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(Error::new("the sandbox is stopping"))));
        }
        let data = match &mut this.manner {
            Manner::Endless { begun: false } => {
                this.manner = Manner::Endless { begun: true };
                Bytes::from_static(br#"{"items":[{}"#)
            }
            Manner::Endless { begun: true } => Bytes::from(",{}".repeat(CHUNK / 3)),
            Manner::Drip { left, .. } if left.is_empty() => return Poll::Ready(None),
            Manner::Drip { next, left } => match next.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) => {
                    next.set(sleep(DRIP));
                    left.split_to(1)
                }
            },
            Manner::Truncated { half, connection, .. } => match half.take().filter(|half| !half.is_empty()) {
                Some(half) => half,
                None => {
                    // The server flushes whenever a body makes it wait, and after that the connection ends.
                    connection.end_when_flushed();
                    return Poll::Pending;
                }
            },
        };
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn size_hint(&self) -> SizeHint {
        let length = match &self.manner {
            Manner::Endless { .. } => return SizeHint::default(),
            Manner::Drip { left, .. } => left.len(),
            Manner::Truncated { length, .. } => *length,
        };
        SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
    }
}
