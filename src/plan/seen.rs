//! What the state has seen of the tasks at the service, as a plan shows it: always with the moment.

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;

use crate::fields::types::TaskStatus;
use crate::plan::desired_state::Configuration;
use crate::state::{SeenTask, State, Task};
use crate::util::hint::StateCommand;
use crate::wire::PackedBody;

use super::{Action, Kind};

/// That a task was seen to be over, though dialform did not stop it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenOver {
    status: TaskStatus,
    at: Timestamp,
}

impl SeenOver {
    /// Of a task of the state.
    pub(super) fn of(state: &State, task: &Task) -> Option<Self> {
        let seen = state.seen(task).filter(|seen| seen.is_over())?;
        let (status, at) = (seen.task_status()?, seen.at);
        Some(Self { status, at })
    }
}

/// `halted, as of 2026-03-02T10:00:00Z`
impl fmt::Display for SeenOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, at } = self;
        write!(f, "{status}, as of {at:.0}")
    }
}

/// What was seen of a task, in words: `runs, 200 people, 58 calls made, as of 2026-03-02T10:00:00Z`.
pub fn seen_words(seen: &SeenTask) -> String {
    let many = |number: u64, one: &str, more: &str| match number {
        1 => format!("1 {one}"),
        number => format!("{number} {more}"),
    };
    let status = match seen.task_status() {
        _ if seen.gone => Some("not in the service's list".to_owned()),
        Some(TaskStatus::Other(word)) => Some(format!("status {word:?}")),
        status => status.map(|status| status.to_string()),
    };
    let people = seen.people.map(|people| many(people, "person", "people"));
    let calls = seen.calls.map(|calls| many(calls, "call made", "calls made"));
    let at = format!("as of {:.0}", seen.at);
    let parts = [status, people, calls, Some(at)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What a replacement loses, where the task has begun or nobody knows.
fn loss(action: &Action, seen: &SeenTask) -> Option<String> {
    let is_replaced = action.kind == Kind::Replace && action.block.is_none();
    if !is_replaced || seen.gone || !TaskStatus::may_run(seen.task_status().as_ref(), seen.people) {
        return None;
    }
    let begun = match seen.status {
        Some(_) => "its people and calls are lost",
        None => "its status was not shown, so nobody knows whether it runs",
    };
    let left_behind = action.after.as_ref().map(left_behind).unwrap_or_default();
    let refused = match action.even_running {
        true => "",
        false => ". Apply refuses it as long as it is so: `--replace-running` replaces it all the same",
    };
    Some(format!("{begun}: {left_behind}{refused}"))
}

/// What becomes of a replaced task's people: they are not part of the body that its successor is created with.
pub fn left_behind(body: &PackedBody) -> &'static str {
    match body.text("startType").as_deref() {
        Some("time") => "they do not move to the new task, which starts without them",
        _ => "they do not move to the new task, which nobody starts",
    }
}

/// Puts what was seen beside the actions that it is about.
pub(super) fn show(actions: &mut [Action], configuration: &Configuration, state: &State) {
    if state.seen.is_empty() {
        return;
    }
    let tasks: HashMap<&str, &Task> = state.tasks.values().map(|task| (&*task.identity, task)).collect();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (place, action) in actions.iter_mut().enumerate() {
        if action.kind == Kind::Move {
            continue;
        }
        places.entry(action.key.clone()).or_insert(place);
        let Some((id, task)) = action.task.as_deref().and_then(|id| tasks.get_key_value(id)) else {
            continue;
        };
        let Some(seen) = state.seen(task) else { continue };
        action.seen = Some(seen.clone());
        action.remarks.extend(loss(action, seen));
        if seen.gone && action.after.is_some() {
            action.remarks.push(format!(
                "its task {id} is gone from the service's list, as of {:.0}; {} makes a new one",
                seen.at,
                StateCommand(&["apply", "--replace", &action.key])
            ));
        }
    }
    for marker in state.seen_foreign() {
        let place = places.get(configuration.moved_to(&marker.key));
        let Some(action) = place.and_then(|place| actions.get_mut(*place)) else {
            continue;
        };
        let (id, at) = (&marker.identity, marker.at);
        match (marker.over, action.task.is_some()) {
            // An earlier task that is over, beside the one that the state has, is nothing to look at.
            (true, true) => {}
            (true, false) => action.remarks.push(format!(
                "the task {id} carries its marker and is over, as of {at:.0}, and the state does not know it"
            )),
            (false, _) => action.remarks.push(format!(
                "the task {id} carries its marker, as of {at:.0}, and the state does not know it: {} adopts it",
                StateCommand(&["resolve", &action.key, "--adopt", id])
            )),
        }
    }
}
