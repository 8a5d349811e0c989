//! Compares the state with the list of tasks: markers that the state does not know, and creates of earlier runs whose
//! outcome is unknown.
//!
//! Absence proves nothing: a list may lag, and may leave things out. A marker that is found resolves a create, and one
//! that is not found leaves it unknown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::api::{Identity, ListedTask};
use crate::plan::desired_state::Configuration;
use crate::plan::{Action, BlockReason, Kind, Plan, make};
use crate::state::{Intent, Marker, Record, State};

use super::event::{Event, Undeclared};
use super::permit::{Looked, look_for, not_found, why};
use super::reading::ListReading;
use super::report::{ActionReport, ActionResult, StopReason, UnknownReason};
use super::run::ApplyRun;
use super::seen::new_sightings;
use super::wait_budget::backoff;

/// For how many seconds after a create it is worth waiting for a list that lags. An older one that the list does not
/// show will not be shown by waiting.
const LAG: i64 = 120;

/// What the list shows.
#[derive(Debug, Default)]
pub(super) struct Reconciled {
    /// Declared keys whose marker is on tasks that the state does not know, with those tasks.
    foreign: BTreeMap<String, Vec<String>>,
    /// Creates that were found, by their keys.
    adopted: BTreeMap<String, Adoption>,
    /// Creates that remain in doubt.
    doubts: BTreeMap<Uuid, UnknownReason>,
    /// Creates that are not at the API for sure, so that they may be sent or dropped.
    absent: BTreeSet<Uuid>,
    /// What the new plan says of each campaign, where the list changed anything.
    now: Option<HashMap<String, Now>>,
    /// The keys that have moved to a key, in the end.
    moved_from: HashMap<String, Vec<String>>,
}

/// What the new plan does about a campaign.
#[derive(Debug)]
struct Now {
    kind: Kind,
    block: Option<BlockReason>,
}

#[derive(Debug)]
struct Adoption {
    fingerprint: String,
    identity: String,
}

/// Reads the list before a run's first create, and resolves the creates of earlier runs by it. Where it cannot be read,
/// nothing is sent.
pub(super) async fn before(run: &ApplyRun, plan: &Plan, configuration: &Configuration) -> Reconciled {
    let mut reconciled = Reconciled::default();
    for moved in &configuration.moves {
        let to = configuration.moved_to(&moved.from);
        let from = reconciled.moved_from.entry(to.to_owned()).or_default();
        from.push(moved.from.clone());
    }
    let reading = run
        .evidence
        .readings
        .after(run, 0, |why| StopReason::List { why })
        .await;
    let Some(reading) = reading else {
        return reconciled;
    };
    let news = run
        .journal
        .read(|state| new_sightings(&reading.tasks, state, configuration, reading.read_at));
    if let Some(news) = news
        && !run.record(news).await
    {
        return reconciled;
    }
    let (foreign, undeclared) = run.journal.read(|state| {
        let foreign = foreign(&reading.tasks, state, configuration);
        (foreign, undeclared(&reading.tasks, state, configuration))
    });
    if !undeclared.is_empty() {
        run.emit(Event::Undeclared(undeclared));
    }
    for Foreign { key, marker: _, task } in foreign {
        reconciled.foreign.entry(key).or_default().push(task.to_string());
    }
    let is_fresh = |intent: &Intent| Timestamp::now().as_second().saturating_sub(intent.at.as_second()) < LAG;
    adopt_found(run, reading, &mut reconciled, |_| true, is_fresh).await;
    let has_dropped = withdraw(run, plan, configuration, &reconciled).await;
    if has_dropped || !reconciled.adopted.is_empty() {
        let now = run.journal.read(|state| make(configuration, state, &plan.options));
        reconciled.now = now.ok().map(|now| {
            let actions = now.actions.into_iter().filter(|action| action.kind != Kind::Move);
            let action = |Action { key, kind, block, .. }| (key, Now { kind, block });
            actions.map(action).collect()
        });
    }
    reconciled
}

/// Drops creates of earlier runs that are not at the API and are not what this plan sends: they would block moves.
async fn withdraw(run: &ApplyRun, plan: &Plan, configuration: &Configuration, reconciled: &Reconciled) -> bool {
    let mut wanted: HashMap<&str, Vec<&Action>> = HashMap::new();
    for action in plan.executable().filter(|action| action.kind != Kind::Move) {
        wanted.entry(&action.key).or_default().push(action);
    }
    let is_wanted = |intent: &Intent| {
        wanted.get(&*intent.key).into_iter().flatten().any(|action| {
            let fits = configuration
                .campaign(&intent.key)
                .is_some_and(|desired| desired.fingerprint == intent.fingerprint);
            let replaces = match action.kind {
                Kind::Replace => &action.task,
                _ => &None,
            };
            fits && intent.replaces == *replaces
        })
    };
    let unwanted: Vec<Intent> = run.journal.read(|state| {
        let absent = state
            .intents
            .values()
            .filter(|intent| reconciled.absent.contains(&intent.id));
        absent.filter(|intent| !is_wanted(intent)).cloned().collect()
    });
    let has_any = !unwanted.is_empty();
    for Intent { id, key, .. } in unwanted {
        if run.record(Record::Withdrawn { intent: id }).await {
            run.emit(Event::Withdrawn { key });
        }
    }
    has_any
}

