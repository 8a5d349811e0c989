//! The state machine: what each record does to the state, and which records a state refuses.

use jiff::Timestamp;
use uuid::Uuid;

use super::invalid_transition::InvalidTransition;
use super::model::{Acceptance, Intent, Previous, Stage, State, Task, Tombstone, is_same_task};
use super::record::{How, Record};
use crate::fields::types::Marker;

impl State {
    /// Applies a record. The same records on the same state always give the same state.
    ///
    /// # Errors
    ///
    /// A [`InvalidTransition`] where the record cannot follow from the state, which is then unchanged.
    pub fn apply(&mut self, record: &Record) -> Result<(), InvalidTransition> {
        self.admit(record)?;
        self.carry_out(record.clone());
        Ok(())
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
            | Record::Accepted { key, identity, .. } => self.task_named(key, identity).map(drop),
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
            Record::Bound { .. } | Record::Disowned { .. } => Ok(()),
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
        let held = self.tasks.iter().find(|(_, task)| task.is_or_was(identity));
        match held {
            Some((held, _)) => Err(InvalidTransition::IdentityTaken {
                identity: identity.to_owned(),
                key: held.clone(),
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
                self.intents.insert(intent.id, Intent { sent_before, ..intent });
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
                self.intents.remove(&intent);
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
                }) = self.intents.remove(&intent)
                {
                    let previous = self.tasks.remove(&key).map(Task::into_previous).unwrap_or_default();
                    let (halting, halted_at, created_at) = (None, None, at);
                    let task = Task {
                        identity,
                        fingerprint,
                        body,
                        marker,
                        created_at,
                        halting,
                        halted_at,
                        replacing: None,
                        accepted: None,
                        previous,
                    };
                    self.insert_task(key, task);
                }
            }
            Record::Abandoned { intent, at } => {
                if let Some(intent) = self.intents.remove(&intent) {
                    self.add_tombstone(intent.key, Tombstone::of_none(None, intent.marker, at));
                }
            }
            Record::Halting {
                key,
                at,
                replacing,
                identity: _,
            } => self.with_task(&key, |task| {
                task.halting = Some(at);
                task.replacing = replacing;
            }),
            Record::Halted { key, at, identity: _ } => self.with_task(&key, |task| {
                task.halting = None;
                task.halted_at = Some(at);
            }),
            Record::HaltFailed {
                key,
                identity: _,
                reason: _,
            } => self.with_task(&key, |task| {
                task.halting = None;
                task.replacing = None;
            }),
            Record::Accepted {
                key,
                fingerprint,
                at,
                identity: _,
            } => self.with_task(&key, |task| task.accepted = Some(Acceptance { fingerprint, at })),
            Record::Moved { from, to } => {
                if let Some(task) = self.tasks.remove(&from) {
                    self.tasks.insert(to.clone(), task);
                }
                // Its tombstones move with the campaign.
                if from != to
                    && let Some(mut stones) = self.tombstones.remove(&from)
                {
                    self.tombstones.entry(to).or_default().append(&mut stones);
                }
            }
            Record::Removed { key, at } => {
                if let Some(task) = self.tasks.remove(&key) {
                    for stone in task.into_tombstones(at) {
                        self.add_tombstone(key.clone(), stone);
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
                self.add_tombstone(key, Tombstone::of_none(identity, marker, at));
            }
        }
    }

    fn set_stage(&mut self, id: &Uuid, stage: Stage) {
        if let Some(intent) = self.intents.get_mut(id) {
            intent.stage = stage;
        }
    }

    fn with_task(&mut self, key: &str, change: impl FnOnce(&mut Task)) {
        if let Some(task) = self.tasks.get_mut(key) {
            change(task);
        }
    }

    /// Puts a task under its key, and removes the tombstones of that task. Another key that `state rm` blocked stays
    /// blocked: that its task has come back elsewhere does not say that the key is to have a new one.
    fn insert_task(&mut self, key: String, task: Task) {
        for (held, stones) in &mut self.tombstones {
            stones.retain(|stone| {
                let is_other = |identity: &str| !is_same_task(identity, &task.identity);
                stone.identity.as_deref().is_none_or(is_other) || (stone.blocks && *held != key)
            });
        }
        self.tombstones.retain(|_, stones| !stones.is_empty());
        self.tasks.insert(key, task);
    }

    fn unblock(&mut self, key: &str) {
        self.tombstones
            .get_mut(key)
            .into_iter()
            .flatten()
            .for_each(|stone| stone.blocks = false);
    }

    fn add_tombstone(&mut self, key: String, stone: Tombstone) {
        self.tombstones.entry(key).or_default().push(stone);
    }
}

impl Task {
    /// The `previous` of the task that replaces this one.
    fn into_previous(self) -> Vec<Previous> {
        let Self {
            identity,
            fingerprint,
            marker,
            halted_at,
            mut previous,
            body: _,
            created_at: _,
            halting: _,
            replacing: _,
            accepted: _,
        } = self;
        previous.push(Previous {
            identity,
            marker,
            fingerprint,
            halted_at,
        });
        previous
    }

    /// What is kept of it, and of those that it replaced, once it is removed.
    fn into_tombstones(self, at: Timestamp) -> Vec<Tombstone> {
        let name = self.name().map(str::to_owned);
        let mut stones: Vec<Tombstone> = self
            .into_previous()
            .into_iter()
            .map(
                |Previous {
                     identity,
                     marker,
                     fingerprint,
                     halted_at,
                 }| Tombstone {
                    identity: Some(identity),
                    marker,
                    name: None,
                    fingerprint: Some(fingerprint),
                    halted_at,
                    removed_at: at,
                    blocks: true,
                },
            )
            .collect();
        if let Some(own) = stones.last_mut() {
            own.name = name;
        }
        stones
    }
}

impl Tombstone {
    /// A marker that is left alone, and blocks nothing.
    fn of_none(identity: Option<String>, marker: Marker, at: Timestamp) -> Self {
        Self {
            identity,
            marker,
            name: None,
            fingerprint: None,
            halted_at: None,
            removed_at: at,
            blocks: false,
        }
    }
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
