//! Leave to send credentials: only where the state is bound to, and only what it is bound to. The only way to a
//! connection with an account leads through here.

use super::interrupt::wait_for;
use super::terminal;
use super::workplace::{Account, shut};
use crate::api::{Identity, ListedTask};
use crate::model::Project;
use crate::state::{Access, Binding, BindingChange, State, Store, Task, is_same_task};
use crate::util::hint::StateCommand;
use crate::util::plural::counted;
use uuid::Uuid;

/// Accept that `api`, `login` or `token-command` has changed.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Accepting {
    /// Send credentials to a changed `api` or `login`, and run a changed `token-command`: the state is bound to them then
    #[arg(long, conflicts_with = "sandbox")]
    pub(super) accept_binding: bool,
}

/// Proof that credentials may go where the project says.
pub(super) struct Leave(());

impl Leave {
    /// Where the state is bound to what the project states, where there is none yet, or where a person accepts it.
    pub(super) fn given(held: Option<&Binding>, now: &Binding, accepting: bool) -> Result<Self, String> {
        let changes = held.map(|held| held.changes(now)).unwrap_or_default();
        if changes.is_empty() || accepting {
            return Ok(Self(()));
        }
        Err(format!(
            "no credentials were used and nothing was sent: {}. {}",
            words(&changes),
            accept()
        ))
    }
}

/// What to do about a change.
fn accept() -> String {
    format!(
        "If you know who changed it and why, {} binds the state anew, once; otherwise put it back",
        StateCommand(&["apply", "--accept-binding"])
    )
}

/// All changes in one sentence.
pub(super) fn words(changes: &[BindingChange]) -> String {
    let words: Vec<String> = changes.iter().map(BindingChange::to_string).collect();
    words.join("; ")
}

/// What a plan says of changes.
pub(super) fn note(changes: &[BindingChange]) -> Option<String> {
    let words = (!changes.is_empty()).then(|| words(changes))?;
    Some(format!(
        "{words}. Apply uses no credentials and sends nothing before that is accepted. {}",
        accept()
    ))
}

/// The binding of a project, with what else sees credentials, for the state of this lineage.
pub(super) fn with_access(binding: &Binding, project: &Project<'_>, lineage: Option<Uuid>) -> Result<Binding, String> {
    let command = project.node().and_then(|node| node.token_command.as_deref());
    let login = super::workplace::origin(project.login(), "login")?.to_string();
    Ok(Binding {
        access: Some(Access::new(lineage.unwrap_or_default(), login, command)),
        ..binding.clone()
    })
}

/// Binds the state to what the project states, where it is not bound to it. Nothing is sent.
pub(super) fn bind(store: &mut Store, now: &Binding) -> Result<(), String> {
    let held = store.state().binding.clone();
    if held == *now {
        return Ok(());
    }
    let is_old = held.access.is_none() && store.head().lineage.is_some();
    let changes = held.changes(now);
    store.bind(now.clone()).map_err(|error| error.to_string())?;
    if !changes.is_empty() {
        terminal::note(&format!("note: the state is bound anew: {}", words(&changes)));
    } else if is_old {
        terminal::remark(&"note: the state is bound to this `login` and `token-command` from now on");
    }
    Ok(())
}

/// Binds the state to another address of the API, if its tasks are there.
pub(super) fn rebind(store: &mut Store, now: &Binding, account: Account) -> Result<(), String> {
    // The person has accepted the address.
    let leave = Leave(());
    let listed = wait_for(async {
        let (client, sandbox) = account.connect(&leave).await?.split();
        let listed = client.list().await;
        shut(sandbox).await;
        listed.map_err(|error| error.to_string())
    })??;
    let living: Vec<&Task> = living(store.state());
    let origin = &now.origin;
    if living.is_empty() {
        terminal::note(&format!(
            "note: the state holds no living task by which {origin} could be told to be the same service"
        ));
    } else if !living.iter().any(|task| is_listed(task, &listed)) {
        let (tasks, all) = (counted(living.len(), "living task"), counted(listed.len(), "task"));
        return Err(format!(
            "{origin} is not bound to this state: none of its {tasks} is among the {all} that are listed there, so it is \
             another service or account. Put `api` back, or name another state with `--state FILE`"
        ));
    }
    bind(store, now)
}

fn living(state: &State) -> Vec<&Task> {
    let tasks = state.tasks.values();
    tasks.filter(|task| task.halted_at.is_none()).collect()
}

fn is_listed(task: &Task, listed: &[ListedTask]) -> bool {
    let ids = listed.iter().map(|listed| &listed.identity).map(Identity::as_str);
    ids.into_iter().any(|id| is_same_task(id, &task.identity))
}
