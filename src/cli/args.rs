//! The command line as clap parses it: subcommands and global options.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{CommandFactory, Error, Parser, Subcommand};

use super::help;
use super::terminal::{Color, Verbosity};
use super::{
    apply, completions, doctor, explain, fmt, import, init, lint, man, order, plan, render, resolve, rule, sandbox,
    schema, server, state, status, watch,
};

/// Auto-call campaigns as code for the TWIN API: lint, plan and apply campaigns written in KDL
#[derive(Debug, Parser)]
#[command(name = "dialform", version, max_term_width = 100, after_long_help = help::DIALFORM)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Run as if started in this folder, which paths on the command line are then relative to
    #[arg(
        short = 'C',
        long,
        global = true,
        value_name = "DIR",
        value_parser = PathBufValueParser::new().try_map(folder),
        help_heading = help::GLOBAL_OPTIONS
    )]
    pub(super) project: Option<PathBuf>,
    /// The environment of the project to work on, or DIALFORM_ENV; lint checks all of them without it
    #[arg(long, global = true, value_name = "NAME", help_heading = help::GLOBAL_OPTIONS)]
    pub(super) env: Option<String>,
    /// When to use colors
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t = Color::Auto,
        value_name = "WHEN",
        help_heading = help::GLOBAL_OPTIONS
    )]
    pub(super) color: Color,
    /// Print only results, warnings and errors, without summary and progress
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = help::GLOBAL_OPTIONS)]
    quiet: bool,
    /// Print to standard error which files are read, and how long each step takes
    #[arg(short, long, global = true, help_heading = help::GLOBAL_OPTIONS)]
    verbose: bool,
}

/// A folder that is there.
fn folder(path: PathBuf) -> Result<PathBuf, String> {
    match path.metadata() {
        Ok(found) if found.is_dir() => Ok(path),
        Ok(_) => Err("it is not a folder".to_owned()),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Err("there is no such folder".to_owned()),
        Err(why) => Err(why.to_string()),
    }
}

impl Cli {
    /// Goes to the folder of `--project`.
    pub(super) fn enter_project(&self) -> Result<(), Error> {
        let Some(folder) = &self.project else { return Ok(()) };
        std::env::set_current_dir(folder).map_err(|why| {
            let words = format!("the folder '{}' cannot be entered: {why}", folder.display());
            Cli::command().error(ErrorKind::Io, words)
        })
    }

    /// The verbosity. Clap notices the conflict only if both flags are on the same side of the command.
    pub(super) fn verbosity(&self) -> Result<Verbosity, Error> {
        match (self.quiet, self.verbose) {
            (true, true) => {
                let words = "the argument '--quiet' cannot be used with '--verbose'";
                Err(Cli::command().error(ErrorKind::ArgumentConflict, words))
            }
            (true, false) => Ok(Verbosity::Quiet),
            (false, true) => Ok(Verbosity::Verbose),
            (false, false) => Ok(Verbosity::Usual),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check campaign files for errors
    #[command(after_long_help = help::LINT)]
    Lint(lint::Args),
    /// Format campaign files
    #[command(after_long_help = help::FMT)]
    Fmt(fmt::Args),
    /// Print the request bodies that apply would send
    #[command(after_long_help = help::RENDER)]
    Render(render::Args),
    /// Convert request bodies or curl commands to campaigns, or adopt existing tasks
    #[command(after_long_help = help::IMPORT)]
    Import(import::Args),
    /// Show the changes that apply would make
    #[command(after_long_help = help::PLAN)]
    Plan(plan::Args),
    /// Create missing tasks, and replace those named by `--replace`
    #[command(after_long_help = help::APPLY)]
    Apply(apply::Args),
    /// Show what became of the campaigns: their tasks' status, and what is out of step with the files
    #[command(after_long_help = help::STATUS)]
    Status(status::Args),
    /// Show and edit the state
    #[command(after_long_help = help::STATE)]
    State(state::Args),
    /// Start tasks, or continue paused ones
    #[command(after_long_help = help::START)]
    Start(order::StartArgs),
    /// Pause tasks
    #[command(after_long_help = help::PAUSE)]
    Pause(order::Args),
    /// Stop tasks for good
    #[command(after_long_help = help::HALT)]
    Halt(order::Args),
    /// Resolve a create whose outcome is unknown
    #[command(after_long_help = help::RESOLVE)]
    Resolve(resolve::Args),
    /// Check the files, state, credentials and API that plan and apply need
    #[command(after_long_help = help::DOCTOR)]
    Doctor(doctor::Args),
    /// Lint again whenever a campaign file changes
    #[command(after_long_help = help::WATCH)]
    Watch(watch::Args),
    /// Run the language server, which an editor starts
    #[command(after_long_help = help::SERVER)]
    Server(server::Args),
    /// Run the sandbox, a local server that stands in for the API
    #[command(after_long_help = help::SANDBOX)]
    Sandbox(sandbox::Args),
    /// Explain a rule
    #[command(after_long_help = help::RULE)]
    Rule(rule::Args),
    /// Explain a setting, by its name in the language or in the API
    #[command(after_long_help = help::EXPLAIN)]
    Explain(explain::Args),
    /// Print the JSON Schemas of requests, reports and the state
    #[command(after_long_help = help::SCHEMA)]
    Schema(schema::Args),
    /// Create a new project
    #[command(after_long_help = help::INIT)]
    Init(init::Args),
    /// Generate shell completions
    #[command(after_long_help = help::COMPLETIONS)]
    Completions(completions::Args),
    /// Generate manual pages
    #[command(after_long_help = help::MAN)]
    Man(man::Args),
}
