//! DF109: a value of another type than the setting takes.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF109",
    name: "wrong-type",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A value of the wrong type: a number for a text, a text for a switch.",
    why: "The API would refuse it, or read it as something else: a `\"false\"` in quotes may count as true, and calls are recorded that must not be.",
    about: |_| false,
    bad: r#"record "yes""#,
    good: r#"record #true trim-left="0s""#,
};

/// A value of another type.
pub struct WrongType<'a> {
    /// The field.
    pub path: &'a str,
    /// What is there, for people.
    pub found: &'a str,
    /// What belongs there, for people.
    pub expected: &'a str,
}

impl Violation for WrongType<'_> {
    fn message(&self) -> String {
        format!("`{}` takes {}, not {}", self.path, self.expected, self.found)
    }

    fn label(&self) -> String {
        format!("write {}", self.expected)
    }

    fn help(&self) -> Option<String> {
        None
    }
}
