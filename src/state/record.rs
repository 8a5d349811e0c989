//! One fact about one campaign, as the journal keeps it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::binding::Binding;
use super::model::{HandAction, Intent, Task};
use super::seen::{SeenMarker, SeenTask};
use crate::fields::types::Marker;

/// The most characters of a `reason` that the journal keeps, so that every outcome fits into the room reserved for it.
const REASON_CHARS: usize = 1000;

/// How a task's identity was learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// The API answered the create with it.
    Answered,
    /// The task was found at the API by its marker, or named by a person.
    Adopted,
}

/// One fact. [`State::apply`](super::State::apply) says what each does to the state, and when it is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Record {
    /// A create was decided on; nothing has left.
    Intent(Intent),
    /// The next thing that happens is the first byte of the request.
    Sending {
        /// The intent's id.
        intent: Uuid,
    },
    /// What was recorded as sending had no effect: the connection was never made, or the API refused in a way after
    /// which the same intent may be sent again (401, 429).
    NotSent {
        /// The intent's id.
        intent: Uuid,
        /// Whether not even the first byte left; otherwise the request was refused, and a refusal may be wrong.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        nothing_left: bool,
    },
    /// The task exists.
    Created {
        /// The intent's id.
        intent: Uuid,
        /// The API's id of the task (`id.identity`).
        identity: String,
        /// When that was learnt.
        at: Timestamp,
        /// How that was learnt.
        how: How,
    },
    /// The API refused the create, for good.
    Rejected {
        /// The intent's id.
        intent: Uuid,
        /// The HTTP status.
        status: u16,
        /// The API's words; at most 1,000 characters are kept.
        reason: String,
    },
    /// What came back says neither yes nor no.
    Unknown {
        /// The intent's id.
        intent: Uuid,
        /// What came back instead of an answer; at most 1,000 characters are kept.
        reason: String,
    },
    /// A person said to create anew (`resolve KEY --recreate`): the intent is closed as lost, its marker kept.
    Abandoned {
        /// The intent's id.
        intent: Uuid,
        /// When.
        at: Timestamp,
    },
    /// A create that was provably never sent is no longer wanted.
    Withdrawn {
        /// The intent's id.
        intent: Uuid,
    },
    /// A stop (`/halted`) is about to be sent.
    Halting {
        /// The campaign's key.
        key: String,
        /// The task to be stopped.
        identity: String,
        /// When.
        at: Timestamp,
        /// The fingerprint of the body that a new task is to be created with; absent where none is to take its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replacing: Option<String>,
    },
    /// The API confirmed the stop.
    Halted {
        /// The campaign's key.
        key: String,
        /// The task that was stopped.
        identity: String,
        /// When.
        at: Timestamp,
    },
    /// The stop was refused, or nothing says that it worked; the task counts as running.
    HaltFailed {
        /// The campaign's key.
        key: String,
        /// The task that was to be stopped.
        identity: String,
        /// What came back; at most 1,000 characters are kept.
        reason: String,
        /// Whether it may have been stopped all the same.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unknown: bool,
    },
    /// `state accept`: the task counts as what the files say, though it was created with something else. Nothing is sent.
    Accepted {
        /// The campaign's key.
        key: String,
        /// The task.
        identity: String,
        /// The fingerprint of the body that the files ask for.
        fingerprint: String,
        /// When.
        at: Timestamp,
    },
    /// A start or a pause by hand is about to be sent (`dialform start`, `dialform pause`).
    Acting {
        /// The key that the task has, or had.
        key: String,
        /// The task.
        identity: String,
        /// What is asked for.
        action: HandAction,
        /// When.
        at: Timestamp,
    },
    /// The API confirmed it.
    Acted {
        /// The key that the task has, or had.
        key: String,
        /// The task.
        identity: String,
        /// What was asked for.
        action: HandAction,
        /// When.
        at: Timestamp,
    },
    /// It was refused, never sent, or nothing says what became of it.
    ActionFailed {
        /// The key that the task has, or had.
        key: String,
        /// The task.
        identity: String,
        /// What was asked for.
        action: HandAction,
        /// When.
        at: Timestamp,
        /// What came back; at most 1,000 characters are kept.
        reason: String,
        /// Whether it may have been done all the same.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unknown: bool,
    },
    /// A campaign was renamed (`moved`, `state mv`).
    Moved {
        /// The key until now.
        from: String,
        /// The key from now on.
        to: String,
    },
    /// `state rm`, or `removed` in the files: the task is removed from the state, and its key blocked until `--create KEY`.
    Removed {
        /// The campaign's key.
        key: String,
        /// When.
        at: Timestamp,
    },
    /// `--create KEY`: tombstones no longer block this key.
    ClearedTombstone {
        /// The campaign's key.
        key: String,
    },
    /// A task that the state did not know is now this campaign's (`resolve KEY --adopt ID` after a lost state).
    Adopted {
        /// The campaign's key.
        key: String,
        /// The task.
        task: Task,
    },
    /// A person said what the state is bound to from now on (`--accept-binding`), or it had not been said before.
    Bound {
        /// What to.
        binding: Binding,
    },
    /// A marker at the API that the state did not know was looked at by a person and is to be left alone
    /// (`resolve KEY --recreate` after a lost state).
    Disowned {
        /// The campaign's key.
        key: String,
        /// The marker.
        marker: Marker,
        /// The API's id of the task that carries it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// What the service's list showed: only what is not known already, so that looking often writes little.
    Seen {
        /// The campaigns' tasks, by their ids.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        tasks: BTreeMap<String, SeenTask>,
        /// All markers that the state does not know; absent where they are as they were.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        foreign: Option<Vec<SeenMarker>>,
    },
}

impl Record {
    /// Whether this tells what became of a request. Losing one leaves a task nobody knows of, so an outcome that the
    /// journal cannot take goes to the spill file.
    pub fn is_outcome(&self) -> bool {
        match self {
            Self::NotSent { .. }
            | Self::Created { .. }
            | Self::Rejected { .. }
            | Self::Unknown { .. }
            | Self::Halted { .. }
            | Self::HaltFailed { .. }
            | Self::Acted { .. }
            | Self::ActionFailed { .. } => true,
            Self::Intent(_)
            | Self::Sending { .. }
            | Self::Abandoned { .. }
            | Self::Withdrawn { .. }
            | Self::Halting { .. }
            | Self::Accepted { .. }
            | Self::Acting { .. }
            | Self::Moved { .. }
            | Self::Removed { .. }
            | Self::ClearedTombstone { .. }
            | Self::Adopted { .. }
            | Self::Bound { .. }
            | Self::Disowned { .. }
            | Self::Seen { .. } => false,
        }
    }

    /// Whether this only tells what was seen: a plan that was saved before it is as good after it.
    pub(super) fn is_sighting(&self) -> bool {
        matches!(self, Self::Seen { .. })
    }

    /// Whether an outcome is to follow, for which room has to be reserved first.
    pub(super) fn awaits_outcome(&self) -> bool {
        matches!(self, Self::Intent(_) | Self::Halting { .. } | Self::Acting { .. })
    }

    /// The same fact with its reason cut to what the journal keeps.
    pub(super) fn clipped(mut self) -> Self {
        if let Self::Rejected { reason, .. }
        | Self::Unknown { reason, .. }
        | Self::HaltFailed { reason, .. }
        | Self::ActionFailed { reason, .. } = &mut self
            && let Some((at, _)) = reason.char_indices().nth(REASON_CHARS)
        {
            reason.truncate(at);
            reason.push('…');
        }
        self
    }
}
