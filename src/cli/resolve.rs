//! `dialform resolve`: a person tells the outcome of a create that is unknown.

use std::process::ExitCode;

use super::binding::{CredentialPermit, project_binding, with_access};
use super::context::{Account, ApiArgs, LockArgs, ProjectContext, open, shut};
use super::interrupt::{STOPPED, Signals, wait_for};
use super::state_args::StateArgs;
use super::{render, terminal};
use crate::api::Identity;
use crate::apply::{Resolution, ResolveResult, resolve_create, resolve_lost};
use crate::plan::desired_state::Configuration;
use crate::state::load;
use crate::util::printable::Text;
use crate::wire::BodyRedactor;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key of the campaign
    key: String,
    #[command(flatten)]
    outcome: OutcomeArgs,
    #[command(flatten)]
    state_args: StateArgs,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    lock: LockArgs,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct OutcomeArgs {
    /// The task exists: adopt it by the id that the vendor's page shows
    #[arg(long, value_name = "ID")]
    adopt: Option<Identity>,
    /// The task does not exist: create it in the next apply
    #[arg(long)]
    recreate: bool,
}

pub(super) fn run(args: &Args) -> ExitCode {
    args.state_args.show_in_commands();
    match resolve(args) {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn resolve(args: &Args) -> Result<ExitCode, String> {
    let resolution = match &args.outcome.adopt {
        Some(task) => Resolution::Adopt(task.clone()),
        None => Resolution::Recreate,
    };
    let mut context = ProjectContext::find()?;
    let paths = context.paths(&args.state_args);
    let held = load(&paths, None).map_err(|error| error.to_string())?.state;
    // An open create can be resolved whatever has changed in the files since.
    if let Some(state) = held.filter(|state| state.intent_for(&args.key).is_some()) {
        let mut store = open(&paths, &state.binding, "dialform resolve", &args.lock)?;
        if let Some(resolved) = resolve_create(&mut store, &args.key, &resolution).map_err(|error| error.to_string())? {
            store.commit().map_err(|error| error.to_string())?;
            return Ok(say(&args.key, &resolved));
        }
    }

    let sandbox_data = args.state_args.sandbox.then(|| context.sandbox_data());
    let checked = context.check();
    if checked.has_errors() {
        return Ok(render::refuse(&checked));
    }
    let project = checked.project();
    let binding = project_binding(&project, &args.state_args)?;
    let mut store = open(&paths, &binding, "dialform resolve", &args.lock)?;
    let redactor = BodyRedactor::new(Some(store.state().lineage));
    let configuration = Configuration::of(&checked, redactor);
    let now = match args.state_args.sandbox {
        true => binding,
        false => with_access(&binding, &project, Some(store.state().lineage))?,
    };
    let permit = CredentialPermit::given(Some(&store.state().binding), &now, false)?;
    let account = Account::of(&project, sandbox_data, &args.api, &args.lock);
    let signals = Signals::listen(1)?;
    let interrupt = signals.raise(args.api.timeouts().answer, |line| terminal::note(&line));
    let resolved = wait_for(async {
        let connection = interrupt.or(account.connect(&permit)).await.ok_or(STOPPED)??;
        let (client, sandbox) = connection.split();
        for campaign in &configuration.campaigns {
            client.learn_secrets_of(&campaign.body);
        }
        let client = client.stopped_by(interrupt.clone());
        let resolved = resolve_lost(&mut store, &client, &configuration, &args.key, &resolution).await;
        shut(sandbox).await;
        match resolved {
            Err(_) if interrupt.is_raised() => Err(STOPPED.to_owned()),
            resolved => resolved.map_err(|error| error.to_string()),
        }
    })??;
    signals.end(0);
    store.commit().map_err(|error| error.to_string())?;
    Ok(say(&args.key, &resolved))
}

fn say(key: &str, resolved: &ResolveResult) -> ExitCode {
    let mut line = Text::new();
    match resolved {
        ResolveResult::Adopted {
            task,
            is_presumed: false,
        } => line.line(format_args!("{key}: the task {task} is in the state now")),
        ResolveResult::Adopted {
            task,
            is_presumed: true,
        } => line.line(format_args!(
            "{key}: the task {task} is in the state now. What it was created with is not known; it is taken to be as the \
             files say"
        )),
        ResolveResult::Free { left } if left.is_empty() => {
            line.line(format_args!("{key}: the next apply creates a new task"))
        }
        ResolveResult::Free { left } => {
            let left: Vec<&str> = left.iter().map(Identity::as_str).collect();
            line.line(format_args!(
                "{key}: the next apply creates a new task; left alone: {}",
                left.join(", ")
            ))
        }
    };
    terminal::print_prose(line).err().unwrap_or(ExitCode::SUCCESS)
}
