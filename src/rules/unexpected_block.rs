//! DF106: a `{ … }` where none belongs.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF106",
    name: "unexpected-block",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A block on a node that has none.",
    why: "What stands in it is not read: here people would be called by another clock than the file says.",
    about: |_| false,
    bad: r#"call-window from="09:10" to="19:50" {
    clock "company"
}"#,
    good: r#"call-window from="09:10" to="19:50" clock="company""#,
};

/// A block too many.
pub struct UnexpectedBlock<'a> {
    /// The node.
    pub setting: &'a str,
    /// How the node is written.
    pub takes: &'a str,
}

impl Violation for UnexpectedBlock<'_> {
    fn message(&self) -> String {
        format!("`{}` has no block", self.setting)
    }

    fn label(&self) -> String {
        "not expected".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!("it is written: {}", self.takes))
    }
}
