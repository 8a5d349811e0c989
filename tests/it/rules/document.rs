//! `docs/rules.md`: what the program prints, kept where people find it.

use std::fs;

use dialform::report::page::rules_document;
use dialform::rules::RULES;

use super::writes;
use crate::command::{dialform, in_repository};

const DOCUMENT: &str = "docs/rules.md";

#[test]
fn the_document_is_in_step() {
    let path = in_repository(DOCUMENT);
    let document = rules_document();
    if writes() {
        fs::write(&path, &document).unwrap();
    }
    let held = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        held == document,
        "{DOCUMENT} is out of step; run the tests with UPDATE_DOCS=1"
    );
    let printed = dialform(&in_repository("."), &["rule", "--all", "--output-format", "markdown"]);
    assert!(printed.stdout == document, "the command prints another document");
}

#[test]
fn every_rule_has_one_anchor_and_every_link_leads_to_one() {
    let document = rules_document();
    for rule in RULES {
        let anchor = rule.code.to_lowercase();
        assert_eq!(
            document.matches(&format!("<a id=\"{anchor}\"></a>")).count(),
            1,
            "{anchor}"
        );
        assert_eq!(document.matches(&format!("](#{anchor})")).count(), 1, "{anchor}");
        assert!(document.contains(&format!("### {} {}\n", rule.code, rule.name)));
    }
    assert_eq!(document.matches("](#").count(), RULES.len());
    assert_eq!(document.matches("```").count() % 2, 0, "a fence does not close");
}

#[test]
fn nothing_in_it_is_invisible() {
    let is_plain =
        |c: char| c == '\n' || !(c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'));
    let strange: Vec<char> = rules_document().chars().filter(|c| !is_plain(*c)).collect();
    assert!(strange.is_empty(), "{strange:?}");
}
