//! The plan as JSON: what `plan --output-format json` prints and a saved plan holds. Only redacted bodies are in it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::desired_state::Location;
use crate::state::SeenTask;
use crate::util::schema_types::{CampaignKey, Moment, RedactedBody};
use crate::wire::PackedBody;

use super::{Action, FieldChange, Kind, Plan};

/// The version of the form below; it grows when a field changes its meaning or goes.
const FORMAT_VERSION: u32 = 1;

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanView {
    /// The version of this format.
    #[schemars(extend("const" = FORMAT_VERSION))]
    pub format_version: u32,
    /// The environment that it is for; absent where the project has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub environment: Option<String>,
    /// How many actions of each kind there are.
    pub summary: SummaryView,
    /// What a person has to decide, then moves, removals, campaigns in path order, and what else is no longer declared.
    pub actions: Vec<ActionView>,
    /// What a person should know besides.
    pub notes: Vec<String>,
}

/// How many actions of each kind there are. `blocked` counts those of them that apply does not carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "summary")]
pub struct SummaryView {
    /// Tasks to be created.
    pub create: usize,
    /// Entries of the state that get another key.
    #[serde(rename = "move")]
    pub moves: usize,
    /// Tasks to be stopped and created anew.
    pub replace: usize,
    /// Campaigns whose task is as the files say.
    pub unchanged: usize,
    /// Tasks of removed campaigns that are to be stopped for good.
    #[serde(default)]
    pub halt: usize,
    /// Tasks of removed campaigns that are let go.
    #[serde(default)]
    pub let_go: usize,
    /// Entries of the state that are no longer declared.
    pub orphan: usize,
    /// Creates whose outcome is not known.
    pub unknown: usize,
    /// Actions among these that are blocked.
    pub blocked: usize,
}

/// One action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "action")]
pub struct ActionView {
    /// The campaign's key; of a move, the new one.
    #[schemars(with = "CampaignKey")]
    pub key: String,
    /// What is to be done.
    pub kind: Kind,
    /// Why, in words.
    pub reason: String,
    /// What keeps it from being carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "BlockView")]
    pub blocked: Option<BlockView>,
    /// The campaign's `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub name: Option<String>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Location")]
    pub at: Option<Location>,
    /// The API's id of the task that the state holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub task: Option<String>,
    /// What differs between the task and what is wanted, whether or not the task is replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1))]
    pub changes: Vec<ChangeView>,
    /// Of a replacement: that even a task that has begun may be stopped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub even_running: bool,
    /// What was last seen of its task at the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "SeenView")]
    pub seen: Option<SeenView>,
    /// What a person should know of its task at the service, as it was last seen, in whole sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1))]
    pub remarks: Vec<String>,
    /// With `--full`: the redacted body that the state holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "RedactedBody")]
    pub before: Option<PackedBody>,
    /// With `--full`: the redacted body that is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "RedactedBody")]
    pub after: Option<PackedBody>,
}

/// What the service's list showed of a task when it was last read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "seen")]
pub struct SeenView {
    /// When that was.
    #[schemars(with = "Moment")]
    pub at: Timestamp,
    /// The task's status in words; absent where the list did not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub status: Option<String>,
    /// The task's status as the API writes it, such as `PROCESS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub wire_status: Option<String>,
    /// How many people the task had; absent where the list did not show it.
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

/// What keeps an action from being carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "blocked")]
pub struct BlockView {
    /// `needs-replace`, `has-begun`, `same-as-orphan`, `removed`, `unknown-create` or `target-taken`.
    #[schemars(extend("enum" = ["needs-replace", "has-begun", "same-as-orphan", "removed", "unknown-create", "target-taken"]))]
    pub code: String,
    /// What is in the way, and what to write.
    pub message: String,
}

/// One setting that differs, in the language's own units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "change")]
#[schemars(extend("anyOf" = [{ "required": ["before"] }, { "required": ["after"] }]))]
pub struct ChangeView {
    /// The setting, such as `redial.busy.after`.
    pub path: String,
    /// As the task has it; absent where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub before: Option<String>,
    /// As the files have it; absent where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub after: Option<String>,
}

impl PlanView {
    /// The view of a plan, with whole bodies where `full`.
    pub fn of(plan: &Plan, full: bool) -> Self {
        let Plan {
            actions,
            notes,
            environment,
            options: _,
            has_open_creates: _,
        } = plan;
        let all = |kind| {
            let (free, blocked) = plan.count(kind);
            free.saturating_add(blocked)
        };
        Self {
            format_version: FORMAT_VERSION,
            environment: environment.clone(),
            summary: SummaryView {
                create: all(Kind::Create),
                moves: all(Kind::Move),
                replace: all(Kind::Replace),
                unchanged: all(Kind::Unchanged),
                halt: all(Kind::Halt),
                let_go: all(Kind::LetGo),
                orphan: all(Kind::Orphan),
                unknown: all(Kind::Unknown),
                blocked: actions.iter().filter(|action| action.block.is_some()).count(),
            },
            actions: actions.iter().map(|action| ActionView::of(action, full)).collect(),
            notes: notes.clone(),
        }
    }
}

impl ActionView {
    fn of(action: &Action, full: bool) -> Self {
        let Action {
            key,
            kind,
            reason,
            block,
            at,
            name,
            task,
            changes,
            even_running,
            is_named: _,
            seen,
            remarks,
            before,
            after,
        } = action;
        let body = |body: &Option<PackedBody>| body.clone().filter(|_| full);
        Self {
            key: key.clone(),
            kind: *kind,
            reason: reason.to_string(),
            blocked: block.as_ref().map(|block| BlockView {
                code: block.code().to_owned(),
                message: block.to_string(),
            }),
            name: name.clone(),
            at: at.clone(),
            task: task.clone(),
            changes: changes.iter().map(ChangeView::of).collect(),
            even_running: *even_running,
            seen: seen.as_ref().map(SeenView::of),
            remarks: remarks.clone(),
            before: body(before),
            after: body(after),
        }
    }
}

impl SeenView {
    fn of(seen: &SeenTask) -> Self {
        Self {
            at: seen.at,
            status: seen.task_status().map(|status| status.to_string()),
            wire_status: seen.status.clone(),
            people: seen.people,
            calls: seen.calls,
            gone: seen.gone,
        }
    }
}

impl ChangeView {
    fn of(FieldChange { path, before, after }: &FieldChange) -> Self {
        Self {
            path: path.clone(),
            before: before.clone(),
            after: after.clone(),
        }
    }
}
