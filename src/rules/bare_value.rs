//! DF012: a time, date, duration, pace or id without its quotation marks.

use crate::fields::Kind;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF012",
    name: "bare-value",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "Times, dates, durations, paces, ids and numbers to call are written in quotation marks.",
    why: "KDL takes what begins with a digit for a number and stops at a `/`, so these values cannot be read without quotation marks.",
    about: |field| {
        matches!(
            field.kind,
            Kind::Id(_) | Kind::Duration | Kind::Time { .. } | Kind::Moment | Kind::Pace
        )
    },
    bad: "call-window from=09:10 to=\"19:50\"",
    good: "call-window from=\"09:10\" to=\"19:50\"",
};

/// A value without its quotation marks.
pub struct UnquotedValue {
    /// What it looks like.
    pub kind: crate::syntax::BareValue,
    /// The value, as it was written.
    pub text: String,
}

impl Violation for UnquotedValue {
    fn message(&self) -> String {
        format!("{} `{}` needs quotation marks", kind_in_words(self.kind), self.text)
    }

    fn label(&self) -> String {
        format!("write `\"{}\"`", self.text)
    }

    fn help(&self) -> Option<String> {
        (self.kind == crate::syntax::BareValue::Other).then(|| {
            "without quotation marks, a value that begins with a digit is a number, and one may not hold `/`".to_owned()
        })
    }
}

fn kind_in_words(kind: crate::syntax::BareValue) -> &'static str {
    use crate::syntax::BareValue as Kind;
    match kind {
        Kind::Time => "the time",
        Kind::Date => "the date",
        Kind::Duration => "the duration",
        Kind::Pace => "the pace",
        Kind::Uuid => "the id",
        Kind::Phone => "the telephone number",
        Kind::Url => "the address",
        Kind::Other => "the value",
    }
}
