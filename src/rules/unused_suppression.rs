//! DF901: a comment that hides nothing.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF901",
    name: "unused-suppression",
    group: RuleGroup::Suppressions,
    phase: Phase::UnusedSuppression,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Safely,
    summary: "A comment that hides nothing.",
    why: "It reads as if something were wrong there, and would hide the next mistake of that kind, which nobody has looked at.",
    about: |_| false,
    bad: r#"pace "3/s" // dialform: ignore[http-webhook] the gateway has no certificate yet"#,
    good: r#"pace "3/s""#,
};

/// A suppression, or some of its rules, without a finding.
pub struct UnusedSuppression<'a> {
    /// The rules.
    pub rules: Vec<&'a str>,
}

impl Violation for UnusedSuppression<'_> {
    fn message(&self) -> String {
        let names: Vec<String> = self.rules.iter().map(|name| format!("`{name}`")).collect();
        format!("there is nothing of {} to ignore here", names.join(" and "))
    }

    fn label(&self) -> String {
        "hides nothing".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("take it out. `ignore[…]` is about its own line, or about the next one where it stands alone; `file-ignore[…]` is about the whole file".to_owned())
    }
}
