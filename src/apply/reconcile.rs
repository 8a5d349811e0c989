//! What the list of tasks tells: markers that the state does not know, and what became of creates without an outcome.
//!
//! Absence is no proof: a list may lag, and may leave things out. So a marker that is found settles a create, and one
//! that is not leaves it unknown.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use uuid::Uuid;

use crate::api::{ApiError, Client, Identity, ListedTask};
use crate::desired::Configuration;
use crate::failpoint::{Bug, planted};
use crate::plan::{Kind, Plan};
use crate::state::{How, Intent, Marker, Record, Stage, State};

use super::event::Event;
use super::patience::growing;
use super::report::{Doubtful, End, Hint, Settled, Stop};
use super::run::{RETRIES, Run};

/// For how many seconds after a create it is worth waiting for a list that lags. An older one that the list does not
/// show will not be shown by waiting.
const LAG: i64 = 120;

/// What the list told.
#[derive(Debug, Default)]
pub(super) struct Reconciled {
    /// Declared keys whose marker is on tasks that the state does not know, with those tasks.
    pub(super) foreign: BTreeMap<String, Vec<String>>,
    /// Creates that were found, by their intents: key, fingerprint and task.
    adopted: BTreeMap<Uuid, Adoption>,
    /// Creates that remain in doubt.
    doubts: BTreeMap<Uuid, Doubtful>,
}

#[derive(Debug)]
struct Adoption {
    key: String,
    fingerprint: String,
    identity: String,
}

/// Reads the list before a run's first create. Where it cannot be read, nothing is sent.
pub(super) async fn before(run: &Run, configuration: &Configuration) -> Reconciled {
    let mut reconciled = Reconciled::default();
    let Some(client) = run.client() else {
        return reconciled;
    };
    let Some(list) = scan(run, client).await else {
        return reconciled;
    };
    for Foreign { key, marker: _, task } in run.journal.read(|state| foreign(&list, state, configuration)) {
        reconciled.foreign.entry(key).or_default().push(task.to_string());
    }
    let is_fresh = |intent: &Intent| Timestamp::now().as_second().saturating_sub(intent.at.as_second()) < LAG;
    settle(run, client, list, &mut reconciled, is_fresh).await;
    reconciled
}

/// Looks for the creates of this very run whose outcome is not known.
pub(super) async fn after(run: &Run, reconciled: &mut Reconciled) {
    // A journal that fails cannot take what would be found, and a person who asked to stop does not wait.
    if matches!(run.stop(), Some(Stop::Journal { .. } | Stop::Interrupted)) {
        return;
    }
    let in_doubt = run
        .journal
        .read(|state| in_doubt(state).any(|intent| !reconciled.doubts.contains_key(&intent.id)));
    let Some(client) = run.client().filter(|_| in_doubt) else {
        return;
    };
    if let Ok(list) = scan_once(run, client).await {
        settle(run, client, list, reconciled, |_| true).await;
    }
}

/// Puts what was learnt in the place of what was thought, and adds the creates of earlier runs.
pub(super) fn put_in(
    run: &Run,
    plan: &Plan,
    configuration: &Configuration,
    reconciled: &Reconciled,
    settled: &mut Vec<Settled>,
) {
    for action in plan.actions.iter().filter(|action| action.kind == Kind::Unknown) {
        let end = ending(run, configuration, reconciled, &action.key).unwrap_or(End::NotReached);
        settled.push(Settled::new(action, end));
    }
    for settled in settled.iter_mut() {
        let is_open = matches!(settled.end, End::Unknown(Doubtful::NotLookedFor { .. }));
        if let (true, Some(end)) = (is_open, ending(run, configuration, reconciled, &settled.key)) {
            settled.end = end;
        }
    }
}

/// What became of the create behind a campaign, be it under this key or under one that has moved to it.
fn ending(run: &Run, configuration: &Configuration, reconciled: &Reconciled, key: &str) -> Option<End> {
    let is_of = |held: &str| held == key || configuration.moved_to(held) == key;
    if let Some(adoption) = reconciled.adopted.values().find(|adoption| is_of(&adoption.key)) {
        let desired = configuration.campaign(key);
        let is_current =
            adoption.key == key && desired.is_none_or(|desired| desired.fingerprint == adoption.fingerprint);
        let identity = adoption.identity.clone();
        return Some(End::Adopted { identity, is_current });
    }
    run.journal.read(|state| {
        let intent = in_doubt(state).find(|intent| is_of(&intent.key))?;
        let doubt = reconciled.doubts.get(&intent.id).cloned();
        let not_looked_for = || Doubtful::NotLookedFor {
            key: intent.key.clone(),
            why: why(intent),
        };
        Some(End::Unknown(doubt.unwrap_or_else(not_looked_for)))
    })
}

fn in_doubt(state: &State) -> impl Iterator<Item = &Intent> {
    state.intents.values().filter(|intent| intent.may_have_left())
}

