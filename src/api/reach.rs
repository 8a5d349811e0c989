//! Whether a service can be reached at all: one request without credentials, whose answer may be anything.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use thiserror::Error;

use super::answer::Answer;
use super::error::ApiError;
use super::gate::no_hook;
use super::redact::Redactor;
use super::transport::{ApiRequest, Timeouts, Transport};
use super::unsent::{Doubt, SendError, Unsent};
use crate::fields::base_url::BaseUrl;
use crate::util::interrupt::Interrupt;

/// The services that an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// The calls service (cis), the project's `api`.
    Calls,
    /// The login service (iam), the project's `login`.
    Login,
}

impl Service {
    /// The method that is in use, so that what lies between (a proxy, a firewall) is asked about the same address.
    const fn segments(self) -> [&'static str; 2] {
        match self {
            Self::Calls => ["telephony", "autoCall"],
            Self::Login => ["auth", "login"],
        }
    }
}

/// An answer, whatever it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The HTTP status; 401 and 405 are to be expected.
    pub status: u16,
    /// From the beginning of the connection to the end of the answer.
    pub took: Duration,
    /// The server's clock, header `Date`, in whole seconds.
    pub date: Option<Timestamp>,
    /// This machine's clock when the answer was there.
    pub at: Timestamp,
}

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unreached {
    /// The file of certificate authorities is of no use.
    #[error(transparent)]
    Authorities(ApiError),
    /// Name lookup, TCP, a proxy's CONNECT or TLS failed.
    #[error("no connection came about: {why}")]
    NotConnected {
        /// What the system says.
        why: String,
    },
    /// TLS could not be set up on this machine.
    #[error("TLS cannot be set up on this machine: {why}")]
    Setup {
        /// What the system says.
        why: String,
    },
    /// The connection broke.
    #[error("the connection broke before an answer came: {why}")]
    Interrupted {
        /// What the system says.
        why: String,
    },
    /// No answer in time.
    #[error("no answer came within {within:?}")]
    NoAnswer {
        /// The time allowed.
        within: Duration,
    },
}

/// Asks a service for anything, with a GET that holds no credentials and so changes nothing.
///
/// # Errors
///
/// [`Unreached`] where no answer came. Any answer counts as one.
pub async fn reach(
    service: Service,
    origin: &BaseUrl,
    ca_file: Option<&Path>,
    timeouts: Timeouts,
) -> Result<Reached, Unreached> {
    // No credentials are sent, so none can come back.
    let redactor = Arc::new(Redactor::default());
    let transport = Transport::new(ca_file, timeouts, redactor).map_err(Unreached::Authorities)?;
    let began = Instant::now();
    let request = ApiRequest::get(origin.method(&service.segments()));
    let sent = transport.send(origin, request, no_hook(), &Interrupt::never()).await;
    let answer: Answer = sent.map_err(unreached)?;
    Ok(Reached {
        status: answer.status.as_u16(),
        took: began.elapsed(),
        date: answer.head.date(),
        at: Timestamp::now(),
    })
}

/// The same failure without what is said of requests that change something.
fn unreached(failed: SendError) -> Unreached {
    match failed {
        SendError::Unsent(Unsent::NotConnected { why, .. }) => Unreached::NotConnected { why },
        SendError::Unsent(Unsent::Setup { why }) => Unreached::Setup { why },
        SendError::Unsent(reason) => Unreached::NotConnected {
            why: reason.to_string(),
        },
        SendError::Unclear(Doubt::NoAnswer { within }) => Unreached::NoAnswer { within },
        SendError::Unclear(Doubt::Interrupted { why }) => Unreached::Interrupted { why },
        SendError::Unclear(reason) => Unreached::Interrupted {
            why: reason.to_string(),
        },
    }
}
