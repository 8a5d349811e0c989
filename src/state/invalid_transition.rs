//! Why a record cannot be applied to the state.

use thiserror::Error;
use uuid::Uuid;

use crate::util::hint::StateCommand;

/// Why a record cannot be applied to the state. Nothing has been changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidTransition {
    /// The record names an intent that is closed or never was.
    #[error("no create with the intent {intent} is open")]
    NoIntent {
        /// The intent's id.
        intent: Uuid,
    },
    /// The record names a campaign that has no task.
    #[error("the campaign `{key}` has no task in the state")]
    NoTask {
        /// The campaign's key.
        key: String,
    },
    /// The record names another task than the campaign's.
    #[error("the task of the campaign `{key}` is {held}, not {named}")]
    OtherTask {
        /// The campaign's key.
        key: String,
        /// The identity in the state.
        held: String,
        /// The identity in the record.
        named: String,
    },
    /// A second create while the first has no outcome.
    #[error("a create of the campaign `{key}` is still open; resolve it first with {}", StateCommand(&["resolve", key]))]
    IntentOpen {
        /// The campaign's key.
        key: String,
    },
    /// The campaign has a task, and the record would put a second beside it.
    #[error("the campaign `{key}` already has the task {identity}")]
    TaskExists {
        /// The campaign's key.
        key: String,
        /// The identity in the state.
        identity: String,
    },
    /// A replacement whose old task is not known to have stopped.
    #[error("the task {identity} of the campaign `{key}` is not confirmed as stopped, so nothing may replace it yet")]
    StillRunning {
        /// The campaign's key.
        key: String,
        /// The identity in the state.
        identity: String,
    },
    /// The key is blocked since `state rm`.
    #[error(
        "the task of the campaign `{key}` was removed from the state; `--create {key}` says that a new one is meant"
    )]
    Blocked {
        /// The campaign's key.
        key: String,
    },
    /// Nothing blocks the key.
    #[error("nothing blocks the campaign `{key}`")]
    NotBlocked {
        /// The campaign's key.
        key: String,
    },
    /// The record does not follow from how far the intent got.
    #[error("the create of the campaign `{key}` is {stage}, and `{record}` cannot follow that")]
    WrongStage {
        /// The campaign's key.
        key: String,
        /// How far it got.
        stage: &'static str,
        /// What was to be recorded.
        record: &'static str,
    },
    /// Two campaigns would hold one task.
    #[error("the task {identity} already belongs to the campaign `{key}`")]
    IdentityTaken {
        /// The API's id of the task.
        identity: String,
        /// The campaign that holds it.
        key: String,
    },
    /// An identity that cannot be one.
    #[error("the identity of the campaign `{key}` is empty")]
    EmptyIdentity {
        /// The campaign's key.
        key: String,
    },
}
