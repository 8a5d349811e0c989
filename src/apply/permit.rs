//! Decides, alone, whether an open create may be sent, and on what evidence. A create whose task exists already would call
//! its people a second time.
//!
//! | the create | evidence |
//! | --- | --- |
//! | written by this run, and nothing of it has left | none is needed |
//! | of an earlier run, or of a copy of the state elsewhere | its marker is not in a list that this run has read |
//! | sent before, and refused (429, 401) | its marker is not in a list that was read after the refusal, and a marker of ours is |

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use crate::state::{How, Intent, Record, Stage};

use super::event::Event;
use super::reading::{ListReading, Readings};
use super::report::{ActionResult, Hint, StopReason, UnknownReason};
use super::run::ApplyRun;

/// The right to send one open create once. Nothing but [`permit`] makes one, and nothing is sent without.
#[derive(Debug)]
pub(super) struct Permit(Uuid);

impl Permit {
    /// The create that may be sent.
    pub(super) fn intent(&self) -> Uuid {
        self.0
    }
}

/// What this run knows of its creates that the state does not, and the readings of the list.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) readings: Readings,
    /// The creates that this run has written or has seen refused, with the number of readings begun by then.
    known: Mutex<BTreeMap<Uuid, u64>>,
}

impl Evidence {
    /// This run has written the create.
    pub(super) fn written(&self, intent: Uuid) {
        self.known().insert(intent, 0);
    }

    /// The create was sent and refused: what was read before says nothing of it.
    pub(super) fn refused(&self, intent: Uuid) {
        let begun = self.readings.begun();
        self.known().insert(intent, begun);
    }

    /// The creates that this run has written, or has seen refused.
    pub(super) fn own(&self) -> Vec<Uuid> {
        self.known().keys().copied().collect()
    }

    fn of(&self, intent: Uuid) -> Option<u64> {
        self.known().get(&intent).copied()
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Uuid, u64>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the right to send a create, looking for its marker first where that is needed; otherwise its result.
pub(super) async fn permit(run: &ApplyRun, id: Uuid) -> Result<Permit, ActionResult> {
    let intent = run.journal.read(|state| state.intents.get(&id).cloned());
    let Some(intent) = intent.filter(|intent| !intent.is_in_doubt()) else {
        return Err(ActionResult::NotReached);
    };
    let known = run.evidence.of(id);
    if known.is_some() && !intent.may_have_left() {
        return Ok(Permit(id));
    }
    let readings = &run.evidence.readings;
    let reading = readings
        .after(run, known.unwrap_or(0), |why| StopReason::Look { why })
        .await;
    let Some(reading) = reading else {
        return Err(ActionResult::NotReached);
    };
    match look_for(run, &reading, &intent).await {
        Looked::Adopted { identity } => {
            let is_current = true;
            Err(ActionResult::Adopted { identity, is_current })
        }
        Looked::NotRecorded => Err(ActionResult::NotReached),
        Looked::Twins { tasks } => {
            let key = intent.key;
            Err(ActionResult::Unknown(UnknownReason::Twins { key, tasks }))
        }
        Looked::Nowhere { is_proof: true } => Ok(Permit(id)),
        Looked::Nowhere { is_proof: false } => Err(ActionResult::Unknown(not_found(run, &reading, &intent))),
    }
}

/// What a reading shows of an open create.
#[derive(Debug)]
pub(super) enum Looked {
    /// One task carries its marker, and is the campaign's in the state now.
    Adopted {
        /// The API's id of it.
        identity: String,
    },
    /// The same, but the journal did not take it.
    NotRecorded,
    /// Several do.
    Twins {
        /// Their ids.
        tasks: Vec<String>,
    },
    /// None does.
    Nowhere {
        /// Whether that is enough to send it, or to drop it.
        is_proof: bool,
    },
}

/// Looks for an open create by its marker, and records what is found.
pub(super) async fn look_for(run: &ApplyRun, reading: &ListReading, intent: &Intent) -> Looked {
    let mut tasks: Vec<String> = reading
        .carrying(&intent.marker)
        .map(|task| task.identity.to_string())
        .collect();
    let key = intent.key.clone();
    let Some(identity) = tasks.pop() else {
        let is_proof = || !intent.may_have_left() || run.journal.read(|state| reading.shows_ours(state));
        return Looked::Nowhere {
            is_proof: !intent.is_in_doubt() && is_proof(),
        };
    };
    if !tasks.is_empty() {
        tasks.push(identity);
        run.stop_for(StopReason::Twins {
            key,
            tasks: tasks.clone(),
        });
        return Looked::Twins { tasks };
    }
    let record = Record::Created {
        intent: intent.id,
        identity: identity.clone(),
        at: Timestamp::now(),
        how: How::Adopted,
    };
    if !run.record(record).await {
        return Looked::NotRecorded;
    }
    run.emit(Event::Adopted {
        key,
        identity: identity.clone(),
    });
    Looked::Adopted { identity }
}

/// Tells that a create is not in the list, which proves nothing here.
pub(super) fn not_found(run: &ApplyRun, reading: &ListReading, intent: &Intent) -> UnknownReason {
    let (key, why, hints) = (intent.key.clone(), why(intent), hints(reading, intent));
    run.emit(Event::NotFound {
        key: key.clone(),
        hints: hints.clone(),
    });
    UnknownReason::NotFound { key, why, hints }
}

/// What came back instead of an answer.
pub(super) fn why(intent: &Intent) -> String {
    match &intent.stage {
        Stage::Unknown { reason } => reason.clone(),
        Stage::Sending => "the run was stopped while it was being sent".to_owned(),
        Stage::Recorded => "it was refused for a time (429 or 401), and such an answer may be wrong".to_owned(),
    }
}

/// Tasks of the same name: for a person to look at, never to be adopted for it.
fn hints(reading: &ListReading, intent: &Intent) -> Vec<Hint> {
    let name = intent.body.name();
    let same = reading
        .tasks
        .iter()
        .filter(|task| name.is_some() && task.name.as_deref() == name.as_deref());
    same.map(|task| Hint {
        identity: task.identity.to_string(),
        status: task.status.clone(),
    })
    .collect()
}
