//! `--replace`: the old task is stopped, and that is confirmed and durable, before its successor is even recorded.

use crate::plan::desired_state::Desired;
use crate::util::hint::StateCommand;

use super::create::create;
use super::halt::halt;
use super::report::ActionResult;
use super::run::ApplyRun;

/// Stops the campaign's task, unless that is done already, and creates its successor.
pub(super) async fn replace(run: &ApplyRun, desired: &Desired) -> ActionResult {
    let key = &desired.key;
    let old = run
        .journal
        .read(|state| state.tasks.get(key).map(|task| (task.identity.clone(), task.halted_at)));
    let (identity, halted_at) = match old {
        Some(old) => old,
        None => return ActionResult::NotReached,
    };
    if halted_at.is_none() {
        if let Err(not_halted) = halt(run, key, &identity, Some(&desired.fingerprint)).await {
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
