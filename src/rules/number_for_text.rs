//! DF055: a phone number or code that KDL reads as a number.

use crate::fields::Kind;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF055",
    name: "number-for-text",
    group: RuleGroup::DubiousKdl,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "Digits without quotes where a text belongs.",
    why: "KDL reads them as a number: the plus and leading zeros are lost, and another name or number than the one written would be sent.",
    about: |field| matches!(field.kind, Kind::Text | Kind::Comment | Kind::Id(_)),
    bad: "name 007",
    good: r#"name "007""#,
};

/// A number in the place of a text.
pub struct NumberForText<'a> {
    /// The field.
    pub path: &'a str,
    /// The number as it was written.
    pub written: &'a str,
}

impl Violation for NumberForText<'_> {
    fn message(&self) -> String {
        format!(
            "`{}` is read as a number, and `{}` takes a text",
            self.written, self.path
        )
    }

    fn label(&self) -> String {
        "put it in quotes".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!("write \"{}\"", self.written))
    }
}
