//! The commands and what all of them take.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Error, Parser, Subcommand};

use super::help;
use super::terminal::{Color, Talk};
use super::{
    apply, completions, doctor, explain, fmt, import, init, lint, man, plan, render, resolve, rule, sandbox, schema,
    state, watch,
};

/// Campaigns as code for the TWIN auto-call API: described in KDL files, linted, planned, applied.
#[derive(Debug, Parser)]
#[command(name = "dialform", version, max_term_width = 100, after_long_help = help::DIALFORM)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to colour the output
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t = Color::Auto,
        value_name = "WHEN",
        help_heading = help::EVERYWHERE
    )]
    pub(super) color: Color,
    /// Print results, warnings and errors only: no summary, no progress
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = help::EVERYWHERE)]
    quiet: bool,
    /// Say on standard error what is read and used, and how long each part takes
    #[arg(short, long, global = true, help_heading = help::EVERYWHERE)]
    verbose: bool,
}

impl Cli {
    /// How much is to be said. Clap sees the contradiction only where both words stand on one side of the command.
    pub(super) fn talk(&self) -> Result<Talk, Error> {
        match (self.quiet, self.verbose) {
            (true, true) => {
                let mut error = Error::new(ErrorKind::ArgumentConflict);
                error.insert(ContextKind::InvalidArg, ContextValue::String("--quiet".to_owned()));
                error.insert(ContextKind::PriorArg, ContextValue::String("--verbose".to_owned()));
                Err(error)
            }
            (true, false) => Ok(Talk::Quiet),
            (false, true) => Ok(Talk::Verbose),
            (false, false) => Ok(Talk::Usual),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check campaign files and point at every mistake
    #[command(after_long_help = help::LINT)]
    Lint(lint::Args),
    /// Lay campaign files out in the one way
    #[command(after_long_help = help::FMT)]
    Fmt(fmt::Args),
    /// Print the exact request bodies
    #[command(after_long_help = help::RENDER)]
    Render(render::Args),
    /// Write request bodies, in JSON or curl commands, as campaigns; take over tasks that exist
    #[command(after_long_help = help::IMPORT)]
    Import(import::Args),
    /// Show what apply would do
    #[command(after_long_help = help::PLAN)]
    Plan(plan::Args),
    /// Create what is missing, and replace what `--replace` names
    #[command(after_long_help = help::APPLY)]
    Apply(apply::Args),
    /// Look at what is known of tasks, and set it right
    #[command(after_long_help = help::STATE)]
    State(state::Args),
    /// Settle a campaign of which it is not known whether it has a task
    #[command(after_long_help = help::RESOLVE)]
    Resolve(resolve::Args),
    /// Check that what plan and apply need is in order: files, state, credentials, the API
    #[command(after_long_help = help::DOCTOR)]
    Doctor(doctor::Args),
    /// Check campaign files now and whenever they change
    #[command(after_long_help = help::WATCH)]
    Watch(watch::Args),
    /// Run the stand-in for the API by itself, to try things out without an account
    #[command(after_long_help = help::SANDBOX)]
    Sandbox(sandbox::Args),
    /// Say what a rule checks, why, and what passes
    #[command(after_long_help = help::RULE)]
    Rule(rule::Args),
    /// Say what a setting means, by its name here or in the API
    #[command(after_long_help = help::EXPLAIN)]
    Explain(explain::Args),
    /// Print the JSON Schemas of requests, reports and state
    #[command(after_long_help = help::SCHEMA)]
    Schema(schema::Args),
    /// Write a first project that lints clean
    #[command(after_long_help = help::INIT)]
    Init(init::Args),
    /// Print what makes a shell complete commands, options and files
    #[command(after_long_help = help::COMPLETIONS)]
    Completions(completions::Args),
    /// Print manual pages, or write them into a folder
    #[command(after_long_help = help::MAN)]
    Man(man::Args),
}
