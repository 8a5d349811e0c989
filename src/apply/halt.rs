//! Stops one task for good: the intent is durable before the request, the outcome after it.

use jiff::Timestamp;

use crate::api::{Identity, TaskAction};
use crate::state::Record;

use super::action::{Unconfirmed, ask};
use super::event::Event;
use super::report::ActionResult;
use super::run::ApplyRun;

/// Why a task is not known to be stopped.
pub(super) enum NotHalted {
    /// The run ended before it came to this, or the journal took no record.
    NotReached,
    /// The state's id of the task is none.
    NoIdentity(String),
    /// The stop was not confirmed.
    Unconfirmed(Unconfirmed),
    /// The stop was confirmed, and the journal did not take that.
    NotRecorded,
}

/// Why the outcome counts as unknown of a request that was carried out, where the journal did not take that.
pub(super) const NOT_RECORDED: &str =
    "the API confirmed it, but the state could not take that down; what was said above tells where the record is kept";

impl NotHalted {
    /// The result of an action that needs the task to be stopped; `failed` says what was not done for it.
    pub(super) fn result(self, failed: impl FnOnce(&str) -> String) -> ActionResult {
        match self {
            Self::NotReached | Self::Unconfirmed(Unconfirmed::Interrupted) => ActionResult::NotReached,
            Self::NoIdentity(why) => ActionResult::Failed { why },
            Self::NotRecorded => ActionResult::Failed {
                why: failed(NOT_RECORDED),
            },
            Self::Unconfirmed(unconfirmed) => ActionResult::Failed {
                why: failed(&unconfirmed.why()),
            },
        }
    }
}

/// Stops a task of the state, be it a campaign's or one that was removed, and waits for the confirmation. `replacing` is the
/// fingerprint of the body that is created in its place, where one is.
pub(super) async fn halt(run: &ApplyRun, key: &str, identity: &str, replacing: Option<&str>) -> Result<(), NotHalted> {
    let client = run.client().ok_or(NotHalted::NotReached)?;
    let task: Identity = identity
        .parse()
        .map_err(|error| NotHalted::NoIdentity(format!("the state has `{identity}` as its task, but {error}")))?;
    let (key, identity) = (key.to_owned(), identity.to_owned());
    let halting = Record::Halting {
        key: key.clone(),
        identity: identity.clone(),
        at: Timestamp::now(),
        replacing: replacing.map(str::to_owned),
    };
    if !run.record(halting).await {
        return Err(NotHalted::NotReached);
    }
    run.emit(Event::Halting {
        key: key.clone(),
        identity: identity.clone(),
    });
    match ask(run, client, &key, &task, TaskAction::Halt).await {
        Ok(()) => {
            let halted = Record::Halted {
                key: key.clone(),
                identity: identity.clone(),
                at: Timestamp::now(),
            };
            if !run.record(halted).await {
                return Err(NotHalted::NotRecorded);
            }
            run.emit(Event::Halted { key, identity });
            Ok(())
        }
        Err(unconfirmed) => {
            let why = unconfirmed.why();
            let failed = Record::HaltFailed {
                key: key.clone(),
                identity: identity.clone(),
                reason: why.clone(),
                unknown: matches!(unconfirmed, Unconfirmed::Unknown(_)),
            };
            run.record(failed).await;
            if unconfirmed != Unconfirmed::Interrupted {
                run.emit(Event::HaltFailed { key, identity, why });
            }
            Err(NotHalted::Unconfirmed(unconfirmed))
        }
    }
}
