//! `dialform state lock`, `pull`, `push` and `migrate`: the state as a whole, and the store that it is in.

use std::path::Path;

use jiff::Timestamp;

use super::context::{LockArgs, ProjectContext, STATE_FOLDER, named_place};
use super::environment;
use super::state::no_state;
use super::state_args::StateArgs;
use super::targets::working_folder;
use crate::state::{AtWork, Holder, StatePlace, at_work, break_lock, load, migrate, pull, push};
use crate::util::plural::counted;
use crate::util::printable::Text;

/// Shows who is at work on the state, or lets go of it.
pub(super) fn lock(state_args: &StateArgs, breaks: bool) -> Result<Text, String> {
    let place = ProjectContext::find()?.place(state_args)?;
    let mut out = Text::new();
    let StatePlace::Store(at) = &place else {
        return Err(format!(
            "the state {place} is a file, whose lock ends with the process that holds it: there is nothing to break, and \
             `dialform doctor` shows who holds it"
        ));
    };
    if breaks {
        let broken = break_lock(at).map_err(|error| error.to_string())?;
        out.line(match broken {
            Some(AtWork { holder, .. }) => format!(
                "let go of the state in {place}, which was in use by {holder}; if that is still alive, it sends and records \
                 nothing more"
            ),
            None => format!("nobody is at work on the state in {place}"),
        });
        return Ok(out);
    }
    let at_work = at_work(at).map_err(|error| error.to_string())?;
    out.line(match at_work {
        Some(AtWork { holder, at, is_fresh }) => {
            let dead = match is_fresh {
                true => "",
                false => "; it counts as dead, and does not keep the next run waiting",
            };
            format!("the state in {place} is in use by {holder}, which last wrote {at:.0}{dead}")
        }
        None => format!("nobody is at work on the state in {place}"),
    });
    Ok(out)
}

/// The state as one file.
pub(super) fn pull_state(state_args: &StateArgs) -> Result<Text, String> {
    let place = ProjectContext::find()?.place(state_args)?;
    let bytes = pull(&place).map_err(|error| error.to_string())?;
    let bytes = bytes.ok_or_else(|| no_state(&place))?;
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    Ok(Text::of(&text))
}

/// Puts a file that `pull` has written in the place of the state in a store.
pub(super) fn push_state(file: &Path, force: bool, state_args: &StateArgs, lock: &LockArgs) -> Result<Text, String> {
    let context = ProjectContext::find()?;
    let place = context.place(state_args)?;
    let StatePlace::Store(at) = &place else {
        return Err(format!(
            "the state {place} is a file: to restore it, copy the other one over it, with its journal"
        ));
    };
    let environment = context.environment().map(str::to_owned);
    let holder = Holder::here("dialform state push", Timestamp::now()).in_environment(environment);
    let state = push(at, file, force, &holder, lock.lock_timeout).map_err(|error| error.to_string())?;
    let (tasks, serial) = (counted(state.tasks.len(), "task"), state.serial);
    let mut out = Text::new();
    out.line(format_args!(
        "the state in {place} has {tasks} now, and the serial {serial}"
    ));
    Ok(out)
}

/// Moves the state from a file to a store.
pub(super) fn migrate_state(from: &Path, to: &Path, ca_file: Option<&Path>, lock: &LockArgs) -> Result<Text, String> {
    let folder = working_folder()?.join(STATE_FOLDER);
    let place = |named| named_place(named, &folder, ca_file);
    let (from, to) = (place(from)?, place(to)?);
    // Which environment it is of stands in the state, as this needs no project.
    let state = load(&from, None).ok().and_then(|loaded| loaded.state);
    let environment = match (state, environment::chosen()) {
        (Some(state), Some(chosen)) if !state.binding.is_environment(Some(chosen)) => {
            let held = state.binding.environment.unwrap_or_default();
            return Err(format!(
                "the state in {from} is that of the environment `{held}`, and `{chosen}` is chosen: nothing was moved"
            ));
        }
        (state, chosen) => {
            let held = state.and_then(|state| state.binding.environment);
            held.or_else(|| chosen.map(str::to_owned))
        }
    };
    let holder = Holder::here("dialform state migrate", Timestamp::now()).in_environment(environment);
    let state = migrate(&from, &to, &holder, lock.lock_timeout).map_err(|error| error.to_string())?;
    let tasks = counted(state.tasks.len(), "task");
    let mut out = Text::new();
    out.line(format_args!(
        "moved the state with its {tasks} from {from} to {to}: every command finds it there with `--state {to}`"
    ));
    Ok(out)
}
