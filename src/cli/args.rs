//! The commands and what all of them take.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::terminal::Color;
use super::{apply, doctor, fmt, import, init, lint, plan, render, resolve, sandbox, schema, state, watch};

/// Campaigns as code for the TWIN auto-call API: described in KDL files, linted, planned, applied.
#[derive(Debug, Parser)]
#[command(name = "dialform", version, max_term_width = 100)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to colour the output
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check campaign files and point at every mistake
    Lint(lint::Args),
    /// Lay campaign files out in the one way
    Fmt(fmt::Args),
    /// Print the exact request bodies
    Render(render::Args),
    /// Write request bodies, in JSON or curl commands, as campaigns; take over tasks that exist
    Import(import::Args),
    /// Show what apply would do
    Plan(plan::Args),
    /// Create what is missing, and replace what `--replace` names
    Apply(apply::Args),
    /// Look at what is known of tasks, and set it right
    State(state::Args),
    /// Settle a campaign of which it is not known whether it has a task
    Resolve(resolve::Args),
    /// Check that what plan and apply need is in order: files, state, credentials, the API
    Doctor(doctor::Args),
    /// Check campaign files now and whenever they change
    Watch(watch::Args),
    /// Run the stand-in for the API by itself, to try things out without an account
    Sandbox(sandbox::Args),
    /// Print the JSON Schemas of requests, reports and state
    Schema(schema::Args),
    /// Write a first project that lints clean
    Init(init::Args),
}

/// Prints clap's message and gives the exit code for it: usage errors are 1 in plan and apply, where 2 means that there
/// are changes, and 2 elsewhere.
pub(super) fn refuse(error: &clap::Error) -> ExitCode {
    // Nothing is left to do if even this cannot be printed.
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::SUCCESS;
    }
    let command = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    match command.as_deref() {
        Some("plan" | "apply") => ExitCode::from(1),
        _ => ExitCode::from(2),
    }
}
