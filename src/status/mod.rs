//! What the files want, what the state knows and what the service shows, campaign by campaign. It asks nobody: the list of
//! tasks is given.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{ListedTask, TaskStatus};
use crate::apply::{Foreign, foreign};
use crate::plan::desired_state::Configuration;
use crate::plan::{Action, Kind, Plan, Reason};
use crate::state::{State, comparable_id, is_same_task};
use crate::util::hint::StateCommand;
use crate::util::schema_types::{CampaignKey, TaskId};

/// The version of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// The status of the campaigns of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "status")]
pub struct StatusReport {
    /// The version of this form.
    pub format_version: u32,
    /// Whether nothing is out of step.
    pub in_step: bool,
    /// Each campaign that the files declare or the state knows.
    pub campaigns: Vec<CampaignStatus>,
}

/// One campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "campaign")]
pub struct CampaignStatus {
    /// Its key.
    #[schemars(with = "CampaignKey")]
    pub key: String,
    /// Its `name`.
    pub name: Option<String>,
    /// Whether the files declare it.
    pub declared: bool,
    /// The API's id of the task that the state has for it.
    #[schemars(with = "Option<TaskId>")]
    pub task: Option<String>,
    /// The task's status in words; nothing where the list does not show it.
    pub status: Option<String>,
    /// The task's status as the API writes it, such as `PROCESS`.
    pub wire_status: Option<String>,
    /// How many people the task has; nothing where the list does not show it.
    pub people: Option<u64>,
    /// How many calls were made; nothing where the list does not show it.
    pub calls: Option<u64>,
    /// When the task was created, as the list shows it, or as the state knows it.
    pub created: Option<String>,
    /// What is out of step, in whole sentences; empty where nothing is.
    pub out_of_step: Vec<String>,
    /// The same for programs, in the same order: one word for each sentence.
    pub cases: Vec<StatusCase>,
}

/// What can be out of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "case")]
pub enum StatusCase {
    /// The campaign has no task yet, and apply creates one.
    NotCreated,
    /// The campaign has no task, and something keeps apply from creating one.
    Blocked,
    /// The task is not what the files say.
    Differs,
    /// The files no longer declare the campaign.
    NotDeclared,
    /// The files say that the task is to be stopped, or let go.
    Removed,
    /// Whether an earlier create made a task is not known.
    UnknownCreate,
    /// Whether a stop of the task was carried out is not known.
    UnknownStop,
    /// The task never calls again, and the files want one that does.
    Over,
    /// The task is gone from the service's list.
    Gone,
    /// The task has another name than it was created with.
    Renamed,
    /// A task carries the campaign's marker, and the state does not know it.
    Adoptable,
    /// The same, of a task that never calls again.
    UnknownAndOver,
    /// A task that was not created by dialform has the campaign's name.
    SameName,
}

impl StatusReport {
    /// The status of the campaigns whose keys are `wanted`, by a whole list of the service's tasks.
    pub fn new(
        plan: &Plan,
        configuration: &Configuration,
        state: &State,
        list: &[ListedTask],
        wanted: impl Fn(&str) -> bool,
    ) -> Self {
        let listed = Listed::new(list, foreign(list, state, configuration));
        let actions = plan
            .actions
            .iter()
            .filter(|action| action.kind != Kind::Move && wanted(&action.key));
        let campaigns: Vec<CampaignStatus> = actions.map(|action| campaign(action, state, &listed)).collect();
        Self {
            format_version: FORMAT_VERSION,
            in_step: campaigns.iter().all(|campaign| campaign.out_of_step.is_empty()),
            campaigns,
        }
    }
}

/// The list, by what it is searched for.
struct Listed<'l> {
    by_id: HashMap<String, &'l ListedTask>,
    /// The tasks without a marker of dialform's.
    unmarked_by_name: HashMap<&'l str, Vec<&'l ListedTask>>,
    /// The tasks with a marker that the state does not know, by the key of their campaign.
    unknown_by_key: HashMap<String, Vec<&'l ListedTask>>,
}

