//! `lint --output-format`: what each of the forms looks like, against schemas and letter by letter, and where it goes.

mod edges;
mod fingerprints;
mod github;
mod gitlab;
mod junit;
mod many;
mod rdjson;
mod sarif;
mod several;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::common::command::{Ran, command};

/// The project file of the sample, without mistakes.
const PROJECT: &str = "project {\n    timezone \"Europe/Moscow\"\n}\n";

/// A mistake behind Cyrillic letters and one behind an astral one, the first of which one can certainly mend.
const FIRST: &str = r#"campaign "spring" {
    name "Акция"; record false
    comment "Звонок 📞"; pase "3/s"
    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "end"
    caller-id "default"
    start "manual"
    effective-after "5s"
    redial #false
}
"#;

/// A warning, and the key that the other file has as well.
const SECOND: &str = r#"campaign "spring" {
    name "Second"
    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "end"
    caller-id "default"
    start "time" at="2001-01-01 00:00"
    pace "3/s"
    effective-after "5s"
    record #false
    redial #false
}
"#;

/// The present moment of every run.
const NOW: &str = "2026-12-02T10:00:00Z";

/// A folder with files, and the program run in it.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new(files: &[(&str, &str)]) -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        // The search for a project ends here.
        fs::create_dir(site.path(".git")).unwrap();
        for (path, text) in files {
            site.write(path, text.as_bytes());
        }
        site
    }

    /// Three files: two with mistakes, one clean.
    fn sample() -> Self {
        Self::new(&[
            ("dialform.kdl", PROJECT),
            ("campaigns/a.kdl", FIRST),
            ("campaigns/b.kdl", SECOND),
        ])
    }

    /// One clean campaign.
    fn clean() -> Self {
        let text = SECOND.replace("start \"time\" at=\"2001-01-01 00:00\"", "start \"manual\"");
        Self::new(&[("dialform.kdl", PROJECT), ("campaigns/a.kdl", &text)])
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn command(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = command(&self.path(folder));
        for name in ["GITHUB_ACTIONS", "GITHUB_WORKSPACE", "CI_PROJECT_DIR", "GITLAB_CI"] {
            command.env_remove(name);
        }
        command
            .args(["lint", "--now", NOW])
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    fn lint(&self, arguments: &[&str]) -> Ran {
        self.lint_in("", arguments)
    }

    fn lint_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        self.command(folder, arguments).output().unwrap().into()
    }

    fn lint_text(&self, arguments: &[&str], text: &str) -> Ran {
        let mut command = self.command("", arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child.wait_with_output().unwrap().into()
    }

    /// What the whole folder gives in a form.
    fn all(&self, format: &str) -> String {
        self.lint(&["--output-format", format]).stdout
    }

    fn json(&self, format: &str) -> Value {
        parsed(&self.all(format))
    }
}

#[track_caller]
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

/// The folder without links, as the program sees it.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap()
}
