//! `dialform apply`: shows the plan, asks for confirmation, and carries it out.

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::binding::{self, BindingArgs, CredentialPermit, project_binding};
use super::context::{
    Account, ApiArgs, LockArgs, ProjectContext, duration, open, refuse_made_up, resolve_killed, shut,
};
use super::interrupt::{STOPPED, Signals, wait_for};
use super::lost;
use super::plan::ConsentArgs;
use super::progress::ProgressLines;
use super::state_args::StateArgs;
use super::{environment, render, terminal};
use crate::apply::{self, ApplyJob, ApplyReport, Interrupt};
use crate::model::Project;
use crate::plan::desired_state::Configuration;
use crate::plan::{self, Kind, Plan, SavedPlan, SavedPlanError};
use crate::project::source::Sources;
use crate::report::{apply as report_text, plan as plan_text};
use crate::state::{Binding, StatePlace, StateWriter, load};
use crate::util::hint::StateCommand;
use crate::util::plural::counted;
use crate::wire::BodyRedactor;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A plan saved by `dialform plan --out FILE`; applied without confirmation, refused if it is stale
    #[arg(value_name = "PLANFILE", conflicts_with_all = ["create", "replace", "replace_all", "replace_running"])]
    saved: Option<PathBuf>,
    #[command(flatten)]
    state_args: StateArgs,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    accept: BindingArgs,
    /// Show whole request bodies and unchanged campaigns
    #[arg(long)]
    full: bool,
    /// Skip the confirmation prompt
    #[arg(long)]
    auto_approve: bool,
    /// Skip the second parse of the files by the `kdl` crate before anything is sent
    #[arg(long)]
    one_reading: bool,
    /// The total time to wait for a lagging list of tasks and for rate limits
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    reconcile_timeout: Duration,
    /// The maximum number of concurrent create requests
    #[arg(long, value_name = "N", default_value_t = apply::DEFAULT_IN_FLIGHT)]
    parallelism: NonZero<usize>,
}