impl<'l> Listed<'l> {
    fn new(list: &'l [ListedTask], foreign: Vec<Foreign>) -> Self {
        let by_id: HashMap<String, &ListedTask> = list
            .iter()
            .map(|task| (comparable_id(task.identity.as_str()), task))
            .collect();
        let mut unmarked_by_name: HashMap<&str, Vec<&ListedTask>> = HashMap::new();
        for task in list.iter().filter(|task| !task.text.has_any_marker()) {
            if let Some(name) = &task.name {
                unmarked_by_name.entry(name).or_default().push(task);
            }
        }
        let mut unknown_by_key: HashMap<String, Vec<&ListedTask>> = HashMap::new();
        for Foreign { key, task, .. } in foreign {
            if let Some(task) = by_id.get(&comparable_id(task.as_str())) {
                unknown_by_key.entry(key).or_default().push(task);
            }
        }
        Self {
            by_id,
            unmarked_by_name,
            unknown_by_key,
        }
    }
}

impl<'l> Listed<'l> {
    fn task(&self, id: Option<&str>) -> Option<&'l ListedTask> {
        self.by_id.get(&comparable_id(id?)).copied()
    }
}

fn campaign(action: &Action, state: &State, listed: &Listed<'_>) -> CampaignStatus {
    let task = action.task.as_deref();
    let shown = listed.task(task);
    let known = state
        .tasks
        .values()
        .find(|known| task.is_some_and(|task| is_same_task(&known.identity, task)));
    let mut found: Vec<Found> = by_plan(action).into_iter().collect();
    found.extend(unknown_stop(action, state).filter(|_| !shown.is_some_and(ListedTask::is_over)));
    found.extend(by_list(action, listed));
    let (cases, out_of_step) = found.into_iter().unzip();
    let status = shown.and_then(ListedTask::task_status);
    CampaignStatus {
        key: action.key.clone(),
        name: action.name.clone(),
        declared: action.after.is_some(),
        task: action.task.clone(),
        status: status.as_ref().map(TaskStatus::to_string),
        wire_status: shown.and_then(|shown| shown.status.clone()),
        people: shown.and_then(|shown| shown.people),
        calls: shown.and_then(|shown| shown.calls),
        created: shown
            .and_then(|shown| shown.created.clone())
            .or_else(|| known.map(|known| format!("{:.0}", known.created_at))),
        out_of_step,
        cases,
    }
}

/// Something that is out of step, for programs and for people.
type Found = (StatusCase, String);

/// A stop of the task whose outcome is not known.
fn unknown_stop(action: &Action, state: &State) -> Option<Found> {
    let key = action.key.as_str();
    let id = action.task.as_deref()?;
    let task = state.tasks.get(key).filter(|task| is_same_task(&task.identity, id));
    let stone = || state.tombstone(key, id);
    let (asked, halted) = match task {
        Some(task) => (task.halting, task.halted_at),
        None => stone().map(|stone| (stone.halting, stone.halted_at))?,
    };
    let asked = asked.filter(|_| halted.is_none())?;
    Some((
        StatusCase::UnknownStop,
        format!(
            "the stop of its task of {asked:.0} has no known outcome; {} asks again, which does no harm",
            StateCommand(&["halt", key])
        ),
    ))
}

/// What the list shows of a campaign that neither the files nor the state say.
fn by_list(action: &Action, listed: &Listed<'_>) -> Vec<Found> {
    let task = action.task.as_deref();
    let shown = listed.task(task);
    let mut out_of_step = Vec::new();
    match (task, shown) {
        (Some(task), None) => out_of_step.push((
            StatusCase::Gone,
            format!(
                "its task {task} is gone from the service's list; {} makes a new one",
                replace(&action.key)
            ),
        )),
        (_, Some(shown)) => out_of_step.extend(by_service(action, shown)),
        (None, None) => {}
    }
    let unknown = listed.unknown_by_key.get(&action.key).into_iter().flatten();
    // An earlier task that is over, beside the one that the state has, is nothing to look at.
    for task in unknown.filter(|task| action.task.is_none() || !task.is_over()) {
        let id = task.identity.as_str();
        out_of_step.push(match task.is_over() {
            true => (
                StatusCase::UnknownAndOver,
                format!("the task {id} carries its marker and is over, and the state does not know it"),
            ),
            false => (
                StatusCase::Adoptable,
                format!(
                    "the task {id} carries its marker, and the state does not know it: {} adopts it",
                    StateCommand(&["resolve", &action.key, "--adopt", id])
                ),
            ),
        });
    }
    let same = same_name(action, listed).into_iter();
    out_of_step.extend(same.map(|words| (StatusCase::SameName, words)));
    out_of_step
}

