//! DF108: a name or value of the API where the language has its own.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF108",
    name: "wire-name",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A name or value as the API spells it.",
    why: "The language has words of its own, so that what belongs together stands together and units can be checked: `fullListTime 12` does not say twelve of what.",
    about: |_| false,
    bad: r#"cidType "default""#,
    good: r#"caller-id "default""#,
};

/// A word of the wire.
pub struct WireName<'a> {
    /// The word.
    pub wire: &'a str,
    /// What the language writes.
    pub instead: Instead<'a>,
}

/// What the language has instead of a word of the wire.
#[derive(Clone, Copy, Debug)]
pub enum Instead<'a> {
    /// This.
    Write(&'a str),
    /// What it holds, directly in the campaign or template.
    Directly(&'a str),
    /// Nothing: its value never changes.
    Nothing,
}

impl Violation for WireName<'_> {
    fn message(&self) -> String {
        format!("`{}` is the API's own word", self.wire)
    }

    fn label(&self) -> String {
        match self.instead {
            Instead::Write(source) => format!("write `{source}` here"),
            Instead::Directly(owner) => format!("write its settings directly in the {owner}"),
            Instead::Nothing => "leave it out: dialform always sends it".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        None
    }
}
