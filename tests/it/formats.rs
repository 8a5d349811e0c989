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

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::site::Site;

/// The project file of the sample, without mistakes.
const PROJECT: &str = "project {\n    timezone \"Europe/Moscow\"\n}\n";

/// A mistake behind Cyrillic letters and one behind an astral one, the first of which one can certainly fix.
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
    start "time" at="2001-01-01 10:00"
    pace "3/s"
    effective-after "5s"
    record #false
    redial #false
}
"#;

/// The present moment of every run.
const NOW: &str = "2026-12-02T10:00:00Z";

impl Site {
    /// These files at the present moment of every run.
    fn now(files: &[(&str, &str)]) -> Self {
        Self::new(files).with_options(&["--now", NOW])
    }

    /// Three files: two with mistakes, one clean.
    fn sample() -> Self {
        Self::now(&[
            ("dialform.kdl", PROJECT),
            ("campaigns/a.kdl", FIRST),
            ("campaigns/b.kdl", SECOND),
        ])
    }

    /// One clean campaign.
    fn clean() -> Self {
        let text = SECOND.replace("start \"time\" at=\"2001-01-01 10:00\"", "start \"manual\"");
        Self::now(&[("dialform.kdl", PROJECT), ("campaigns/a.kdl", &text)])
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
