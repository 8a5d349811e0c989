//! What the program makes of terminals and pipes: colours, links, widths, how much it says, wrong arguments, readers that
//! go away, and what is generated for shells and `man`.

mod color;
mod completions;
mod hostile;
mod levels;
mod links;
mod man;
mod pipes;
mod project;
mod pty;
mod usage;
mod width;
mod wrap;

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::common::site::{keyed, repository};

/// A project with these files, and nothing above it that could be taken for one.
fn project(files: &[(&str, &str)]) -> TempDir {
    repository(&[&[("dialform.kdl", "")], files].concat())
}

/// A campaign without findings.
fn spring() -> String {
    keyed("spring-promo")
}

/// A project with one clean campaign.
fn clean() -> TempDir {
    project(&[("campaigns/spring.kdl", &spring())])
}

/// A project whose campaign has a mistake at `campaigns/spring.kdl:7:10`.
fn broken() -> TempDir {
    project(&[("campaigns/spring.kdl", &spring().replace("3/s", "0/s"))])
}

/// The program in a folder, with nothing of this machine's environment but what starts programs.
fn dialform(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dialform"));
    command.args(arguments).current_dir(folder).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap());
    command
}
