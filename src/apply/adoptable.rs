//! Whether a task that a person names can be a campaign's, by the whole list and the state.

use thiserror::Error;

use crate::api::{Identity, ListedTask, TaskStatus};
use crate::state::State;
use crate::util::hint::StateCommand;

use super::living::find;

/// Why a named task is not taken for a campaign's unless a person insists.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotAdoptable {
    /// The whole list does not have it.
    #[error(
        "the list of tasks, read to its end, does not have {task}, so it was not adopted: look the id up in the vendor's page{}. \
         Where the list only lags, {} adopts it all the same",
        candidates_words(key, candidates),
        anyway(key, task)
    )]
    NotInList {
        /// The campaign's key.
        key: String,
        /// The task that was named.
        task: Identity,
        /// The tasks of the list that carry a marker of the campaign.
        candidates: Vec<Identity>,
    },
    /// It never calls again.
    #[error(
        "the task {task} is {status} and never calls again, so it was not adopted: {} has the next apply create a new one, and \
         {} adopts this one all the same",
        StateCommand(&["resolve", key, "--recreate"]), anyway(key, task)
    )]
    Over {
        /// The campaign's key.
        key: String,
        /// The task that was named.
        task: Identity,
        /// What the list shows of it.
        status: TaskStatus,
    },
    /// The state has it as another campaign's. Nobody can insist on that: an order for one of them would reach both.
    #[error(
        "the task {task} is that of `{other}` in the state, and one task is never that of two campaigns: {} takes it out of the \
         state first, or `moved from=\"{other}\" to=\"{key}\"` in the files gives it the other key",
        StateCommand(&["state", "rm", other])
    )]
    Taken {
        /// The campaign's key.
        key: String,
        /// The task that was named.
        task: Identity,
        /// The campaign that has it.
        other: String,
    },
    /// It carries the marker of another campaign, and none of this one.
    #[error(
        "the task {task} carries the marker of `{other}`, so it is another campaign's and was not adopted{}. {} adopts it all \
         the same",
        candidates_words(key, candidates),
        anyway(key, task)
    )]
    OthersMarker {
        /// The campaign's key.
        key: String,
        /// The task that was named.
        task: Identity,
        /// The key in its marker, without secrets.
        other: String,
        /// The tasks of the list that carry a marker of the campaign.
        candidates: Vec<Identity>,
    },
}

fn anyway(key: &str, task: &Identity) -> String {
    StateCommand(&["resolve", key, "--adopt", task.as_str(), "--force"]).to_string()
}

fn candidates_words(key: &str, candidates: &[Identity]) -> String {
    let tasks: Vec<&str> = candidates.iter().map(Identity::as_str).collect();
    match tasks.as_slice() {
        [] => String::new(),
        tasks => format!("; with a marker of `{key}` there is {}", tasks.join(", ")),
    }
}

/// The campaign that has this task in the state, be it its own or one that it replaced.
pub(super) fn taken(state: &State, key: &str, task: &Identity) -> Option<NotAdoptable> {
    let other = state.holders_of(task.as_str()).find(|held| *held != key)?;
    Some(NotAdoptable::Taken {
        key: key.to_owned(),
        task: task.clone(),
        other: other.to_owned(),
    })
}

/// Why the named task is hardly the campaign's, by the whole list; `None` where nothing speaks against it. `is_ours` says
/// whether a key in a marker is the campaign's.
pub(super) fn objection(
    list: &[ListedTask],
    key: &str,
    task: &Identity,
    is_ours: impl Fn(&str) -> bool,
) -> Option<NotAdoptable> {
    let carries_ours = |listed: &ListedTask| !listed.text.markers_of(&is_ours).is_empty();
    let candidates = || {
        let ours = list.iter().filter(|listed| carries_ours(listed) && !listed.is_over());
        ours.map(|listed| listed.identity.clone()).collect()
    };
    let (key, named) = (key.to_owned(), task.clone());
    let Some(listed) = find(list, task.as_str()) else {
        return Some(NotAdoptable::NotInList {
            key,
            task: named,
            candidates: candidates(),
        });
    };
    if let Some(status) = listed.task_status().filter(TaskStatus::is_over) {
        return Some(NotAdoptable::Over {
            key,
            task: named,
            status,
        });
    }
    let mut others = listed.text.other_keys(&is_ours).into_iter();
    let other = others.next().filter(|_| !carries_ours(listed))?;
    Some(NotAdoptable::OthersMarker {
        key,
        task: named,
        other,
        candidates: candidates(),
    })
}
