//! `dialform resolve`: a person settles a campaign of which it is not known whether it has a task.

use std::process::ExitCode;

use super::interrupt::{STOPPED, Signals, wait_for};
use super::leave::{Leave, with_access};
use super::place::Where;
use super::workplace::{Account, Locking, Reach, Workplace, binding, open, shut};
use super::{render, terminal};
use crate::api::Identity;
use crate::apply::{Resolved, Word, resolve_create, resolve_lost};
use crate::plan::desired_state::{Configuration, Seal};
use crate::state::load;
use crate::util::printable::Text;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The campaign
    key: String,
    #[command(flatten)]
    said: Said,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    locking: Locking,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Said {
    /// This task is the campaign's; the vendor's page shows its id
    #[arg(long, value_name = "ID")]
    adopt: Option<Identity>,
    /// No task is the campaign's: the next apply creates one
    #[arg(long)]
    recreate: bool,
}

pub(super) fn run(args: &Args) -> ExitCode {
    args.place.show_in_commands();
    match resolve(args) {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn resolve(args: &Args) -> Result<ExitCode, String> {
    let word = match &args.said.adopt {
        Some(task) => Word::Adopt(task.clone()),
        None => Word::Recreate,
    };
    let mut workplace = Workplace::find()?;
    let paths = workplace.paths(&args.place);
    let held = load(&paths, None).map_err(|error| error.to_string())?.state;
    // An open create is settled whatever has become of the files since.
    if let Some(state) = held.filter(|state| state.intent_for(&args.key).is_some()) {
        let mut store = open(&paths, &state.binding, "dialform resolve", &args.locking)?;
        if let Some(resolved) = resolve_create(&mut store, &args.key, &word).map_err(|error| error.to_string())? {
            store.commit().map_err(|error| error.to_string())?;
            return Ok(say(&args.key, &resolved));
        }
    }

    let sandbox_data = args.place.sandbox.then(|| workplace.sandbox_data());
    let checked = workplace.check();
    if checked.has_errors() {
        return Ok(render::refuse(&checked));
    }
    let project = checked.project();
    let binding = binding(&project, &args.place)?;
    let mut store = open(&paths, &binding, "dialform resolve", &args.locking)?;
    let seal = Seal::new(Some(store.state().lineage));
    let configuration = Configuration::of(&checked, seal);
    let now = match args.place.sandbox {
        true => binding,
        false => with_access(&binding, &project, Some(store.state().lineage))?,
    };
    let leave = Leave::given(Some(&store.state().binding), &now, false)?;
    let account = Account::of(&project, sandbox_data, &args.reach, &args.locking);
    let signals = Signals::listen(1)?;
    let interrupt = signals.raise(args.reach.timeouts().answer, |line| terminal::note(&line));
    let resolved = wait_for(async {
        let connection = interrupt.or(account.connect(&leave)).await.ok_or(STOPPED)??;
        let (client, sandbox) = connection.split();
        for campaign in &configuration.campaigns {
            client.learn_secrets_of(&campaign.body);
        }
        let client = client.stopped_by(interrupt.clone());
        let resolved = resolve_lost(&mut store, &client, &configuration, &args.key, &word).await;
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

fn say(key: &str, resolved: &Resolved) -> ExitCode {
    let mut line = Text::new();
    match resolved {
        Resolved::Adopted {
            task,
            is_presumed: false,
        } => line.line(format_args!("{key}: the task {task} is in the state now")),
        Resolved::Adopted {
            task,
            is_presumed: true,
        } => line.line(format_args!(
            "{key}: the task {task} is in the state now. What it was created with is not known; it is taken to be as the \
             files say"
        )),
        Resolved::Free { left } if left.is_empty() => {
            line.line(format_args!("{key}: the next apply creates a new task"))
        }
        Resolved::Free { left } => {
            let left: Vec<&str> = left.iter().map(Identity::as_str).collect();
            line.line(format_args!(
                "{key}: the next apply creates a new task; left alone: {}",
                left.join(", ")
            ))
        }
    };
    terminal::print(line).err().unwrap_or(ExitCode::SUCCESS)
}
