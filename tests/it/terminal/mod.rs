//! What the program makes of terminals and pipes: colours, links, widths, how much it says, wrong arguments, readers that
//! go away, and what is generated for shells and `man`.

mod color;
mod completions;
mod hostile;
mod levels;
mod links;
mod man;
mod pipes;
mod pty;
mod usage;
mod width;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A campaign without mistakes.
const CLEAN: &str = r#"campaign "spring-promo" {
    name "Spring"
    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "end"
    caller-id "default"
    start "manual"
    pace "3/s"
    effective-after "5s"
    record #false
    redial #false
}
"#;

/// A project with these files, and nothing above it that could be taken for one.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join("dialform.kdl"), "").unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// A project with one clean campaign.
fn clean() -> TempDir {
    project(&[("campaigns/spring.kdl", CLEAN)])
}

/// A project whose campaign has a mistake at `campaigns/spring.kdl:7:10`.
fn broken() -> TempDir {
    project(&[("campaigns/spring.kdl", &CLEAN.replace("3/s", "0/s"))])
}

/// The program in a folder, with nothing of this machine's environment but what starts programs.
fn dialform(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dialform"));
    command.args(arguments).current_dir(folder).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap());
    command
}
