//! `dialform status`: what the files want, what the state knows and what the service shows.

use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use jiff::Timestamp;

use super::binding::{CredentialPermit, project_binding, with_access};
use super::context::{Account, ApiArgs, LockArgs, ProjectContext, duration, notes, shut};
use super::interrupt::{STOPPED, Signals, wait_for};
use super::seen::SeenList;
use super::state_args::StateArgs;
use super::{render, terminal};
use crate::api::ListedTask;
use crate::plan::desired_state::Configuration;
use crate::plan::{self, Options};
use crate::report::status as text;
use crate::state::{State, load};
use crate::status::StatusReport;
use crate::util::key_pattern::KeyPattern;
use crate::util::printable;
use crate::util::suggest::closest;
use crate::wire::BodyRedactor;

/// Exit code of `--detailed-exitcode` if something is out of step.
const OUT_OF_STEP: u8 = 2;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The campaigns to show, by key or by a pattern such as 'city-*' [default: all]
    #[arg(value_name = "KEY|GLOB")]
    keys: Vec<String>,
    #[command(flatten)]
    state_args: StateArgs,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    lock: LockArgs,
    /// Show it again and again, so often, until Ctrl-C
    #[arg(long, value_name = "TIME", value_parser = duration)]
    watch: Option<Duration>,
    /// Exit with 0 if all is in step, 1 on errors, 2 if something is out of step
    #[arg(long)]
    detailed_exitcode: bool,
    /// The output format
    #[arg(long, value_enum, default_value_t = StatusFormat::Human, value_name = "FORMAT")]
    output_format: StatusFormat,
}

/// How the status is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StatusFormat {
    /// A table
    Human,
    /// A JSON document
    Json,
}

pub(super) fn run(args: &Args) -> ExitCode {
    args.state_args.show_in_commands();
    let told = loop {
        let told = status(args);
        match (&told, args.watch) {
            (Ok(_), Some(wish)) => match wait(wish) {
                Ok(true) => {}
                Ok(false) => break told,
                Err(why) => break Err(why),
            },
            _ => break told,
        }
    };
    match told {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

/// Waits until the next look; false where Ctrl-C came first.
fn wait(wish: Duration) -> Result<bool, String> {
    let signals = Signals::listen(0)?;
    let (trigger, interrupt) = crate::util::interrupt::interrupt();
    wait_for(async {
        signals.once(0, move || trigger.pull());
        tokio::time::timeout(wish, interrupt.raised()).await.is_err()
    })
}

fn status(args: &Args) -> Result<ExitCode, String> {
    let mut context = ProjectContext::find()?;
    let place = context.place(&args.state_args)?;
    let sandbox_data = args.state_args.sandbox.then(|| context.sandbox_data());
    let checked = context.check();
    if checked.has_errors() {
        return Ok(render::refuse(&checked));
    }
    let project = checked.project();
    let binding = project_binding(&project, &args.state_args)?;
    // Read without a lock: an apply may be at work.
    let loaded = load(&place, Some(&binding)).map_err(|error| error.to_string())?;
    notes(&loaded.notes);
    let configuration = Configuration::of(&checked, BodyRedactor::new(loaded.head.lineage));
    let now = match args.state_args.sandbox {
        true => binding.clone(),
        false => with_access(&binding, &project, loaded.head.lineage)?,
    };
    let permit = CredentialPermit::given(loaded.state.as_ref().map(|state| &state.binding), &now, false)?;
    let held = loaded.state.is_some();
    let state = loaded.state.unwrap_or_else(|| State::new(uuid::Uuid::nil(), binding));
    let plan = plan::make(&configuration, &state, &Options::default()).map_err(|error| error.to_string())?;
    let patterns: Vec<KeyPattern> = args.keys.iter().map(KeyPattern::new).collect();
    let keys: Vec<&str> = plan.actions.iter().map(|action| &*action.key).collect();
    if let Some(unknown) = patterns
        .iter()
        .find(|pattern| !keys.iter().any(|key| pattern.matches(key)))
    {
        let meant = closest(unknown.as_str(), keys.iter().copied());
        let meant = meant.map_or_else(String::new, |key| format!("; did you mean `{key}`?"));
        return Err(format!(
            "`{}` names no campaign and no task of the state{meant}",
            unknown.as_str()
        ));
    }
    let account = Account::of(&project, sandbox_data, &args.state_args, &args.api, &args.lock);
    let read_at = Timestamp::now();
    let list = list(account, &permit, &configuration, &args.api)?;
    let seen = SeenList { tasks: &list, read_at };
    seen.keep(
        &place,
        &now,
        &configuration,
        held.then_some(&state),
        "dialform status",
        &args.lock,
    );
    let state = seen.with(state, &configuration)?;
    let plan = plan::make(&configuration, &state, &Options::default()).map_err(|error| error.to_string())?;
    let is_wanted = |key: &str| patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(key));
    let report = StatusReport::new(&plan, &configuration, &state, &list, is_wanted);
    if args.watch.is_some() && terminal::stdout_is_terminal() && terminal::clear().is_err() {
        return Ok(ExitCode::FAILURE);
    }
    let printed = match args.output_format {
        StatusFormat::Human => terminal::print_prose(text::render(&report)),
        StatusFormat::Json => terminal::print_document(&printable::json(&report)),
    };
    if terminal::heard_or_not(printed).is_err() {
        return Ok(ExitCode::FAILURE);
    }
    let is_off = args.detailed_exitcode && !report.in_step;
    Ok(ExitCode::from(if is_off { OUT_OF_STEP } else { 0 }))
}

/// Reads the whole list of the service's tasks.
pub(super) fn list(
    account: Account,
    permit: &CredentialPermit,
    configuration: &Configuration,
    api: &ApiArgs,
) -> Result<Vec<ListedTask>, String> {
    let signals = Signals::listen(1)?;
    let interrupt = signals.raise(api.timeouts().answer, |line| terminal::note(&line));
    let listed = wait_for(async {
        let connection = interrupt.or(account.connect(permit)).await.ok_or(STOPPED)??;
        let (client, sandbox) = connection.split();
        for campaign in &configuration.campaigns {
            client.learn_secrets_of(&campaign.body).map_err(|why| why.to_string())?;
        }
        let client = client.stopped_by(interrupt.clone());
        let listed = client.scan().await;
        shut(sandbox).await;
        match listed {
            Err(_) if interrupt.is_raised() => Err(STOPPED.to_owned()),
            listed => listed.map_err(|error| error.to_string()),
        }
    })??;
    signals.end(0);
    Ok(listed)
}
