//! What the service shows of a task directly before it is stopped: its people and calls are lost, so one that has begun is
//! stopped only with a word of its own.

use std::time::Duration;

use crate::api::{ListedTask, TaskStatus};
use crate::plan::BlockReason;
use crate::plan::desired_state::Desired;
use crate::state::{Record, SeenTask, State, Task, is_same_task};

use super::report::{ActionResult, StopReason};
use super::run::ApplyRun;
use super::seen::seen;

/// So many replacements each have a reading of their own directly before the stop.
const FEW: usize = 20;
/// How old a reading may be that decides about a stop among many more, which would read the list all the time.
const FRESH: Duration = Duration::from_secs(2);

/// How old a reading may be that decides about one of so many stops.
pub(super) fn freshness(stops: usize) -> Duration {
    match stops {
        0..=FEW => Duration::ZERO,
        _ => FRESH,
    }
}

/// What a person, or the files, said about a replacement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    /// Even a task that has begun may be stopped.
    pub(super) even_running: bool,
    /// The campaign was named by its very key, so a task that is over may be replaced too.
    pub(super) is_named: bool,
    /// How old the reading may be that decides.
    pub(super) freshness: Duration,
}

/// What is left to be done about a task that may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It has to be stopped.
    Needed,
    /// It has called everybody, so there is nothing to stop.
    Finished,
}

/// Whether the task of a campaign may be stopped now, so that a new one can take its place; otherwise the campaign's result.
pub(super) async fn may_stop(run: &ApplyRun, desired: &Desired, task: &Task, word: Word) -> Result<Stop, ActionResult> {
    let readings = &run.evidence.readings;
    let reading = readings
        .recent(run, word.freshness, |why| StopReason::Look { why })
        .await;
    let Some(reading) = reading else {
        return Err(ActionResult::NotReached);
    };
    let shown = reading.find(&task.identity);
    // A stop of an earlier run may have worked, though nobody heard of it.
    let is_ours = task.replacing.as_ref() == Some(&desired.fingerprint);
    if is_over(shown) {
        let is_known = |state: &State| state.seen(task).is_some_and(SeenTask::is_over);
        if !run.journal.read(is_known) {
            let tasks = [(task.identity.clone(), seen(shown, reading.read_at))].into();
            run.record(Record::Seen { tasks, foreign: None }).await;
        }
        return match word.is_named || is_ours {
            true if shown.and_then(ListedTask::task_status) == Some(TaskStatus::Finished) => Ok(Stop::Finished),
            true => Ok(Stop::Needed),
            false => Err(ActionResult::Over {
                identity: task.identity.clone(),
                shown: life(shown),
            }),
        };
    }
    if word.even_running || !may_have_begun(shown) {
        return Ok(Stop::Needed);
    }
    Err(ActionResult::Blocked(BlockReason::HasBegun {
        key: desired.key.clone(),
        task: task.identity.clone(),
        shown: life(shown),
        left_behind: left_behind(desired),
    }))
}

/// The task of this id in the list.
pub fn find<'t>(tasks: &'t [ListedTask], identity: &str) -> Option<&'t ListedTask> {
    tasks.iter().find(|task| is_same_task(task.identity.as_str(), identity))
}

/// Whether the list says that a task never calls again.
pub fn is_over(shown: Option<&ListedTask>) -> bool {
    shown.is_some_and(ListedTask::is_over)
}

/// Whether a task may call people, is paused, or has people left. What the list does not show counts as begun.
pub fn may_have_begun(shown: Option<&ListedTask>) -> bool {
    shown.is_none_or(ListedTask::may_run)
}

/// What the list shows of a task, in words: `runs, created 2026-03-02T10:00:00Z, 200 people, 58 calls made`.
pub fn life(shown: Option<&ListedTask>) -> String {
    let Some(shown) = shown else {
        return "the list of tasks does not show it, so nobody knows whether it runs".to_owned();
    };
    let status = match shown.task_status() {
        Some(TaskStatus::Other(word)) => format!("has the status {word:?}, which may mean that it runs"),
        Some(status) => status.to_string(),
        None => "its status is not shown, so nobody knows whether it runs".to_owned(),
    };
    let created = shown.created.as_ref().map(|created| format!("created {created}"));
    let people = match shown.people {
        Some(people) => many(people, "person", "people"),
        None => "how many people it has is not shown".to_owned(),
    };
    let calls = shown.calls.map(|calls| many(calls, "call made", "calls made"));
    let parts = [Some(status), created, Some(people), calls];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What becomes of its people: they are not part of what apply creates.
pub fn left_behind(desired: &Desired) -> String {
    crate::plan::left_behind(&desired.body).to_owned()
}

fn many(number: u64, one: &str, more: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {more}"),
    }
}
