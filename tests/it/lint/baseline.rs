//! `--baseline` and `--write-baseline`: old findings stay out of the way, new ones do not.

use std::fs;

use crate::common::site::{CLEAN, Site, keyed};

const HOOK: &str = "    webhook \"http://example.com/hook\"\n";

/// A campaign with so many webhooks that are not encrypted.
fn campaign(key: &str, hooks: usize) -> String {
    let hooks: String = (0..hooks)
        .map(|hook| HOOK.replace("hook\"", &format!("hook-{hook}\"")))
        .collect();
    keyed(key).replace("    redial #false\n", &format!("    redial #false\n{hooks}"))
}

fn site() -> Site {
    let site = Site::new(&[
        ("dialform.kdl", ""),
        ("campaigns/a.kdl", &campaign("a", 2)),
        ("campaigns/b.kdl", &campaign("b", 1)),
    ]);
    let ran = site.lint(&["--baseline", "base.json", "--write-baseline"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (Some(0), "", "wrote 3 findings to base.json\n")
    );
    site
}

const USED: [&str; 2] = ["--baseline", "base.json"];

#[test]
fn it_counts_by_rule_and_campaign() {
    let site = site();
    assert_eq!(
        fs::read_to_string(site.path("base.json")).unwrap(),
        r#"{
  "format_version": "1.0",
  "findings": [
    {"project":".","in":"campaign a","rule":"DF601","count":2},
    {"project":".","in":"campaign b","rule":"DF601","count":1}
  ]
}
"#
    );
    let ran = site.lint(&USED);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
    let ran = site.lint(&["--baseline", "base.json", "--output-format", "human"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(0), "no findings in 3 files, 3 in the baseline\n")
    );
    let json = site
        .lint(&["--baseline", "base.json", "--output-format", "json"])
        .json();
    assert_eq!(
        (json["valid"].as_bool(), json["error_count"].as_u64()),
        (Some(true), Some(0))
    );
}

#[test]
fn lines_and_files_may_move() {
    let site = site();
    let moved = format!("// A comment.\n\n{}\n{}", campaign("b", 1), campaign("a", 2));
    site.write("campaigns/all.kdl", moved);
    fs::remove_file(site.path("campaigns/a.kdl")).unwrap();
    fs::remove_file(site.path("campaigns/b.kdl")).unwrap();
    assert_eq!(site.lint(&USED).code, Some(0));
    // From another folder, and with another name for the same file.
    fs::create_dir(site.path("elsewhere")).unwrap();
    assert_eq!(
        site.lint_in("campaigns", &["..", "--baseline", "../base.json"]).code,
        Some(0)
    );
    assert_eq!(
        site.lint_in("elsewhere", &["..", "--baseline", "../elsewhere/../base.json"])
            .code,
        Some(0)
    );
}

/// Comments that hide findings stand in campaigns as their settings do.
#[test]
fn what_is_said_of_comments_moves_with_their_campaign() {
    let expired =
        format!("    // dialform: ignore[DF601] until=2026-01-01 x\n{HOOK}    // dialform: ignore[DF402] x\n");
    let text = keyed("a").replace("    redial #false\n", &format!("    redial #false\n{expired}"));
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &text)]);
    site.lint(&["--baseline", "base.json", "--write-baseline"]);
    fs::rename(site.path("campaigns/a.kdl"), site.path("campaigns/z.kdl")).unwrap();
    let ran = site.lint(&USED);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
}

#[test]
fn what_is_new_is_shown() {
    let site = site();
    // A third of the kind: nobody knows which one is new.
    site.write("campaigns/a.kdl", campaign("a", 3));
    let ran = site.lint(&USED);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.stdout.matches("campaigns/a.kdl").count(), 3, "{ran:?}");
    assert!(!ran.stdout.contains("campaigns/b.kdl"), "{ran:?}");
    assert_eq!(ran.stderr, "3 errors in 3 files, 1 in the baseline\n");
    // Another rule, another campaign.
    site.write("campaigns/a.kdl", campaign("a", 2).replace("3/s", "0/s"));
    site.write("campaigns/c.kdl", campaign("c", 1));
    let ran = site.lint(&USED);
    let codes: Vec<&str> = ran
        .stdout
        .lines()
        .filter_map(|line| line.split(['[', ']']).nth(1))
        .collect();
    assert_eq!(codes, ["DF114", "DF601"], "{ran:?}");
}

#[test]
fn fixed_findings_are_reported_so_that_the_baseline_shrinks() {
    let site = site();
    site.write("campaigns/a.kdl", campaign("a", 1));
    let ran = site.lint(&USED);
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.stderr
            .contains("still counts 1 finding that is gone; `--write-baseline` takes it out, so that it cannot"),
        "{ran:?}"
    );
    // With less looked at than everything, nobody knows.
    assert_eq!(site.lint(&["campaigns/b.kdl", "--baseline", "base.json"]).stderr, "");
    assert_eq!(site.lint(&["--select", "DF1", "--baseline", "base.json"]).stderr, "");
    let ran = site.lint(&["--write-baseline", "base.json"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(0), "wrote 2 findings to base.json\n")
    );
    assert_eq!(site.lint(&USED).stderr, "");
    // Back again, it is new.
    site.write("campaigns/a.kdl", campaign("a", 2));
    assert_eq!(site.lint(&USED).code, Some(1));
}

