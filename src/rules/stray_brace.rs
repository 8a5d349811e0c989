//! DF004: a `}` that closes nothing.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF004",
    name: "stray-brace",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "Every `}` closes a `{`.",
    why: "A `}` too many ends a campaign early, and the settings behind it would belong to nothing: without its call window, a campaign calls people at night.",
    about: |_| false,
    bad: "name \"Spring promo\"\n}",
    good: "name \"Spring promo\"",
};

/// A closing brace without an opening one.
pub struct StrayBrace;

impl Violation for StrayBrace {
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
