//! DF903: a comment that hides something and does not say why.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF903",
    name: "suppression-without-reason",
    group: RuleGroup::Suppressions,
    phase: Phase::Suppression,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A comment that hides something and does not say why.",
    why: "Whoever reads it later cannot tell whether it still holds.",
    about: |_| false,
    bad: r#"webhook "http://example.com/hook" // dialform: ignore[http-webhook]"#,
    good: r#"webhook "http://example.com/hook" // dialform: ignore[http-webhook] the gateway has no certificate yet"#,
};

/// A suppression that gives no reason.
pub struct SuppressionWithoutReason;

impl Violation for SuppressionWithoutReason {
    fn message(&self) -> String {
        "this does not say why it is to be ignored".to_owned()
    }

    fn label(&self) -> String {
        "no reason".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(
            "write the reason behind the bracket: // dialform: ignore[DF402] the company's clock is two hours ahead"
                .to_owned(),
        )
    }
}
