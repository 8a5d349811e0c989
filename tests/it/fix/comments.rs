//! A fix after which a comment would be about another setting is not made, and none removes a comment.

use crate::common::site::{CLEAN, Site};

fn site(lines: &str) -> Site {
    let text = CLEAN.replace("    redial #false\n", &format!("    redial #false\n{lines}"));
    Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &text)])
}

/// Runs `lint --fix`, and returns the lines behind `redial #false`.
fn fixed(lines: &str) -> (String, String) {
    let site = site(lines);
    let ran = site.lint(&["--fix", "--unsafe-fixes", "--now", "2026-11-28T10:00:00Z"]);
    let text = site.read("campaigns/a.kdl");
    let (_, rest) = text.split_once("    redial #false\n").unwrap();
    (rest.strip_suffix("}\n").unwrap().to_owned(), ran.stderr)
}

const HTTP: &str = "    webhook \"http://example.com/hook\"\n";
const APART: &str = "a comment would be lost, or come to be about another setting; move it, or fix this by hand";

#[track_caller]
fn stays(lines: &str) {
    let (after, said) = fixed(lines);
    assert_eq!(after, lines, "{said}");
    assert!(said.contains(APART), "{lines}: {said}");
}

#[test]
fn a_suppression_does_not_slide_onto_the_next_setting() {
    stays(&format!(
        "    comment \"x\"\n    // dialform: ignore[DF601] y\n    comment \"x\"\n{HTTP}"
    ));
    stays(&format!(
        "    comment \"x\"\n    // dialform: ignore[DF601] y\n    // and a note\n    comment \"x\"\n{HTTP}"
    ));
    stays(&format!(
        "    comment \"x\"\n    /* dialform: ignore[DF601] y */\n    comment \"x\"\n{HTTP}"
    ));
    stays(&format!(
        "    call-window from=\"09:00\" to=\"18:00\"\n    // dialform: ignore[DF601] y\n    call-window from=\"09:00\" \
         to=\"18:00\"\n{HTTP}"
    ));
}

#[test]
fn a_note_does_not_come_to_describe_another_setting() {
    stays(
        "    comment \"x\"\n    // The list of the spring.\n    comment \"x\"\n    normalize \"RU\" on-error=\"skip\"\n",
    );
    stays("    comment \"x\"\n    // One.\n    comment \"x\"\n    // Two.\n    comment \"x\"\n    trunk #null\n");
}

#[test]
fn a_comment_behind_what_goes_is_not_lost() {
    let lines = "    comment \"x\"\n    comment \"x\" // The list of the spring.\n    trunk #null\n";
    assert_eq!(fixed(lines).0, lines);
}

#[test]
fn comments_elsewhere_hinder_nothing() {
    let (after, said) =
        fixed("    // The words.\n    comment \"x\"\n    comment \"x\"\n\n    // None.\n    trunk #null\n");
    assert_eq!(
        after, "    // The words.\n    comment \"x\"\n\n    // None.\n    trunk #null\n",
        "{said}"
    );
    // A name that is replaced is the same setting.
    let (after, said) = fixed("    // The words.\n    Comment \"x\" // so\n");
    assert_eq!(after, "    // The words.\n    comment \"x\" // so\n", "{said}");
    // What hides nothing goes, as before.
    let (after, said) = fixed("    // dialform: ignore[DF601] y\n    comment \"x\"\n");
    assert_eq!(after, "    comment \"x\"\n", "{said}");
}

/// Beside an error, too, what goes is counted.
#[test]
fn an_unused_suppression_beside_an_error_is_counted() {
    let lines = "    // dialform: ignore[DF601] y\n    comment \"x\"\n";
    let text =
        CLEAN.replace("    redial #false\n", &format!("    redial #false\n{lines}")) + &CLEAN.replace("3/s", "3");
    let text = text
        .replacen("campaign \"a\"", "campaign \"b\"", 1)
        .replacen("name \"A\"", "name \"B\"", 1);
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &text)]);
    let found = site.lint(&[]);
    assert!(found.stderr.contains("1 fixable"), "{found:?}");
    let fixed = site.lint(&["--fix"]);
    assert!(fixed.stderr.contains(", 1 fixed"), "{fixed:?}");
    assert!(!site.read("campaigns/a.kdl").contains("dialform: ignore"));
}

/// One of two fixes of a file moves a comment: the other is made.
#[test]
fn other_fixes_are_made() {
    let (after, said) = fixed("    comment \"x\"\n    // Why.\n    comment \"x\"\n    Trunk #null\n");
    assert_eq!(
        after, "    comment \"x\"\n    // Why.\n    comment \"x\"\n    trunk #null\n",
        "{said}"
    );
    assert!(said.contains("1 fix was skipped"), "{said}");
}
