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

/// A whole request body, typed as a campaign.
pub struct WireBody {
    /// How many of its names are the API's own words.
    pub count: usize,
}

impl Violation for WireBody {
    fn message(&self) -> String {
        format!(
            "this is a request body of the API: {} of its settings are the API's own words",
            self.count
        )
    }

    fn label(&self) -> String {
        "the first of them".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("`dialform import FILE` reads such a body, as JSON or as a curl command, and writes the campaign in the language".to_owned())
    }
}
