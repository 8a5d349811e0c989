//! The state machine: what each record does to the state, and which records a state refuses.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::invalid_transition::InvalidTransition;
use super::model::{Acceptance, ByHand, Intent, Stage, State, Task, Tombstone, is_same_task};
use super::record::{How, Record};

impl State {
    /// Applies a record. The same records on the same state always give the same state.
    ///
    /// # Errors
    ///
    /// A [`InvalidTransition`] where the record cannot follow from the state, which is then unchanged.
    pub fn apply(&mut self, record: &Record) -> Result<(), InvalidTransition> {
        self.admit(record)?;
        let keys = self.keys_of(record);
        let awaited = |state: &Self| {
            let under = keys.iter().map(|key| state.awaited_under(key));
            under.fold(state.intents.len(), usize::saturating_add)
        };
        let before = awaited(self);
        self.carry_out(record.clone());
        self.count_awaited(awaited(self), before);
        Ok(())
    }

    /// The keys under which a record may change for how many requests an outcome is awaited.
    fn keys_of(&self, record: &Record) -> BTreeSet<String> {
        let mut keys: BTreeSet<String> = BTreeSet::new();
        match record {
            Record::Created { intent, identity, .. } => {
                keys.extend(self.intents.get(intent).map(|intent| intent.key.clone()));
                keys.extend(self.stones_of(identity));
            }
            Record::Adopted { key, task } => {
                keys.insert(key.clone());
                keys.extend(self.stones_of(&task.identity));
            }
            Record::Moved { from, to } => keys.extend([from.clone(), to.clone()]),
            Record::Halting { key, .. }
            | Record::Halted { key, .. }
            | Record::HaltFailed { key, .. }
            | Record::Acting { key, .. }
            | Record::Acted { key, .. }
            | Record::ActionFailed { key, .. }
            | Record::Removed { key, .. } => drop(keys.insert(key.clone())),
            // None of these starts a request, or ends one, but that of an open create.
            Record::Intent(_)
            | Record::Sending { .. }
            | Record::NotSent { .. }
            | Record::Rejected { .. }
            | Record::Unknown { .. }
            | Record::Abandoned { .. }
            | Record::Withdrawn { .. }
            | Record::Accepted { .. }
            | Record::ClearedTombstone { .. }
            | Record::Bound { .. }
            | Record::Disowned { .. }
            | Record::Seen { .. } => {}
        }
        keys
    }

    /// Applies the record of the given number, unless the state includes it already; returns whether it did.
    ///
    /// # Errors
    ///
    /// As [`State::apply`].
    pub fn replay(&mut self, sequence: u64, record: &Record) -> Result<bool, InvalidTransition> {
        if sequence <= self.last_sequence {
            return Ok(false);
        }
        self.apply(record)?;
        self.last_sequence = sequence;
        Ok(true)
    }

