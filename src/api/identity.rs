//! The id that the API gives a task, checked before it can enter a URL or the state.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::untrusted::UntrustedValue;

/// The id of a task, wire field `id.identity`: a UUID as far as is known.
///
/// Any 8 to 64 ASCII letters, digits and hyphens that begin with a letter or digit are taken, since the vendor does not
/// promise a UUID; nothing that could change the meaning of a URL, a file or a terminal is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Identity(String);

/// A text that is not the id of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is not the id of a task; an id is a UUID like 48a77bd7-8762-4e0f-a277-4ef77e36c41b, copy it whole")]
pub struct IdentityError;

impl Identity {
    /// The id as the API writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id in an answer, in any of the shapes seen: `{"id": {"identity": …}}`, `{"id": …}`, `{"identity": …}`.
    /// What holds a secret is none.
    pub(super) fn of(answer: UntrustedValue<'_>) -> Option<Self> {
        let id = answer.get("id");
        let candidates = [id.and_then(|id| id.get("identity")), id, answer.get("identity")];
        candidates.into_iter().flatten().find_map(|id| id.text()?.parse().ok())
    }
}

impl FromStr for Identity {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let fits = (8..=64).contains(&text.len())
            && !text.starts_with('-')
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdentityError)
        }
    }
}

impl TryFrom<String> for Identity {
    type Error = IdentityError;

    fn try_from(text: String) -> Result<Self, IdentityError> {
        text.parse()
    }
}

impl From<Identity> for String {
    fn from(identity: Identity) -> Self {
        identity.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
