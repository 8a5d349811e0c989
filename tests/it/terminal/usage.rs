//! Mistyped commands, options, values, keys and paths.

use super::pty::{Seen, To, run};
use super::{clean, dialform, project};
use crate::common::site::keyed;

fn ran(arguments: &[&str]) -> Seen {
    run(dialform(clean().path(), arguments), To::Pipe, To::Pipe)
}

/// Exit code and words that are printed for wrong arguments.
#[test]
fn wrong_arguments_are_told_with_what_was_meant() {
    for (arguments, code, words) in [
        (&["lnit"][..], 2, &["unrecognized subcommand 'lnit'", "'lint'"][..]),
        (&["validate"], 2, &["unrecognized subcommand 'validate'", "'lint'"]),
        (&["deploy"], 2, &["unrecognized subcommand 'deploy'", "'apply'"]),
        (&["play"], 2, &["unrecognized subcommand 'play'", "'start'"]),
        (&["resume"], 2, &["unrecognized subcommand 'resume'", "'start'"]),
        (&["stop"], 2, &["unrecognized subcommand 'stop'", "'halt'"]),
        (&["settle"], 2, &["unrecognized subcommand 'settle'", "'resolve'"]),
        (&["hlat"], 2, &["unrecognized subcommand 'hlat'", "'halt'"]),
        (&["reslove"], 2, &["unrecognized subcommand 'reslove'", "'resolve'"]),
        (&["fix"], 2, &["unrecognized subcommand 'fix'", "'lint --fix'"]),
        (
            &["campaigns/spring.kdl"],
            2,
            &["run 'dialform lint campaigns/spring.kdl'"],
        ),
        (
            &["state", "lst"],
            2,
            &["unrecognized subcommand 'lst'", "'list'", "Usage: dialform state"],
        ),
        (
            &["lint", "--detailed-exitcode"],
            2,
            &[
                "unexpected argument '--detailed-exitcode'",
                "is an option of 'dialform plan'",
            ],
        ),
        (
            &["lint", "--output-fromat=json"],
            2,
            &["unexpected argument '--output-fromat'", "'--output-format'"],
        ),
        (
            &["fmt", "--out", "x"],
            2,
            &["unexpected argument '--out'", "'dialform man', 'dialform plan'"],
        ),
        (&["lint", "-x"], 2, &["unexpected argument '-x'"]),
        (
            &["lint", "--format", "json"],
            2,
            &["unexpected argument '--format'", "'--output-format'"],
        ),
        (
            &["rule", "-f", "json"],
            2,
            &["unexpected argument '-f'", "'--output-format'"],
        ),
        (
            &["lint", "--ignore", ""],
            2,
            &["'--ignore <RULES>'", "there is no such rule"],
        ),
        (
            &["lint", "--max-file-size", "1k"],
            2,
            &["invalid value '1k' for '--max-file-size <BYTES>'"],
        ),
        (
            &["lint", "--now", "yesterday"],
            2,
            &[
                "invalid value 'yesterday' for '--now <TIME>'",
                "such as 2026-12-02T10:00:00Z",
            ],
        ),
        (
            &["lint", "--color", "alwys"],
            2,
            &["'alwys'", "[possible values: auto, always, never]", "'always'"],
        ),
        (
            &["lint", "--color"],
            2,
            &["a value is required for '--color <WHEN>'", "auto, always, never"],
        ),
        (
            &["schema", "lint-reprot"],
            2,
            &["'lint-reprot'", "a similar value exists: 'lint-report'"],
        ),
        (&["completions", "bsh"], 2, &["'bsh'", "'bash'"]),
        (
            &["completions"],
            2,
            &["required arguments were not provided", "<SHELL>"],
        ),
        (
            &["lint", "--write-baseline=b.json", "--select", "DF4"],
            2,
            &["'--write-baseline [<FILE>]' cannot be used with", "--select <RULES>"],
        ),
        (&["-q", "lint", "-v"], 2, &["'--quiet' cannot be used with '--verbose'"]),
        (&["resolve"], 2, &["<KEY>"]),
        (&["state", "show"], 2, &["<KEY>"]),
        (
            &["fmt", "--check", "--check"],
            2,
            &["'--check' cannot be used multiple times"],
        ),
        (&["plan", "--out"], 1, &["a value is required for '--out <FILE>'"]),
        (&["plan", "extra"], 1, &["unexpected argument 'extra'"]),
        (&["plan", "--bogus"], 1, &["unexpected argument '--bogus'"]),
        (
            &["--color", "never", "plan", "--bogus"],
            1,
            &["unexpected argument '--bogus'"],
        ),
        (
            &["--color=never", "-q", "apply", "--bogus"],
            1,
            &["unexpected argument '--bogus'"],
        ),
        (
            &["apply", "--parallelism", "0"],
            1,
            &["invalid value '0' for '--parallelism <N>'"],
        ),
        (
            &["apply", "--lock-timeout", "5"],
            1,
            &["invalid value '5' for '--lock-timeout <TIME>'", "such as 30s or 2m"],
        ),
        (
            &["apply", "--state", "a", "--sandbox"],
            1,
            &["'--state <FILE|ADDRESS>' cannot be used with '--sandbox'"],
        ),
        // `plan` is not the command here.
        (&["lint", "--bogus", "plan"], 2, &["unexpected argument '--bogus'"]),
        (
            &["--color", "plan", "lint", "--bogus"],
            2,
            &["unexpected argument '--bogus'"],
        ),
    ] {
        let seen = ran(arguments);
        assert_eq!(seen.code, Some(code), "{arguments:?} {}", seen.err);
        assert!(seen.err.starts_with("error: "), "{arguments:?} {}", seen.err);
        for word in words {
            assert!(seen.err.contains(word), "{arguments:?} lacks {word}: {}", seen.err);
        }
        assert!(seen.out.is_empty(), "{seen:?}");
    }
}