#[test]
fn what_stands_outside_campaigns_is_counted_by_file_and_project() {
    let site = Site::new(&[
        ("one/dialform.kdl", "project { zone \"x\"; }"),
        ("two/dialform.kdl", "project { zone \"x\"; }"),
        ("one/campaigns/a.kdl", CLEAN),
        ("two/campaigns/a.kdl", &campaign("a", 1)),
        ("loose.kdl", &campaign("a", 1)),
    ]);
    let ran = site.lint(&[".", "--write-baseline=base.json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let text = fs::read_to_string(site.path("base.json")).unwrap();
    let lines: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("{\"project\":"))
        .collect();
    assert_eq!(
        lines,
        [
            "\"loose.kdl\",\"in\":\"campaign a\",\"rule\":\"DF601\",\"count\":1},",
            "\"one\",\"in\":\"file dialform.kdl\",\"rule\":\"DF101\",\"count\":1},",
            "\"two\",\"in\":\"campaign a\",\"rule\":\"DF601\",\"count\":1},",
            "\"two\",\"in\":\"file dialform.kdl\",\"rule\":\"DF101\",\"count\":1}",
        ]
    );
    assert_eq!(site.lint(&[".", "--baseline", "base.json"]).code, Some(0));
    assert_eq!(site.lint(&["one", "--baseline", "base.json"]).stderr, "");
}

#[test]
fn what_the_project_enforces_is_in_no_baseline() {
    let site = Site::new(&[
        ("dialform.kdl", "project { lint { enforce \"DF6\"; }; }"),
        ("campaigns/a.kdl", &campaign("a", 1)),
    ]);
    let ran = site.lint(&["--write-baseline=base.json"]);
    assert_eq!(
        ran.stderr,
        "wrote 0 findings to base.json; 1 that the project enforces is not among them\n"
    );
    site.write(
        "base.json",
        br#"{"format_version":"1.0","findings":[{"project":".","in":"campaign a","rule":"DF601","count":1}]}"#,
    );
    assert_eq!(site.lint(&USED).code, Some(1));
}

/// A baseline is lint's affair: plan stops at errors as ever.
#[test]
fn plan_knows_no_baseline() {
    let site = site();
    assert_eq!(site.run(&["plan"]).code, Some(1));
}

#[test]
fn a_file_that_is_no_baseline_gets_words() {
    let site = site();
    for (text, words) in [
        ("", "not a baseline"),
        ("[]", "not a baseline"),
        ("{\"format_version\":\"2.0\",\"things\":[]}", "use a newer dialform"),
        ("{\"format_version\":\"1.0\"}", "missing field `findings`"),
        (
            r#"{"format_version":"1.0","findings":[{"project":".","in":"campaign a","rule":"DF601","count":-1}]}"#,
            "not a baseline",
        ),
        (
            r#"{"format_version":"1.0","findings":[{"project":".","in":"campaign a","rule":"DF601","count":1},{"project":".","in":"campaign a","rule":"DF601","count":1}]}"#,
            "counts DF601 in campaign a twice",
        ),
    ] {
        site.write("base.json", text);
        let ran = site.lint(&USED);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{text}");
        assert!(ran.stderr.contains(words), "{text}: {ran:?}");
    }
    let ran = site.lint(&["--baseline", "none.json"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .contains("there is no baseline none.json; `dialform lint --baseline none.json --write-baseline`"),
        "{ran:?}"
    );
    for arguments in [
        &["--write-baseline"][..],
        &["campaigns/a.kdl", "--write-baseline=base.json"],
        &["--select", "DF6", "--write-baseline=base.json"],
        &["--write-baseline=campaigns"],
        &["--baseline", "base.json", "--write-baseline", "campaigns"],
        &["--write-baseline", "campaigns/a.kdl"],
    ] {
        let ran = site.lint(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}: {ran:?}");
    }
}

/// A baseline does not swallow that a file could not be read: nobody would check it again.
#[test]
fn a_file_that_could_not_be_read_is_not_in_it() {
    for (bytes, code) in [
        (&b"campaign \"z\" {\n    name \"\xff\"\n}\n"[..], "DF001"),
        (&b"\xff\xfec\0a\0"[..], "DF002"),
    ] {
        let site = site();
        let written = site.read("base.json");
        site.write("campaigns/b.kdl", bytes);
        // What it held may be there still.
        let ran = site.lint(&USED);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert_eq!(ran.stdout.matches("campaigns/b.kdl").count(), 1, "{ran:?}");
        assert!(!ran.stderr.contains("gone"), "{ran:?}");
        let ran = site.lint(&["--baseline", "base.json", "--write-baseline"]);
        assert_eq!(
            ran.stderr,
            "wrote 2 findings to base.json; 1 file that could not be read is not among them, and what they hold is not \
             checked\n"
        );
        assert!(!site.read("base.json").contains(code), "{written}");
        assert_eq!(site.lint(&USED).code, Some(1));
    }
}

#[test]
fn one_that_was_moved_says_that_its_projects_are_not_there() {
    let site = Site::new(&[
        ("shop/dialform.kdl", ""),
        ("shop/campaigns/a.kdl", &campaign("a", 1)),
        ("ci/empty", ""),
    ]);
    site.lint(&["--baseline", "base.json", "--write-baseline"]);
    assert_eq!(site.lint(&USED).code, Some(0));
    fs::rename(site.path("base.json"), site.path("ci/base.json")).unwrap();
    let ran = site.lint(&["--baseline", "ci/base.json"]);
    assert_eq!(ran.code, Some(1));
    let note = "note: the baseline hides nothing: its projects, such as ";
    assert!(ran.stderr.starts_with(note), "{ran:?}");
}
