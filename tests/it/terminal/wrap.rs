//! What is said to people fits the terminal, and can still be copied; pipes get whole lines.

use unicode_width::UnicodeWidthStr;

use super::pty::{To, run};
use crate::common::project::Project;

/// A project whose campaigns have tasks and have changed since, so that an apply refuses each for the same reason.
fn changed(number: usize) -> (Project, Vec<String>) {
    let keys: Vec<String> = (1..=number).map(|index| format!("city-{index:02}")).collect();
    let names: Vec<&str> = keys.iter().map(String::as_str).collect();
    let project = Project::of(&names);
    let ran = project.output(&["apply", "--sandbox", "--auto-approve"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for key in &keys {
        project.named_campaign(key, &format!("Campaign {key}"), "pace \"2/s\"");
    }
    (project, keys)
}

const APPLY: [&str; 3] = ["apply", "--sandbox", "--auto-approve"];

#[test]
fn one_reason_of_many_campaigns_is_given_once_with_their_keys() {
    let (project, keys) = changed(27);
    let ran = project.output(&APPLY);
    let (_, report) = ran.stdout.split_once("Plan: ").unwrap();
    assert_eq!(report.matches("blocked: ").count(), 1, "{report}");
    assert_eq!(report.matches("stops the old task for good").count(), 1, "{report}");
    for key in &keys {
        assert!(report.contains(&format!("`{key}`")), "{key}: {report}");
    }
    assert!(report.contains("blocked: 27 campaigns: refused"), "{report}");
    // The only one of its kind keeps its place and its own command.
    let (project, _) = changed(1);
    let ran = project.output(&APPLY);
    assert!(
        ran.stdout
            .contains("blocked: campaign `city-01`: refused without `--replace city-01`"),
        "{ran:?}"
    );
}

#[test]
fn a_terminal_gets_lines_that_fit_and_a_pipe_whole_ones() {
    let (project, keys) = changed(27);
    let piped = project.output(&APPLY).stdout;
    assert!(piped.lines().any(|line| line.width() > 200), "{piped}");
    for columns in [60, 80] {
        let seen = run(project.dialform(&APPLY), To::Terminal(columns), To::Pipe);
        for line in anstream::adapter::strip_str(&seen.out).to_string().lines() {
            assert!(line.width() <= usize::from(columns), "{columns}: {line:?}");
        }
        let mut named = project.dialform(&APPLY);
        named.env("COLUMNS", columns.to_string());
        let named = run(named, To::Pipe, To::Pipe).out;
        assert!(
            named.lines().all(|line| line.width() <= usize::from(columns)),
            "{named}"
        );
        // The same words in the same order, and each key and option in one piece.
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&named), words(&piped));
        for key in &keys {
            assert!(named.contains(&format!("`{key}`")), "{key}: {named}");
        }
        for option in ["`--replace-all`", "`--replace city-01`"] {
            assert!(named.contains(option), "{option}: {named}");
        }
    }
}

#[test]
fn json_and_markdown_keep_their_lines_whatever_columns_says() {
    let (project, _) = changed(2);
    for format in ["json", "markdown"] {
        let arguments = ["plan", "--sandbox", "--output-format", format];
        let mut narrow = project.dialform(&arguments);
        narrow.env("COLUMNS", "40");
        assert_eq!(run(narrow, To::Pipe, To::Pipe).out, project.output(&arguments).stdout);
    }
}

#[test]
fn a_command_in_a_message_stays_in_one_piece() {
    let project = Project::of(&["spring"]);
    let arguments = ["apply", "--sandbox"];
    let whole = project.output(&arguments).stderr;
    let mut narrow = project.dialform(&arguments);
    narrow.env("COLUMNS", "40");
    let narrow = run(narrow, To::Pipe, To::Pipe).err;
    assert!(narrow.lines().count() > whole.lines().count(), "{narrow}");
    let commands: Vec<&str> = whole.split('`').skip(1).step_by(2).collect();
    assert!(commands.len() >= 3, "{whole}");
    for command in commands {
        assert!(narrow.contains(&format!("`{command}`")), "{command}: {narrow}");
    }
}
