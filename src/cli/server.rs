//! `dialform server`: speaks the Language Server Protocol over standard input and output.

use std::io::{BufReader, stdin};
use std::process::ExitCode;

use super::terminal;
use crate::server::{SessionEnd, serve};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Use standard input and output; there is no other way, and some editors say so
    #[arg(long)]
    stdio: bool,
}

pub(super) fn run(_args: &Args) -> ExitCode {
    // A fault in one answer does not end the editor's session; nothing here creates tasks or writes files.
    drop(std::panic::take_hook());
    match serve(BufReader::new(stdin()), terminal::protocol_output()) {
        SessionEnd::Orderly => ExitCode::SUCCESS,
        SessionEnd::Abrupt => ExitCode::from(1),
    }
}
