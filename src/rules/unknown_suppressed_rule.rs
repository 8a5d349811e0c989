//! DF904: a comment that names a rule which does not exist.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF904",
    name: "unknown-suppressed-rule",
    group: RuleGroup::Suppressions,
    phase: Phase::Suppression,
    severity: Severity::Error,
    always_blocks_apply: false,
    fixable: Fixable::Likely,
    summary: "A comment that names a rule which does not exist.",
    why: "What was meant is still reported, or will be.",
    about: |_| false,
    bad: r#"webhook "https://example.com/hook" // dialform: ignore[http-webhok] the gateway has no certificate yet"#,
    good: r#"webhook "http://example.com/hook" // dialform: ignore[http-webhook] the gateway has no certificate yet"#,
};

/// An unknown rule.
pub struct UnknownSuppressedRule<'a> {
    /// What is written.
    pub name: &'a str,
    /// What was meant.
    pub suggestion: Option<&'a str>,
}

impl Violation for UnknownSuppressedRule<'_> {
    fn message(&self) -> String {
        format!("there is no rule `{}`", self.name)
    }

    fn label(&self) -> String {
        match self.suggestion {
            Some(name) => format!("did you mean `{name}`?"),
            None => "neither a code, nor a name, nor a group".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some("rules are named by code (`DF402`), by name (`start-outside-window`) or by group (`DF4`)".to_owned())
    }
}