/// Reads the list, patiently; where it cannot be had, the run is stopped.
async fn scan(run: &Run, client: &Client) -> Option<Vec<ListedTask>> {
    for number in 0.. {
        if !run.may_send() {
            return None;
        }
        let (error, wait) = match scan_once(run, client).await {
            Ok(list) => return Some(list),
            Err(error @ ApiError::TooMany { wait }) => (error, wait.unwrap_or_else(|| growing(number))),
            Err(error) => (error, growing(number)),
        };
        // A refusal stays one; all else may pass.
        // The wait that follows would end at once, and what is wrong with the list is not worth a word.
        if run.interrupt().is_raised() {
            run.stop_for(Stop::Interrupted);
            return None;
        }
        let is_final = match &error {
            ApiError::CaFile { .. }
            | ApiError::Rejected { .. }
            | ApiError::Unauthorized { .. }
            | ApiError::ListShape { .. } => true,
            ApiError::NotSent(reason) => !reason.may_pass(),
            _ => false,
        };
        let why = error.to_string();
        if is_final || number >= RETRIES || !run.wait(wait, why.clone()).await {
            run.stop_for(Stop::List { why });
            return None;
        }
    }
    None
}

async fn scan_once(run: &Run, client: &Client) -> Result<Vec<ListedTask>, ApiError> {
    run.tell(Event::ReadingList);
    client.scan().await
}

/// A marker on a task at the API that the state has never put on anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The key that the campaign of the marker has now.
    pub key: String,
    /// The marker.
    pub marker: Marker,
    /// The task that carries it.
    pub task: Identity,
}

/// The tasks of a list that carry a whole marker of a declared key which the state does not know, unless it has that very
/// task under the key.
pub fn foreign(list: &[ListedTask], state: &State, configuration: &Configuration) -> Vec<Foreign> {
    let known: BTreeSet<&str> = state.markers().map(|(_, marker)| marker.random_part()).collect();
    let mut foreign = Vec::new();
    for task in list {
        let markers: BTreeSet<Marker> = task.text.markers().collect();
        for marker in markers {
            let key = configuration.moved_to(marker.key()).to_owned();
            // `import --live` takes a task by its id, whatever marker it has from a state that was lost.
            let is_held = || {
                state
                    .tasks
                    .get(&key)
                    .is_some_and(|held| held.is_or_was(task.identity.as_str()))
            };
            if configuration.campaign(&key).is_some() && !known.contains(marker.random_part()) && !is_held() {
                let task = task.identity.clone();
                foreign.push(Foreign { key, marker, task });
            }
        }
    }
    foreign
}

/// Adopts every create in doubt that the list shows, reading it again with growing waits as long as one of those
/// `worth_waiting_for` is missing.
async fn settle(
    run: &Run,
    client: &Client,
    mut list: Vec<ListedTask>,
    reconciled: &mut Reconciled,
    worth_waiting_for: impl Fn(&Intent) -> bool,
) {
    for number in 0.. {
        let open: Vec<Intent> = run.journal.read(|state| in_doubt(state).cloned().collect());
        let mut missing = Vec::new();
        for intent in open {
            if !look_for(run, &list, &intent, reconciled).await {
                missing.push(intent);
            }
        }
        let lag = "the list of tasks may lag behind a create whose outcome is not known";
        if !missing.iter().any(&worth_waiting_for) || !run.wait(growing(number), lag).await {
            for intent in missing {
                if planted(Bug::AbsenceTakenForProof) {
                    let at = Timestamp::now();
                    run.record(Record::Abandoned { intent: intent.id, at }).await;
                    continue;
                }
                let hints = hints(&list, &intent);
                run.tell(Event::NotFound {
                    key: intent.key.clone(),
                    hints: hints.clone(),
                });
                let why = why(&intent);
                let Intent { id, key, .. } = intent;
                reconciled.doubts.insert(id, Doubtful::NotFound { key, why, hints });
            }
            return;
        }
        if let Ok(again) = scan_once(run, client).await {
            list = again;
        }
    }
}

/// Settles a create by its marker; false where no task carries it.
async fn look_for(run: &Run, list: &[ListedTask], intent: &Intent, reconciled: &mut Reconciled) -> bool {
    let hits: Vec<String> = list
        .iter()
        .filter(|task| task.text.has(&intent.marker))
        .map(|task| task.identity.to_string())
        .collect();
    let key = intent.key.clone();
    match hits.as_slice() {
        [] => return false,
        [identity] => {
            let record = Record::Created {
                intent: intent.id,
                identity: identity.clone(),
                at: Timestamp::now(),
                how: How::Adopted,
            };
            if run.record(record).await {
                let (fingerprint, identity) = (intent.fingerprint.clone(), identity.clone());
                run.tell(Event::Adopted {
                    key: key.clone(),
                    identity: identity.clone(),
                });
                let adoption = Adoption {
                    key,
                    fingerprint,
                    identity,
                };
                reconciled.doubts.remove(&intent.id);
                reconciled.adopted.insert(intent.id, adoption);
            }
        }
        _ => {
            run.stop_for(Stop::Twins {
                key: key.clone(),
                tasks: hits.clone(),
            });
            reconciled
                .doubts
                .insert(intent.id, Doubtful::Twins { key, tasks: hits });
        }
    }
    true
}

/// What came back instead of an answer.
fn why(intent: &Intent) -> String {
    match &intent.stage {
        Stage::Unknown { reason } => reason.clone(),
        Stage::Recorded | Stage::Sending => "the run was stopped while it was being sent".to_owned(),
    }
}

/// Tasks of the same name: for a person to look at, never to be adopted for it.
fn hints(list: &[ListedTask], intent: &Intent) -> Vec<Hint> {
    let name = intent.body.get("name").and_then(serde_json::Value::as_str);
    let same = list
        .iter()
        .filter(|task| name.is_some() && task.name.as_deref() == name);
    same.map(|task| Hint {
        identity: task.identity.to_string(),
        status: task.status.clone(),
    })
    .collect()
}
