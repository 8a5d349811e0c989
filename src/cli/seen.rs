//! Keeps what a command has read of the service's list in the state, so that plan can say it without asking anybody.

use jiff::Timestamp;

use super::context::LockArgs;
use super::terminal;
use crate::api::ListedTask;
use crate::apply::{new_sightings, sightings};
use crate::plan::desired_state::Configuration;
use crate::state::{Binding, Holder, State, StateError, StatePlace, StateWriter};
use crate::util::hint::StateCommand;

/// A journal of so many bytes is folded, however few records are in it.
const LARGE: u64 = 8 << 20;

/// A whole list, and when its reading began.
pub(super) struct SeenList<'l> {
    /// What it shows.
    pub(super) tasks: &'l [ListedTask],
    /// The moment before the first request of it.
    pub(super) read_at: Timestamp,
}

impl SeenList<'_> {
    /// Records what the list shows, where the state lacks it. Where there is no state, none is made; where it cannot be
    /// written, or an apply is at work on it, that is said and nothing else is wrong.
    pub(super) fn keep(
        &self,
        place: &StatePlace,
        binding: &Binding,
        configuration: &Configuration,
        state: Option<&State>,
        command: &'static str,
        lock: &LockArgs,
    ) {
        // The lock is taken only where there is something to write: most looks show nothing new.
        let news = |state: &State| new_sightings(self.tasks, state, configuration, self.read_at);
        if state.and_then(news).is_none() {
            return;
        }
        let holder = Holder::here(command, Timestamp::now());
        let kept = StateWriter::open(place, binding, &holder, lock.lock_timeout).and_then(|mut store| {
            let Some(record) = news(store.state()) else {
                return Ok(());
            };
            store.append(record)?;
            let journal = place.files().map(|paths| std::fs::metadata(&paths.journal));
            let length = journal.and_then(Result::ok).map_or(0, |journal| journal.len());
            match length > LARGE {
                true => store.commit(),
                false => Ok(()),
            }
        });
        match kept {
            Ok(()) => {}
            Err(StateError::Locked { .. } | StateError::InUse { .. }) => terminal::note(&format!(
                "note: what was seen is not kept, since another dialform is writing the state: {} knows it once somebody \
                 looks again",
                StateCommand(&["plan"])
            )),
            Err(error) => terminal::note(&format!("note: what was seen is not kept in the state: {error}")),
        }
    }

    /// The state as it is with all that the list shows, for this command alone.
    pub(super) fn with(&self, mut state: State, configuration: &Configuration) -> Result<State, String> {
        let record = sightings(self.tasks, &state, configuration, self.read_at);
        state.apply(&record).map_err(|error| error.to_string())?;
        Ok(state)
    }
}
