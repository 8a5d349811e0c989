//! DF118: a campaign key or template name in other letters.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF118",
    name: "bad-key",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A key that is not made of a-z, 0-9, `-` and `_`, or does not begin with a letter or digit.",
    why: "The key is how state, plan and the task's marker name the campaign, so it must be plain: a campaign whose task is not found again is created once more, and calls everybody twice.",
    about: |_| false,
    bad: r#"campaign "Spring Promo" {}"#,
    good: r#"campaign "spring-promo" {}"#,
};

/// A key in other letters.
pub struct InvalidKey<'a> {
    /// `campaign` or `template`.
    pub kind: &'a str,
    /// The key.
    pub written: &'a str,
    /// A valid key.
    pub instead: Option<String>,
}

impl Violation for InvalidKey<'_> {
    fn message(&self) -> String {
        if self.written.trim().is_empty() {
            return format!("this {} has no name between its quotes", self.kind);
        }
        format!("`{}` cannot be the name of a {}", self.written, self.kind)
    }

    fn label(&self) -> String {
        self.instead
            .as_ref()
            .map_or_else(|| "not a key".to_owned(), |key| format!("for example \"{key}\""))
    }

    fn help(&self) -> Option<String> {
        Some("keys are made of a-z, 0-9, `-` and `_`, and begin with a letter or digit".to_owned())
    }
}
