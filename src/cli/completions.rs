//! `dialform completions`: generates shell completions.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;
use super::terminal;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell to generate completions for
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "dialform", &mut script);
    terminal::give_back(&script).err().unwrap_or(ExitCode::SUCCESS)
}
