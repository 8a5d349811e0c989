//! The command line: the only code that prints.

mod apply;
mod args;
mod doctor;
mod fmt;
mod import;
mod import_live;
mod init;
mod interrupt;
mod lint;
mod output;
mod place;
mod plan;
mod progress;
mod render;
mod resolve;
mod sandbox;
mod schema;
mod state;
mod targets;
mod terminal;
mod watch;
mod workplace;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return args::refuse(&error),
    };
    terminal::set_color(cli.color);
    match cli.command {
        Command::Lint(args) => lint::run(&args),
        Command::Fmt(args) => fmt::run(&args),
        Command::Render(args) => render::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Apply(args) => apply::run(&args),
        Command::State(args) => state::run(&args),
        Command::Resolve(args) => resolve::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Watch(args) => watch::run(&args),
        Command::Sandbox(args) => sandbox::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Init(args) => init::run(&args),
    }
}
