//! Readers that go away, and outputs that take nothing.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{broken, clean, dialform, project, spring};
use crate::background::Background;
use crate::common::site::{CLEAN, keyed};

/// A pipe whose reader is gone.
fn closed() -> Stdio {
    std::io::pipe().unwrap().1.into()
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

fn end(mut command: Command, out: Stdio, err: Stdio) -> (Option<i32>, String) {
    let output = command.stdin(Stdio::null()).stdout(out).stderr(err).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Commands that print results, and their exit codes where all goes well.
const COMMANDS: [(&[&str], i32); 30] = [
    (&["--help"], 0),
    (&["lint", "-h"], 0),
    (&["help", "plan"], 0),
    (&["--version"], 0),
    (&["lint", "--output-format", "human"], 1),
    (&["lint", "--output-format", "json"], 1),
    (&["lint"], 1),
    (&["lint", "--diff", "fixable.kdl"], 1),
    (&["fmt", "--check", "untidy.kdl"], 1),
    (&["fmt", "--diff", "untidy.kdl"], 1),
    (&["import", "body.json"], 0),
    (&["import", "bodies.json"], 1),
    (&["rule"], 0),
    (&["rule", "--all", "--output-format", "json"], 0),
    (&["rule", "DF4"], 0),
    (&["explain"], 0),
    (&["explain", "cidType", "--output-format", "markdown"], 0),
    (&["schema"], 0),
    (&["schema", "plan"], 0),
    (&["completions", "bash"], 0),
    (&["completions", "zsh"], 0),
    (&["man"], 0),
    (&["man", "lint"], 0),
    (&["init", "new"], 0),
    (&["render"], 0),
    (&["render", "spring-promo", "--curl"], 0),
    (&["plan", "--sandbox"], 0),
    (
        &["plan", "--sandbox", "--output-format", "json", "--detailed-exitcode"],
        2,
    ),
    (&["doctor", "--sandbox"], 0),
    (&["state", "show", "spring-promo", "--state", "kept.json"], 0),
];

/// The folder that a command of the list is run in: those that end with 1 want one with mistakes.
fn folder_for(code: i32, arguments: &[&str]) -> tempfile::TempDir {
    let folder = if code == 1 { broken() } else { clean() };
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("untidy.kdl", "template   \"x\" {  pace \"3/s\" }\n");
    write("fixable.kdl", &CLEAN.replace("\"5s\"", "5s"));
    write("body.json", "{\"name\": \"Spring\"}");
    write("bodies.json", "[{\"name\": \"Spring\"}, 7]");
    if arguments.contains(&"kept.json") {
        let made = dialform(folder.path(), &["apply", "--sandbox", "--auto-approve"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let kept = |name: &str, to: &str| fs::copy(folder.path().join(name), folder.path().join(to)).unwrap();
        kept(".dialform/sandbox.state.json", "kept.json");
        kept(".dialform/sandbox.state.journal", "kept.journal");
    }
    folder
}

#[test]
fn a_reader_that_went_away_ends_every_command_quietly() {
    for (arguments, code) in COMMANDS {
        let folder = folder_for(code, arguments);
        let (ended, err) = end(dialform(folder.path(), arguments), closed(), Stdio::piped());
        assert_eq!(ended, Some(code), "{arguments:?} {err}");
        for word in ["error: cannot", "panicked", "Broken pipe"] {
            assert!(!err.contains(word), "{arguments:?} {err}");
        }
        let folder = folder_for(code, arguments);
        let (ended, _) = end(dialform(folder.path(), arguments), closed(), closed());
        assert_eq!(ended, Some(code), "{arguments:?} with nobody on standard error either");
    }
}

#[test]
fn nobody_on_standard_error_changes_no_exit_code() {
    let folder = broken();
    for (arguments, code) in [
        (&["lint", "nothing.kdl"][..], 2),
        (&["lnit"], 2),
        (&["plan", "--bogus"], 1),
        (&["plan", "--sandbox"], 1),
        (&["-v", "lint"], 1),
        (&["fmt"], 0),
    ] {
        assert_eq!(
            end(dialform(folder.path(), arguments), Stdio::null(), closed()).0,
            Some(code),
            "{arguments:?}"
        );
        assert_eq!(
            end(dialform(folder.path(), arguments), Stdio::null(), full()).0,
            Some(code),
            "{arguments:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_full_is_told_of() {
    for (arguments, code) in COMMANDS {
        let folder = folder_for(code, arguments);
        let (ended, err) = end(dialform(folder.path(), arguments), full(), Stdio::piped());
        let wanted = if arguments[0] == "plan" { 1 } else { 2 };
        assert_eq!(ended, Some(wanted), "{arguments:?} {err}");
        assert_eq!(
            err.matches("error: cannot write to standard output: ").count(),
            1,
            "{arguments:?} {err}"
        );
    }
}

/// The plan that nobody could see is not carried out.
#[cfg(target_os = "linux")]
#[test]
fn apply_does_nothing_that_it_cannot_show() {
    for out in [full(), closed()] {
        let folder = clean();
        let (ended, _) = end(
            dialform(folder.path(), &["apply", "--sandbox", "--auto-approve"]),
            out,
            Stdio::piped(),
        );
        assert_eq!(ended, Some(1));
        let listed = dialform(folder.path(), &["state", "list", "--sandbox"])
            .output()
            .unwrap();
        assert!(listed.stdout.is_empty(), "{listed:?}");
    }
}

fn shell(folder: &Path, line: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new("bash");
    command.args(["-c", line]).current_dir(folder);
    command.env("DIALFORM", env!("CARGO_BIN_EXE_dialform"));
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn head_takes_what_it_wants() {
    let campaigns: String = (0..3_000)
        .map(|number| keyed(&format!("k{number}")).replace("3/s", "0/s"))
        .collect();
    let folder = project(&[("campaigns/a.kdl", &campaigns)]);
    for line in [
        "\"$DIALFORM\" lint | head -1",
        "\"$DIALFORM\" lint --output-format human | head -1",
        "\"$DIALFORM\" -q lint | true",
        "\"$DIALFORM\" --help | head -1",
        "\"$DIALFORM\" lint --diff --unsafe-fixes | head -1",
        "\"$DIALFORM\" rule --all | head -1",
        "\"$DIALFORM\" explain | head -1",
        "\"$DIALFORM\" lint 2>&- | head -1",
        "\"$DIALFORM\" lint 2>&- >&-; test $? = 1",
    ] {
        let (code, out, err) = shell(folder.path(), line);
        assert_eq!(code, Some(0), "{line} {err}");
        assert!(
            out.lines().count() <= 1 && !err.contains("error:") && !err.contains("panicked"),
            "{line} {err}"
        );
    }
    let (code, ..) = shell(folder.path(), "set -o pipefail; \"$DIALFORM\" lint | head -1");
    assert_eq!(code, Some(1), "that there are errors is not lost");
}

/// A file that cannot be formatted is told of by the exit code, though its diff is not the first that nobody reads.
#[test]
fn fmt_goes_on_to_the_last_file_without_a_reader() {
    let folder = project(&[
        ("campaigns/a.kdl", "template   \"x\" {  pace \"3/s\" }\n"),
        ("campaigns/b.kdl", "template \"y\" {\n"),
    ]);
    let (ended, err) = end(dialform(folder.path(), &["fmt", "--diff"]), closed(), Stdio::piped());
    assert_eq!(ended, Some(2), "{err}");
    assert!(err.contains("campaigns/b.kdl: it cannot be read as KDL"), "{err}");
}

#[test]
fn watch_ends_with_its_reader() {
    for (format, first) in [
        ("concise", "dialform: checking..."),
        ("json-lines", "{\"event\":\"begin\",\"format_version\":\"1.0\"}"),
    ] {
        let folder = clean();
        let mut command = Command::new("bash");
        let line = format!("\"$DIALFORM\" watch --output-format {format} | head -1; echo \"ended ${{PIPESTATUS[0]}}\"");
        command.args(["-c", &line]).current_dir(folder.path());
        command.env("DIALFORM", env!("CARGO_BIN_EXE_dialform"));
        let running = Background::start(&mut command);
        assert_eq!(running.read_until(|line| line == first), [first]);
        // It hears of it with its next line.
        fs::write(
            folder.path().join("campaigns/spring.kdl"),
            spring().replace("3/s", "4/s"),
        )
        .unwrap();
        assert_eq!(running.read_until(|line| line.starts_with("ended")), ["ended 0"]);
    }
}