/// Tasks of the campaign's name that dialform did not create.
fn same_name(action: &Action, listed: &Listed<'_>) -> Vec<String> {
    let name = action.name.iter();
    let named = name.flat_map(|name| listed.unmarked_by_name.get(&**name)).flatten();
    let others = named.filter(|task| task_is_not(task, action.task.as_deref()));
    let words = others.map(|task| {
        let id = task.identity.as_str();
        format!("the task {id} has the same name, and was not created by dialform")
    });
    words.collect()
}

/// Adds to a plan what only the list shows, and the state does not keep: other names, and tasks of the same name.
pub fn add_to_plan(plan: &mut Plan, list: &[ListedTask]) {
    let listed = Listed::new(list, Vec::new());
    for action in plan.actions.iter_mut().filter(|action| action.kind != Kind::Move) {
        let shown = listed.task(action.task.as_deref());
        let mut words: Vec<String> = shown.and_then(|shown| renamed(action, shown)).into_iter().collect();
        words.extend(same_name(action, &listed));
        action.remarks.extend(words);
    }
}

fn task_is_not(task: &ListedTask, id: Option<&str>) -> bool {
    !id.is_some_and(|id| is_same_task(id, task.identity.as_str()))
}

/// The command that makes a new task.
fn replace(key: &str) -> String {
    StateCommand(&["apply", "--replace", key]).to_string()
}

/// What is to be done or decided, by the files and the state alone.
fn by_plan(action: &Action) -> Option<Found> {
    let is_executable = action.is_executable();
    match action.kind {
        Kind::Create if is_executable => Some((
            StatusCase::NotCreated,
            format!("not created yet: {} creates it", StateCommand(&["apply"])),
        )),
        Kind::Unchanged if action.changes.is_empty() => None,
        Kind::Create | Kind::Replace | Kind::Unknown | Kind::Orphan | Kind::Unchanged | Kind::Halt | Kind::LetGo => {
            let fields: Vec<&str> = action.changes.iter().map(|change| change.path.as_str()).collect();
            let differs = match fields.is_empty() {
                true => String::new(),
                false => format!(" ({})", fields.join(", ")),
            };
            let case = match action.kind {
                Kind::Create => StatusCase::Blocked,
                Kind::Unknown => StatusCase::UnknownCreate,
                Kind::Orphan => StatusCase::NotDeclared,
                Kind::Halt | Kind::LetGo => StatusCase::Removed,
                Kind::Unchanged if is_over(&action.reason) => StatusCase::Over,
                Kind::Replace | Kind::Unchanged | Kind::Move => StatusCase::Differs,
            };
            Some((case, format!("{}{differs}", action.reason)))
        }
        Kind::Move => None,
    }
}

/// Whether the task is known to be over, by the state alone.
const fn is_over(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::AsDeclaredButStopped { .. }
            | Reason::AsDeclaredButOver { .. }
            | Reason::ChangedButOver { .. }
            | Reason::ChangedButSeenOver { .. }
    )
}

/// What somebody did with the task in the vendor's page.
fn by_service(action: &Action, shown: &ListedTask) -> Vec<Found> {
    let mut found = Vec::new();
    // Where there is more to say, the plan says it.
    let is_as_declared = action.kind == Kind::Unchanged && action.changes.is_empty();
    if let Some(status) = shown.task_status().filter(|status| status.is_over() && is_as_declared) {
        found.push((
            StatusCase::Over,
            format!(
                "its task is {status}, and nothing starts it again; {} makes a new one",
                replace(&action.key)
            ),
        ));
    }
    found.extend(renamed(action, shown).map(|words| (StatusCase::Renamed, words)));
    found
}

fn renamed(action: &Action, shown: &ListedTask) -> Option<String> {
    let known = action.before.as_ref()?.name()?;
    let name = shown.name.as_ref().filter(|name| **name != known)?;
    Some(format!("its task was renamed to \"{name}\" in the vendor's page"))
}