pub(super) fn run(args: &Args) -> ExitCode {
    args.state_args.show_in_commands();
    match apply(args) {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn apply(args: &Args) -> Result<ExitCode, String> {
    let mut context = ProjectContext::find()?;
    let place = context.place(&args.state_args);
    let sandbox_data = args.state_args.sandbox.then(|| context.sandbox_data());
    let checked = context.check();
    if checked.has_errors() {
        return Ok(render::refuse(&checked));
    }
    let place = place?;
    let project = checked.project();
    let binding = project_binding(&project, &args.state_args)?;
    // The state is locked from here to the end, so the plan that is shown is the one that is applied.
    let mut store = open_accepting(args, &place, &binding)?;
    let binding = match args.state_args.sandbox {
        true => binding,
        false => binding::with_access(&binding, &project, Some(store.state().lineage))?,
    };
    let accepting = args.accept.accept_binding;
    let held = &store.state().binding;
    if held.origin != binding.origin || !held.is_same_environment(&binding) {
        let account = Account::of(&project, None, &args.state_args, &args.api, &args.lock);
        binding::rebind(&mut store, &binding, account)?;
    }
    if let Some(data) = &sandbox_data {
        wait_for(resolve_killed(&mut store, data.clone(), &args.lock))??;
    }

    let redactor = BodyRedactor::new(Some(store.state().lineage));
    let configuration = Configuration::of(&checked, redactor);
    refuse_made_up(&project, &configuration, sandbox_data.as_deref())?;
    let saved = args.saved.as_deref().map(SavedPlan::read).transpose();
    let saved = saved.map_err(|error| error.to_string())?;
    let options = saved
        .as_ref()
        .map_or_else(|| args.consent.options(), |saved| saved.options.clone());
    let mut plan = plan::make(&configuration, store.state(), &options).map_err(|error| error.to_string())?;
    if let (Some(saved), Some(path)) = (saved, &args.saved) {
        // A state that is not written yet has no lineage that a plan could know.
        let lineage = store.head().lineage;
        let as_planned = Configuration::of(&checked, BodyRedactor::new(lineage));
        let bound = match args.state_args.sandbox {
            true => binding.clone(),
            false => binding::with_access(&binding, &project, lineage)?,
        };
        let why = saved.stale(&plan, &store.head(), &as_planned, &bound);
        if !why.is_empty() {
            let (path, made_at) = (path.clone(), saved.made_at);
            let stale = SavedPlanError::Stale { path, made_at, why };
            terminal::note_document(&format!("error: {stale}"));
            return Ok(ExitCode::FAILURE);
        }
    }
    if !args.one_reading && !is_second_parse_equal(&plan, &project, checked.sources)? {
        return Ok(ExitCode::FAILURE);
    }
    let changes = store.state().binding.changes(&binding);
    plan.notes.extend(binding::note(&changes).filter(|_| !accepting));
    // A plan that could not be shown is not applied.
    if terminal::print_prose(plan_text::render(&plan, args.full)).is_err() {
        return Ok(ExitCode::FAILURE);
    }
    let permit = match plan.needs_api() {
        true => Some(CredentialPermit::given(
            Some(&store.state().binding),
            &binding,
            accepting,
        )?),
        false => None,
    };
    let asks = !args.auto_approve && args.saved.is_none() && terminal::can_ask();
    if asks && lost::stops_any(&plan) {
        // An account that the state is not bound to yet gets no credentials before the answer.
        let known = permit.as_ref().filter(|_| changes.is_empty());
        let account = || Account::of(&project, sandbox_data.clone(), &args.state_args, &args.api, &args.lock);
        lost::tell(&plan, &configuration, known.map(|permit| (account(), permit)));
    }
    if plan.executable().next().is_some() && !may_go_on(args, plan.environment.as_deref())? {
        terminal::note(&"nothing was done");
        return Ok(ExitCode::FAILURE);
    }
    // Durable before any credential is used.
    if permit.is_some() || (accepting && !changes.is_empty()) {
        binding::bind(&mut store, &binding)?;
    }

    let account = Account::of(&project, sandbox_data, &args.state_args, &args.api, &args.lock);
    let signals = Signals::listen(1)?;
    let account = permit.map(|permit| (account, permit));
    let report = wait_for(carry_out(args, store, &plan, &configuration, account, &signals))??;
    let code = report.status().exit_code();
    signals.end(code);
    // The exit code is true whether or not anybody reads the words.
    let _ = terminal::print_prose(report_text::render(&report));
    Ok(ExitCode::from(code))
}

/// Parses the files to be sent a second time and prints disagreements. Returns whether there are none.
fn is_second_parse_equal(plan: &Plan, project: &Project<'_>, sources: &Sources) -> Result<bool, String> {
    /// The most files that are shown.
    const SHOWN: usize = 10;
    let began = Instant::now();
    let reading = apply::read_again(plan, project, sources)
        .map_err(|why| format!("the second parse of the files failed, so nothing was sent: {why}"))?;
    let files = counted(reading.files, "file");
    terminal::detail(|| format!("parsed {files} a second time in {}", terminal::took(began.elapsed())));
    if reading.disagreements.is_empty() {
        return Ok(true);
    }
    let mut text = terminal::marked(
        "error: dialform and the kdl crate, which parses every file a second time, disagree, so nothing was sent",
    );
    for apply::Disagreement { at, ours, theirs } in reading.disagreements.iter().take(SHOWN) {
        text.end().line(format!("  {at}"));
        text.line(format!("    dialform parses: {ours}"));
        text.push(format!("    the kdl crate parses: {theirs}"));
    }
    let more = reading.disagreements.len().saturating_sub(SHOWN);
    if more > 0 {
        text.end().push(format!("  and {} more", counted(more, "file")));
    }
    text.end().push(
        "Rewrite that place in a simpler form. If dialform is right and the kdl crate is known to be wrong, \
         `--one-reading` skips the second parse.",
    );
    terminal::note_text(text);
    Ok(false)
}

/// Opens the state, even if it is bound to another address and that is accepted.
fn open_accepting(args: &Args, place: &StatePlace, binding: &Binding) -> Result<StateWriter, String> {
    let mut expected = binding.clone();
    if args.accept.accept_binding {
        let held = load(place, None).map_err(|error| error.to_string())?.state;
        // The dialect is no address: another one stays an error.
        if let Some(held) = held.map(|state| state.binding) {
            expected.origin = held.origin;
            expected.environment = held.environment.or(expected.environment);
        }
    }
    open(place, &expected, "dialform apply", &args.lock)
}

/// Asks whether to apply the plan that was just shown.
fn may_go_on(args: &Args, environment: Option<&str>) -> Result<bool, String> {
    if args.auto_approve || args.saved.is_some() {
        return Ok(true);
    }
    if !terminal::can_ask() {
        return Err(format!(
            "there is no terminal to ask for confirmation on, so nothing was done: pass `--auto-approve`, or apply a saved plan \
             ({}, then {})",
            StateCommand(&["plan", "--out", "FILE"]),
            StateCommand(&["apply", "FILE"])
        ));
    }
    terminal::ask(&environment::question("Carry this out?", environment))
}

async fn carry_out(
    args: &Args,
    store: StateWriter,
    plan: &Plan,
    configuration: &Configuration,
    account: Option<(Account, CredentialPermit)>,
    signals: &Signals,
) -> Result<ApplyReport, String> {
    let creates = plan
        .executable()
        .filter(|action| matches!(action.kind, Kind::Create | Kind::Replace))
        .count();
    let lines = Arc::new(ProgressLines::new(creates));
    let interrupt = listen(signals, args, Arc::clone(&lines));
    let (client, sandbox) = match account {
        Some((account, permit)) => {
            let connection = interrupt.or(account.connect(&permit)).await.ok_or(STOPPED)??;
            let (client, sandbox) = connection.split();
            (Some(client), sandbox)
        }
        None => (None, None),
    };
    let job = ApplyJob {
        plan,
        configuration,
        client,
        reconcile_timeout: args.reconcile_timeout,
        in_flight: args.parallelism,
        interrupt,
        progress: Arc::clone(&lines) as Arc<dyn apply::Progress>,
    };
    let report = apply::apply(store, job).await;
    lines.finish();
    shut(sandbox).await;
    Ok(report)
}

/// Makes signals interrupt the run. A request that may have created or stopped a task is never cancelled, because its
/// outcome would be unknown.
fn listen(signals: &Signals, args: &Args, lines: Arc<ProgressLines>) -> Interrupt {
    signals.raise(args.api.timeouts().answer, move |line| lines.line(line))
}
