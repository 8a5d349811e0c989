//! The gate before credentials are used: they go only to the addresses and commands that the state is bound to.

use super::context::{Account, base_url, shut};
use super::interrupt::wait_for;
use super::state_args::StateArgs;
use super::terminal;
use crate::api::{Identity, ListedTask};
use crate::model::Project;
use crate::state::{Access, Binding, BindingChange, State, StateWriter, Task, is_same_task};
use crate::util::hint::StateCommand;
use crate::util::plural::counted;
use uuid::Uuid;

/// What the sandbox's state is bound to: no address, as it has another one each time.
const SANDBOX_ORIGIN: &str = "sandbox";

/// Consent to a changed `api`, `login`, `token-command` or `token-env`, or another name of the environment.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct BindingArgs {
    /// Trust a changed `api`, `login`, `token-command` or `token-env` with credentials, and bind the state to it
    #[arg(long, conflicts_with = "sandbox")]
    pub(super) accept_binding: bool,
}

/// Proof that credentials may go where the project says.
pub(super) struct CredentialPermit(());

impl CredentialPermit {
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

/// What a state of this project is bound to.
pub(super) fn project_binding(project: &Project<'_>, state_args: &StateArgs) -> Result<Binding, String> {
    let origin = if state_args.sandbox {
        SANDBOX_ORIGIN.to_owned()
    } else {
        base_url(project.api(), "api")?.to_string()
    };
    let dialect = project.dialect();
    terminal::detail(|| format!("API: {origin}, dialect {dialect}"));
    let environment = project
        .environment()
        .map(|environment| environment.name.value.to_string());
    Ok(Binding {
        origin,
        dialect,
        environment,
        access: None,
    })
}

/// The binding of a project, with what else sees credentials, for the state of this lineage.
pub(super) fn with_access(binding: &Binding, project: &Project<'_>, lineage: Option<Uuid>) -> Result<Binding, String> {
    let command = project.token_command();
    let login = base_url(project.login(), "login")?.to_string();
    Ok(Binding {
        access: Some(Access::new(lineage.unwrap_or_default(), login, command).reading(project.token_env())),
        ..binding.clone()
    })
}

/// Binds the state to what the project states, where it is not bound to it. Nothing is sent.
pub(super) fn bind(store: &mut StateWriter, now: &Binding) -> Result<(), String> {
    let held = store.state().binding.clone();
    if held == *now {
        return Ok(());
    }
    let is_old = store.head().lineage.is_some();
    let gets_access = is_old && held.access.is_none();
    let gets_environment = now.environment.clone().filter(|_| is_old && held.environment.is_none());
    let changes = held.changes(now);
    store.bind(now.clone()).map_err(|error| error.to_string())?;
    if !changes.is_empty() {
        terminal::note(&format!("note: the state has a new binding: {}", words(&changes)));
    } else if gets_access {
        terminal::remark(&"note: the state is bound to this `login` and `token-command` from now on");
    }
    if let Some(name) = gets_environment {
        terminal::remark(&format!(
            "note: the state is that of the environment {name} from now on"
        ));
    }
    Ok(())
}

/// Binds the state to another address of the API, if its tasks are there.
pub(super) fn rebind(store: &mut StateWriter, now: &Binding, account: Account) -> Result<(), String> {
    // The person has accepted the address.
    let permit = CredentialPermit(());
    let listed = wait_for(async {
        let (client, sandbox) = account.connect(&permit).await?.split();
        let listed = client.list().await;
        shut(sandbox).await;
        listed.map_err(|error| error.to_string())
    })??;
    let living: Vec<&Task> = living(store.state());
    let origin = &now.origin;
    if living.is_empty() {
        terminal::note(&format!(
            "note: the state has no living task that could show whether {origin} is the same service"
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
