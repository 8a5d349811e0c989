//! `dialform start`, `pause` and `halt`: a person orders something for single tasks.

use std::collections::{BTreeSet, HashSet};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::binding::{self, CredentialPermit, project_binding};
use super::context::{Account, ApiArgs, LockArgs, ProjectContext, duration, open, shut};
use super::environment;
use super::interrupt::{STOPPED, Signals, wait_for};
use super::progress::ProgressLines;
use super::state_args::StateArgs;
use super::terminal;
use crate::api::ListedTask;
use crate::apply::{self, Order, OrderCase, OrderJob, OrderedTask, Progress};
use crate::lint::engine::Checked;
use crate::plan::changes;
use crate::plan::desired_state::{Configuration, Location};
use crate::project::source::FileId;
use crate::report::order::{self as text, Clock, OrderView, OrderedLine};
use crate::state::{State, load};
use crate::util::hint::StateCommand;
use crate::util::key_pattern::KeyPattern;
use crate::util::printable;
use crate::wire::{BodyRedactor, UnreadableBody};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The keys of the campaigns; `*` and `?` stand for any part and any character of a key
    #[arg(value_name = "KEY|GLOB", required = true)]
    patterns: Vec<String>,
    #[command(flatten)]
    state_args: StateArgs,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    lock: LockArgs,
    /// Skip the confirmation prompt
    #[arg(long)]
    auto_approve: bool,
    /// The total time to wait for rate limits and for answers that do not come
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    reconcile_timeout: Duration,
    /// The output format; JSON goes with `--auto-approve`, since there is nobody to ask
    #[arg(long, value_enum, default_value_t = OrderFormat::Human, value_name = "FORMAT")]
    output_format: OrderFormat,
}

/// How it is printed what came of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OrderFormat {
    /// Human-readable text, and what is about to happen before it
    Human,
    /// A JSON document of what came of it
    Json,
}

#[derive(Debug, clap::Args)]
pub(super) struct StartArgs {
    #[command(flatten)]
    args: Args,
    /// Start the task as it is, although the files have errors or say something else
    #[arg(long)]
    anyway: bool,
}

/// `dialform start`
pub(super) fn start(args: &StartArgs) -> ExitCode {
    run(Order::Start, &args.args, args.anyway)
}

/// `dialform pause`
pub(super) fn pause(args: &Args) -> ExitCode {
    run(Order::Pause, args, true)
}

/// `dialform halt`
pub(super) fn halt(args: &Args) -> ExitCode {
    run(Order::Halt, args, true)
}