    /// Whether `record` may follow. All checks are here, so that the store can check before it writes.
    pub(super) fn admit(&self, record: &Record) -> Result<(), InvalidTransition> {
        match record {
            Record::Intent(intent) => self.admit_intent(intent),
            Record::Sending { intent } => self.at_stage(intent, "sending", &[RECORDED]).map(drop),
            Record::NotSent { intent, .. } => self.at_stage(intent, "not-sent", &[RECORDED, SENDING]).map(drop),
            Record::Created {
                intent,
                identity,
                how,
                at: _,
            } => {
                let stages: &[_] = match how {
                    How::Answered => &[SENDING],
                    How::Adopted => &[RECORDED, SENDING, UNKNOWN],
                };
                let intent = self.at_stage(intent, "created", stages)?;
                self.admit_identity(&intent.key, identity)
            }
            Record::Rejected { intent, .. } => self.at_stage(intent, "rejected", &[SENDING]).map(drop),
            Record::Unknown { intent, .. } => self.at_stage(intent, "unknown", &[SENDING, UNKNOWN]).map(drop),
            Record::Abandoned { intent, .. } => self
                .at_stage(intent, "abandoned", &[RECORDED, SENDING, UNKNOWN])
                .map(drop),
            Record::Withdrawn { intent } => self.at_stage(intent, "withdrawn", &[RECORDED]).map(drop),
            Record::Halting { key, identity, .. }
            | Record::Halted { key, identity, .. }
            | Record::HaltFailed { key, identity, .. }
            | Record::Acting { key, identity, .. }
            | Record::Acted { key, identity, .. }
            | Record::ActionFailed { key, identity, .. } => self.task_or_tombstone(key, identity),
            Record::Accepted { key, identity, .. } => self.task_named(key, identity).map(drop),
            // Tombstones of a key can join whatever is under the other one.
            Record::Moved { from, to: _ } if !self.tasks.contains_key(from) && self.is_blocked(from) => Ok(()),
            Record::Moved { from, to } => {
                self.task(from)?;
                self.no_intent(from)?;
                self.no_task(to)?;
                self.no_intent(to)
            }
            Record::Removed { key, .. } => {
                self.task(key)?;
                self.no_intent(key)
            }
            Record::ClearedTombstone { key } if self.is_blocked(key) => Ok(()),
            Record::ClearedTombstone { key } => Err(InvalidTransition::NotBlocked { key: key.clone() }),
            Record::Adopted { key, task } => {
                self.no_task(key)?;
                self.no_intent(key)?;
                self.admit_identity(key, &task.identity)
            }
            Record::Bound { .. } | Record::Disowned { .. } | Record::Seen { .. } => Ok(()),
        }
    }

    fn admit_intent(&self, intent: &Intent) -> Result<(), InvalidTransition> {
        let key = &intent.key;
        if let Some(open) = self.intents.get(&intent.id) {
            return Err(InvalidTransition::IntentOpen { key: open.key.clone() });
        }
        self.no_intent(key)?;
        if intent.stage != Stage::Recorded {
            return Err(InvalidTransition::WrongStage {
                key: key.clone(),
                stage: stage_name(&intent.stage),
                record: "intent",
            });
        }
        match &intent.replaces {
            None if self.is_blocked(key) => Err(InvalidTransition::Blocked { key: key.clone() }),
            None => self.no_task(key),
            Some(identity) => {
                let task = self.task_named(key, identity)?;
                match task.halted_at {
                    Some(_) => Ok(()),
                    None => Err(InvalidTransition::StillRunning {
                        key: key.clone(),
                        identity: identity.clone(),
                    }),
                }
            }
        }
    }

    fn admit_identity(&self, key: &str, identity: &str) -> Result<(), InvalidTransition> {
        if identity.trim().is_empty() {
            return Err(InvalidTransition::EmptyIdentity { key: key.to_owned() });
        }
        // A removed task may come back (`state rm`, then `resolve --adopt`); one that a campaign has may not.
        match self.holder_of(identity) {
            Some(held) => Err(InvalidTransition::IdentityTaken {
                identity: identity.to_owned(),
                key: held.to_owned(),
            }),
            None => Ok(()),
        }
    }

