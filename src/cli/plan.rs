//! `dialform plan`: compares the files with the state, and with the service's list where that is asked for; changes nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use jiff::Timestamp;

use super::binding::{self, CredentialPermit, project_binding};
use super::context::{Account, ApiArgs, LockArgs, ProjectContext, notes, refuse_made_up};
use super::seen::SeenList;
use super::state_args::{StateArgs, shell_word};
use super::status::list;
use super::{environment, render, terminal};
use crate::plan::desired_state::Configuration;
use crate::plan::{self, Options, PlanView, SavedPlan};
use crate::report::{markdown, plan as text};
use crate::state::{State, load};
use crate::status::add_to_plan;
use crate::util::hint::StateCommand;
use crate::util::printable::{self, Text};
use crate::util::threads::side_by_side;
use crate::wire::BodyRedactor;

/// Exit code of `--detailed-exitcode` if there are changes.
const CHANGES: u8 = 2;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    state_args: StateArgs,
    #[command(flatten)]
    consent: ConsentArgs,
    /// Save the plan to a file for `dialform apply FILE`, which refuses it once it is stale
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show whole request bodies and unchanged campaigns
    #[arg(long)]
    full: bool,
    /// Read the service's list of tasks too, and plan by what it shows: needs the account
    #[arg(long)]
    refresh: bool,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    lock: LockArgs,
    /// Exit with 0 if there are no changes, 1 on errors, 2 if there are changes
    #[arg(long)]
    detailed_exitcode: bool,
    /// The output format
    #[arg(long, value_enum, default_value_t = PlanFormat::Human, value_name = "FORMAT")]
    output_format: PlanFormat,
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    /// Human-readable text
    Human,
    /// A JSON document
    Json,
    /// A comment for a pull request
    Markdown,
}

/// Explicit consent to actions that a plan otherwise blocks.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ConsentArgs {
    /// Create this campaign even though an orphan has the same settings, or its task was removed from the state
    #[arg(long, value_name = "KEY")]
    create: Vec<String>,
    /// Replace these campaigns' tasks: stop them for good and create new ones; a pattern means changed campaigns only
    #[arg(long, value_name = "KEY|GLOB", value_delimiter = ',')]
    replace: Vec<String>,
    /// Replace the tasks of all changed campaigns
    #[arg(long)]
    replace_all: bool,
    /// Replace even a task that runs, is paused, has people left, or may have
    #[arg(long)]
    replace_running: bool,
}

impl ConsentArgs {
    pub(super) fn options(&self) -> Options {
        Options {
            create: self.create.iter().cloned().collect(),
            replace: self.replace.iter().map(|written| written.trim().to_owned()).collect(),
            replace_all: self.replace_all,
            replace_running: self.replace_running,
        }
    }
}

pub(super) fn run(args: &Args) -> ExitCode {
    match args.output_format {
        // Where a job keeps the state says nothing to those who read its comment.
        PlanFormat::Markdown => StateArgs {
            state: None,
            ..args.state_args.clone()
        }
        .show_in_commands(),
        PlanFormat::Human | PlanFormat::Json => args.state_args.show_in_commands(),
    }
    match plan(args) {
        Ok(code) => code,
        Err(message) => {
            if args.output_format == PlanFormat::Markdown {
                let _ = terminal::print_document(&markdown::failure(environment::chosen()));
            }
            terminal::note(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn plan(args: &Args) -> Result<ExitCode, String> {
    let mut context = ProjectContext::find()?;
    let place = context.place(&args.state_args);
    let sandbox_data = args.state_args.sandbox.then(|| context.sandbox_data());
    // The state is read while the files are.
    let (checked, read) = side_by_side(|| context.check(), || place.map(|place| (load(&place, None), place)));
    if checked.has_errors() {
        if args.output_format == PlanFormat::Markdown {
            let errors = render::errors(&checked);
            let comment = markdown::refusal(&errors, checked.sources, environment::chosen());
            let _ = terminal::print_document(&comment);
        }
        return Ok(render::refuse(&checked));
    }
    let (loaded, place) = read?;
    let project = checked.project();
    let binding = project_binding(&project, &args.state_args)?;
    let loaded = loaded
        .and_then(|loaded| loaded.of_account(&place, &binding))
        .map_err(|error| error.to_string())?;
    notes(&loaded.notes);
    let redactor = BodyRedactor::new(loaded.head.lineage);
    let configuration = Configuration::of(&checked, redactor);
    refuse_made_up(&project, &configuration, sandbox_data.as_deref())?;
    let held = loaded.state.is_some();
    let mut state = loaded
        .state
        .unwrap_or_else(|| State::new(uuid::Uuid::nil(), binding.clone()));
    let mut plan = plan::make(&configuration, &state, &args.consent.options()).map_err(|error| error.to_string())?;
    let binding = match args.state_args.sandbox {
        true => binding,
        false => binding::with_access(&binding, &project, loaded.head.lineage)?,
    };
    let planned = plan.notes.clone();
    plan.notes.extend(binding::note(&state.binding.changes(&binding)));
    if args.refresh {
        let permit = CredentialPermit::given(Some(&state.binding), &binding, false)?;
        let account = Account::of(&project, sandbox_data, &args.state_args, &args.api, &args.lock);
        let read_at = Timestamp::now();
        let list = list(account, &permit, &configuration, &args.api)?;
        let seen = SeenList { tasks: &list, read_at };
        seen.keep(
            &place,
            &binding,
            &configuration,
            held.then_some(&state),
            "dialform plan",
            &args.lock,
        );
        state = seen.with(state, &configuration)?;
        let notes = std::mem::take(&mut plan.notes);
        plan = plan::make(&configuration, &state, &args.consent.options()).map_err(|error| error.to_string())?;
        plan.notes
            .extend(notes.into_iter().filter(|note| !planned.contains(note)));
        add_to_plan(&mut plan, &list);
    }

    let shown = match args.output_format {
        PlanFormat::Human => text::render(&plan, args.full),
        PlanFormat::Json => Text::of(&printable::json(&PlanView::of(&plan, args.full))),
        PlanFormat::Markdown => Text::of(&markdown::render(&plan, args.full)),
    };
    if let Some(path) = &args.out {
        let saved = SavedPlan::new(&plan, loaded.head, &configuration, &binding, Timestamp::now());
        saved.write(path).map_err(|error| error.to_string())?;
        // Unlike the comment, the log says where the state is.
        args.state_args.show_in_commands();
        let apply = shell_word(path);
        let apply = StateCommand(&["apply", &apply]);
        terminal::remark(&format!("saved; run {apply} to apply it"));
    }
    let printed = match args.output_format {
        PlanFormat::Human => terminal::print_prose(shown),
        PlanFormat::Json | PlanFormat::Markdown => terminal::print(shown),
    };
    if terminal::heard_or_not(printed).is_err() {
        return Ok(ExitCode::FAILURE);
    }
    let is_changed = args.detailed_exitcode && plan.has_changes();
    // The process exits next: freeing all of it would take longer than the plan did.
    std::mem::forget((configuration, plan, state, checked));
    std::mem::forget(context);
    Ok(ExitCode::from(if is_changed { CHANGES } else { 0 }))
}
