//! The examples of the DF0 rules, run: the bad one breaks its rule and no other, the good one none.

use std::path::Path;

use super::*;
use crate::finding::{Finding, Phase};
use crate::project::source::Sources;
use crate::rules::RULES;

fn findings(text: &str) -> Vec<Finding> {
    let file = Sources::default().put(Path::new("a.kdl"), text);
    let mut sink = Sink::default();
    for mistake in &syntax::parse(text).errors {
        report_syntax_error(file, text, mistake, &mut sink);
    }
    sink.into_findings()
}

fn fixed(text: &str) -> String {
    let mut edits: Vec<_> = findings(text)
        .into_iter()
        .filter_map(|finding| finding.fix)
        .flat_map(|fix| fix.edits)
        .collect();
    edits.sort_by_key(|edit| edit.span);
    let mut out = text.to_owned();
    for edit in edits.iter().rev() {
        out.replace_range(edit.span.range(), &edit.text);
    }
    out
}

#[test]
fn each_example_breaks_its_rule_and_no_other() {
    for rule in RULES.iter().filter(|rule| rule.group.is_about_text()) {
        let names = |text| {
            findings(text)
                .iter()
                .map(|finding| finding.rule.name)
                .collect::<Vec<_>>()
        };
        if rule.phase == Phase::Syntax && !rule.bad.is_empty() {
            assert_eq!(names(rule.bad), [rule.name], "{}: {}", rule.code, rule.bad);
        }
        assert_eq!(names(rule.good), [""; 0], "{}: {}", rule.code, rule.good);
    }
}

#[test]
fn certain_mistakes_are_fixed() {
    for (bad, good) in [
        ("record true", "record #true"),
        ("record #True", "record #true"),
        ("w from=09:10 to=\"19:50\"", "w from=\"09:10\" to=\"19:50\""),
        (
            "start \"time\" at=2026-12-02 10:00",
            "start \"time\" at=\"2026-12-02 10:00\"",
        ),
        ("webhook https://example.com/a", "webhook \"https://example.com/a\""),
        ("comment r\"C:\\a\"", "comment #\"C:\\a\"#"),
        ("comment r#\"a\"b\"#", "comment #\"a\"b\"#"),
        ("name «Весна 2026»", "name \"Весна 2026\""),
        ("name “Spring”", "name \"Spring\""),
        ("name 'Spring promo'", "name \"Spring promo\""),
        ("name “Spring\"", "name \"Spring\""),
        ("w from=\"1\", to=\"2\",by=\"3\"", "w from=\"1\" to=\"2\" by=\"3\""),
        ("allow a, b", "allow a b"),
        ("name = \"x\"", "name \"x\""),
        ("name=\"x\"", "name \"x\""),
        ("name: \"x\"", "name \"x\""),
        ("w from: \"1\"", "w from=\"1\""),
        ("na\0me \"x\"", "name \"x\""),
        ("name \"a\u{200B}b\"", "name \"ab\""),
        ("name \"x", "name \"x\""),
        ("comment \"\"\"one\"\"\"", "comment \"one\""),
        ("/- kdl-version 1\nname \"x\"", "/- kdl-version 2\nname \"x\""),
        ("a {\n}\n}", "a {\n}\n"),
    ] {
        assert_eq!(fixed(bad), good);
        assert!(findings(good).is_empty(), "{good}");
    }
}

#[test]
fn an_open_block_points_at_its_brace_and_names_its_node() {
    let text = "campaign \"a\" {\n    redial {\n        busy #false\n    name \"x\"\n}\n";
    let found = findings(text);
    let [finding] = found.as_slice() else {
        panic!("{found:#?}");
    };
    assert_eq!(finding.message, "the block of `redial` is never closed");
    assert_eq!(finding.place.span, Span::point(text.find("\n    name").unwrap()));
    assert_eq!(finding.labels[0].text, "this brace stays open");
    assert_eq!(
        finding.labels[0].place.span.start as usize,
        text.find("redial {").unwrap() + 7
    );
}

#[test]
fn no_message_carries_an_invisible_character() {
    for finding in findings("name 1\u{202E}x\nna\u{7}me #a\u{202E}b\n3\u{202E} 1\n") {
        let words = format!("{}{}{:?}", finding.message, finding.label, finding.help);
        assert!(!words.contains(['\u{202E}', '\u{7}']), "{words}");
    }
}
