//! Progress of an apply: the events that it emits.

use std::time::Duration;

use super::report::{Hint, Refusal, StopReason};
use crate::state::HandAction;

/// Something that happened, and is durable by then.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A create of an earlier run that was never sent, and is no longer wanted, was dropped.
    Withdrawn {
        /// The campaign's key.
        key: String,
    },
    /// A campaign's task has another key from now on.
    Moved {
        /// The old key.
        from: String,
        /// The new key.
        to: String,
    },
    /// The list of tasks is being read.
    ReadingList,
    /// The state is new, and the list holds tasks of campaigns that are not declared.
    Undeclared(Vec<Undeclared>),
    /// A task whose create had no known outcome was found by its marker.
    Adopted {
        /// The key of the create.
        key: String,
        /// The API's id of the task.
        identity: String,
    },
    /// The list does not show a task whose create has no known outcome.
    NotFound {
        /// The key of the create.
        key: String,
        /// Tasks of the same name.
        hints: Vec<Hint>,
    },
    /// A stop is about to be asked for.
    Halting {
        /// The campaign's key.
        key: String,
        /// The task.
        identity: String,
    },
    /// The API confirmed it.
    Halted {
        /// The campaign's key.
        key: String,
        /// The task.
        identity: String,
    },
    /// The stop was not confirmed.
    HaltFailed {
        /// The campaign's key.
        key: String,
        /// The task.
        identity: String,
        /// What came back.
        why: String,
    },
    /// A start or a pause by hand is about to be asked for.
    Asking {
        /// The campaign's key.
        key: String,
        /// The task.
        identity: String,
        /// Which of them.
        action: HandAction,
    },
    /// The API confirmed it.
    Asked {
        /// The campaign's key.
        key: String,
        /// The task.
        identity: String,
        /// Which of them.
        action: HandAction,
    },
    /// The task of a removed campaign is no longer in the state; it was left as it is.
    LetGo {
        /// The key that it had.
        key: String,
        /// The task.
        identity: String,
    },
    /// A create is about to be sent.
    Creating {
        /// The campaign's key.
        key: String,
    },
    /// A task exists, and is in the state.
    Created {
        /// The campaign's key.
        key: String,
        /// The API's id of the task.
        identity: String,
    },
    /// The API refused the create.
    Rejected {
        /// The campaign's key.
        key: String,
        /// Its words.
        refusal: Refusal,
    },
    /// A create could not be sent.
    NotSent {
        /// The campaign's key.
        key: String,
        /// Why.
        why: String,
    },
    /// Whether the task exists is not known.
    Unknown {
        /// The campaign's key.
        key: String,
        /// What came back instead of an answer.
        why: String,
    },
    /// Something is waited for.
    Waiting {
        /// How long at most.
        at_most: Duration,
        /// For what.
        why: String,
    },
    /// From here on nothing new is sent.
    Stopped(StopReason),
}

impl Event {
    /// The campaign that it is about; nothing where it is about the whole run.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Withdrawn { key }
            | Self::Moved { to: key, .. }
            | Self::Adopted { key, .. }
            | Self::NotFound { key, .. }
            | Self::Halting { key, .. }
            | Self::Halted { key, .. }
            | Self::HaltFailed { key, .. }
            | Self::Asking { key, .. }
            | Self::Asked { key, .. }
            | Self::LetGo { key, .. }
            | Self::Creating { key }
            | Self::Created { key, .. }
            | Self::Rejected { key, .. }
            | Self::NotSent { key, .. }
            | Self::Unknown { key, .. } => Some(key),
            Self::ReadingList | Self::Undeclared(_) | Self::Waiting { .. } | Self::Stopped(_) => None,
        }
    }
}

/// The tasks whose markers have one key, which no campaign has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undeclared {
    /// The key.
    pub key: String,
    /// The API's ids of the tasks.
    pub tasks: Vec<String>,
}

/// Receives events. It may be called from several threads, and must not block.
pub trait Progress: Send + Sync {
    /// Handles an event.
    fn event(&self, event: &Event);
}
