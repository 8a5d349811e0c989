//! DF025: a line that begins with a value.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF025",
    name: "bad-name",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A setting begins with its name.",
    why: "A value on a line of its own belongs to no setting and would not be sent: here the campaign would call at any hour.",
    about: |_| false,
    bad: "webhook \"https://example.com/hook\"\n09:10",
    good: "webhook \"https://example.com/hook\"\ncall-window from=\"09:10\" to=\"19:50\"",
};

/// A word that cannot be a name.
pub struct BadName {
    /// As it was written.
    pub text: String,
}

impl Violation for BadName {
    fn message(&self) -> String {
        format!("`{}` cannot be the name of a setting", self.text)
    }

    fn label(&self) -> String {
        "a name is due here".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(
            "put the value on the line of its setting; a name that begins with a digit goes in quotation marks"
                .to_owned(),
        )
    }
}
