//! `--replace`: the old task is stopped, and that is confirmed and durable, before its successor is even recorded.

use jiff::Timestamp;

use crate::plan::desired_state::Desired;
use crate::state::Record;
use crate::util::hint::StateCommand;

use super::create::create;
use super::halt::{NotHalted, halt};
use super::living::{Stop, Word, may_stop};
use super::report::ActionResult;
use super::run::ApplyRun;

/// Stops the campaign's task, unless that is done already, and creates its successor.
pub(super) async fn replace(run: &ApplyRun, desired: &Desired, word: Word) -> ActionResult {
    let key = &desired.key;
    let Some(old) = run.journal.read(|state| state.tasks.get(key).cloned()) else {
        return ActionResult::NotReached;
    };
    let identity = old.identity.clone();
    if old.halted_at.is_none() {
        let halted = match may_stop(run, desired, &old, word).await {
            Ok(Stop::Needed) => halt(run, key, &identity, Some(&desired.fingerprint)).await,
            Ok(Stop::Finished) => is_over(run, key, &identity, &desired.fingerprint).await,
            Err(result) => return result,
        };
        if let Err(not_halted) = halted {
            return not_halted.result(|why| {
                format!(
                    "the old task {identity} is not confirmed as stopped, so no new one was created: {why}. If it is \
                     stopped, or gone, {} removes it from the state and {} makes the new one",
                    StateCommand(&["state", "rm", key]),
                    StateCommand(&["apply", "--create", key])
                )
            });
        }
        if !run.may_send() {
            return ActionResult::NotReached;
        }
    }
    create(run, desired, Some(identity)).await
}

/// Records what the list has shown: the task never calls again, so nothing has to be sent.
async fn is_over(run: &ApplyRun, key: &str, identity: &str, replacing: &str) -> Result<(), NotHalted> {
    let at = Timestamp::now();
    let (key, identity, replacing) = (key.to_owned(), identity.to_owned(), Some(replacing.to_owned()));
    let halting = Record::Halting {
        key: key.clone(),
        identity: identity.clone(),
        at,
        replacing,
    };
    let is_recorded = run.record(halting).await && run.record(Record::Halted { key, identity, at }).await;
    is_recorded.then_some(()).ok_or(NotHalted::NotReached)
}
