//! `docs/rules.md`: what the program prints, kept where people find it.

use dialform::report::page::rules_document;
use dialform::rules::RULES;

use crate::common::command::{dialform, in_repository};
use crate::common::generated::assert_current;

#[test]
fn the_generated_document_is_current_and_what_the_command_prints() {
    let document = rules_document();
    assert_current("docs/rules.md", &document);
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
