//! DF111: a duration that cannot be read.

use crate::fields::Kind;
use crate::fields::types::BadDuration;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF111",
    name: "bad-duration",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A duration without a unit, or in a form that is not read.",
    why: "A wrong unit is a redial after 20 seconds where 20 minutes were meant.",
    about: |field| matches!(field.kind, Kind::Duration),
    bad: r#"effective-after "12""#,
    good: r#"effective-after "12s""#,
};

/// A text that is no duration.
pub struct InvalidDuration<'a> {
    /// The field.
    pub path: &'a str,
    /// The text.
    pub written: &'a str,
    /// What is wrong with it.
    pub why: &'a BadDuration,
}

impl Violation for InvalidDuration<'_> {
    fn message(&self) -> String {
        match self.why {
            BadDuration::NoUnit(_) => format!("`{}` has no unit", self.written),
            BadDuration::Unit { unit, .. } => format!("`{unit}` is no unit of time"),
            BadDuration::Fraction => format!("`{}` is no whole number of seconds", self.written),
            BadDuration::TooLong => format!("`{}` is longer than the API can say", self.written),
            BadDuration::Order => format!("the units of `{}` are not in order", self.written),
            BadDuration::Form => format!("`{}` is no duration", self.written),
        }
    }

    fn label(&self) -> String {
        match self.why {
            BadDuration::NoUnit(count) => format!("seconds? then \"{count}s\"; minutes? \"{count}m\""),
            BadDuration::Unit { means: Some(means), .. } => format!("write `{means}`"),
            _ => "cannot be read as a duration".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(format!(
            "`{}` takes a duration with units d, h, m, s, the largest first: \"12s\", \"20m\", \"1h30m\"",
            self.path
        ))
    }
}
