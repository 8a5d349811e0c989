//! DF902: a comment whose `until=` is over.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};
use jiff::civil::Date;

pub(crate) static RULE: Rule = Rule {
    code: "DF902",
    name: "expired-suppression",
    group: RuleGroup::Suppressions,
    phase: Phase::Suppression,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A comment whose `until=` is over.",
    why: "What it hid was to be fixed by that day, and is shown again.",
    about: |_| false,
    bad: r#"webhook "https://example.com/hook" // dialform: ignore[http-webhook] until=2020-01-31 until the gateway has a certificate"#,
    good: r#"webhook "https://example.com/hook""#,
};

/// A suppression past its last day.
pub struct ExpiredSuppression {
    /// Its last day.
    pub until: Date,
}

impl Violation for ExpiredSuppression {
    fn message(&self) -> String {
        format!("this was to be ignored until {} only", self.until)
    }

    fn label(&self) -> String {
        "is over".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("fix what it hid and take the comment out, or give it a later day".to_owned())
    }
}
