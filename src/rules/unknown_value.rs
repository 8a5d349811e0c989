//! DF110: a word that is none of the setting's values.

use crate::fields::Slot;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF110",
    name: "unknown-value",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A word that is none of the values the setting takes.",
    why: "The API would refuse the task, and nobody would be called on the day that was planned.",
    about: |field| !field.choices().is_empty() && field.slot != Slot::Constant,
    bad: r#"caller-id "defualt""#,
    good: r#"caller-id "default""#,
};

/// An unknown word.
pub struct UnknownValue<'a> {
    /// The field.
    pub path: &'a str,
    /// The word.
    pub value: &'a str,
    /// The value that was meant, as source text.
    pub suggestion: Option<String>,
    /// The values, as source text.
    pub known: Vec<String>,
    /// How the setting is written, where its values alone do not tell.
    pub takes: Option<String>,
}

impl Violation for UnknownValue<'_> {
    fn message(&self) -> String {
        format!("`{}` has no value `{}`", self.path, self.value)
    }

    fn label(&self) -> String {
        self.suggestion.as_ref().map_or_else(
            || "not one of its values".to_owned(),
            |value| format!("did you mean {value}?"),
        )
    }

    fn help(&self) -> Option<String> {
        Some(match &self.takes {
            Some(takes) => format!("it is written: {takes}"),
            None => format!("write one of: {}", self.known.join(", ")),
        })
    }
}
