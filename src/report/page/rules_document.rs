//! `docs/rules.md`: the pages of all rules after a table of contents.

use super::section;
use crate::explain;
use crate::finding::{Rule, RuleGroup, Severity};
use crate::rules::{in_group, selectors_of};

const INTRODUCTION: &str = "\
# Rules

Everything that `dialform lint` finds, with the reason, an example that fails and one that passes. `dialform rule DF201`
prints the same in a terminal. This page is made by `dialform rule --all --output-format markdown`; the tests hold it in
step and run every example.

Examples are short: a line such as `pace \"3/s\"` stands in a campaign, and `campaign \"a\" { … }` has all the settings
that a campaign needs.

Codes and names are never given to another rule. `lint { … }` in `project` turns rules by code (`DF402`), by name
(`start-outside-window`) or by group (`DF4`).
";

/// The whole document.
pub fn rules_document() -> String {
    let mut out = INTRODUCTION.to_owned();
    let groups = || {
        RuleGroup::ALL
            .into_iter()
            .filter(|group| in_group(*group).next().is_some())
    };
    for group in groups() {
        out.push_str(&format!("\n**{}**\n\n", heading(group)));
        for rule in in_group(group) {
            out.push_str(&line(rule));
        }
    }
    for group in groups() {
        out.push_str(&format!("\n## {}\n", heading(group)));
        for rule in in_group(group) {
            // A heading's own anchor has the rule's name in it as well.
            out.push_str(&format!("\n<a id=\"{}\"></a>\n\n", anchor(rule)));
            out.push_str(&section(&explain::rule_page(rule), 3));
        }
    }
    out
}

fn heading(group: RuleGroup) -> String {
    let selectors: Vec<&str> = selectors_of(group).collect();
    format!("{} ({})", group.title(), selectors.join(", "))
}

fn line(rule: &Rule) -> String {
    let warning = match rule.severity {
        Severity::Error => "",
        Severity::Warning => " (warning)",
    };
    let Rule {
        code, name, summary, ..
    } = rule;
    format!("- [{code} {name}](#{}): {summary}{warning}\n", anchor(rule))
}

/// Where the rule's section is found: `df201`.
fn anchor(rule: &Rule) -> String {
    rule.code.to_ascii_lowercase()
}
