//! DF020: parentheses around something else than a type.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF020",
    name: "bad-annotation",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "Text with parentheses goes in quotation marks.",
    why: "KDL keeps `(…)` for types, which campaigns do not use: what stands in it would be missing from the text that is sent.",
    about: |_| false,
    bad: "comment Lapsed (first wave)",
    good: "comment \"Lapsed (first wave)\"",
};

/// Parentheses that hold no type, or do not close.
pub struct BadAnnotation;

impl Violation for BadAnnotation {
    fn message(&self) -> String {
        "parentheses cannot stand here".to_owned()
    }

    fn label(&self) -> String {
        "neither a value nor a type in front of one".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("put a text with parentheses in quotation marks; campaigns need no types".to_owned())
    }
}
