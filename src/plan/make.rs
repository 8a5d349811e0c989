//! Desired and state → plan. Pure: it reads no file, asks nobody, and knows no time.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::OnChange;
use crate::plan::desired_state::{Configuration, Desired};
use crate::state::{Intent, Stage, State, Task, Tombstone};
use crate::util::suggest::closest;
use crate::wire::{PackedBody, UnreadableBody};

use super::alike::Alike;
use super::consent::{Options, PlanError, Replacing};
use super::diff::changes;
use super::moves::{Intents, MovedTasks};
use super::notes;
use super::reason::{BlockReason, Reason};
use super::removals::{self, AwaitedHalts};
use super::seen::{self, SeenOver};
use super::{Action, Kind, Plan};

/// What has to be done to get from `state` to `configuration`.
///
/// # Errors
///
/// [`PlanError`] where the options name a campaign that is not declared, and where a body cannot be compared.
pub fn make(configuration: &Configuration, state: &State, options: &Options) -> Result<Plan, PlanError> {
    check("--create", &options.create, configuration)?;
    let open = state.intents_by_key();
    let moved = MovedTasks::of(configuration, state, &open);
    let replacing = Replacing::of(options, configuration, &moved.tasks)?;
    let planner = Planner::new(configuration, state, options, replacing, &moved, &open);
    let (mut actions, rest): (Vec<Action>, _) = planner.undeclared().into_iter().partition(Action::is_to_decide);
    actions.extend(moved.actions.iter().cloned());
    actions.extend(planner.removals.iter().cloned());
    let declared = configuration.campaigns.iter().map(|desired| planner.declared(desired));
    actions.extend(declared.collect::<Result<Vec<Action>, UnreadableBody>>()?);
    actions.extend(rest);
    seen::show(&mut actions, configuration, state);
    let mut notes = notes::notes(configuration, &actions, options);
    notes.extend(planner.notes(&actions)?);
    notes.extend(removals::notes(configuration, state, &actions));
    notes.extend(removals::unfinished_notes(state));
    notes.extend(AwaitedHalts::of(&actions)?.notes(configuration, &actions));
    Ok(Plan {
        actions,
        notes,
        environment: configuration.environment.clone(),
        options: options.clone(),
        has_open_creates: !state.intents.is_empty(),
    })
}

fn check(option: &'static str, keys: &BTreeSet<String>, configuration: &Configuration) -> Result<(), PlanError> {
    let declared = || configuration.campaigns.iter().map(|desired| desired.key.as_str());
    match keys.iter().find(|key| configuration.campaign(key).is_none()) {
        None => Ok(()),
        Some(key) => Err(PlanError::NoSuchCampaign {
            option,
            key: key.clone(),
            suggestion: closest(key, declared()).map(str::to_owned),
        }),
    }
}

struct Planner<'a> {
    configuration: &'a Configuration,
    state: &'a State,
    options: &'a Options,
    replacing: Replacing,
    moved: &'a MovedTasks<'a>,
    open: &'a Intents<'a>,
    declared: HashSet<&'a str>,
    /// The keys that `removed` names.
    removed: HashSet<&'a str>,
    /// What is to be done about them.
    removals: Vec<Action>,
    /// Creates that may have reached the API, by the key that their campaigns have now.
    in_doubt: HashMap<&'a str, &'a Intent>,
    /// The keys under which the state blocks a create, by the key that the campaign has now.
    blocked: HashMap<&'a str, &'a str>,
    alike: Alike<'a>,
}

