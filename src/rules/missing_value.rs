//! DF016: `from=` with nothing behind it.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF016",
    name: "missing-value",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "Each `name=` has its value right behind it.",
    why: "What was meant cannot be guessed: a call window without its beginning would let the platform call at any hour.",
    about: |_| false,
    bad: "call-window from= to=\"19:50\"",
    good: "call-window from=\"09:10\" to=\"19:50\"",
};

/// A property without a value.
pub struct MissingValue {
    /// The property's name; empty where it could not be read.
    pub property: String,
}

impl Violation for MissingValue {
    fn message(&self) -> String {
        format!("`{}=` has no value", self.property)
    }

    fn label(&self) -> String {
        "a value is missing behind this".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!("write `{}=\"…\"`, or leave it out", self.property))
    }
}
