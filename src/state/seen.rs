//! What was last seen of the tasks at the service: what status and apply read there, kept so that plan can say it offline.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::model::{State, Task, Tombstone, is_same_task};
use crate::fields::types::{Marker, TaskStatus};
use crate::util::schema_types::{CampaignKey, MarkerText, Moment, TaskId};

/// What was last seen at the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "sightings")]
pub struct Sightings {
    /// The campaigns' tasks, by their ids.
    pub tasks: BTreeMap<String, SeenTask>,
    /// Tasks that carry a marker of a declared campaign which the state does not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1))]
    pub foreign: Vec<SeenMarker>,
}

/// What the service's list showed of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "seen-task")]
pub struct SeenTask {
    /// When.
    #[schemars(with = "Moment")]
    pub at: Timestamp,
    /// Its status as the API writes it, such as `PROCESS`; absent where the list did not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub status: Option<String>,
    /// How many people it had; absent where the list did not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    pub people: Option<u64>,
    /// How many calls were made; absent where the list did not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    pub calls: Option<u64>,
    /// Whether the list did not have the task at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

/// A marker at the service that the state had not put on anything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "seen-marker")]
pub struct SeenMarker {
    /// The key that its campaign had then.
    #[schemars(with = "CampaignKey")]
    pub key: String,
    /// The API's id of the task that carries it.
    #[schemars(with = "TaskId")]
    pub identity: String,
    /// The marker.
    #[schemars(with = "MarkerText")]
    pub marker: Marker,
    /// Whether that task was over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub over: bool,
    /// When it was first seen so.
    #[schemars(with = "Moment")]
    pub at: Timestamp,
}

impl Sightings {
    /// Whether nothing was seen yet.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.foreign.is_empty()
    }
}

impl SeenTask {
    /// Its status, where the list showed one.
    pub fn task_status(&self) -> Option<TaskStatus> {
        self.status.as_deref().map(TaskStatus::of)
    }

    /// Whether it never calls again.
    pub fn is_over(&self) -> bool {
        self.task_status().is_some_and(|status| status.is_over())
    }
}

impl State {
    /// What was last seen of a task, unless something was done with it since.
    pub fn seen(&self, task: &Task) -> Option<&SeenTask> {
        let seen = self.seen.tasks.get(&task.identity)?;
        let acted = [&task.acting, &task.acted].into_iter().flatten().map(|hand| hand.at);
        let mut done = [task.halting, task.halted_at].into_iter().flatten().chain(acted);
        (!done.any(|at| at > seen.at)).then_some(seen)
    }

    /// Whether a task that was removed from the state is known to be stopped, or was seen to be over.
    pub fn is_over(&self, stone: &Tombstone) -> bool {
        let seen = || self.seen.tasks.get(stone.identity.as_ref()?);
        stone.halted_at.is_some() || seen().is_some_and(SeenTask::is_over)
    }

    /// The markers that were seen and that the state still does not know.
    pub fn seen_foreign(&self) -> impl Iterator<Item = &SeenMarker> {
        let is_known = |seen: &SeenMarker| {
            let mut markers = self.markers();
            markers.any(|(_, known)| known.random_part() == seen.marker.random_part())
                || self
                    .tasks
                    .get(&seen.key)
                    .is_some_and(|task| is_same_task(&task.identity, &seen.identity))
        };
        self.seen.foreign.iter().filter(move |seen| !is_known(seen))
    }
}