impl Reconciled {
    /// The result of a campaign for which nothing is to be sent, by what the list shows.
    pub(super) fn result(
        &self,
        run: &ApplyRun,
        configuration: &Configuration,
        key: &str,
        kind: Kind,
    ) -> Option<ActionResult> {
        if let Some(result) = result_of(run, configuration, self, key) {
            return Some(result);
        }
        if let Some(tasks) = self.foreign.get(key) {
            let tasks = tasks.clone();
            return Some(ActionResult::Unknown(UnknownReason::Foreign { tasks }));
        }
        match self.now.as_ref()?.get(key) {
            Some(action) if action.kind == kind && action.block.is_none() => None,
            Some(action) => Some(
                action
                    .block
                    .clone()
                    .map_or(ActionResult::NotReached, ActionResult::Blocked),
            ),
            None => Some(ActionResult::NotReached),
        }
    }
}

/// Removes the reports of creates that were refused for a time and not sent again because the list showed no marker of
/// ours. Tasks were created since, so it may show one now: returns their actions, to be tried again.
pub(super) fn take_waiting<'a>(
    run: &ApplyRun,
    plan: &'a Plan,
    reconciled: &mut Reconciled,
    reports: &mut Vec<ActionReport>,
) -> Vec<&'a Action> {
    let is_new = |report: &ActionReport| {
        matches!(
            report.result,
            ActionResult::Created { .. } | ActionResult::Replaced { .. }
        )
    };
    if !reports.iter().any(is_new) || !run.may_send() {
        return Vec::new();
    }
    let actions = super::actions_of(plan);
    let mut waiting = Vec::new();
    reports.retain(|report| {
        let ActionResult::Unknown(UnknownReason::NotFound { key, .. }) = &report.result else {
            return true;
        };
        let intent = run.journal.read(|state| state.intent_for(key).cloned());
        let Some(intent) = intent.filter(|intent| !intent.is_in_doubt() && intent.key == report.key) else {
            return true;
        };
        run.evidence.refused(intent.id);
        reconciled.doubts.remove(&intent.id);
        waiting.extend(actions.get(&report.subject()).map(|(_, action)| *action));
        false
    });
    waiting
}

/// Looks for the creates of this very run whose outcome is not known.
pub(super) async fn after(run: &ApplyRun, reconciled: &mut Reconciled) {
    // A journal that fails cannot take what would be found, and a person who asked to stop does not wait.
    if matches!(run.stop(), Some(StopReason::Journal { .. } | StopReason::Interrupted)) {
        return;
    }
    let in_doubt = run
        .journal
        .read(|state| in_doubt(state).any(|intent| !reconciled.doubts.contains_key(&intent.id)));
    let Some(client) = run.client().filter(|_| in_doubt) else {
        return;
    };
    if let Ok(reading) = run.evidence.readings.again(run, client).await {
        adopt_found(run, reading, reconciled, Intent::is_in_doubt, |_| true).await;
    }
}

/// Replaces the results that the list has corrected, and adds the creates of earlier runs.
pub(super) fn update(
    run: &ApplyRun,
    plan: &Plan,
    configuration: &Configuration,
    reconciled: &Reconciled,
    reports: &mut Vec<ActionReport>,
) {
    for action in plan.actions.iter().filter(|action| action.kind == Kind::Unknown) {
        let result = match result_of(run, configuration, reconciled, &action.key) {
            Some(result) => result,
            // It is not at the API and was dropped. Where nothing is declared, that is all.
            None if configuration.campaign(&action.key).is_none() => continue,
            None => ActionResult::Failed {
                why: "its earlier create is not at the API and was dropped; run apply again to create it".to_owned(),
            },
        };
        reports.push(ActionReport::new(action, result));
    }
    for report in reports.iter_mut() {
        let is_open = matches!(report.result, ActionResult::Unknown(UnknownReason::NotLookedFor { .. }));
        if let (true, Some(result)) = (is_open, result_of(run, configuration, reconciled, &report.key)) {
            report.result = result;
        }
    }
}

