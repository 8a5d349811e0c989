//! Carries out `removed`: the task is stopped for good or let go, and a tombstone stays in the state.

use std::collections::HashSet;
use std::num::NonZero;

use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;

use crate::plan::desired_state::Desired;
use crate::plan::{Action, AwaitedHalts, Kind};
use crate::state::Record;
use crate::util::hint::StateCommand;
use crate::wire::UnreadableBody;

use super::event::Event;
use super::halt::halt;
use super::report::{ActionReport, ActionResult};
use super::run::ApplyRun;

/// Carries out every removal, several at once.
pub(super) async fn remove_all(run: &ApplyRun, actions: &[Action], in_flight: NonZero<usize>) -> Vec<ActionReport> {
    let removals = actions
        .iter()
        .filter(|action| matches!(action.kind, Kind::Halt | Kind::LetGo));
    let removals: Vec<&Action> = removals.collect();
    run.enqueue(removals.iter().map(|action| action.key.clone()));
    let carried_out = stream::iter(removals).map(async |action| {
        let result = remove(run, action).await;
        run.finish(&action.key);
        ActionReport::new(action, result)
    });
    carried_out.buffer_unordered(in_flight.get()).collect().await
}

async fn remove(run: &ApplyRun, action: &Action) -> ActionResult {
    if let Some(block) = &action.block {
        return ActionResult::Blocked(block.clone());
    }
    let (key, Some(identity)) = (&action.key, &action.task) else {
        return ActionResult::NotReached;
    };
    if !run.may_send() {
        return ActionResult::NotReached;
    }
    // What is stopped is the task that the plan named, whatever was found since.
    let (is_held, is_stone, is_halted) = run.journal.read(|state| {
        let held = state.tasks.get(key).filter(|task| task.identity == *identity);
        let stone = state.tombstone(key, identity);
        let halted = held.map(|task| task.halted_at).or(stone.map(|stone| stone.halted_at));
        (held.is_some(), stone.is_some(), halted.flatten().is_some())
    });
    if !is_held && !is_stone {
        return ActionResult::Failed {
            why: format!("the state no longer has the task {identity} under this key; plan again"),
        };
    }
    if action.kind == Kind::Halt
        && !is_halted
        && let Err(not_halted) = halt(run, key, identity, None).await
    {
        return not_halted.result(|why| {
            format!(
                "the task {identity} is not confirmed as stopped and may go on calling: {why}. Run apply again, or {}; if \
                 it is gone, {} removes it from the state",
                StateCommand(&["halt", key]),
                StateCommand(&["state", "rm", key])
            )
        });
    }
    if is_held {
        let removed = Record::Removed {
            key: key.clone(),
            at: Timestamp::now(),
        };
        if !run.record(removed).await {
            return ActionResult::NotReached;
        }
    }
    let identity = identity.clone();
    match action.kind {
        Kind::Halt => ActionResult::Halted { identity },
        _ => {
            run.emit(Event::LetGo {
                key: key.clone(),
                identity: identity.clone(),
            });
            ActionResult::LetGo { identity }
        }
    }
}

/// What a create has to wait for, and does not get in this run.
#[derive(Default)]
pub(super) struct Unstopped<'a> {
    halts: AwaitedHalts<'a>,
    /// The ids of the removed tasks that are confirmed as stopped.
    stopped: HashSet<String>,
}

impl<'a> Unstopped<'a> {
    /// After the removals of a run.
    pub(super) fn after(actions: &'a [Action], reports: &[ActionReport]) -> Result<Self, UnreadableBody> {
        let stopped = reports.iter().filter_map(|report| match &report.result {
            ActionResult::Halted { identity } => Some(identity.clone()),
            _ => None,
        });
        Ok(Self {
            stopped: stopped.collect(),
            halts: AwaitedHalts::of(actions)?,
        })
    }

    /// Why a campaign's task is not created.
    pub(super) fn result(&self, desired: &Desired) -> Option<ActionResult> {
        let is_stopped = |halt: &Action| halt.task.as_ref().is_some_and(|task| self.stopped.contains(task));
        let mut before = self.halts.before(desired).into_iter();
        let open = before.find(|halt| !is_stopped(halt))?;
        let why = format!(
            "nothing was created, since the task {} of `{}` has the same name or settings and is not confirmed as stopped: \
             both would call the same people",
            open.task.as_deref().unwrap_or("of an unknown create"),
            open.key
        );
        Some(ActionResult::Failed { why })
    }
}
