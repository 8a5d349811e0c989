//! DF119: `#null` where it cannot stand.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF119",
    name: "misused-null",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "`#null` on a required setting, with properties beside it, or as the value of a property.",
    why: "`NODE #null` means that an optional setting is not sent, even where a template has it. Without a pace or a caller id there is no campaign, so nothing else can be left out.",
    about: |_| false,
    bad: "pace #null",
    good: r#"pace "3/s""#,
};

/// A `#null` that is not allowed.
pub struct MisusedNull<'a> {
    /// Why not.
    pub what: NullMistake<'a>,
}

impl Violation for MisusedNull<'_> {
    fn message(&self) -> String {
        match self.what {
            NullMistake::Required(setting) => format!("`{setting}` is required: it cannot be left out with `#null`"),
            NullMistake::WithEntries(setting) => {
                format!("`{setting} #null` means that it is not sent, so it takes nothing else")
            }
            NullMistake::Property(path) => format!("`{path}` cannot be `#null`"),
        }
    }

    fn label(&self) -> String {
        match self.what {
            NullMistake::Required(_) => "needs a value".to_owned(),
            NullMistake::WithEntries(_) => "remove this, or the `#null`".to_owned(),
            NullMistake::Property(_) => "leave it out, or give it a value".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        None
    }
}

/// What is wrong with a `#null`.
#[derive(Clone, Copy, Debug)]
pub enum NullMistake<'a> {
    /// The setting is required.
    Required(&'a str),
    /// The node has other values.
    WithEntries(&'a str),
    /// It is the value of a property.
    Property(&'a str),
}
