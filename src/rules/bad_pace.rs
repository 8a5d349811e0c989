//! DF114: a pace that the API cannot say.

use crate::fields::Kind;
use crate::fields::types::BadPace;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF114",
    name: "bad-pace",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A pace that is neither N/s nor 1/Ns with N from 1 to 99, nor 1/min.",
    why: "The API packs the pace into one number (`cps`); anything else would become another pace: faster than the people who take transfers can answer, or so slow that the campaign runs for days.",
    about: |field| matches!(field.kind, Kind::Pace),
    bad: r#"pace "2/min""#,
    good: r#"pace "1/30s""#,
};

/// A text that is no pace.
pub struct InvalidPace<'a> {
    /// The text.
    pub written: &'a str,
    /// What is wrong with it.
    pub why: &'a BadPace,
}

impl Violation for InvalidPace<'_> {
    fn message(&self) -> String {
        match self.why {
            BadPace::OutOfRange => format!("the API cannot say the pace `{}`", self.written),
            BadPace::Form { .. } => format!("`{}` is not written as a pace", self.written),
            BadPace::Cps(_) => format!("`{}` is the API's own number for a pace", self.written),
        }
    }

    fn label(&self) -> String {
        match self.why {
            BadPace::Form { instead: Some(pace) } | BadPace::Cps(pace) => format!("write \"{pace}\""),
            BadPace::Form { instead: None } => "not a pace".to_owned(),
            BadPace::OutOfRange => "N is from 1 to 99".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some("`pace` takes \"3/s\" (calls a second), \"1/60s\" (one call in so many seconds) or \"1/min\"; the wire field is `cps`".to_owned())
    }
}
