//! DF107: a setting without its value.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF107",
    name: "missing-argument",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A setting that stands without the value it sets.",
    why: "There is nothing to send, and no value would be right for every campaign.",
    about: |_| false,
    bad: "pace",
    good: r#"pace "3/s""#,
};

/// A node without its value.
pub struct MissingArgument<'a> {
    /// The node.
    pub setting: &'a str,
    /// How the node is written.
    pub takes: &'a str,
    /// What was meant, as source text.
    pub suggestion: Option<String>,
}

impl Violation for MissingArgument<'_> {
    fn message(&self) -> String {
        format!("`{}` has no value", self.setting)
    }

    fn label(&self) -> String {
        match &self.suggestion {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "a value belongs behind it".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(format!("it is written: {}", self.takes))
    }
}
