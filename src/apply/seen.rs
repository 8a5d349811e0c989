//! What a reading of the list shows that the state does not have yet, as a record for the journal.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};

use crate::api::ListedTask;
use crate::plan::desired_state::Configuration;
use crate::state::{Record, SeenMarker, SeenTask, State, comparable_id};

use super::reconcile::{Foreign, foreign};

/// What was seen is recorded anew after so long, though it is the same: somebody who looks all day writes once an hour.
const RENEWED: SignedDuration = SignedDuration::from_hours(1);
/// A list may lag behind a create by so much: until then a task that it lacks is not gone.
const LAG: SignedDuration = SignedDuration::from_mins(2);
/// The most markers that are kept.
const MOST_MARKERS: usize = 100;
/// The most characters of a status that are kept.
const STATUS_CHARS: usize = 64;

/// What a whole list shows, as it was read at a moment: all of it.
pub fn sightings(list: &[ListedTask], state: &State, configuration: &Configuration, read_at: Timestamp) -> Record {
    let listed: HashMap<String, &ListedTask> = list
        .iter()
        .map(|task| (comparable_id(task.identity.as_str()), task))
        .collect();
    let mut tasks: BTreeMap<String, SeenTask> = BTreeMap::new();
    for task in state.tasks.values() {
        let shown = listed.get(&comparable_id(&task.identity)).copied();
        let patience = if shown.is_some() { SignedDuration::ZERO } else { LAG };
        if read_at.duration_since(task.created_at) >= patience {
            tasks.insert(task.identity.clone(), seen(shown, read_at));
        }
    }
    let foreign = markers(foreign(list, state, configuration), &listed, state, read_at);
    let foreign = Some(foreign);
    Record::Seen { tasks, foreign }
}

/// The same without what the state has; `None` where nothing is left that matters. Counts that grow do not: they are kept
/// with the next change of a status, or after an hour.
pub fn new_sightings(
    list: &[ListedTask],
    state: &State,
    configuration: &Configuration,
    read_at: Timestamp,
) -> Option<Record> {
    let Record::Seen { mut tasks, foreign } = sightings(list, state, configuration, read_at) else {
        return None;
    };
    let known = &state.seen.tasks;
    let is_old = tasks
        .keys()
        .filter_map(|id| known.get(id))
        .any(|known| read_at.duration_since(known.at).abs() >= RENEWED);
    tasks.retain(|id, seen| known.get(id).is_none_or(|known| is_old || is_news(known, seen)));
    let foreign = foreign.filter(|foreign| *foreign != state.seen.foreign);
    (!tasks.is_empty() || foreign.is_some()).then_some(Record::Seen { tasks, foreign })
}

/// What a list showed of one task.
pub(super) fn seen(shown: Option<&ListedTask>, at: Timestamp) -> SeenTask {
    let status = shown.and_then(|shown| shown.status.as_ref());
    SeenTask {
        at,
        status: status.map(|status| status.chars().take(STATUS_CHARS).collect()),
        people: shown.and_then(|shown| shown.people),
        calls: shown.and_then(|shown| shown.calls),
        gone: shown.is_none(),
    }
}

/// Whether a task is otherwise than it was known: its status, or whether it has people at all and any were called.
fn is_news(known: &SeenTask, seen: &SeenTask) -> bool {
    let outline = |seen: &SeenTask| {
        let is_any = |count: Option<u64>| count.map(|count| count > 0);
        (seen.status.clone(), seen.gone, is_any(seen.people), is_any(seen.calls))
    };
    outline(known) != outline(seen)
}

fn markers(
    foreign: Vec<Foreign>,
    listed: &HashMap<String, &ListedTask>,
    state: &State,
    read_at: Timestamp,
) -> Vec<SeenMarker> {
    let seen = foreign.into_iter().map(|Foreign { key, marker, task }| {
        let shown = listed.get(&comparable_id(task.as_str()));
        SeenMarker {
            key,
            identity: task.to_string(),
            marker,
            over: shown.is_some_and(|shown| shown.is_over()),
            at: read_at,
        }
    });
    let mut seen: Vec<SeenMarker> = seen.collect();
    seen.sort();
    seen.dedup();
    seen.truncate(MOST_MARKERS);
    for marker in &mut seen {
        let is_same = |known: &&SeenMarker| {
            SeenMarker {
                at: read_at,
                ..(*known).clone()
            } == *marker
        };
        if let Some(known) = state.seen.foreign.iter().find(is_same) {
            marker.at = known.at;
        }
    }
    seen
}
