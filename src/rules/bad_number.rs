//! DF013: digits that make no number.

use crate::fields::Kind;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF013",
    name: "bad-number",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A number is digits, with at most one dot and digits on both sides of it.",
    why: "A limit that is read wrongly calls people too often, so a doubtful number is not guessed at.",
    about: |field| matches!(field.kind, Kind::Count | Kind::Limit),
    bad: "redial {\n    max-per-number 5.\n    busy after=\"20m\" times=3\n}",
    good: "redial {\n    max-per-number 5\n    busy after=\"20m\" times=3\n}",
};

/// Digits that cannot be read as a number.
pub struct BadNumber {
    /// As it was written.
    pub text: String,
}

impl Violation for BadNumber {
    fn message(&self) -> String {
        format!("`{}` is not a number", self.text)
    }

    fn label(&self) -> String {
        "cannot be read as a number".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("write a number as in `5`, `1_000` or `0.5`; anything else goes in quotation marks".to_owned())
    }
}
