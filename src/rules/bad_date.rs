//! DF113: a start time that cannot be read.

use crate::fields::Kind;
use crate::fields::types::BadMoment;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF113",
    name: "bad-date",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A date and time in another form than YYYY-MM-DD HH:MM, or one that no calendar has.",
    why: "A campaign that starts on the wrong day calls people on the wrong day.",
    about: |field| matches!(field.kind, Kind::Moment),
    bad: r#"start "time" at="02.12.2030 10:00""#,
    good: r#"start "time" at="2030-12-02 10:00""#,
};

/// A text that is no date and time.
pub struct InvalidMoment<'a> {
    /// The field.
    pub path: &'a str,
    /// The text.
    pub written: &'a str,
    /// What is wrong with it.
    pub why: &'a BadMoment,
}

impl Violation for InvalidMoment<'_> {
    fn message(&self) -> String {
        match self.why {
            BadMoment::NoSuchDate => format!("no calendar has `{}`", self.written),
            BadMoment::NoTime => format!("`{}` has no time of day", self.written),
            BadMoment::Form { .. } => format!("`{}` is not written as the API reads dates", self.written),
        }
    }

    fn label(&self) -> String {
        match self.why {
            BadMoment::Form {
                instead: Some(moment), ..
            } => format!("write \"{moment}\""),
            BadMoment::NoTime => format!("write \"{} 10:00\"", self.written),
            _ => "not a date and time".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(format!(
            "`{}` takes YYYY-MM-DD HH:MM in the company's time zone: \"2030-12-02 10:00\"",
            self.path
        ))
    }
}