fn run(order: Order, args: &Args, anyway: bool) -> ExitCode {
    args.state_args.show_in_commands();
    match carry_out(order, args, anyway) {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn carry_out(order: Order, args: &Args, anyway: bool) -> Result<ExitCode, String> {
    let mut context = ProjectContext::find()?;
    let place = context.place(&args.state_args)?;
    let sandbox_data = args.state_args.sandbox.then(|| context.sandbox_data());
    let held = load(&place, None).map_err(|error| error.to_string())?.state;
    let Some(held) = held else {
        return Err(format!(
            "there is no state yet, so no task is known; {} creates tasks",
            StateCommand(&["apply"])
        ));
    };
    let checked = context.check();
    let has_errors = checked.has_errors();
    let project = checked.project();
    let mut now = project_binding(&project, &args.state_args)?;
    if has_errors {
        // A task can be stopped whatever is wrong with the files, and started whatever is wrong with those of others.
        now.dialect = held.binding.dialect;
    }
    let command = match order {
        Order::Start => "dialform start",
        Order::Pause => "dialform pause",
        Order::Halt => "dialform halt",
    };
    let mut store = open(&place, &now, command, &args.lock)?;
    let now = match args.state_args.sandbox {
        true => now,
        false => binding::with_access(&now, &project, Some(store.state().lineage))?,
    };
    let patterns: Vec<KeyPattern> = args.patterns.iter().map(KeyPattern::new).collect();
    let tasks = apply::ordered_tasks(order, store.state(), &patterns).map_err(|error| error.to_string())?;
    let permit = CredentialPermit::given(Some(&store.state().binding), &now, false)?;
    binding::bind(&mut store, &now)?;

    let account = Account::of(&project, sandbox_data, &args.state_args, &args.api, &args.lock);
    let signals = Signals::listen(1)?;
    let lines = Arc::new(ProgressLines::new(0));
    let said = Arc::clone(&lines);
    let interrupt = signals.raise(args.api.timeouts().answer, move |line| said.line(line));
    let outcome = wait_for(async {
        let connection = interrupt.or(account.connect(&permit)).await.ok_or(STOPPED)??;
        let (client, sandbox) = connection.split();
        let client = client.stopped_by(interrupt.clone());
        let listed = match client.scan().await {
            Ok(listed) => listed,
            Err(_) if interrupt.is_raised() => {
                shut(sandbox).await;
                return Err(STOPPED.to_owned());
            }
            Err(error) => {
                terminal::note(&format!("warning: {error}. The statuses of the tasks are not known"));
                Vec::new()
            }
        };
        let of_task = |task: &OrderedTask| apply::find(&listed, &task.identity);
        let mut cases: Vec<(OrderedTask, OrderCase)> = Vec::new();
        for task in tasks {
            let case = apply::order_case(order, &task, of_task(&task));
            cases.push((task, case));
        }
        if !anyway {
            refuse_broken(&checked, &mut cases);
            refuse_different(&checked, store.state(), &mut cases);
        }
        let shown = match args.output_format {
            OrderFormat::Human => show(order, &cases, &of_task, project.timezone()),
            OrderFormat::Json => Ok(()),
        };
        let environment = project.environment().map(|environment| &*environment.name.value);
        let may_go_on = shown.and_then(|()| may_go_on(order, args, &cases, environment));
        match may_go_on {
            Ok(true) => {}
            Ok(false) => {
                shut(sandbox).await;
                terminal::note(&"nothing was done");
                return Ok(None);
            }
            Err(why) => {
                shut(sandbox).await;
                return Err(why);
            }
        }
        let job = OrderJob {
            order,
            tasks: cases,
            client,
            wait: args.reconcile_timeout,
            interrupt: interrupt.clone(),
            progress: Arc::clone(&lines) as Arc<dyn Progress>,
        };
        let report = apply::carry_out_order(store, job).await;
        lines.finish();
        shut(sandbox).await;
        let view = OrderView::new(order, &report, of_task);
        Ok(Some((report, view)))
    })??;
    let Some((report, view)) = outcome else {
        return Ok(ExitCode::FAILURE);
    };
    let code = report.status().exit_code();
    signals.end(code);
    // The exit code is true whether or not anybody reads the words.
    let _ = match args.output_format {
        OrderFormat::Human => terminal::print_prose(text::render(order, &report)),
        OrderFormat::Json => terminal::print_document(&printable::json(&view)),
    };
    Ok(ExitCode::from(code))
}

/// The files that declare what a task is to be: those of its campaign, or all where none declares it that can be read.
fn files_of(checked: &Checked<'_>, key: &str) -> BTreeSet<FileId> {
    let project = checked.project();
    let own = project.files_behind(project.campaigns().filter(|campaign| campaign.title() == key));
    match own.is_empty() {
        true => checked.errors().map(|finding| finding.place.file).collect(),
        false => own,
    }
}

/// Refuses to start tasks whose own files have errors: what they are to be is not known.
fn refuse_broken(checked: &Checked<'_>, cases: &mut [(OrderedTask, OrderCase)]) {
    if !checked.has_errors() {
        return;
    }
    let moves = Configuration::of_some(checked, BodyRedactor::new(None), |_| false);
    for (task, case) in cases.iter_mut().filter(|(_, case)| *case == OrderCase::Send) {
        let files = files_of(checked, moves.moved_to(&task.key));
        let Some(error) = checked.errors().find(|finding| files.contains(&finding.place.file)) else {
            continue;
        };
        *case = OrderCase::Refused(format!(
            "the files that say what its task is to be have errors, the first at {}; `dialform lint` shows them. Fix them, or \
             say {}",
            Location::of(error.place, checked.sources),
            StateCommand(&["start", "--anyway", &task.key])
        ));
    }
}

/// Refuses to start tasks that are not what the files say.
fn refuse_different(checked: &Checked<'_>, state: &State, cases: &mut [(OrderedTask, OrderCase)]) {
    let redactor = BodyRedactor::new(Some(state.lineage));
    let wanted: HashSet<String> = {
        let moves = Configuration::of_some(checked, redactor, |_| false);
        let sent = cases.iter().filter(|(_, case)| *case == OrderCase::Send);
        sent.map(|(task, _)| moves.moved_to(&task.key).to_owned()).collect()
    };
    let configuration = Configuration::of_some(checked, redactor, |key| wanted.contains(key));
    for (task, case) in cases.iter_mut().filter(|(_, case)| *case == OrderCase::Send) {
        let Some(desired) = configuration.campaign(configuration.moved_to(&task.key)) else {
            continue;
        };
        if task.fingerprint.as_ref() == Some(&desired.fingerprint) {
            continue;
        }
        let changed = task.body.as_ref().map_or(Ok(Vec::new()), |body| {
            Ok(changes(&body.unpack()?, &desired.redacted.unpack()?))
        });
        let changed = match changed {
            Ok(changed) => changed,
            Err(why) => {
                let why: UnreadableBody = why;
                *case = OrderCase::Refused(why.to_string());
                continue;
            }
        };
        let paths: Vec<String> = changed.into_iter().map(|change| change.path).collect();
        let differs = match paths.as_slice() {
            [] => String::new(),
            paths => format!(" in {}", paths.join(", ")),
        };
        *case = OrderCase::Refused(format!(
            "its task is not what the files say: it differs{differs}. {} makes a new one; {} starts the task as it is",
            StateCommand(&["apply", "--replace", &desired.key]),
            StateCommand(&["start", "--anyway", &task.key])
        ));
    }
}

/// Prints what is about to happen. What could not be shown is not carried out.
fn show<'l>(
    order: Order,
    cases: &[(OrderedTask, OrderCase)],
    of_task: &impl Fn(&OrderedTask) -> Option<&'l ListedTask>,
    zone: Option<TimeZone>,
) -> Result<(), String> {
    let lines: Vec<OrderedLine<'_>> = cases
        .iter()
        .map(|(task, case)| OrderedLine {
            task,
            case,
            listed: of_task(task),
        })
        .collect();
    let clock = Clock {
        now: Timestamp::now(),
        zone,
    };
    terminal::print_prose(text::preview(order, &lines, &clock))
        .map_err(|_| "what is about to happen could not be shown".to_owned())
}

/// Asks whether to carry out what was just shown; there is nothing to ask where nothing is sent.
fn may_go_on(
    order: Order,
    args: &Args,
    cases: &[(OrderedTask, OrderCase)],
    environment: Option<&str>,
) -> Result<bool, String> {
    if args.auto_approve || !cases.iter().any(|(_, case)| *case == OrderCase::Send) {
        return Ok(true);
    }
    if args.output_format == OrderFormat::Json {
        return Err(
            "with `--output-format json` nobody is asked, so nothing was done: pass `--auto-approve` too".to_owned(),
        );
    }
    if !terminal::can_ask() {
        return Err(
            "there is no terminal to ask for confirmation on, so nothing was done: pass `--auto-approve`".to_owned(),
        );
    }
    let words = match order {
        Order::Start => "Start?",
        Order::Pause => "Pause?",
        Order::Halt => "Stop for good?",
    };
    terminal::ask(&environment::question(words, environment))
}
