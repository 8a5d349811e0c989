//! The command line: the only code that prints.

mod args;
mod init;
mod lint;
mod render;
mod targets;
mod terminal;

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
        Command::Render(args) => render::run(&args),
        Command::Init(args) => init::run(&args),
    }
}
