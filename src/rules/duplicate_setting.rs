//! DF103: a setting that is stated twice.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF103",
    name: "duplicate-setting",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A setting that stands twice in the same campaign, template or block.",
    why: "Only one of them can be sent, and a reader may take the other for the pace, the hours or the limits by which people are called.",
    about: |_| false,
    bad: r#"pace "3/s"
pace "5/s""#,
    good: r#"pace "5/s""#,
};

/// A setting stated twice.
pub struct DuplicateSetting<'a> {
    /// The setting.
    pub name: &'a str,
}

impl Violation for DuplicateSetting<'_> {
    fn message(&self) -> String {
        format!("`{}` stands twice", self.name)
    }

    fn label(&self) -> String {
        "stated again".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("keep one of them".to_owned())
    }
}
