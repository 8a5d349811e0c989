//! After formatting, lint says what it said before: a comment that hides findings covers the same settings.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::formatted;
use crate::common::sample::generated;
use crate::common::site::{CLEAN, Site};

const HTTP: &str = "webhook \"http://example.com/hook\"";

/// Formats the settings of a campaign, and returns them as they are afterwards.
fn becomes(lines: &str) -> String {
    let text = format!("campaign \"a\" {{\n{lines}\n}}\n");
    let after = formatted(&text);
    let inner = after
        .strip_prefix("campaign \"a\" {\n")
        .and_then(|rest| rest.strip_suffix("}\n"));
    inner.unwrap().to_owned()
}

#[test]
fn a_line_that_a_comment_covers_is_not_broken() {
    let why = "// dialform: ignore[DF601] why";
    for (before, after) in [
        (
            format!("{HTTP}; comment \"q\" {why}"),
            format!("    {HTTP}; comment \"q\" {why}\n"),
        ),
        (
            format!("{HTTP};comment \"q\"; /* dialform: ignore[DF601] why */"),
            format!("    {HTTP}; comment \"q\" /* dialform: ignore[DF601] why */\n"),
        ),
        (
            format!("{why}\n{HTTP};   comment \"q\""),
            format!("    {why}\n    {HTTP}; comment \"q\"\n"),
        ),
        (
            format!("redial {{\nbusy after=\"20m\" times=99 }} {why}"),
            format!("    redial {{\n        busy after=\"20m\" times=99 }} {why}\n"),
        ),
        (
            format!("redial {{ busy #false {why}\n}}"),
            format!("    redial {{ busy #false {why}\n    }}\n"),
        ),
        (format!("redial {{\n}} {why}"), format!("    redial {{\n    }} {why}\n")),
        (
            format!("redial \\\n{{ busy #false; }} {why}"),
            format!("    redial \\\n        {{ busy #false }} {why}\n"),
        ),
        // What nobody hides is broken as ever.
        (
            format!("{HTTP}; comment \"q\" // a note"),
            format!("    {HTTP}\n    comment \"q\" // a note\n"),
        ),
        (
            format!("// dialform: file-ignore[DF601] why\n\n{HTTP}; comment \"q\""),
            format!("    // dialform: file-ignore[DF601] why\n\n    {HTTP}\n    comment \"q\"\n"),
        ),
    ] {
        assert_eq!(becomes(&before), after, "from {before:?}");
    }
}

/// The settings of a clean campaign, one a line, and some with findings of their own.
fn settings() -> Vec<String> {
    let lines = CLEAN.lines().filter(|line| line.starts_with("    "));
    let mut settings: Vec<String> = lines.map(|line| line.trim().to_owned()).collect();
    settings.retain(|line| !line.starts_with("redial"));
    settings.extend(["a", "b", "c"].map(|name| format!("webhook \"http://example.com/{name}\"")));
    settings.push("webhook \\\n\"http://example.com/long\"".to_owned());
    settings
}

/// What stands between two settings.
const BETWEEN: [&str; 12] = [
    "\n",
    "\n",
    ";",
    "; ",
    ";",
    "\n\n\n",
    " // dialform: ignore[DF601] why\n",
    "\n// dialform: ignore[DF601] why\n",
    "; /* dialform: ignore[DF504, DF601] why */ ",
    " /* dialform: ignore[DF601] why */; ",
    "\n// dialform: ignore[DF601] why\n\n",
    " \\\n // dialform: ignore[DF601] why\n",
];

const REDIALS: [&str; 6] = [
    "redial #false",
    "redial { busy after=\"20m\" times=99; no-answer after=\"0s\" times=9 }",
    "redial { busy after=\"20m\" times=99 // dialform: ignore[DF504] why\n no-answer #false }",
    "redial {\nbusy after=\"20m\" times=99; no-answer after=\"2h\" times=3 } /* dialform: ignore[DF504] why */",
    "redial { // dialform: ignore[DF504] why\nbusy after=\"20m\" times=99 }",
    "redial {\n}",
];

fn document() -> impl Strategy<Value = String> {
    let settings = settings();
    let count = settings.len();
    let parts = (
        Just(settings).prop_shuffle(),
        vec(select(BETWEEN.to_vec()), count + 1),
        select(REDIALS.to_vec()),
        0..count,
        select(vec!["\n", "\r\n", "\r"]),
        select(vec![
            "{",
            "{ ",
            "{ // dialform: ignore[DF601] why\n",
            "{ /* dialform: ignore[DF601] why */",
        ]),
    );
    parts.prop_map(|(mut settings, between, redial, at, line_end, open)| {
        settings.insert(at, redial.to_owned());
        let mut text = format!("campaign \"a\" {open}");
        for (setting, between) in settings.iter().zip(between.iter().chain([&"\n"])) {
            text.push_str(setting);
            text.push_str(between);
        }
        text.push_str("}\n");
        text.replace('\n', line_end)
    })
}

/// What lint says: rules and messages, without the places.
fn said(text: &str) -> Vec<String> {
    let site = Site::new(&[("dialform.kdl", "")]);
    let ran = site.lint_text(
        &["-", "--stdin-filename", "campaigns/a.kdl", "--output-format", "json"],
        text,
    );
    let found = ran.json();
    let findings = found["diagnostics"].as_array().unwrap();
    let mut said: Vec<String> = findings
        .iter()
        .map(|finding| format!("{} {}", finding["code"], finding["message"]))
        .collect();
    said.sort();
    said
}

proptest! {
    // More with `EVERY_CASE=1` or `PROPTEST_CASES`.
    #![proptest_config(ProptestConfig {
        cases: generated(60, 400),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn lint_says_what_it_said_before(text in document()) {
        let after = formatted(&text);
        prop_assert_eq!(said(&text), said(&after), "{} became {}", text, after);
    }
}
