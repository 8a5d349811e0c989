//! `dialform resolve`: a person decides what reconcile cannot. It writes records and sends nothing that changes anything.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use thiserror::Error;

use crate::api::{ApiError, Client, Identity, ListedTask};
use crate::plan::desired_state::{Configuration, Desired};
use crate::state::{How, Intent, Marker, Record, Stage, State, StateError, StateWriter, Task};
use crate::util::hint::StateCommand;
use crate::util::suggest::closest;

use super::adoptable::{NotAdoptable, objection, taken};
use super::reconcile::{Foreign, foreign};

/// What a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// `--adopt ID`: this task is the campaign's, unless the list or the state speak against it.
    Adopt(Identity),
    /// `--adopt ID --force`: this task is the campaign's, whatever the list says.
    AdoptAnyway(Identity),
    /// `--recreate`: no task is the campaign's, so a new one may be created.
    Recreate,
}

/// What was resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResolveResult {
    /// The campaign has this task.
    Adopted {
        /// The task.
        task: Identity,
        /// Whether its settings are taken to be those of the files, since the state did not know it.
        is_presumed: bool,
    },
    /// The next apply may create the campaign's task.
    Free {
        /// Tasks with a marker of the campaign that are left alone.
        left: Vec<Identity>,
    },
}

/// Why nothing was resolved.
#[derive(Debug, Error)]
pub enum ResolveError {
    /// The create was never sent.
    #[error("there is nothing to resolve: the create of `{key}` was never sent, and the next apply sends it")]
    NeverSent {
        /// The campaign's key.
        key: String,
    },
    /// Another machine may still be about to send the create.
    #[error(
        "the run that was sending the create of `{key}` was shut out, and it may still leave until {until:.0}: try again then"
    )]
    MayStillLeave {
        /// The campaign's key.
        key: String,
        /// When it cannot leave any more.
        until: Timestamp,
    },
    /// No campaign has the key.
    #[error(
        "there is nothing to resolve: no create of `{key}` is open, and no campaign has this key{}",
        .meant.as_ref().map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default()
    )]
    NoSuchCampaign {
        /// What was named.
        key: String,
        /// The campaign that was probably meant.
        meant: Option<String>,
    },
    /// Nothing is unknown.
    #[error(
        "there is nothing to resolve: no create of `{key}` is open, and no task at the API carries a marker of it that the \
         state does not know"
    )]
    NothingOpen {
        /// The campaign's key.
        key: String,
    },
    /// The task does not carry the campaign's marker.
    #[error(
        "the task {task} carries no marker of `{key}`; these do: {}. {} adopts it all the same",
        join(candidates), StateCommand(&["resolve", key, "--adopt", task.as_str(), "--force"])
    )]
    NotACandidate {
        /// The campaign's key.
        key: String,
        /// The task that was named.
        task: Identity,
        /// The tasks that could be named.
        candidates: Vec<Identity>,
    },
    /// The list or the state speak against the task that was named.
    #[error(transparent)]
    NotAdoptable(#[from] NotAdoptable),
    /// The list cannot be read.
    #[error("{0}. Nothing was resolved")]
    List(#[from] ApiError),
    /// The list cannot be read, in which a task was to be looked up.
    #[error(
        "{why}. Nothing was adopted, since the list did not show whether {task} is there, still calls, and is that of `{key}`; \
         {} adopts it without a look",
        StateCommand(&["resolve", key, "--adopt", task.as_str(), "--force"])
    )]
    NoLook {
        /// The campaign's key.
        key: String,
        /// The task that was named.
        task: Identity,
        /// The client's words.
        why: ApiError,
    },
    /// The state cannot be written, or refuses.
    #[error(transparent)]
    State(#[from] StateError),
}

fn join(tasks: &[Identity]) -> String {
    let tasks: Vec<&str> = tasks.iter().map(Identity::as_str).collect();
    tasks.join(", ")
}

