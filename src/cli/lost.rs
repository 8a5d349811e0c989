//! What replacing living tasks loses, said before the question whether to do it.

use super::binding::CredentialPermit;
use super::context::{Account, shut};
use super::interrupt::wait_for;
use super::terminal;
use crate::api::ListedTask;
use crate::apply::{find, is_over, left_behind, life, may_have_begun};
use crate::plan::desired_state::Configuration;
use crate::plan::{Action, Kind, Plan};

/// Whether the plan stops any task.
pub(super) fn stops_any(plan: &Plan) -> bool {
    stops(plan).next().is_some()
}

fn stops(plan: &Plan) -> impl Iterator<Item = &Action> {
    plan.executable().filter(|action| action.kind == Kind::Replace)
}

/// Says of each task that the plan stops what the service shows of it. Without an account, or a list, it says that nobody
/// knows.
pub(super) fn tell(plan: &Plan, configuration: &Configuration, account: Option<(Account, &CredentialPermit)>) {
    let listed = match account {
        Some((account, permit)) => wait_for(list(account, permit)).and_then(|listed| listed),
        None => Err("the account was not asked".to_owned()),
    };
    let tasks = match &listed {
        Ok(tasks) => tasks.as_slice(),
        Err(why) => {
            terminal::note(&format!(
                "note: whether the tasks that are replaced run is not known: {why}. Apply looks again directly before it \
                 stops one"
            ));
            return;
        }
    };
    for action in stops(plan) {
        let (Some(identity), Some(desired)) = (&action.task, configuration.campaign(&action.key)) else {
            continue;
        };
        let shown = find(tasks, identity);
        let key = &action.key;
        let mut words = format!("note: the task of {key}: {}", life(shown));
        if !is_over(shown) && may_have_begun(shown) {
            words = format!("{words}; {}", left_behind(desired));
            if !action.even_running {
                words.push_str(". It is refused: `--replace-running` replaces it all the same");
            }
        }
        terminal::note(&words);
    }
}

async fn list(account: Account, permit: &CredentialPermit) -> Result<Vec<ListedTask>, String> {
    let (client, sandbox) = account.connect(permit).await?.split();
    let tasks = client.list().await.map_err(|error| error.to_string());
    shut(sandbox).await;
    tasks
}
