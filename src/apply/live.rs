//! `dialform import --live`: adopts tasks that were made elsewhere. It writes records and sends nothing.

use jiff::Timestamp;
use thiserror::Error;

use crate::api::Identity;
use crate::plan::desired_state::Configuration;
use crate::state::{InvalidTransition, Marker, Record, StateError, StateWriter, Task, is_same_task};

/// A task that a campaign has adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// The campaign's key.
    pub key: String,
    /// Its task.
    pub task: Identity,
    /// Whether it had this very task before, so that nothing was changed.
    pub was_known: bool,
}

/// Why no task was adopted.
#[derive(Debug, Error)]
pub enum LiveError {
    /// No campaign has the key.
    #[error("no campaign has the key `{key}`; nothing was changed")]
    NoSuchCampaign {
        /// What was named.
        key: String,
    },
    /// A `moved` brings the campaign a task already.
    #[error("the campaign `{key}` adopts the task {identity} of `{from}`, as `moved` says; nothing was changed")]
    Moved {
        /// The campaign's key.
        key: String,
        /// The key that has the task now.
        from: String,
        /// That task.
        identity: String,
    },
    /// The state holds something else.
    #[error("{0}; nothing was changed")]
    InvalidTransition(InvalidTransition),
    /// The state cannot be written.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Adopts each task for the campaign beside it: all of them, or none where one does not fit. A campaign that has
/// the task already keeps it as it is, so that a run that was ended in the middle can be given again.
///
/// # Errors
///
/// [`LiveError`] where no campaign has a key, a campaign has another task or an open create already (be it under a key
/// that `moved` gives it), or a task belongs to another campaign; where the state cannot be written.
pub fn adopt_live(
    store: &mut StateWriter,
    configuration: &Configuration,
    wanted: &[(String, Identity)],
) -> Result<Vec<Adopted>, LiveError> {
    let at = Timestamp::now();
    // Tried on a copy first, so that a mistake in the last one leaves no half behind.
    let mut state = store.state().clone();
    let mut records = Vec::new();
    let mut adopted = Vec::new();
    for (key, task) in wanted {
        let desired = configuration
            .campaign(key)
            .ok_or_else(|| LiveError::NoSuchCampaign { key: key.clone() })?;
        let moved = state
            .tasks
            .iter()
            .find(|(from, _)| *from != key && configuration.moved_to(from) == key);
        if let Some((from, held)) = moved {
            return Err(LiveError::Moved {
                key: key.clone(),
                from: from.clone(),
                identity: held.identity.clone(),
            });
        }
        // Its outcome would become the task of this campaign as well.
        let open = state
            .intents
            .values()
            .find(|intent| configuration.moved_to(&intent.key) == key);
        if let Some(open) = open {
            let key = open.key.clone();
            return Err(LiveError::InvalidTransition(InvalidTransition::IntentOpen { key }));
        }
        let held = state.tasks.get(key);
        let was_known = held.is_some_and(|held| is_same_task(&held.identity, task.as_str()));
        adopted.push(Adopted {
            key: key.clone(),
            task: task.clone(),
            was_known,
        });
        if was_known {
            continue;
        }
        // A task that was removed from the state has a marker, which the list still shows.
        let stone = state.tombstones.values().flatten().find(|stone| {
            stone
                .identity
                .as_deref()
                .is_some_and(|identity| is_same_task(identity, task.as_str()))
        });
        // All others carry none: they are known by their ids alone.
        let marker = stone.map_or_else(|| Marker::of_none(key), |stone| stone.marker.clone());
        let (fingerprint, body) = (desired.fingerprint.clone(), desired.redacted.clone());
        let task = Task::new(task.to_string(), fingerprint, body, marker, at);
        let key = key.clone();
        let record = Record::Adopted { key, task };
        state.apply(&record).map_err(LiveError::InvalidTransition)?;
        records.push(record);
    }
    for record in records {
        store.append(record)?;
    }
    Ok(adopted)
}