/// Resolves a create whose outcome is unknown; `None` where none of this key is open. Nothing is asked of the API.
///
/// # Errors
///
/// [`ResolveError`] where the create was never sent, or the state refuses.
pub fn resolve_create(
    store: &mut StateWriter,
    key: &str,
    resolution: &Resolution,
) -> Result<Option<ResolveResult>, ResolveError> {
    let Some(intent) = store.state().intent_for(key) else {
        return Ok(None);
    };
    if !intent.may_have_left() {
        return Err(ResolveError::NeverSent { key: key.to_owned() });
    }
    if *resolution == Resolution::Recreate
        && intent.stage == Stage::Sending
        && let Some(until) = store.leaves_by().filter(|until| *until > Timestamp::now())
    {
        let key = key.to_owned();
        return Err(ResolveError::MayStillLeave { key, until });
    }
    let (intent, at) = (intent.id, Timestamp::now());
    let (record, resolved) = match resolution {
        Resolution::Adopt(task) | Resolution::AdoptAnyway(task) => {
            if let Some(taken) = taken(store.state(), key, task) {
                return Err(taken.into());
            }
            let record = Record::Created {
                intent,
                identity: task.to_string(),
                at,
                how: How::Adopted,
            };
            let (task, is_presumed) = (task.clone(), false);
            (record, ResolveResult::Adopted { task, is_presumed })
        }
        Resolution::Recreate => (
            Record::Abandoned { intent, at },
            ResolveResult::Free { left: Vec::new() },
        ),
    };
    store.append(record)?;
    Ok(Some(resolved))
}

/// Gives an open create the task that a person named, once the list was asked about it; `None` where none of this key is
/// open.
///
/// # Errors
///
/// [`ResolveError`] where the list or the state speak against the task, or the list cannot be read.
pub async fn resolve_named(
    store: &mut StateWriter,
    client: &Client,
    key: &str,
    task: &Identity,
) -> Result<Option<ResolveResult>, ResolveError> {
    let Some(intent) = store.state().intent_for(key) else {
        return Ok(None);
    };
    let was_sent = intent.may_have_left();
    if was_sent && taken(store.state(), key, task).is_none() {
        let list = client.scan().await.map_err(|why| ResolveError::NoLook {
            key: key.to_owned(),
            task: task.clone(),
            why,
        })?;
        if let Some(objection) = objection(&list, key, task, |marked| marked == key) {
            return Err(objection.into());
        }
    }
    resolve_create(store, key, &Resolution::Adopt(task.clone()))
}

/// Resolves a key whose marker is on tasks that the state does not know: a state was lost, or two projects share a key.
///
/// # Errors
///
/// [`ResolveError`] where there is no such task, or another was named; where the list cannot be read, or the state refuses.
pub async fn resolve_lost(
    store: &mut StateWriter,
    client: &Client,
    configuration: &Configuration,
    key: &str,
    resolution: &Resolution,
) -> Result<ResolveResult, ResolveError> {
    let desired = configuration
        .campaign(key)
        .ok_or_else(|| ResolveError::NoSuchCampaign {
            key: key.to_owned(),
            meant: closest(key, configuration.campaigns.iter().map(|desired| desired.key.as_str())).map(str::to_owned),
        })?;
    let list = client.scan().await?;
    let mut found = foreign(&list, store.state(), configuration);
    found.retain(|foreign| foreign.key == key);
    if found.is_empty() && !matches!(resolution, Resolution::AdoptAnyway(_)) {
        return Err(ResolveError::NothingOpen { key: key.to_owned() });
    }
    let at = Timestamp::now();
    let candidates = || found.iter().map(|foreign| foreign.task.clone()).collect();
    let (task, is_forced) = match resolution {
        Resolution::Recreate => {
            let left = candidates();
            for Foreign { key, marker, task } in found {
                let identity = Some(task.to_string());
                store.append(Record::Disowned {
                    key,
                    marker,
                    identity,
                    at,
                })?;
            }
            return Ok(ResolveResult::Free { left });
        }
        Resolution::Adopt(task) => (task, false),
        Resolution::AdoptAnyway(task) => (task, true),
    };
    if let Some(taken) = taken(store.state(), key, task) {
        return Err(taken.into());
    }
    let is_ours = |marked: &str| configuration.moved_to(marked) == key;
    if !is_forced && let Some(objection) = objection(&list, key, task, is_ours) {
        return Err(objection.into());
    }
    let marker = match found.iter().find(|foreign| foreign.task == *task) {
        Some(Foreign { marker, .. }) => marker.clone(),
        None if is_forced => Marker::of_none(key),
        None => {
            return Err(ResolveError::NotACandidate {
                key: key.to_owned(),
                task: task.clone(),
                candidates: candidates(),
            });
        }
    };
    let adopted = adopted(desired, &marker, task, at);
    let key = key.to_owned();
    store.append(Record::Adopted { key, task: adopted })?;
    let (task, is_presumed) = (task.clone(), true);
    Ok(ResolveResult::Adopted { task, is_presumed })
}

