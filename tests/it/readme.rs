//! What the README and `docs/` show is true: commands print what stands below them, the KDL lints clean, and no command,
//! setting or exit code is missing.
//!
//! A fence says what it is by the words behind its language:
//!
//! * `console NAME`: a session in a copy of `examples/NAME` (`new`: an empty folder), which later blocks of the same
//!   name go on with. Only `dialform …`, `dialform … | head -N`, `sed …` and `echo $?` are run.
//! * `kdl`: all such blocks of one document make one project; the first is its `dialform.kdl`. `kdl in-campaign` is the
//!   inside of a campaign that has the document's first template; `kdl in-project` the inside of `project`. With
//!   `extended` behind it the project speaks that dialect.

mod console;
mod kdl;
mod markdown;

use std::fs;

use dialform::fields::{FIELDS, SETTINGS, Slot};

use crate::common::command::{dialform, in_repository};
use crate::common::generated::assert_current;
use markdown::{blocks, replaced};

const README: &str = "README.md";
const LANGUAGE: &str = "docs/language.md";
const LINTING: &str = "docs/linting.md";
const COMMANDS: &str = "docs/commands.md";

fn document(path: &str) -> String {
    fs::read_to_string(in_repository(path)).unwrap()
}

// Its sessions use the tools of a POSIX shell.
#[cfg(unix)]
#[test]
fn the_generated_sessions_of_the_documents_are_current() {
    for path in [README, COMMANDS, LINTING] {
        let text = document(path);
        let mut sessions = console::Sessions::default();
        let mut shown = text.clone();
        let mut count = 0;
        for block in blocks(&text).filter(|block| block.is("console")) {
            count += 1;
            let now = sessions.replay(&block);
            if console::stable(&now) != console::stable(block.body) {
                shown = replaced(&shown, &block, &now);
            }
        }
        assert!(count >= 1, "{path} shows sessions");
        assert_current(path, &shown);
    }
}

#[test]
fn the_kdl_in_the_documents_lints_clean() {
    for path in [README, LANGUAGE] {
        kdl::check(path, &document(path));
    }
    // Its examples are parts of that page's project.
    kdl::check(LINTING, &(document(LANGUAGE) + &document(LINTING)));
}

#[test]
fn every_command_is_in_its_document() {
    let help = dialform(&in_repository("."), &["--help"]).stdout;
    let commands = help.split_once("Commands:\n").unwrap().1;
    let names = commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help");
    let text = document(COMMANDS);
    let mut count = 0;
    for name in names {
        count += 1;
        assert!(
            text.contains(&format!("| `{name}")),
            "the table of commands lacks `{name}`"
        );
    }
    assert!(count >= 3, "{help}");
}

#[test]
fn every_setting_is_in_the_table() {
    let language = document(LANGUAGE);
    for setting in SETTINGS {
        let name = format!("`{}", setting.name);
        assert!(language.contains(&name), "{LANGUAGE}: {}", setting.name);
    }
    for field in FIELDS {
        let written = field.written();
        assert!(language.contains(&written), "{LANGUAGE} lacks {}", field.path());
        for wire in field.wire {
            let name = wire.rsplit('.').next().unwrap().trim_end_matches("[]");
            assert!(
                language.contains(&format!("`{name}`")) || language.contains(&format!(".{name}`")),
                "{LANGUAGE} lacks {wire}"
            );
        }
        for choice in field.choices().iter().filter(|_| field.slot != Slot::Constant) {
            let source = choice.written.word();
            assert!(
                language.contains(source),
                "{LANGUAGE} lacks {source} of {}",
                field.path()
            );
        }
    }
}

#[test]
fn the_readme_stays_short() {
    assert!(document(README).lines().count() < 250);
}
