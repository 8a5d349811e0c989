//! `--color` and the variables that say the same, for each stream by itself.

use super::pty::{To, run};
use super::{broken, clean, dialform};

const TERMINAL: To = To::Terminal(100);

/// Variables, and whether they give colours on a terminal and in a pipe.
type Environment = (&'static [(&'static str, &'static str)], bool, bool);

/// Environments, and whether each wants colours on a terminal and in a pipe.
const ENVIRONMENTS: [Environment; 14] = [
    // A terminal that does not say what it is gets none.
    (&[], false, false),
    (&[("TERM", "xterm-256color")], true, false),
    (&[("TERM", "dumb")], false, false),
    (&[("TERM", "xterm"), ("NO_COLOR", "1")], false, false),
    (&[("TERM", "xterm"), ("NO_COLOR", "0")], false, false),
    // Empty is not set, says the convention.
    (&[("TERM", "xterm"), ("NO_COLOR", "")], true, false),
    (&[("TERM", "xterm"), ("CLICOLOR", "0")], false, false),
    (&[("TERM", "dumb"), ("CLICOLOR", "1")], true, false),
    (&[("TERM", "xterm"), ("CLICOLOR_FORCE", "1")], true, true),
    (&[("TERM", "xterm"), ("CLICOLOR_FORCE", "")], true, false),
    (&[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], true, true),
    (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false, false),
    // Logs of CI systems show colours, but only where they give the program a terminal.
    (&[("CI", "true")], true, false),
    // Not one of the variables that are heard.
    (&[("TERM", "dumb"), ("FORCE_COLOR", "1")], false, false),
];

fn is_colored(text: &str) -> bool {
    assert!(!text.is_empty());
    text.contains("\u{1b}[")
}

/// Runs everywhere and compares; `out` and `err` say which streams the command writes to.
fn compare(arguments: &[&str], out: bool, err: bool) {
    let folder = broken();
    for (variables, on_terminal, in_pipe) in ENVIRONMENTS {
        for (color, fixed) in [("auto", None), ("always", Some(true)), ("never", Some(false))] {
            for (to_out, to_err) in [(TERMINAL, To::Pipe), (To::Pipe, TERMINAL), (TERMINAL, TERMINAL)] {
                let mut command = dialform(folder.path(), &["--color", color]);
                command.args(arguments).envs(variables.iter().copied());
                let seen = run(command, to_out, to_err);
                let wanted = |to: To| fixed.unwrap_or(if to == To::Pipe { in_pipe } else { on_terminal });
                let case = format!("{arguments:?} {color} {variables:?} {to_out:?} {to_err:?}: {seen:?}");
                if out {
                    assert_eq!(is_colored(&seen.out), wanted(to_out), "{case}");
                }
                if err {
                    assert_eq!(is_colored(&seen.err), wanted(to_err), "{case}");
                }
            }
        }
    }
}

#[test]
fn findings_are_coloured_as_asked() {
    compare(&["lint", "--output-format", "human"], true, false);
}

#[test]
fn errors_are_coloured_by_what_standard_error_is() {
    compare(&["lint", "nothing.kdl"], false, true);
}

#[test]
fn wrong_arguments_are_told_of_in_the_colours_asked_for() {
    compare(&["lnit"], false, true);
}

#[test]
fn help_is_coloured_as_asked() {
    compare(&["lint", "--help"], true, false);
}

#[test]
fn color_may_stand_behind_the_command_and_what_is_wrong() {
    let folder = clean();
    for (arguments, colored) in [
        (&["plan", "--bogus", "--color=always"][..], true),
        (&["plan", "--bogus", "--color", "always"], true),
        (&["--color", "never", "plan", "--bogus", "--color", "always"], true),
        // Behind `--` it is a path.
        (&["lint", "--bogus", "--", "--color=always"], false),
        (&["--color", "sometimes", "lint"], false),
    ] {
        let seen = run(dialform(folder.path(), arguments), To::Pipe, To::Pipe);
        assert_eq!(is_colored(&seen.err), colored, "{arguments:?} {seen:?}");
    }
}

#[test]
fn every_command_obeys() {
    let folder = clean();
    for arguments in [
        &["lint"][..],
        &["fmt", "--diff"],
        &["render"],
        &["plan", "--sandbox"],
        &["plan", "--sandbox", "--full"],
        &["apply", "--sandbox", "--auto-approve"],
        &["state", "list", "--sandbox"],
        &["doctor", "--sandbox"],
        &["schema"],
        &["completions", "bash"],
        &["man"],
        &["--version"],
    ] {
        let mut command = dialform(folder.path(), arguments);
        command.env("TERM", "xterm").arg("--color=never");
        let never = run(command, TERMINAL, TERMINAL);
        assert!(!never.out.contains('\u{1b}'), "{arguments:?}: {never:?}");
        // What comes under the bar of a run that is under way is moving, not colour.
        if arguments[0] != "apply" {
            assert!(!never.err.contains('\u{1b}'), "{arguments:?}: {never:?}");
        }
        let piped = run(dialform(folder.path(), arguments), To::Pipe, To::Pipe);
        assert!(
            !format!("{}{}", piped.out, piped.err).contains('\u{1b}'),
            "{arguments:?}: {piped:?}"
        );
    }
}

#[test]
fn the_mistakes_that_stop_a_plan_are_shown_as_standard_error_likes_them() {
    let folder = broken();
    let mut command = dialform(folder.path(), &["plan", "--sandbox"]);
    command.env("TERM", "xterm");
    let seen = run(command, To::Pipe, TERMINAL);
    assert!(seen.err.contains("╭─[") && is_colored(&seen.err), "{seen:?}");
    let mut command = dialform(folder.path(), &["plan", "--sandbox"]);
    command.env("TERM", "xterm");
    let seen = run(command, TERMINAL, To::Pipe);
    assert!(seen.err.starts_with("campaigns/spring.kdl:7:10: error["), "{seen:?}");
}
