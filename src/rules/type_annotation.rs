//! DF054: a `(type)` in front of a value or name.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF054",
    name: "type-annotation",
    group: RuleGroup::DubiousKdl,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A KDL type annotation. Nothing in this language uses them.",
    why: "It looks as if it changed the value, but it is ignored: `(minutes)\"12s\"` still is twelve seconds.",
    about: |_| false,
    bad: r#"effective-after (seconds)"12s""#,
    good: r#"effective-after "12s""#,
};

/// An annotation.
pub struct TypeAnnotation<'a> {
    /// The type between the parentheses.
    pub text: &'a str,
}

impl Violation for TypeAnnotation<'_> {
    fn message(&self) -> String {
        format!("the type annotation `({})` means nothing here", self.text)
    }

    fn label(&self) -> String {
        "remove it".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("units are written in the value itself: \"12s\", \"20m\"".to_owned())
    }
}
