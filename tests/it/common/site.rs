//! A folder with files, and the program run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::command::{Ran, command, with_input};

/// A campaign without findings.
pub(crate) const CLEAN: &str = r#"campaign "a" {
    name "A"
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

/// The same with another key, which in capitals is its name.
pub(crate) fn keyed(key: &str) -> String {
    let named = CLEAN.replacen("\"A\"", &format!("\"{}\"", key.to_uppercase()), 1);
    named.replacen("\"a\"", &format!("\"{key}\""), 1)
}

/// Writes a file below a folder, with the folders that it needs.
pub(crate) fn write_file(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A folder with these files, where the search for a project ends.
pub(crate) fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (path, content) in files {
        write_file(folder.path(), path, content);
    }
    folder
}

/// A repository, and the program run in it.
pub(crate) struct Site {
    folder: TempDir,
    /// Options of every lint.
    options: &'static [&'static str],
}

impl Site {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self {
            folder: repository(files),
            options: &[],
        }
    }

    pub(crate) fn with_options(self, options: &'static [&'static str]) -> Self {
        Self { options, ..self }
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        write_file(self.root(), path, content);
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// `dialform lint` in a folder of the repository.
    pub(crate) fn lint_command(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = command(&self.path(folder));
        command.arg("lint").args(self.options).args(arguments);
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn lint_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        self.lint_command(folder, arguments).output().unwrap().into()
    }

    pub(crate) fn lint(&self, arguments: &[&str]) -> Ran {
        self.lint_in("", arguments)
    }

    /// `dialform lint` with this on its standard input.
    pub(crate) fn lint_text(&self, arguments: &[&str], text: &str) -> Ran {
        with_input(self.lint_command("", arguments), text.as_bytes()).into()
    }

    /// Any command.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        command(self.root()).args(arguments).output().unwrap().into()
    }
}