impl<'a> Planner<'a> {
    fn new(
        configuration: &'a Configuration,
        state: &'a State,
        options: &'a Options,
        replacing: Replacing,
        moved: &'a MovedTasks<'a>,
        open: &'a Intents<'a>,
    ) -> Self {
        let now = |key: &'a str| configuration.moved_to(key);
        // One that was refused for a time is sent again under its own key, once it was looked for; under another key it
        // first has to be resolved.
        let intents = state
            .intents
            .values()
            .filter(|intent| intent.is_in_doubt() || (intent.may_have_left() && now(&intent.key) != intent.key));
        let mut planner = Self {
            configuration,
            state,
            options,
            replacing,
            moved,
            open,
            declared: configuration.campaigns.iter().map(|desired| &*desired.key).collect(),
            removed: configuration.removals.iter().map(|removed| &*removed.key).collect(),
            removals: Vec::new(),
            in_doubt: intents.map(|intent| (now(&intent.key), intent)).collect(),
            blocked: state.blocked_keys().map(|key| (now(key), key)).collect(),
            alike: Alike::default(),
        };
        let removals = configuration.removals.iter().flat_map(|removed| {
            let key = removed.key.as_str();
            let is_open = || open.get(key).is_some_and(|intent| intent.may_have_left());
            let is_in_doubt = planner.in_doubt.contains_key(key) || is_open();
            removals::removal(removed, state, moved.tasks.get(key).copied(), is_in_doubt)
        });
        let removals = removals.collect();
        planner.removals = removals;
        let mut alike = Alike::default();
        // One that was seen to be over calls nobody.
        let is_over = |task: &Task| SeenOver::of(state, task).is_some();
        for (key, task) in planner.orphans().filter(|(_, task)| !is_over(task)) {
            alike.orphan(key, task);
        }
        let mut stopped: HashSet<&str> = HashSet::new();
        for action in &planner.removals {
            let held = moved.tasks.get_key_value(action.key.as_str());
            let Some((key, task)) = held.filter(|(_, task)| action.task.as_ref() == Some(&task.identity)) else {
                // One that had the key before. Whoever takes its place waits for the stop.
                stopped.extend(action.task.as_deref().filter(|_| action.block.is_none()));
                continue;
            };
            match action.kind {
                _ if is_over(task) => {}
                // Whoever takes its place waits for the stop.
                Kind::Halt if action.block.is_none() => {}
                Kind::Halt => alike.orphan(key, task),
                _ => alike.let_go(key, task),
            }
        }
        for (key, task) in moved.stuck.iter().filter(|(_, task)| !is_over(task)) {
            alike.orphan(key, task);
        }
        for intent in planner.intents_undeclared().filter(|intent| intent.may_have_left()) {
            alike.in_doubt(intent);
        }
        for (key, stones) in &state.tombstones {
            // A new task is meant, whether or not the old one exists.
            if !options.create.contains(now(key)) {
                let is_stopped =
                    |stone: &&Tombstone| stone.identity.as_deref().is_some_and(|task| stopped.contains(task));
                let left = stones
                    .iter()
                    .filter(|stone| !is_stopped(stone) && !state.is_over(stone));
                left.for_each(|stone| alike.removed(key, stone));
            }
        }
        planner.alike = alike;
        planner
    }

    fn declared(&self, desired: &Desired) -> Actioned {
        if let Some(intent) = self.in_doubt.get(desired.key.as_str()) {
            return Ok(Action {
                task: None,
                ..action(
                    desired,
                    Kind::Unknown,
                    outcome_unknown(intent, &desired.key),
                    self.moved.tasks.get(desired.key.as_str()).copied(),
                )?
            });
        }
        match self.moved.tasks.get(desired.key.as_str()) {
            None => self.create(desired),
            Some(task) if task.fingerprint == desired.fingerprint => self.same(desired, task),
            Some(task) => self.changed(desired, task),
        }
    }

    fn create(&self, desired: &Desired) -> Actioned {
        let key = &desired.key;
        let reason = match self.open.get(&**key) {
            Some(intent) if intent.may_have_left() => Reason::RefusedForATime,
            Some(_) => Reason::NeverSent,
            None => Reason::NotInState,
        };
        let block = if self.options.create.contains(key) {
            None
        } else if let Some(under) = self.blocked.get(key.as_str()) {
            let (key, under) = (key.clone(), (*under).to_owned());
            let stones = self.state.tombstones.get(&under).into_iter().flatten();
            let mut blocking = stones.filter(|stone| stone.blocks);
            Some(match blocking.all(|stone| self.state.is_over(stone)) {
                true => BlockReason::RemovedAndStopped { key, under },
                false => BlockReason::Removed { key, under },
            })
        } else {
            self.alike.block(desired)
        };
        Ok(Action {
            block,
            ..action(desired, Kind::Create, reason, None)?
        })
    }

