//! DF004: a `}` that closes nothing.

use crate::finding::{Rule, Severity, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF004",
    name: "stray-brace",
    severity: Severity::Error,
    summary: "Every `}` closes a `{`.",
    why: "A `}` too many ends a campaign early, and the settings behind it would belong to nothing: without its call window, a campaign calls people at night.",
    about: |_| false,
    bad: "name \"Spring promo\"\n}",
    good: "name \"Spring promo\"",
};

/// A closing brace without an opening one.
pub struct StrayBrace;

impl Violation for StrayBrace {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        "this `}` closes nothing".to_owned()
    }

    fn label(&self) -> String {
        "no block is open that it could close".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("remove it, or write the missing `{` further up".to_owned())
    }
}
