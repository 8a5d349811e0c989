//! The command line: parses arguments, runs a subcommand, and prints its output.

mod accept;
mod apply;
mod args;
mod baseline;
mod binding;
mod completions;
mod context;
mod doctor;
mod environment;
mod explain;
mod fix;
mod fmt;
mod help;
mod import;
mod import_live;
mod init;
mod interrupt;
mod lint;
mod lost;
mod man;
mod order;
mod output;
mod plan;
mod progress;
mod render;
mod resolve;
mod rule;
mod sandbox;
mod schema;
mod seen;
mod selection;
mod server;
mod state;
mod state_args;
mod state_store;
mod status;
mod targets;
mod terminal;
mod usage;
mod watch;
mod wrap;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    abort_on_panic();
    run(std::env::args_os().collect())
}

/// Ends the process at the first panic, on whatever thread: apply must not go on after one. The language server alone takes
/// this back.
fn abort_on_panic() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        std::process::abort();
    }));
}

/// Runs the program with these arguments, including its own name. Colors and verbosity are process-wide.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    terminal::begin();
    terminal::set_color(usage::color(&arguments));
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage::refuse(error, &arguments),
    };
    terminal::set_color(cli.color);
    let verbosity = cli.enter_project().and_then(|()| cli.verbosity());
    match verbosity {
        Ok(verbosity) => terminal::set_verbosity(verbosity),
        Err(error) => return usage::refuse(error, &arguments),
    }
    environment::choose(cli.env.as_deref());
    match cli.command {
        Command::Lint(args) => lint::run(&args),
        Command::Fmt(args) => fmt::run(&args),
        Command::Render(args) => render::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Apply(args) => apply::run(&args),
        Command::State(args) => state::run(&args),
        Command::Start(args) => order::start(&args),
        Command::Pause(args) => order::pause(&args),
        Command::Halt(args) => order::halt(&args),
        Command::Status(args) => status::run(&args),
        Command::Resolve(args) => resolve::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Watch(args) => watch::run(&args),
        Command::Server(args) => server::run(&args),
        Command::Sandbox(args) => sandbox::run(&args, cli.project.as_deref()),
        Command::Rule(args) => rule::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}