    fn same(&self, desired: &Desired, task: &Task) -> Actioned {
        let key = &desired.key;
        let is_named = self.replacing.names(key);
        match task.halted_at {
            Some(_) if self.is_resumed(desired, task) => self.replace(desired, task, Reason::Resumed),
            Some(at) if is_named => self.replace(desired, task, Reason::StartAnew { at }),
            Some(at) => {
                let reason = Reason::AsDeclaredButStopped { key: key.clone(), at };
                action(desired, Kind::Unchanged, reason, Some(task))
            }
            None => self.seen_same(desired, task, is_named),
        }
    }

    /// Of a task that dialform did not stop.
    fn seen_same(&self, desired: &Desired, task: &Task, is_named: bool) -> Actioned {
        let key = desired.key.clone();
        match SeenOver::of(self.state, task) {
            Some(over) if is_named => self.replace(desired, task, Reason::OverAndNamed { over }),
            Some(over) => {
                let reason = Reason::AsDeclaredButOver { key, over };
                action(desired, Kind::Unchanged, reason, Some(task))
            }
            None if is_named => self.replace(desired, task, Reason::UnchangedAndNamed),
            None => action(desired, Kind::Unchanged, Reason::AsDeclared, Some(task)),
        }
    }

    fn changed(&self, desired: &Desired, task: &Task) -> Actioned {
        let key = &desired.key;
        let is_named = self.replacing.names(key);
        if self.is_resumed(desired, task) {
            return self.replace(desired, task, Reason::Resumed);
        }
        let left = |reason| action(desired, Kind::Unchanged, reason, Some(task));
        let accepted = task.accepted.as_ref();
        if let Some(accepted) = accepted.filter(|accepted| accepted.fingerprint == desired.fingerprint && !is_named) {
            return left(Reason::Accepted { at: accepted.at });
        }
        if let Some(at) = task.halted_at {
            return match is_named {
                true => self.replace(desired, task, Reason::ChangedAndStopped { at }),
                false => left(Reason::ChangedButOver { key: key.clone(), at }),
            };
        }
        if let Some(over) = SeenOver::of(self.state, task) {
            return match is_named {
                true => self.replace(desired, task, Reason::OverAndNamed { over }),
                false => left(Reason::ChangedButSeenOver { key: key.clone(), over }),
            };
        }
        let is_asked_for = self.replacing.has_changed(key);
        match desired.on_change {
            _ if is_asked_for => self.replace(desired, task, Reason::Changed),
            OnChange::Replace { .. } => self.replace(desired, task, Reason::ChangedOnMerge),
            OnChange::Keep => left(Reason::Kept { key: key.clone() }),
            OnChange::Refuse => Ok(Action {
                block: Some(BlockReason::NeedsReplace {
                    key: key.clone(),
                    task: task.identity.clone(),
                }),
                ..self.replace(desired, task, Reason::Changed)?
            }),
        }
    }

    fn replace(&self, desired: &Desired, task: &Task, reason: Reason) -> Actioned {
        let even_running = self.options.replace_running || desired.on_change == OnChange::Replace { running: true };
        Ok(Action {
            even_running,
            is_named: self.replacing.names(&desired.key),
            ..action(desired, Kind::Replace, reason, Some(task))?
        })
    }

    /// Whether an earlier run stopped the task to put this very campaign in its place: the word was given then.
    fn is_resumed(&self, desired: &Desired, task: &Task) -> bool {
        let intent = self.open.get(&*desired.key);
        let is_recorded = intent.is_some_and(|intent| {
            intent.replaces.as_ref() == Some(&task.identity) && intent.fingerprint == desired.fingerprint
        });
        task.halted_at.is_some() && (is_recorded || task.replacing.as_ref() == Some(&desired.fingerprint))
    }

