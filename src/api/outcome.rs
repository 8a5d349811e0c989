//! What became of a request, by what is known and not by what is likely: the table that apply acts on.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use thiserror::Error;

use super::error::ApiError;
use super::token::TokenError;
use super::transport::{Answer, Body};
use super::untrusted::Untrusted;
use super::words;

/// What became of a request that changes something; `T` is what the API gave back for it.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// The API did it.
    Done(T),
    /// Nothing was sent.
    NotSent {
        /// Why not.
        reason: Unsent,
        /// Whether the same request may succeed if it is tried again as it is.
        retry: bool,
    },
    /// The API refused it (400, 402, 403, 404, 422, in its own words): nothing was done.
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The API's own words: at most 1,000 characters, one line.
        words: String,
        /// The wire fields that the API complains of, each with its words, at most 50.
        fields: Vec<(String, String)>,
    },
    /// The API did not take the token (401, in its own words), or there is none to send: nothing was done.
    Unauthorized {
        /// The API's own words, and why the token could not be renewed.
        words: String,
        /// Whether there is a new token for the next request.
        renewed: bool,
    },
    /// Too many requests (429, in the API's own words): nothing was done.
    TooMany {
        /// How long the API asks to wait, if it says so. The caller sets the limit.
        wait: Option<Duration>,
    },
    /// A refusal (400, 401, 402, 403, 404, 422, 429) that is not in the API's own words. Whether the API did it cannot be
    /// known; what the status asks for may be done all the same.
    Unbelieved {
        /// The HTTP status.
        status: u16,
        /// For a 429: how long to wait, if the answer says so.
        wait: Option<Duration>,
        /// For a 401: whether there is a new token for the next request.
        renewed: bool,
        /// What left it open.
        reason: Doubt,
    },
    /// Whether the API did it cannot be known. It must not be sent again unless it is harmless twice.
    Unknown {
        /// What left it open.
        reason: Doubt,
    },
}

/// Why a request was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unsent {
    /// Name lookup, TCP, a proxy's CONNECT or TLS failed.
    #[error(
        "could not connect to {origin}: {why}; nothing was sent. Check `api` and `login` in dialform.kdl and the network \
         (for a private certificate authority: --ca-file)"
    )]
    NotConnected {
        /// The base address of the service.
        origin: String,
        /// What the system says.
        why: String,
    },
    /// What the caller does before the first byte failed.
    #[error("nothing was sent, because {why}")]
    Held {
        /// The caller's own error.
        why: String,
    },
    /// There is no token to send.
    #[error("nothing was sent: {0}")]
    Token(TokenError),
    /// A stop was asked for before it could have taken effect.
    #[error("it was dropped, as a stop was asked for")]
    Interrupted,
    /// TLS could not be set up on this machine.
    #[error(
        "nothing was sent: TLS cannot be set up on this machine: {why}; install the system's certificate authorities \
         (often the package ca-certificates), or name a file of them with --ca-file"
    )]
    Setup {
        /// What the system says.
        why: String,
    },
}

/// What leaves open whether a request took effect.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Doubt {
    /// The connection broke after the request may have begun to leave.
    #[error("the connection broke before the API had answered ({why}), so the request may have taken effect")]
    Interrupted {
        /// What the system says.
        why: String,
    },
    /// No whole answer in time.
    #[error("the API did not answer within {within:?}, so the request may have taken effect")]
    NoAnswer {
        /// The time allowed.
        within: Duration,
    },
    /// A status that says neither that it was done nor that it was refused; redirects are among them.
    #[error("the API answered {status} ({words}), which does not say whether the request took effect")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The body's words, or the status in words where there are none.
        words: String,
    },
    /// A refusal that is no JSON object which says something: something between here and the API may have made it.
    #[error(
        "the answer {status} is not in the API's own words (JSON that says why), so something else may have answered for \
         it, and the request may have taken effect"
    )]
    NotTheApi {
        /// The HTTP status.
        status: u16,
    },
    /// The body broke off.
    #[error("the answer {status} broke off ({why}), so it cannot be relied on")]
    BrokenBody {
        /// The HTTP status.
        status: u16,
        /// What the system says.
        why: String,
    },
    /// The body is too long.
    #[error("the answer {status} is longer than {limit} bytes, which is not what the API sends")]
    LongBody {
        /// The HTTP status.
        status: u16,
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// A success whose body has no usable id.
    #[error("the API answered with success but without a usable task id, so a task may exist whose id is not known")]
    NoIdentity,
}

impl Doubt {
    /// The same of a request that changes nothing, which takes no effect.
    pub(super) fn of_reading(&self) -> String {
        match self {
            Self::Interrupted { why } => format!("the connection broke before the API had answered ({why})"),
            Self::NoAnswer { within } => format!("the API did not answer within {within:?}"),
            Self::Status { status, words } => format!("the API answered {status} ({words})"),
            Self::NotTheApi { status } => format!(
                "the answer {status} is not in the API's own words (JSON that says why), so something else may have \
                 answered for it"
            ),
            Self::BrokenBody { .. } | Self::LongBody { .. } | Self::NoIdentity => self.to_string(),
        }
    }
}

impl Unsent {
    /// Whether the same request may succeed if it is tried again as it is.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::NotConnected { .. } => true,
            Self::Token(error) => !error.is_final(),
            Self::Held { .. } | Self::Setup { .. } | Self::Interrupted => false,
        }
    }
}

