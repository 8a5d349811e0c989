//! The state in a store: what it holds, whether the store keeps its word, and who is at work. The store is tried beside the
//! state, which is not touched.

use super::state::contents;
use super::{CheckResult, Name};
use crate::state::{Binding, State, StoreAt, at_work, load};
use crate::util::hint::StateCommand;

/// So many writers race for a head that is none of the state.
const RACERS: usize = 8;

/// Looks at a state in a store; gives the state too, where there is one that can be believed.
///
/// `expected` is what the project says it is bound to, where the project says so for sure.
pub(super) fn store(at: &StoreAt, expected: Option<&Binding>) -> (Vec<CheckResult>, Option<State>) {
    let mut checks = Vec::new();
    let mut state = None;
    match load(at.clone(), expected) {
        Ok(loaded) => {
            checks.push(match &loaded.state {
                Some(state) => contents(state),
                None => CheckResult::ok(Name::State, "there is none yet; the first apply writes it"),
            });
            checks.push(match loaded.notes.is_empty() {
                true => CheckResult::ok(Name::Journal, "it is in the head of the store"),
                false => CheckResult::warn(Name::Journal, loaded.notes.join("; ")),
            });
            state = loaded.state;
        }
        Err(error) => {
            checks.push(CheckResult::error(Name::State, error.to_string()));
            checks.push(CheckResult::skip(Name::Journal, "the state cannot be read"));
        }
    }
    checks.push(CheckResult::skip(Name::StateFiles, "the state is in a store"));
    checks.push(match at.probe(RACERS) {
        Ok(()) => CheckResult::ok(
            Name::Store,
            format!("of {RACERS} writers that race it lets one win, and it refuses who does not know the newest head"),
        ),
        Err(error) => CheckResult::error(Name::Store, error.to_string()),
    });
    checks.push(lock(at));
    (checks, state)
}

fn lock(at: &StoreAt) -> CheckResult {
    match at_work(at) {
        Err(_) => CheckResult::skip(Name::Lock, "the state cannot be read"),
        Ok(None) => CheckResult::ok(Name::Lock, "nobody is writing"),
        Ok(Some(work)) if work.is_fresh => {
            let words = format!(
                "the state is in use by {}, which last wrote {:.0}",
                work.holder, work.at
            );
            CheckResult::warn(Name::Lock, words).help(format!(
                "apply is turned away until that ends, or waits with `--lock-timeout`; if it has died, {} lets go of it",
                StateCommand(&["state", "lock", "--break"])
            ))
        }
        Ok(Some(work)) => CheckResult::ok(
            Name::Lock,
            format!("nobody is writing; the last one did not end in order: {}", work.holder),
        ),
    }
}
