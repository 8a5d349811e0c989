//! Mistyped commands, options, values, keys and paths.

use super::pty::{Seen, To, run};
use super::{CLEAN, clean, dialform, project};

fn ran(arguments: &[&str]) -> Seen {
    run(dialform(clean().path(), arguments), To::Pipe, To::Pipe)
}

/// Exit code and first line for many mistakes.
#[test]
fn each_mistake_is_told_with_what_was_meant() {
    for (arguments, code, line) in [
        (&["lnit"][..], 2, "there is no command `lnit`; did you mean `lint`?"),
        (&["validate"], 2, "there is no command `validate`; did you mean `lint`?"),
        (&["deploy"], 2, "there is no command `deploy`; did you mean `apply`?"),
        (&["pln"], 2, "there is no command `pln`; did you mean `plan`?"),
        (
            &["campaigns/spring.kdl"],
            2,
            "there is no command `campaigns/spring.kdl`; to check that file or folder: dialform lint campaigns/spring.kdl",
        ),
        (
            &["state", "lst"],
            2,
            "`dialform state` has no command `lst`; did you mean `list`?",
        ),
        (
            &["state", "frobnicate"],
            2,
            "`dialform state` has no command `frobnicate`; there are: list, show, rm, mv",
        ),
        (
            &["lint", "--detailed-exitcode"],
            2,
            "`dialform lint` has no option `--detailed-exitcode`; `dialform plan` has it",
        ),
        (
            &["lint", "--output-fromat=json"],
            2,
            "`dialform lint` has no option `--output-fromat`; did you mean `--output-format`?",
        ),
        (
            &["fmt", "--out", "x"],
            2,
            "`dialform fmt` has no option `--out`; `dialform man`, `dialform plan` have it",
        ),
        (
            &["--check", "fmt"],
            2,
            "`--check` goes behind the command: dialform fmt --check",
        ),
        (&["lint", "-x"], 2, "`dialform lint` has no option `-x`"),
        (
            &["lint", "--format", "json"],
            2,
            "`dialform lint` has no option `--format`; did you mean `--output-format`?",
        ),
        (
            &["rule", "-f", "json"],
            2,
            "`dialform rule` has no option `-f`; did you mean `--output-format`?",
        ),
        (&["fmt", "--format", "x"], 2, "`dialform fmt` has no option `--format`"),
        (&["fix"], 2, "there is no command `fix`; did you mean `lint --fix`?"),
        (
            &["lint", "--ignore", ""],
            2,
            "`` is no value of `--ignore`: there is no such rule; rules are named by code (DF402), by name \
             (start-outside-window) or by group (DF4).",
        ),
        (
            &["lint", "--max-file-size", "1k"],
            2,
            "`1k` is no value of `--max-file-size`: it is a whole number",
        ),
        (
            &["lint", "--now", "yesterday"],
            2,
            "`yesterday` is no value of `--now`: a moment is a date, a time and a zone, such as 2026-12-02T10:00:00Z or \
             2026-12-02T10:00:00+03:00",
        ),
        (
            &["lint", "--diff", "--output-format", "sarif=a.sarif"],
            2,
            "`--diff` gives out no findings, so nothing would be written to a.sarif; leave out one of the two",
        ),
        (
            &["lint", "--fix", "--write-baseline"],
            2,
            "`--write-baseline` does not say where to: dialform lint --baseline dialform.baseline.json --write-baseline",
        ),
        (
            &["lint", "--color", "alwys"],
            2,
            "`alwys` is no value of `--color`; did you mean `always`?",
        ),
        (&["lint", "--color"], 2, "`--color` needs a value: auto, always, never"),
        (
            &["schema", "lint-reprot"],
            2,
            "`lint-reprot` is no value of `NAME`; did you mean `lint-report`?",
        ),
        (
            &["completions", "bsh"],
            2,
            "`bsh` is no value of `SHELL`; did you mean `bash`?",
        ),
        (&["completions"], 2, "`SHELL` is missing"),
        (&["man", "lnt"], 2, "there is no command `lnt`; did you mean `lint`?"),
        (
            &["lint", "--write-baseline=b.json", "--select", "DF4"],
            2,
            "`--write-baseline` and `--select` do not go together",
        ),
        (&["-q", "lint", "-v"], 2, "`--quiet` and `--verbose` do not go together"),
        (&["resolve", "a"], 2, "`--adopt` or `--recreate` is missing"),
        (&["state", "show"], 2, "`KEY` is missing"),
        (
            &["fmt", "--check", "--check"],
            2,
            "`--check` is given twice, and goes only once",
        ),
        (&["plan", "--out"], 1, "`--out` needs a value"),
        (
            &["plan", "extra"],
            1,
            "`dialform plan` takes no more arguments, and `extra` is one too many",
        ),
        (&["plan", "--bogus"], 1, "`dialform plan` has no option `--bogus`"),
        (
            &["--color", "never", "plan", "--bogus"],
            1,
            "`dialform plan` has no option `--bogus`",
        ),
        (
            &["--color=never", "-q", "apply", "--bogus"],
            1,
            "`dialform apply` has no option `--bogus`",
        ),
        (
            &["apply", "--parallelism", "0"],
            1,
            "`0` is no value of `--parallelism`: it is 1 at least",
        ),
        (
            &["apply", "--lock-timeout", "5"],
            1,
            "`5` is no value of `--lock-timeout`: write a whole number with a unit, such as 30s or 2m",
        ),
        (
            &["apply", "--state", "a", "--sandbox"],
            1,
            "`--state` and `--sandbox` do not go together",
        ),
        // `plan` is no command here.
        (
            &["lint", "--bogus", "plan"],
            2,
            "`dialform lint` has no option `--bogus`",
        ),
        (
            &["--color", "plan", "lint", "--bogus"],
            2,
            "`dialform lint` has no option `--bogus`",
        ),
        // Not of the arguments, but told the same way.
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
            "`--replace sprng-promo`: no campaign has this key; did you mean `spring-promo`?",
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
fn choices_are_listed_and_help_is_named() {
    let seen = ran(&["lint", "--color", "sarf"]);
    assert_eq!(
        seen.err,
        "error: `sarf` is no value of `--color`\n  there are: auto, always, never\n\n`dialform lint --help` says what there is\n"
    );
    let seen = ran(&["state", "shw", "a"]);
    assert!(seen.err.contains("Usage: dialform state"), "{seen:?}");
    assert!(
        seen.err.ends_with("`dialform state --help` says what there is\n"),
        "{seen:?}"
    );
}

#[test]
fn keys_of_the_state_are_suggested_once_there_are_any() {
    let folder = clean();
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
    // It is not forgotten: it was let go of.
    let seen = ran(&["state", "show", "sprng-promo", "--sandbox"]);
    assert!(seen.err.contains("did you mean `spring-promo`?"), "{seen:?}");
    let seen = ran(&["resolve", "sprng-promo", "--recreate", "--sandbox"]);
    assert_eq!(seen.code, Some(1));
    assert!(seen.err.contains("did you mean `spring-promo`?"), "{seen:?}");
}

#[test]
fn many_keys_are_counted() {
    let campaigns: String = (10..50)
        .map(|number| {
            CLEAN
                .replace("spring-promo", &format!("k{number}"))
                .replace("Spring", &format!("K{number}"))
        })
        .collect();
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
            !short.contains("Exit codes:") && short.contains("\nOptions of every command:\n"),
            "{name}: {short}"
        );
    }
}