/// The task of the list, as the state takes it: it counts as what the files say, since nobody knows what it was created with.
fn adopted(desired: &Desired, marker: &Marker, task: &Identity, at: Timestamp) -> Task {
    let (fingerprint, body) = (desired.fingerprint.clone(), desired.redacted.clone());
    Task::new(task.to_string(), fingerprint, body, marker.clone(), at)
}

/// A task in the list that may be a campaign's: it carries a marker of the campaign.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The task as the list shows it.
    pub task: ListedTask,
    /// The marker that it carries.
    pub marker: Marker,
}

impl Candidate {
    /// Whether the list says that it never calls again, so that it is hardly the one.
    pub fn is_over(&self) -> bool {
        self.task.is_over()
    }
}

/// A campaign whose task is not known for sure.
#[derive(Clone, Debug)]
pub struct OpenQuestion {
    /// The campaign's key.
    pub key: String,
    /// The create whose outcome is unknown, where there is one; otherwise the state does not know the marker at all.
    pub intent: Option<Intent>,
    /// The tasks that may be the campaign's.
    pub candidates: Vec<Candidate>,
}

impl OpenQuestion {
    /// The one candidate that is not over; nothing where there is none, or several.
    pub fn answer(&self) -> Option<&Candidate> {
        let mut living = self.candidates.iter().filter(|candidate| !candidate.is_over());
        living.next().filter(|_| living.next().is_none())
    }
}

/// Every campaign whose task is not known for sure, by the whole list: creates whose outcome is unknown, and declared keys
/// whose marker is on tasks that the state does not know. By their keys.
pub fn open_questions(list: &[ListedTask], state: &State, configuration: &Configuration) -> Vec<OpenQuestion> {
    let mut questions: BTreeMap<String, OpenQuestion> = BTreeMap::new();
    for intent in state.intents.values().filter(|intent| intent.is_in_doubt()) {
        let found = list.iter().filter(|task| task.text.has(&intent.marker));
        let candidates = found.map(|task| Candidate {
            task: task.clone(),
            marker: intent.marker.clone(),
        });
        let question = OpenQuestion {
            key: intent.key.clone(),
            intent: Some(intent.clone()),
            candidates: candidates.collect(),
        };
        questions.insert(intent.key.clone(), question);
    }
    let by_id: HashMap<&str, &ListedTask> = list.iter().map(|task| (task.identity.as_str(), task)).collect();
    for Foreign { key, marker, task } in foreign(list, state, configuration) {
        let Some(task) = by_id.get(task.as_str()) else { continue };
        // An earlier task that is over, beside the one that the state has, raises no question.
        let is_over = task.is_over();
        if is_over && state.tasks.contains_key(&key) {
            continue;
        }
        let question = questions.entry(key.clone()).or_insert_with(|| OpenQuestion {
            key,
            intent: None,
            candidates: Vec::new(),
        });
        let task = ListedTask::clone(task);
        question.candidates.push(Candidate { task, marker });
    }
    questions.into_values().collect()
}

/// Gives a campaign the one living task that carries its marker, where there is exactly one; `None` otherwise.
///
/// # Errors
///
/// [`StateError`] where the state refuses.
pub fn adopt_answer(
    store: &mut StateWriter,
    configuration: &Configuration,
    question: &OpenQuestion,
) -> Result<Option<ResolveResult>, StateError> {
    let Some(Candidate { task, marker }) = question.answer() else {
        return Ok(None);
    };
    let (at, task) = (Timestamp::now(), task.identity.clone());
    let record = match (&question.intent, configuration.campaign(&question.key)) {
        (Some(intent), _) if intent.marker == *marker => Record::Created {
            intent: intent.id,
            identity: task.to_string(),
            at,
            how: How::Adopted,
        },
        (None, Some(desired)) => Record::Adopted {
            key: question.key.clone(),
            task: adopted(desired, marker, &task, at),
        },
        // One create is unknown, and another marker of the campaign is on a task: a person has to look.
        (Some(_), _) | (None, None) => return Ok(None),
    };
    store.append(record)?;
    let is_presumed = question.intent.is_none();
    Ok(Some(ResolveResult::Adopted { task, is_presumed }))
}
