//! What `removed` does: stops the task of a deleted campaign or lets it go, and what a create of the same name waits for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::model::RemovedTask;
use crate::plan::desired_state::{Configuration, Desired, Remove};
use crate::state::{State, Task, Tombstone};
use crate::util::hint::StateCommand;
use crate::util::suggest::comparable_name;
use crate::wire::{self, UnreadableBody};

use super::notes::some_of;
use super::reason::{BlockReason, Reason};
use super::seen::SeenOver;
use super::{Action, Kind, Plan};

/// The actions of a `removed`: one for each task that had the key and may be calling; none where all is done, or the state
/// knows nothing of it.
pub(super) fn removal(removed: &Remove, state: &State, task: Option<&Task>, is_in_doubt: bool) -> Vec<Action> {
    let Remove { key, task: answer, at } = removed;
    let block = is_in_doubt.then(|| BlockReason::UnknownCreate { key: key.clone() });
    let action = |kind, reason, name: Option<&str>, identity: Option<&String>| Action {
        key: key.clone(),
        kind,
        reason,
        block: block.clone(),
        at: Some(at.clone()),
        name: name.map(str::to_owned),
        task: identity.cloned(),
        even_running: matches!(kind, Kind::Halt),
        is_named: false,
        seen: None,
        remarks: Vec::new(),
        changes: Vec::new(),
        before: None,
        after: None,
    };
    let over = task.and_then(|task| SeenOver::of(state, task));
    let of_key = match (task.map(|task| task.halted_at), answer) {
        (Some(Some(at)), _) => Some((Kind::LetGo, Reason::RemovedStopped { at })),
        (Some(None), _) if let Some(over) = over => Some((Kind::LetGo, Reason::RemovedOver { over })),
        (Some(None), RemovedTask::Halt) => Some((Kind::Halt, Reason::RemovedHalt)),
        (Some(None), RemovedTask::Keep) => Some((Kind::LetGo, Reason::RemovedKeep)),
        (None, RemovedTask::Halt) if is_in_doubt => Some((Kind::Halt, Reason::RemovedHalt)),
        (None, RemovedTask::Keep) if is_in_doubt => Some((Kind::LetGo, Reason::RemovedKeep)),
        (None, _) => None,
    };
    let stones = match answer {
        RemovedTask::Halt => living(state, key),
        RemovedTask::Keep => Vec::new(),
    };
    // A task without a name of its own was that of the same campaign, and calls the same people.
    let name = task
        .and_then(Task::name)
        .or_else(|| stones.iter().find_map(|stone| stone.name.as_deref().map(Cow::Borrowed)));
    let name = name.as_deref();
    let mut actions = Vec::new();
    if let Some((kind, reason)) = of_key.filter(|_| task.is_some() || stones.is_empty()) {
        actions.push(Action {
            before: task.map(|task| task.body.clone()),
            ..action(kind, reason, name, task.map(|task| &task.identity))
        });
    }
    let halts = stones.iter().map(|stone| {
        let own = stone.name.as_deref().or(name);
        action(Kind::Halt, Reason::RemovedHaltLetGo, own, stone.identity.as_ref())
    });
    actions.extend(halts);
    actions
}

/// The tasks of a key that were let go and are not known to be stopped; the newest first.
fn living<'a>(state: &'a State, key: &str) -> Vec<&'a Tombstone> {
    let stones = state.tombstones.get(key).into_iter().flatten().rev();
    stones
        .filter(|stone| stone.was_ours() && stone.identity.is_some() && !state.is_over(stone))
        .collect()
}

/// The keys of the tasks whose stop has no known outcome: they may be stopped, or may go on calling. Each once.
pub fn unfinished_stops(state: &State) -> Vec<&str> {
    let tasks = state
        .tasks
        .iter()
        .filter(|(_, task)| task.halting.is_some() && task.halted_at.is_none() && SeenOver::of(state, task).is_none());
    let is_open = |stone: &Tombstone| stone.halting.is_some() && !state.is_over(stone);
    let stones = state.tombstones.iter().filter(|(_, stones)| stones.iter().any(is_open));
    let keys: BTreeSet<&str> = tasks
        .map(|(key, _)| &**key)
        .chain(stones.map(|(key, _)| &**key))
        .collect();
    keys.into_iter().collect()
}

