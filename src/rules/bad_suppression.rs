//! DF905: a comment for dialform that cannot be read.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF905",
    name: "bad-suppression",
    group: RuleGroup::Suppressions,
    phase: Phase::Suppression,
    severity: Severity::Error,
    always_blocks_apply: false,
    fixable: Fixable::Likely,
    summary: "A comment for dialform that cannot be read.",
    why: "It hides nothing, though it was written to.",
    about: |_| false,
    bad: r#"webhook "https://example.com/hook" // dialform: ignore the gateway has no certificate yet"#,
    good: r#"webhook "http://example.com/hook" // dialform: ignore[http-webhook] the gateway has no certificate yet"#,
};

/// What is wrong with the comment.
pub enum BadSuppression<'a> {
    /// There is no colon behind `dialform`.
    NoColon {
        /// `ignore` or `file-ignore`.
        word: &'a str,
    },
    /// It asks for something unknown.
    Word {
        /// What is written.
        word: &'a str,
        /// What was meant.
        suggestion: Option<&'a str>,
    },
    /// It names no rules.
    NoRules {
        /// `ignore` or `file-ignore`.
        word: &'a str,
    },
    /// Its list of rules has no end.
    Unclosed,
    /// Its day cannot be read.
    Date {
        /// What is written.
        written: &'a str,
    },
    /// Its day has another form than `until=2027-01-31`.
    Until,
    /// It has two last days.
    TwoDates,
}

impl Violation for BadSuppression<'_> {
    fn message(&self) -> String {
        match self {
            Self::Word { word, .. } => format!("`{word}` is nothing that a comment can ask for"),
            Self::NoRules { word } => format!("`{word}` does not say which rules"),
            Self::Unclosed => "the list of rules has no `]`".to_owned(),
            Self::NoColon { .. } => "there is no colon behind `dialform`".to_owned(),
            Self::Date { written } => format!("`{written}` is no day"),
            Self::Until => "the last day is written in another way".to_owned(),
            Self::TwoDates => "there are two last days here".to_owned(),
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Word {
                suggestion: Some(word), ..
            } => format!("did you mean `{word}`?"),
            Self::Word { .. } => "neither `ignore` nor `file-ignore`".to_owned(),
            Self::NoRules { word } => format!("write `{word}[DF402]`"),
            Self::Unclosed => "opened here".to_owned(),
            Self::NoColon { word } => format!("write `dialform: {word}`"),
            Self::Until => "write `until=2027-01-31`, small and without blanks".to_owned(),
            Self::TwoDates => "keep one of the two".to_owned(),
            Self::Date { .. } => "write a day such as 2027-01-31".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some("write // dialform: ignore[DF402] and the reason, or file-ignore[DF402] for the whole file; with until=2027-01-31 it holds to the end of that day".to_owned())
    }
}
