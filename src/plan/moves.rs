//! `moved`: the state's tasks under the keys that they have now.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use crate::plan::desired_state::{Configuration, Location, Move};
use crate::state::{Intent, State, Task};

use super::reason::{BlockReason, Reason};
use super::{Action, Kind};

/// The state's open creates, by their campaigns.
pub(super) type Intents<'a> = HashMap<&'a str, &'a Intent>;

/// The state's tasks under the keys that `moved` gives them.
pub(super) struct MovedTasks<'a> {
    /// What shows the moves.
    pub(super) actions: Vec<Action>,
    /// The tasks under their keys of now.
    pub(super) tasks: BTreeMap<&'a str, &'a Task>,
    /// Tasks that were to move and cannot, under their old keys.
    pub(super) stuck: BTreeMap<&'a str, &'a Task>,
}

impl<'a> MovedTasks<'a> {
    pub(super) fn of(configuration: &'a Configuration, state: &'a State, open: &Intents<'_>) -> Self {
        let mut moved = Self {
            actions: Vec::new(),
            tasks: state.tasks.iter().map(|(key, task)| (key.as_str(), task)).collect(),
            stuck: BTreeMap::new(),
        };
        for from in &configuration.moves {
            moved.carry(configuration, state, open, from);
        }
        moved
    }

    fn carry(
        &mut self,
        configuration: &'a Configuration,
        state: &State,
        open: &Intents<'_>,
        Move { from, to: _, at }: &'a Move,
    ) {
        let to = configuration.moved_to(from);
        let task = self.tasks.remove(from.as_str());
        if task.is_none() && !state.is_blocked(from) {
            // Done by an earlier run, or never there.
            return;
        }
        let in_doubt = |key: &str| open.get(key).is_some_and(|intent| intent.may_have_left());
        if in_doubt(from) || in_doubt(to) {
            // Shown as unknown under the new key; the state accepts no move before that is resolved.
            self.stuck.extend(task.map(|task| (from.as_str(), task)));
            return;
        }
        let Some(task) = task else {
            self.actions
                .push(carried(from, to, at, Reason::BlockMoved { from: from.clone() }));
            return;
        };
        let block = self.tasks.get(to).map(|taken| BlockReason::TargetTaken {
            from: from.clone(),
            to: to.to_owned(),
            task: taken.identity.clone(),
        });
        if block.is_some() {
            self.stuck.insert(from, task);
        } else {
            self.tasks.insert(to, task);
        }
        self.actions.push(Action {
            block,
            name: task.name().map(Cow::into_owned),
            task: Some(task.identity.clone()),
            ..carried(from, to, at, Reason::Moved { from: from.clone() })
        });
    }
}

/// The action that gives what the state holds under `from` the key `to`.
fn carried(from: &str, to: &str, at: &Location, reason: Reason) -> Action {
    debug_assert_eq!(reason.moved_from(), Some(from));
    Action {
        key: to.to_owned(),
        kind: Kind::Move,
        reason,
        block: None,
        at: Some(at.clone()),
        name: None,
        task: None,
        changes: Vec::new(),
        even_running: false,
        is_named: false,
        seen: None,
        remarks: Vec::new(),
        before: None,
        after: None,
    }
}
