//! Which rules count: `--select`, `--ignore`, `--error-on-warnings`, `--exit-zero`, and the project's `lint { … }`.

use crate::common::site::{CLEAN, Site};

/// A project with an error of DF1, an error of DF6 and a warning of DF4.
fn site(lint: &str) -> Site {
    let campaign = CLEAN.replace("\"3/s\"", "\"0/s\"").replace(
        "start \"manual\"",
        "start \"time\" at=\"2001-01-01 10:00\"\n    webhook \"http://example.com/hook\"",
    );
    let project = format!("project {{ timezone \"UTC\"; lint {{ allow \"DF311\"; {lint} }}; }}");
    Site::new(&[("dialform.kdl", &project), ("campaigns/a.kdl", &campaign)])
}

fn codes(site: &Site, arguments: &[&str]) -> (Vec<String>, Option<i32>) {
    let ran = site.lint(arguments);
    let codes = ran.stdout.lines().filter_map(|line| line.split(['[', ']']).nth(1));
    (codes.map(str::to_owned).collect(), ran.code)
}

#[test]
fn rules_are_chosen_by_code_name_and_group() {
    let site = site("");
    for (arguments, expected, code) in [
        (&[][..], &["DF401", "DF601", "DF114"][..], 1),
        (&["--select", "DF401"], &["DF401"], 0),
        (&["--select", "df401"], &["DF401"], 0),
        (&["--select", "start-in-past,DF6"], &["DF401", "DF601"], 1),
        (&["--select", "DF4", "--select", "DF1"], &["DF401", "DF114"], 1),
        (&["--ignore", "DF1,http-webhook"], &["DF401"], 0),
        (&["--ignore", "DF"], &[], 2),
        // What says it more exactly counts.
        (&["--select", "DF601", "--ignore", "DF6"], &["DF601"], 1),
        (&["--select", "DF6", "--ignore", "DF601"], &[], 0),
        (&["--select", "DF60", "--ignore", "DF6"], &["DF601"], 1),
        (&["--select", "DF6", "--ignore", "DF6"], &[], 0),
        (&["--error-on-warnings"], &["DF401", "DF601", "DF114"], 1),
        (&["--select", "DF4", "--error-on-warnings"], &["DF401"], 1),
        (&["--exit-zero"], &["DF401", "DF601", "DF114"], 0),
    ] {
        let expected = (expected.iter().map(ToString::to_string).collect(), Some(code));
        assert_eq!(codes(&site, arguments), expected, "{arguments:?}");
    }
    let counts = site.lint(&["--select", "DF4", "--output-format", "json"]).json();
    assert_eq!(
        (counts["error_count"].as_u64(), counts["valid"].as_bool()),
        (Some(0), Some(true))
    );
}

#[test]
fn rules_that_do_not_exist_are_told_with_what_was_meant() {
    for (option, meant) in [
        ("http-webhok", "http-webhook"),
        ("DF999", "DF402"),
        ("DF", "DF4"),
        ("", "DF4"),
    ] {
        for option_name in ["--select", "--ignore"] {
            let ran = site("").lint(&[option_name, option]);
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{option}");
            assert!(ran.stderr.contains(meant), "{ran:?}");
        }
    }
    let ran = site("").lint(&["--exit-zero", "--error-on-warnings"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn a_project_turns_rules_by_code_name_and_group() {
    for (lint, expected, code) in [
        (
            "warn \"http-webhook\" \"DF1\"",
            &["warning[DF401]", "warning[DF601]", "warning[DF114]"][..],
            0,
        ),
        ("error \"DF4\"; allow \"DF601\" \"bad-pace\"", &["error[DF401]"], 1),
        // The last word stands.
        (
            "allow \"DF6\"; error \"DF601\"; allow \"DF401\" \"DF114\"",
            &["error[DF601]"],
            1,
        ),
    ] {
        let ran = site(lint).lint(&[]);
        let words: Vec<&str> = ran.stdout.lines().filter_map(|line| line.split(' ').nth(1)).collect();
        assert_eq!((words.as_slice(), ran.code), (expected, Some(code)), "{lint}: {ran:?}");
    }
}

#[test]
fn what_a_project_enforces_cannot_be_left_out() {
    let site = site("enforce \"DF601\"; warn \"DF114\"");
    assert_eq!(
        codes(&site, &["--ignore", "DF6,DF1,DF4"]),
        (vec!["DF601".to_owned()], Some(1))
    );
    // Whoever asks for one rule gets that one.
    assert_eq!(
        codes(&site, &["--select", "DF114"]),
        (vec!["DF114".to_owned()], Some(0))
    );
    let wrong = Site::new(&[
        (
            "dialform.kdl",
            "project { lint { enforces \"DF601\"; enforce \"DF777\"; }; }",
        ),
        ("campaigns/a.kdl", CLEAN),
    ]);
    let ran = wrong.lint(&[]);
    assert!(
        ran.stdout.contains("1:18: error[DF101] `lint` has no `enforces`"),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("error[DF125] there is no rule `DF777`"), "{ran:?}");
}

#[test]
fn one_value_with_two_faults_is_one_finding_unless_one_of_them_is_not_asked_for() {
    let text = CLEAN.replace("    pace", "    webhook \"http://localhost/in\"\n    pace");
    let site = |lint: &str| {
        let project = format!("project {{ lint {{ {lint} }}; }}");
        Site::new(&[("dialform.kdl", &project), ("campaigns/a.kdl", &text)])
    };
    let plain = site("warn \"unused-alias\"");
    let human = plain.lint(&["--output-format", "human"]);
    assert!(human.stdout.contains("not reached from outside"), "{human:?}");
    for (arguments, expected) in [
        (&[][..], "DF601"),
        (&["--select", "DF604"], "DF604"),
        (&["--select", "DF601"], "DF601"),
        (&["--ignore", "DF601"], "DF604"),
        (&["--ignore", "DF604"], "DF601"),
    ] {
        assert_eq!(codes(&plain, arguments).0, [expected], "{arguments:?}");
    }
    assert_eq!(codes(&site("allow \"http-webhook\""), &[]).0, ["DF604"]);
}