/// Exit code and first line for other mistakes.
#[test]
fn each_mistake_is_told_with_what_was_meant() {
    for (arguments, code, line) in [
        (
            &["lint", "--diff", "--output-format", "sarif=a.sarif"][..],
            2,
            "`--diff` prints no findings, so nothing would be written to a.sarif; drop one of the two",
        ),
        (
            &["lint", "--fix", "--write-baseline"],
            2,
            "`--write-baseline` needs a file: dialform lint --baseline dialform.baseline.json --write-baseline",
        ),
        (&["man", "lnt"], 2, "there is no command `lnt`; did you mean `lint`?"),
        (
            &["lint", "campaigns/sprin.kdl"],
            2,
            "campaigns/sprin.kdl does not exist; did you mean campaigns/spring.kdl?",
        ),
        (
            &["lint", "campaign/spring.kdl"],
            2,
            "campaign/spring.kdl does not exist; did you mean campaigns/spring.kdl?",
        ),
        (
            &["fmt", "campaings"],
            2,
            "campaings does not exist; did you mean campaigns?",
        ),
        (
            &["lint", "elsewhere/entirely.kdl"],
            2,
            "elsewhere/entirely.kdl does not exist; name a campaign file or a folder",
        ),
        (
            &["lint", "plan"],
            2,
            "plan does not exist; to run the command of that name: dialform plan",
        ),
        (
            &["render", "sprng-promo"],
            2,
            "there is no campaign `sprng-promo`; did you mean `spring-promo`? There are: spring-promo",
        ),
        (
            &["render", "autumn"],
            2,
            "there is no campaign `autumn`; there are: spring-promo",
        ),
        (
            &["plan", "--sandbox", "--replace", "sprng-promo"],
            1,
            "`--replace sprng-promo`: no campaign has this key; no campaign has a task that could be replaced",
        ),
    ] {
        let seen = ran(arguments);
        let first = seen.err.lines().next().unwrap_or_default();
        assert_eq!(
            (seen.code, first),
            (Some(code), format!("error: {line}").as_str()),
            "{arguments:?} {}",
            seen.err
        );
        assert!(seen.out.is_empty(), "{seen:?}");
    }
}

#[test]
fn keys_of_the_state_are_suggested_once_there_are_any() {
    let folder = project(&[("campaigns/spring.kdl", &keyed("spring-promo"))]);
    let ran = |arguments: &[&str]| run(dialform(folder.path(), arguments), To::Pipe, To::Pipe);
    assert_eq!(ran(&["apply", "--sandbox", "--auto-approve"]).code, Some(0));
    let seen = ran(&["state", "show", "sprng-promo", "--sandbox"]);
    assert_eq!(seen.code, Some(1));
    assert!(
        seen.err
            .contains("no task for `sprng-promo`; did you mean `spring-promo`?"),
        "{seen:?}"
    );
    assert_eq!(ran(&["state", "rm", "spring-promo", "--sandbox"]).code, Some(0));
    // It is not lost: it was removed from the state.
    let seen = ran(&["state", "show", "sprng-promo", "--sandbox"]);
    assert!(seen.err.contains("did you mean `spring-promo`?"), "{seen:?}");
    let seen = ran(&["resolve", "sprng-promo", "--recreate", "--sandbox"]);
    assert_eq!(seen.code, Some(1));
    assert!(seen.err.contains("did you mean `spring-promo`?"), "{seen:?}");
}

#[test]
fn many_keys_are_counted() {
    let campaigns: String = (10..50).map(|number| keyed(&format!("k{number}"))).collect();
    let folder = project(&[("campaigns/a.kdl", &campaigns)]);
    let seen = run(dialform(folder.path(), &["render", "something"]), To::Pipe, To::Pipe);
    assert!(
        seen.err.contains("there are: k10, k11") && seen.err.ends_with("k29 and 20 more\n"),
        "{seen:?}"
    );
}

/// `--help` of every command ends with what its exit codes mean, and nothing runs over the terminal's edge.
#[test]
fn help_says_what_exit_codes_mean() {
    let help = ran(&["--help"]).out;
    let names: Vec<&str> = help
        .split_once("Commands:\n")
        .unwrap()
        .1
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
        .collect();
    assert!(names.len() > 12, "{names:?}");
    for name in names {
        let help = ran(&[name, "--help"]).out;
        assert!(help.contains("\nExamples:\n  dialform "), "{name}: {help}");
        assert!(help.contains("\nExit codes:\n  0  "), "{name}: {help}");
        let short = ran(&[name, "-h"]).out;
        assert!(
            !short.contains("Exit codes:") && short.contains("\nGlobal options:\n"),
            "{name}: {short}"
        );
    }
}