/// What a person should know of stops whose outcome is not known.
pub(super) fn unfinished_notes(state: &State) -> Option<String> {
    let keys = unfinished_stops(state);
    let first = keys.first()?;
    Some(format!(
        "the stop of the task of {} has no known outcome, so it may go on calling: {} asks again, which does no harm",
        some_of(&keys),
        StateCommand(&["halt", first])
    ))
}

/// What a person should know of the lines that have nothing to do.
pub(super) fn notes(configuration: &Configuration, state: &State, actions: &[Action]) -> Vec<String> {
    let planned: HashSet<&str> = actions.iter().map(|action| &*action.key).collect();
    let idle = configuration.removals.iter().map(|removed| &*removed.key);
    let idle = idle.filter(|key| !planned.contains(key));
    let (done, unknown): (Vec<&str>, Vec<&str>) = idle.partition(|key| state.tombstones.contains_key(*key));
    let mut notes = Vec::new();
    if !done.is_empty() {
        notes.push(format!(
            "`removed` of {} is carried out: where no other copy of the state has to see it, the line may be deleted",
            some_of(&done)
        ));
    }
    if !unknown.is_empty() {
        notes.push(format!(
            "`removed` of {} does nothing: the state knows no task of that key",
            some_of(&unknown)
        ));
    }
    notes
}

/// The stops that creates wait for: those of a task with the same name, or the same settings.
#[derive(Default)]
pub struct AwaitedHalts<'a> {
    by_name: HashMap<&'a str, Vec<&'a Action>>,
    by_fingerprint: HashMap<String, Vec<&'a Action>>,
}

impl<'a> AwaitedHalts<'a> {
    /// The stops of a plan.
    ///
    /// # Errors
    ///
    /// Where what a task was created with cannot be read.
    pub fn of(actions: &'a [Action]) -> Result<Self, UnreadableBody> {
        let mut by_name: HashMap<&str, Vec<&Action>> = HashMap::new();
        let mut by_fingerprint: HashMap<String, Vec<&Action>> = HashMap::new();
        for halt in actions.iter().filter(|action| action.kind == Kind::Halt) {
            if let Some(before) = &halt.before {
                let fingerprint = wire::fingerprint(&before.unpack()?);
                by_fingerprint.entry(fingerprint).or_default().push(halt);
            }
            if let Some(name) = &halt.name {
                by_name.entry(comparable_name(name)).or_default().push(halt);
            }
        }
        Ok(Self {
            by_name,
            by_fingerprint,
        })
    }

    /// Those that have to be confirmed before this campaign's task is created.
    pub fn before(&self, desired: &Desired) -> Vec<&'a Action> {
        let mut before = self
            .by_name
            .get(comparable_name(&desired.name))
            .cloned()
            .unwrap_or_default();
        let named = |halt: &&Action| {
            let mut known = before.iter();
            known.any(|known| known.key == halt.key && known.task == halt.task)
        };
        let same = self
            .by_fingerprint
            .get(&desired.fingerprint)
            .into_iter()
            .flatten()
            .copied();
        let same: Vec<&Action> = same.filter(|halt| !named(halt)).collect();
        before.extend(same);
        before
    }

    /// What a person should know of creates that wait.
    pub(super) fn notes(&self, configuration: &Configuration, actions: &[Action]) -> Vec<String> {
        if self.by_name.is_empty() && self.by_fingerprint.is_empty() {
            return Vec::new();
        }
        let mut waiting: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
        let sends = |action: &&Action| matches!(action.kind, Kind::Create | Kind::Replace) && action.is_executable();
        for action in actions.iter().filter(sends) {
            let Some(desired) = configuration.campaign(&action.key) else {
                continue;
            };
            let mut halts: Vec<&str> = self.before(desired).iter().map(|halt| &*halt.key).collect();
            halts.dedup();
            if !halts.is_empty() {
                waiting.entry(halts).or_default().push(&action.key);
            }
        }
        let notes = waiting.into_iter().map(|(halts, keys)| {
            format!(
                "{} is created only after the task of {} is confirmed as stopped, which has the same name or settings",
                some_of(&keys),
                some_of(&halts)
            )
        });
        notes.collect()
    }
}

impl Plan {
    /// The orphans of which a person has to say what becomes of them.
    pub fn to_decide(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter().filter(|action| action.is_to_decide())
    }
}
