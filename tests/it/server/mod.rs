//! `dialform server` through the pipes of the real program.

mod clients;
mod diagnostics;
mod editor;
mod faults;
mod features;
mod names;
mod pool;
mod property;
mod pull;
mod shared;
mod robust;
mod strain;
mod typed;
mod writing;

#[cfg(unix)]
use std::process::{Child, Command, Stdio};

use editor::{Columns, Editor};
use tempfile::TempDir;

use crate::common::site::repository;

const PROJECT: &str = "project { timezone \"Europe/Moscow\" }\n";

/// A project with these campaign files, and an editor that has its folder open.
fn project(columns: Columns, files: &[(&str, &str)]) -> (TempDir, Editor) {
    let mut all = vec![("dialform.kdl", PROJECT)];
    all.extend(files);
    let folder = repository(&all);
    let editor = Editor::open_folder(folder.path(), columns);
    (folder, editor)
}

/// A process that lives until it is killed, to be the one that the server serves.
#[cfg(unix)]
fn client_process() -> Child {
    Command::new("cat")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}
