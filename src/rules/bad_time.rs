//! DF112: a time of day that cannot be read.

use crate::fields::Kind;
use crate::fields::types::BadTime;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF112",
    name: "bad-time",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A time of day that no clock shows, or in another form than HH:MM.",
    why: "People would be called at hours nobody chose.",
    about: |field| matches!(field.kind, Kind::Time { .. }),
    bad: r#"call-window from="9:10" to="19:50""#,
    good: r#"call-window from="09:10" to="19:50""#,
};

/// A text that is no time of day.
pub struct InvalidTime<'a> {
    /// The field.
    pub path: &'a str,
    /// The text.
    pub written: &'a str,
    /// What is wrong with it.
    pub why: BadTime,
}

impl Violation for InvalidTime<'_> {
    fn message(&self) -> String {
        match self.why {
            BadTime::EndAtStart => "24:00 is the end of a day: a window cannot begin there".to_owned(),
            BadTime::OutOfRange => format!("no clock shows `{}`", self.written),
            BadTime::OneDigit => format!("the hour of `{}` needs two digits", self.written),
            BadTime::Form => format!("`{}` is no time of day", self.written),
        }
    }

    fn label(&self) -> String {
        match self.why {
            BadTime::EndAtStart => "the start of a day is \"00:00\"".to_owned(),
            BadTime::OneDigit => format!("write \"0{}\"", self.written),
            _ => "not a time of day".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(
            "times are written \"09:10\" or \"09:10:30\", from \"00:00\" to \"23:59:59\"; \"24:00\" only in `to=`"
                .to_owned(),
        )
    }
}
