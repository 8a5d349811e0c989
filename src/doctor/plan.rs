//! What stands in the way of the next apply, by the files and the state alone.

use std::collections::BTreeMap;

use super::{CheckResult, Name, some_of};
use crate::plan::desired_state::Configuration;
use crate::plan::{BlockReason, Kind, Options, make, unfinished_stops};
use crate::state::State;
use crate::util::hint::StateCommand;

/// Whether apply would leave anything undone until a person says something.
pub fn plan(configuration: Option<&Configuration>, state: Option<&State>) -> CheckResult {
    let Some(configuration) = configuration else {
        return CheckResult::skip(Name::Plan, "the project has errors, so nothing can be planned");
    };
    let Some(state) = state else {
        return CheckResult::skip(
            Name::Plan,
            "there is no state that can be read, so nothing is known to be in the way",
        );
    };
    let plan = match make(configuration, state, &Options::default()) {
        Ok(plan) => plan,
        Err(error) => return CheckResult::error(Name::Plan, error.to_string()),
    };
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for action in &plan.actions {
        let what = match &action.block {
            _ if action.is_to_decide() => "no longer declared, and nobody has said what becomes of the task",
            _ if action.kind == Kind::Unknown => "create of unknown outcome",
            Some(block) => in_the_way(block),
            None => continue,
        };
        let keys = found.entry(what).or_default();
        if !keys.contains(&action.key.as_str()) {
            keys.push(&action.key);
        }
    }
    let stops = unfinished_stops(state);
    if !stops.is_empty() {
        found.insert("stop of unknown outcome", stops);
    }
    if found.is_empty() {
        return CheckResult::ok(Name::Plan, "nothing waits for a person's word");
    }
    let found: Vec<String> = found
        .iter()
        .map(|(what, keys)| format!("{what}: {}", some_of(keys)))
        .collect();
    CheckResult::warn(Name::Plan, found.join("; ")).help(format!(
        "{} says of each what to write or to run",
        StateCommand(&["plan"])
    ))
}

/// What keeps an action from being carried out, in a few words.
const fn in_the_way(block: &BlockReason) -> &'static str {
    match block {
        BlockReason::NeedsReplace { .. } => "changed, and nobody has said what becomes of the task",
        BlockReason::HasBegun { .. } => "to be replaced, and its task has begun",
        BlockReason::SameAsOrphan { .. } => "not created, since another task may call the same people",
        BlockReason::Removed { .. } | BlockReason::RemovedAndStopped { .. } => {
            "not created, since its task was removed from the state"
        }
        BlockReason::UnknownCreate { .. } => "create of unknown outcome",
        BlockReason::TargetTaken { .. } => "not moved, since the new key has a task",
    }
}