/// The result of the create behind a campaign, under this key or under one that has moved to it; `None` where it may be
/// sent.
fn result_of(
    run: &ApplyRun,
    configuration: &Configuration,
    reconciled: &Reconciled,
    key: &str,
) -> Option<ActionResult> {
    let moved = reconciled.moved_from.get(key).into_iter().flatten();
    let keys: Vec<&str> = std::iter::once(key).chain(moved.map(String::as_str)).collect();
    let adopted = keys
        .iter()
        .find_map(|held| Some((*held, reconciled.adopted.get(*held)?)));
    if let Some((held, adoption)) = adopted {
        let desired = configuration.campaign(key);
        let is_current = held == key && desired.is_none_or(|desired| desired.fingerprint == adoption.fingerprint);
        let identity = adoption.identity.clone();
        return Some(ActionResult::Adopted { identity, is_current });
    }
    run.journal.read(|state| {
        let mut open = keys.iter().filter_map(|held| state.intent_for(held));
        open.find_map(|intent| match reconciled.doubts.get(&intent.id) {
            Some(doubt) => Some(ActionResult::Unknown(doubt.clone())),
            None => intent.is_in_doubt().then(|| {
                ActionResult::Unknown(UnknownReason::NotLookedFor {
                    key: intent.key.clone(),
                    why: why(intent),
                })
            }),
        })
    })
}

fn in_doubt(state: &State) -> impl Iterator<Item = &Intent> {
    state.intents.values().filter(|intent| intent.is_in_doubt())
}

/// The tasks of campaigns that are not declared, where the state is new: they may be this project's from before.
fn undeclared(list: &[ListedTask], state: &State, configuration: &Configuration) -> Vec<Undeclared> {
    let is_new = state.tasks.is_empty() && state.intents.is_empty() && state.tombstones.is_empty();
    let mut by_key: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for task in list.iter().filter(|task| is_new && !task.is_over()) {
        for key in task.text.other_keys(|key| is_declared(configuration, key)) {
            by_key.entry(key).or_default().push(task.identity.to_string());
        }
    }
    let undeclared = by_key.into_iter();
    undeclared.map(|(key, tasks)| Undeclared { key, tasks }).collect()
}

/// Whether a campaign is declared under a key, or under the one that it has moved to.
fn is_declared(configuration: &Configuration, key: &str) -> bool {
    configuration.campaign(configuration.moved_to(key)).is_some()
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
        for marker in task.text.markers_of(|key| is_declared(configuration, key)) {
            let key = configuration.moved_to(marker.key()).to_owned();
            // `import --live` takes a task by its id, whatever marker it has from a state that was lost.
            let is_held = || {
                state
                    .tasks
                    .get(&key)
                    .is_some_and(|held| held.is_or_was(task.identity.as_str()))
            };
            if !known.contains(marker.random_part()) && !is_held() {
                let task = task.identity.clone();
                foreign.push(Foreign { key, marker, task });
            }
        }
    }
    foreign
}

/// Adopts every open create of `those` that the list shows, reading it again with growing waits as long as one of those
/// `worth_waiting_for` is missing.
async fn adopt_found(
    run: &ApplyRun,
    mut reading: Arc<ListReading>,
    reconciled: &mut Reconciled,
    those: impl Fn(&Intent) -> bool,
    worth_waiting_for: impl Fn(&Intent) -> bool,
) {
    for number in 0.. {
        let open = |state: &State| state.intents.values().filter(|intent| those(intent)).cloned().collect();
        let open: Vec<Intent> = run.journal.read(open);
        let mut missing = Vec::new();
        for intent in open {
            match look_for(run, &reading, &intent).await {
                Looked::Adopted { identity } => {
                    let Intent {
                        id, key, fingerprint, ..
                    } = intent;
                    let adoption = Adoption { fingerprint, identity };
                    reconciled.doubts.remove(&id);
                    reconciled.adopted.insert(key, adoption);
                }
                Looked::NotRecorded => {}
                Looked::Twins { tasks } => {
                    let Intent { id, key, .. } = intent;
                    reconciled.doubts.insert(id, UnknownReason::Twins { key, tasks });
                }
                Looked::Nowhere { is_proof: true } => drop(reconciled.absent.insert(intent.id)),
                Looked::Nowhere { is_proof: false } => missing.push(intent),
            }
        }
        let lag = "the list of tasks may lag behind a create whose outcome is not known";
        if !missing.iter().any(&worth_waiting_for) || !run.wait(backoff(number), lag).await {
            for intent in missing {
                let doubt = not_found(run, &reading, &intent);
                reconciled.doubts.insert(intent.id, doubt);
            }
            return;
        }
        let Some(client) = run.client() else { return };
        if let Ok(again) = run.evidence.readings.again(run, client).await {
            reading = again;
        }
    }
}