    /// What the state holds and the files no longer declare.
    fn undeclared(&self) -> Vec<Action> {
        let in_doubt = self.intents_undeclared().filter(|intent| intent.may_have_left());
        let in_doubt = in_doubt.map(|intent| {
            let reason = outcome_unknown(intent, &intent.key);
            left(&intent.key, Kind::Unknown, reason, &intent.body, None)
        });
        let orphans = self
            .orphans()
            .filter(|(key, _)| !self.open.get(key).is_some_and(|intent| intent.may_have_left()))
            .map(|(key, task)| left(key, Kind::Orphan, self.not_declared(key, task), &task.body, Some(task)));
        let unsent = self
            .intents_undeclared()
            .filter(|intent| !intent.may_have_left() && !self.state.tasks.contains_key(&intent.key))
            .map(|intent| {
                left(
                    &intent.key,
                    Kind::Orphan,
                    Reason::NeverSentNotDeclared,
                    &intent.body,
                    None,
                )
            });
        in_doubt.chain(orphans).chain(unsent).collect()
    }

    /// Why a task is an orphan.
    fn not_declared(&self, key: &str, task: &Task) -> Reason {
        match (task.halted_at, SeenOver::of(self.state, task)) {
            (Some(at), _) => Reason::NotDeclaredStopped { at },
            (None, Some(over)) => Reason::NotDeclaredOver { over },
            (None, None) => Reason::undeclared(self.configuration, key),
        }
    }

    fn orphans(&self) -> impl Iterator<Item = (&'a str, &'a Task)> + use<'a, '_> {
        let tasks = self.moved.tasks.iter().map(|(key, task)| (*key, *task));
        tasks.filter(|(key, _)| !self.declared.contains(key) && !self.removed.contains(key))
    }

    fn intents_undeclared(&self) -> impl Iterator<Item = &'a Intent> + use<'a, '_> {
        let intents = self.state.intents.values();
        intents.filter(|intent| !self.declared.contains(self.configuration.moved_to(&intent.key)))
    }

    /// What is to be said of creates that go ahead beside an orphan that is much like them.
    fn notes(&self, actions: &[Action]) -> Result<Vec<String>, UnreadableBody> {
        let creates: HashSet<&str> = actions
            .iter()
            .filter(|action| action.kind == Kind::Create && action.is_executable())
            .map(|action| &*action.key)
            .filter(|key| !self.options.create.contains(*key))
            .collect();
        let declared = &self.configuration.campaigns;
        let creates: Vec<&Desired> = declared
            .iter()
            .filter(|desired| creates.contains(&*desired.key))
            .collect();
        self.alike.notes(&creates, declared)
    }
}

/// An action, unless what it compares cannot be read.
type Actioned = Result<Action, UnreadableBody>;

fn action(desired: &Desired, kind: Kind, reason: Reason, task: Option<&Task>) -> Actioned {
    let before = task.map(|task| task.body.clone());
    let changes = match &before {
        Some(before) if kind == Kind::Replace || reason.is_difference() => {
            changes(&before.unpack()?, &desired.redacted.unpack()?)
        }
        _ => Vec::new(),
    };
    Ok(Action {
        key: desired.key.clone(),
        kind,
        reason,
        block: None,
        at: Some(desired.at.clone()),
        name: Some(desired.name.clone()),
        task: task.map(|task| task.identity.clone()),
        changes,
        even_running: false,
        is_named: false,
        seen: None,
        remarks: Vec::new(),
        before,
        after: Some(desired.redacted.clone()),
    })
}

/// An action about something that only the state knows.
fn left(key: &str, kind: Kind, reason: Reason, body: &PackedBody, task: Option<&Task>) -> Action {
    Action {
        key: key.to_owned(),
        kind,
        reason,
        block: None,
        at: None,
        name: body.name().map(Cow::into_owned),
        task: task.map(|task| task.identity.clone()),
        changes: Vec::new(),
        even_running: false,
        is_named: false,
        seen: None,
        remarks: Vec::new(),
        before: Some(body.clone()),
        after: None,
    }
}

fn outcome_unknown(intent: &Intent, campaign: &str) -> Reason {
    let why = match &intent.stage {
        Stage::Unknown { reason } => reason.clone(),
        Stage::Sending => "the run was stopped while it was being sent".to_owned(),
        Stage::Recorded => "it was refused for a time".to_owned(),
    };
    Reason::OutcomeUnknown {
        key: intent.key.clone(),
        campaign: campaign.to_owned(),
        why,
    }
}
