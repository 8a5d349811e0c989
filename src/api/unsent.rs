//! Why there is no usable answer: the request was not sent, or its outcome is unknown.

use std::time::Duration;

use thiserror::Error;

use super::token_error::TokenError;

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

/// Why no answer came.
pub(super) enum SendError {
    /// The request never left.
    Unsent(Unsent),
    /// It may have left.
    Unclear(Doubt),
}