    fn at_stage(&self, id: &Uuid, record: &'static str, stages: &[&'static str]) -> Result<&Intent, InvalidTransition> {
        let intent = self
            .intents
            .get(id)
            .ok_or(InvalidTransition::NoIntent { intent: *id })?;
        let stage = stage_name(&intent.stage);
        if stages.contains(&stage) {
            Ok(intent)
        } else {
            Err(InvalidTransition::WrongStage {
                key: intent.key.clone(),
                stage,
                record,
            })
        }
    }

    fn task(&self, key: &str) -> Result<&Task, InvalidTransition> {
        self.tasks
            .get(key)
            .ok_or_else(|| InvalidTransition::NoTask { key: key.to_owned() })
    }

    fn task_named(&self, key: &str, identity: &str) -> Result<&Task, InvalidTransition> {
        let task = self.task(key)?;
        if task.identity == identity {
            return Ok(task);
        }
        Err(InvalidTransition::OtherTask {
            key: key.to_owned(),
            held: task.identity.clone(),
            named: identity.to_owned(),
        })
    }

    /// A task that was removed from the state can still be stopped, started and paused.
    fn task_or_tombstone(&self, key: &str, identity: &str) -> Result<(), InvalidTransition> {
        match self.tombstone(key, identity) {
            Some(_) => Ok(()),
            None => self.task_named(key, identity).map(drop),
        }
    }

    fn no_task(&self, key: &str) -> Result<(), InvalidTransition> {
        match self.tasks.get(key) {
            Some(task) => Err(InvalidTransition::TaskExists {
                key: key.to_owned(),
                identity: task.identity.clone(),
            }),
            None => Ok(()),
        }
    }

    fn no_intent(&self, key: &str) -> Result<(), InvalidTransition> {
        match self.intent_for(key) {
            Some(_) => Err(InvalidTransition::IntentOpen { key: key.to_owned() }),
            None => Ok(()),
        }
    }

    /// The effect of an admitted record; what is already gone is ignored.
    fn carry_out(&mut self, record: Record) {
        match record {
            Record::Intent(intent) => {
                let sent_before = Some(false);
                self.put_intent(Intent { sent_before, ..intent });
            }
            Record::Sending { intent } => self.set_stage(&intent, Stage::Sending),
            Record::NotSent { intent, nothing_left } => {
                if let Some(intent) = self.intents.get_mut(&intent) {
                    if intent.is_in_doubt() && !nothing_left {
                        intent.sent_before = Some(true);
                    }
                    intent.stage = Stage::Recorded;
                }
            }
            Record::Unknown { intent, reason } => self.set_stage(&intent, Stage::Unknown { reason }),
            Record::Rejected {
                intent,
                status: _,
                reason: _,
            }
            | Record::Withdrawn { intent } => {
                self.take_intent(&intent);
            }
            Record::Created {
                intent,
                identity,
                at,
                how: _,
            } => {
                if let Some(Intent {
                    key,
                    fingerprint,
                    body,
                    marker,
                    id: _,
                    at: _,
                    replaces: _,
                    stage: _,
                    sent_before: _,
                }) = self.take_intent(&intent)
                {
                    let replaced = self.take_task(&key);
                    if let Some(replaced) = &replaced {
                        self.seen.tasks.remove(&replaced.identity);
                    }
                    let previous = replaced.map(Task::into_previous).unwrap_or_default();
                    let task = Task {
                        previous,
                        ..Task::new(identity, fingerprint, body, marker, at)
                    };
                    self.insert_task(key, task);
                }
            }
            Record::Abandoned { intent, at } => {
                if let Some(intent) = self.take_intent(&intent) {
                    self.put_stone(intent.key, Tombstone::of_none(None, intent.marker, at));
                }
            }
            Record::Halting {
                key,
                at,
                replacing,
                identity,
            } => {
                self.with(&key, &identity, |task| *task.halting = Some(at));
                self.with_task(&key, &identity, |task| task.replacing = replacing);
            }
            Record::Halted { key, at, identity } => self.with(&key, &identity, |task| {
                *task.halting = None;
                *task.halted_at = Some(at);
            }),
            // One of unknown outcome stays asked for.
            Record::HaltFailed { unknown: true, .. } => {}
            Record::HaltFailed {
                key,
                identity,
                reason: _,
                unknown: false,
            } => self.with(&key, &identity, |task| *task.halting = None),
            Record::Accepted {
                key,
                fingerprint,
                at,
                identity,
            } => self.with_task(&key, &identity, |task| {
                task.accepted = Some(Acceptance { fingerprint, at });
            }),
            Record::Acting {
                key,
                identity,
                action,
                at,
            } => {
                let unknown = false;
                self.with(&key, &identity, |task| {
                    *task.acting = Some(ByHand { action, at, unknown })
                });
            }
            Record::Acted {
                key,
                identity,
                action,
                at,
            } => self.with(&key, &identity, |task| {
                let unknown = false;
                *task.acting = None;
                *task.acted = Some(ByHand { action, at, unknown });
            }),
            Record::ActionFailed {
                key,
                identity,
                action,
                at,
                reason: _,
                unknown,
            } => self.with(&key, &identity, |task| {
                *task.acting = None;
                if unknown {
                    *task.acted = Some(ByHand { action, at, unknown });
                }
            }),
            Record::Moved { from, to } => {
                if let Some(task) = self.take_task(&from) {
                    self.put_task(to.clone(), task);
                }
                // Its tombstones move with the campaign.
                if from != to {
                    for stone in self.take_stones(&from) {
                        self.put_stone(to.clone(), stone);
                    }
                }
            }
            Record::Removed { key, at } => {
                if let Some(task) = self.take_task(&key) {
                    for stone in task.into_tombstones(at) {
                        self.put_stone(key.clone(), stone);
                    }
                }
            }
            Record::ClearedTombstone { key } => self.unblock(&key),
            Record::Adopted { key, task } => {
                self.unblock(&key);
                self.insert_task(key, task);
            }
            Record::Bound { binding } => self.binding = binding,
            Record::Disowned {
                key,
                marker,
                identity,
                at,
            } => {
                self.put_stone(key, Tombstone::of_none(identity, marker, at));
            }
            Record::Seen { tasks, foreign } => {
                self.seen.tasks.extend(tasks);
                if let Some(foreign) = foreign {
                    self.seen.foreign = foreign;
                }
            }
        }
    }

    fn set_stage(&mut self, id: &Uuid, stage: Stage) {
        if let Some(intent) = self.intents.get_mut(id) {
            intent.stage = stage;
        }
    }

    /// Changes the task of a campaign.
    fn with_task(&mut self, key: &str, identity: &str, change: impl FnOnce(&mut Task)) {
        if let Some(task) = self.tasks.get_mut(key).filter(|task| task.identity == identity) {
            change(task);
        }
    }

    /// Changes what is known of a task, be it a campaign's or removed from the state.
    fn with(&mut self, key: &str, identity: &str, change: impl FnOnce(Running<'_>)) {
        let task = self.tasks.get_mut(key).filter(|task| task.identity == identity);
        let mut stones = self.tombstones.get_mut(key).into_iter().flatten();
        let (halting, halted_at, acting, acted) = if let Some(task) = task {
            (
                &mut task.halting,
                &mut task.halted_at,
                &mut task.acting,
                &mut task.acted,
            )
        } else if let Some(stone) = stones.find(|stone| stone.identity.as_deref() == Some(identity)) {
            (
                &mut stone.halting,
                &mut stone.halted_at,
                &mut stone.acting,
                &mut stone.acted,
            )
        } else {
            return;
        };
        change(Running {
            halting,
            halted_at,
            acting,
            acted,
        });
    }

    /// Puts a task under its key, and removes the tombstones of that task. Another key that `state rm` blocked stays
    /// blocked: that its task has come back elsewhere does not say that the key is to have a new one.
    fn insert_task(&mut self, key: String, task: Task) {
        for held in self.stones_of(&task.identity) {
            for stone in self.take_stones(&held) {
                let is_other = |identity: &str| !is_same_task(identity, &task.identity);
                if stone.identity.as_deref().is_none_or(is_other) || (stone.blocks && held != key) {
                    self.put_stone(held.clone(), stone);
                }
            }
        }
        self.put_task(key, task);
    }

    fn unblock(&mut self, key: &str) {
        self.tombstones
            .get_mut(key)
            .into_iter()
            .flatten()
            .for_each(|stone| stone.blocks = false);
    }
}

/// What the state knows of how far a task runs.
struct Running<'a> {
    halting: &'a mut Option<Timestamp>,
    halted_at: &'a mut Option<Timestamp>,
    acting: &'a mut Option<ByHand>,
    acted: &'a mut Option<ByHand>,
}

const RECORDED: &str = "recorded and not sent";
const SENDING: &str = "being sent";
const UNKNOWN: &str = "of unknown outcome";

fn stage_name(stage: &Stage) -> &'static str {
    match stage {
        Stage::Recorded => RECORDED,
        Stage::Sending => SENDING,
        Stage::Unknown { .. } => UNKNOWN,
    }
}
