//! DF105: an argument that the setting does not take.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF105",
    name: "unexpected-argument",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A value without a name where the setting takes none, or one too many.",
    why: "Nobody can tell what it was meant to set; taken for the wrong thing, it would move the hours in which people are called.",
    about: |_| false,
    bad: r#"call-window "09:10" "19:50""#,
    good: r#"call-window from="09:10" to="19:50""#,
};

/// One argument too many.
pub struct UnexpectedArgument<'a> {
    /// The node.
    pub setting: &'a str,
    /// How the node is written.
    pub takes: &'a str,
    /// What was meant, as source text.
    pub suggestion: Option<String>,
}

impl Violation for UnexpectedArgument<'_> {
    fn message(&self) -> String {
        format!("`{}` takes no further value here", self.setting)
    }

    fn label(&self) -> String {
        match &self.suggestion {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "not expected".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(format!("it is written: {}", self.takes))
    }
}

/// Settings on one line without a `;` between them.
pub struct MissingSemicolon<'a> {
    /// The node that is still open.
    pub setting: &'a str,
    /// The setting that begins.
    pub next: &'a str,
}

impl Violation for MissingSemicolon<'_> {
    fn message(&self) -> String {
        format!(
            "`{}` is a setting of its own, and stands in `{}`",
            self.next, self.setting
        )
    }

    fn label(&self) -> String {
        format!("write `;` in front of `{}`", self.next)
    }

    fn help(&self) -> Option<String> {
        Some("settings stand on lines of their own, or have a `;` between them".to_owned())
    }
}
