//! DF107: a setting without its value.

use crate::finding::{Rule, Severity, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF107",
    name: "missing-argument",
    severity: Severity::Error,
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
}

impl Violation for MissingArgument<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("`{}` has no value", self.setting)
    }

    fn label(&self) -> String {
        "a value belongs behind it".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!("it is written: {}", self.takes))
    }
}
