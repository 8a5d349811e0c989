//! The outcome of a request, by what is known and not by what is likely; apply acts on it.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::answer::{Answer, AnswerBody};
use super::error::ApiError;
use super::unsent::{Doubt, Unsent};
use super::untrusted::Untrusted;
use super::words;

/// The outcome of a request that changes something; `T` is what the API returned.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiOutcome<T> {
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

impl<T> ApiOutcome<T> {
    pub(super) fn not_sent(reason: Unsent) -> Self {
        Self::NotSent {
            retry: reason.may_pass(),
            reason,
        }
    }

    /// Looks closer at what came back with a success.
    pub(super) fn and_then<U>(self, look: impl FnOnce(T) -> ApiOutcome<U>) -> ApiOutcome<U> {
        match self {
            Self::Done(done) => look(done),
            Self::NotSent { reason, retry } => ApiOutcome::NotSent { reason, retry },
            Self::Rejected { status, words, fields } => ApiOutcome::Rejected { status, words, fields },
            Self::Unauthorized { words, renewed } => ApiOutcome::Unauthorized { words, renewed },
            Self::TooMany { wait } => ApiOutcome::TooMany { wait },
            Self::Unbelieved {
                status,
                wait,
                renewed,
                reason,
            } => ApiOutcome::Unbelieved {
                status,
                wait,
                renewed,
                reason,
            },
            Self::Unknown { reason } => ApiOutcome::Unknown { reason },
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
pub(super) struct AnswerContent {
    pub(super) body: Untrusted,
    /// The headers `Link`, which may lead to the next page of a list.
    pub(super) links: Vec<String>,
    /// The header `X-Total-Count`, which counts the items of a list.
    pub(super) total: Option<u64>,
}

/// The class of an answer; for a success, its content.
pub(super) fn classify(answer: Answer) -> ApiOutcome<AnswerContent> {
    let status = answer.status.as_u16();
    match status {
        200..=299 => match answer.body {
            AnswerBody::Whole(body) => ApiOutcome::Done(AnswerContent {
                body,
                links: answer.head.links(),
                total: answer.head.total(),
            }),
            AnswerBody::Broken(why) => ApiOutcome::Unknown {
                reason: Doubt::BrokenBody { status, why },
            },
            AnswerBody::TooLong(limit) => ApiOutcome::Unknown {
                reason: Doubt::LongBody { status, limit },
            },
        },
        400 | 401 | 402 | 403 | 404 | 422 | 429 => {
            let wait = answer.head.wait().filter(|_| status == 429);
            refusal(status, wait, answer.body)
        }
        _ => ApiOutcome::Unknown {
            reason: Doubt::Status {
                status,
                words: status_words(answer.status, answer.body),
            },
        },
    }
}

/// A refusal counts only in the API's own words. A proxy or a firewall that answers in its place does so in HTML or not at
/// all, and may do so after it has let the request through.
fn refusal(status: u16, wait: Option<Duration>, body: AnswerBody) -> ApiOutcome<AnswerContent> {
    let reason = match body {
        AnswerBody::Whole(body) => match serde_json::from_slice::<Value>(&body.redacted()) {
            Ok(value) if value.is_object() && says_something(&value) => {
                let words = words::of_value(&value);
                return match status {
                    401 => ApiOutcome::Unauthorized { words, renewed: false },
                    429 => ApiOutcome::TooMany { wait },
                    _ => ApiOutcome::Rejected {
                        status,
                        words,
                        fields: words::fields(&value),
                    },
                };
            }
            _ => Doubt::NotTheApi { status },
        },
        AnswerBody::Broken(why) => Doubt::BrokenBody { status, why },
        AnswerBody::TooLong(limit) => Doubt::LongBody { status, limit },
    };
    ApiOutcome::Unbelieved {
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

fn status_words(status: StatusCode, body: AnswerBody) -> String {
    let said = match body {
        AnswerBody::Whole(body) => words::of_body(&body.redacted()),
        AnswerBody::Broken(_) | AnswerBody::TooLong(_) => String::new(),
    };
    if said.is_empty() {
        status.canonical_reason().unwrap_or("no words").to_owned()
    } else {
        said
    }
}