impl<T> Outcome<T> {
    pub(super) fn not_sent(reason: Unsent) -> Self {
        Self::NotSent {
            retry: reason.may_pass(),
            reason,
        }
    }

    /// Looks closer at what came back with a success.
    pub(super) fn and_then<U>(self, look: impl FnOnce(T) -> Outcome<U>) -> Outcome<U> {
        match self {
            Self::Done(done) => look(done),
            Self::NotSent { reason, retry } => Outcome::NotSent { reason, retry },
            Self::Rejected { status, words, fields } => Outcome::Rejected { status, words, fields },
            Self::Unauthorized { words, renewed } => Outcome::Unauthorized { words, renewed },
            Self::TooMany { wait } => Outcome::TooMany { wait },
            Self::Unbelieved {
                status,
                wait,
                renewed,
                reason,
            } => Outcome::Unbelieved {
                status,
                wait,
                renewed,
                reason,
            },
            Self::Unknown { reason } => Outcome::Unknown { reason },
        }
    }

    /// What is known of a request that the API did not take the token for, now that there is a new one or none.
    pub(super) fn renewed(self, is_renewed: bool) -> Self {
        match self {
            Self::Unauthorized { words, .. } => Self::Unauthorized {
                words,
                renewed: is_renewed,
            },
            Self::Unbelieved {
                status, wait, reason, ..
            } => Self::Unbelieved {
                status,
                wait,
                renewed: is_renewed,
                reason,
            },
            other => other,
        }
    }

    /// Whether the API, or something in its place, did not take the token.
    pub(super) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Unauthorized { .. } | Self::Unbelieved { status: 401, .. })
    }

    /// For a method that only reads, where all that is not a success is an error.
    pub(super) fn into_read(self) -> Result<T, ApiError> {
        match self {
            Self::Done(done) => Ok(done),
            Self::NotSent { reason, .. } => Err(ApiError::NotSent(reason)),
            Self::Rejected { status, words, .. } => Err(ApiError::Rejected { status, words }),
            Self::Unauthorized { words, .. } => Err(ApiError::Unauthorized { words }),
            Self::TooMany { wait } => Err(ApiError::TooMany { wait }),
            // To read again does no harm, so here the status is enough.
            Self::Unbelieved {
                status: 401, reason, ..
            } => Err(ApiError::Unauthorized {
                words: reason.of_reading(),
            }),
            Self::Unbelieved { status: 429, wait, .. } => Err(ApiError::TooMany { wait }),
            Self::Unbelieved { reason, .. } | Self::Unknown { reason } => Err(ApiError::Unclear(reason)),
        }
    }
}

/// What came back with a success.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) body: Untrusted,
    /// The headers `Link`, which may lead to the next page of a list.
    pub(super) links: Vec<String>,
    /// The header `X-Total-Count`, which counts the items of a list.
    pub(super) total: Option<u64>,
}

/// The class of an answer; for a success, its content.
pub(super) fn classify(answer: Answer) -> Outcome<Content> {
    let status = answer.status.as_u16();
    match status {
        200..=299 => match answer.body {
            Body::Whole(body) => Outcome::Done(Content {
                body,
                links: answer.head.links(),
                total: answer.head.total(),
            }),
            Body::Broken(why) => Outcome::Unknown {
                reason: Doubt::BrokenBody { status, why },
            },
            Body::TooLong(limit) => Outcome::Unknown {
                reason: Doubt::LongBody { status, limit },
            },
        },
        400 | 401 | 402 | 403 | 404 | 422 | 429 => {
            let wait = answer.head.wait().filter(|_| status == 429);
            refusal(status, wait, answer.body)
        }
        _ => Outcome::Unknown {
            reason: Doubt::Status {
                status,
                words: status_words(answer.status, answer.body),
            },
        },
    }
}

/// A refusal counts only in the API's own words. A proxy or a firewall that answers in its place does so in HTML or not at
/// all, and may do so after it has let the request through.
fn refusal(status: u16, wait: Option<Duration>, body: Body) -> Outcome<Content> {
    let reason = match body {
        Body::Whole(body) => match serde_json::from_slice::<Value>(&body.redacted()) {
            Ok(value) if value.is_object() && says_something(&value) => {
                let words = words::of_value(&value);
                return match status {
                    401 => Outcome::Unauthorized { words, renewed: false },
                    429 => Outcome::TooMany { wait },
                    _ => Outcome::Rejected {
                        status,
                        words,
                        fields: words::fields(&value),
                    },
                };
            }
            _ => Doubt::NotTheApi { status },
        },
        Body::Broken(why) => Doubt::BrokenBody { status, why },
        Body::TooLong(limit) => Doubt::LongBody { status, limit },
    };
    Outcome::Unbelieved {
        status,
        wait,
        renewed: false,
        reason,
    }
}

/// Whether there is anything in it but empty texts, lists and objects.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(values) => values.iter().any(says_something),
        Value::Object(values) => values.values().any(says_something),
    }
}

fn status_words(status: StatusCode, body: Body) -> String {
    let said = match body {
        Body::Whole(body) => words::of_body(&body.redacted()),
        Body::Broken(_) | Body::TooLong(_) => String::new(),
    };
    if said.is_empty() {
        status.canonical_reason().unwrap_or("no words").to_owned()
    } else {
        said
    }
}
