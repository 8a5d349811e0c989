//! `dialform plan`: reads the files and the state, needs neither network nor credentials, and changes nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use jiff::Timestamp;

use super::leave;
use super::place::{Where, shell_word};
use super::workplace::{Workplace, binding, notes};
use super::{render, terminal};
use crate::plan::desired_state::{Configuration, Seal};
use crate::plan::{self, Options, PlanView, SavedPlan};
use crate::report::{markdown, plan as text};
use crate::state::{State, load};
use crate::util::hint::StateCommand;
use crate::util::printable::{self, Text};

/// With `--detailed-exitcode`, that there is something to do.
const CHANGES: u8 = 2;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    said: Said,
    /// Write the plan to a file that `dialform apply FILE` carries out, if nothing has changed until then
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show whole request bodies, and what is unchanged
    #[arg(long)]
    full: bool,
    /// Exit with 2 where there is something to do, 0 where there is not, 1 for an error
    #[arg(long)]
    detailed_exitcode: bool,
    /// How to print the plan
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    output_format: Format,
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For machines
    Json,
    /// For the comment on a pull request, also where there is no plan
    Markdown,
}

/// What a person has to say before some things are done.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Said {
    /// Create this campaign, though its settings are those of an orphan, or its task was removed from the state
    #[arg(long, value_name = "KEY")]
    create: Vec<String>,
    /// Stop this campaign's task for good and create a new one in its place
    #[arg(long, value_name = "KEY")]
    replace: Vec<String>,
}

impl Said {
    pub(super) fn options(&self) -> Options {
        Options {
            create: self.create.iter().cloned().collect(),
            replace: self.replace.iter().cloned().collect(),
        }
    }
}

pub(super) fn run(args: &Args) -> ExitCode {
    match args.output_format {
        // Where a job keeps the state says nothing to those who read its comment.
        Format::Markdown => Where {
            state: None,
            ..args.place.clone()
        }
        .show_in_commands(),
        Format::Human | Format::Json => args.place.show_in_commands(),
    }
    match plan(args) {
        Ok(code) => code,
        Err(message) => {
            if args.output_format == Format::Markdown {
                let _ = terminal::print_document(&markdown::failure());
            }
            terminal::note(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn plan(args: &Args) -> Result<ExitCode, String> {
    let mut workplace = Workplace::find()?;
    let paths = workplace.paths(&args.place);
    let checked = workplace.check();
    if checked.has_errors() {
        if args.output_format == Format::Markdown {
            let _ = terminal::print_document(&markdown::refusal(&render::errors(&checked), checked.sources));
        }
        return Ok(render::refuse(&checked));
    }
    let project = checked.project();
    let binding = binding(&project, &args.place)?;
    let loaded = load(&paths, Some(&binding)).map_err(|error| error.to_string())?;
    notes(&loaded.notes);
    let seal = Seal::new(loaded.head.lineage);
    let configuration = Configuration::of(&checked, seal);
    let state = loaded
        .state
        .unwrap_or_else(|| State::new(uuid::Uuid::nil(), binding.clone()));
    let mut plan = plan::make(&configuration, &state, &args.said.options()).map_err(|error| error.to_string())?;
    let binding = match args.place.sandbox {
        true => binding,
        false => leave::with_access(&binding, &project, loaded.head.lineage)?,
    };
    plan.notes.extend(leave::note(&state.binding.changes(&binding)));

    let shown = match args.output_format {
        Format::Human => text::render(&plan, args.full),
        Format::Json => Text::of(&printable::json(&PlanView::of(&plan, args.full))),
        Format::Markdown => Text::of(&markdown::render(&plan, args.full)),
    };
    if let Some(path) = &args.out {
        let saved = SavedPlan::new(&plan, loaded.head, &configuration, &binding, Timestamp::now());
        saved.write(path).map_err(|error| error.to_string())?;
        // Unlike the comment, the log says where the state is.
        args.place.show_in_commands();
        let apply = shell_word(path);
        let apply = StateCommand(&["apply", &apply]);
        terminal::remark(&format!("saved; {apply} carries it out"));
    }
    if terminal::heard_or_not(terminal::print(shown)).is_err() {
        return Ok(ExitCode::FAILURE);
    }
    let is_changed = args.detailed_exitcode && plan.has_changes();
    Ok(ExitCode::from(if is_changed { CHANGES } else { 0 }))
}
