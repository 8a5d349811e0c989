//! DF056: a colon or comma that became part of a word.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF056",
    name: "glued-punctuation",
    group: RuleGroup::DubiousKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "No `:` behind names and no `,` between values.",
    why: "KDL takes the sign as a part of the word: `name:` would be another setting than `name`.",
    about: |_| false,
    bad: "name: \"Spring promo\"",
    good: "name \"Spring promo\"",
};

/// A sign of another language at the end of an unquoted word.
pub struct GluedPunctuation {
    /// The sign.
    pub sign: char,
    /// The word before it; empty where the sign is alone.
    pub word: String,
    /// Whether the word is the name of a property, which takes `=`.
    pub is_property: bool,
}

impl Violation for GluedPunctuation {
    fn message(&self) -> String {
        if self.word.is_empty() {
            format!("this `{}` would be a name or value of its own", self.sign)
        } else {
            format!("this `{}` would be part of `{}{}`", self.sign, self.word, self.sign)
        }
    }

    fn label(&self) -> String {
        if self.is_property {
            "write `=`".to_owned()
        } else {
            format!("remove this `{}`", self.sign)
        }
    }

    fn help(&self) -> Option<String> {
        Some(if self.is_property {
            format!("write `{}=…`; in quotation marks the sign may stay", self.word)
        } else if self.sign == ':' {
            "the value follows its name behind a blank; in quotation marks the sign may stay".to_owned()
        } else {
            "values are separated by blanks; in quotation marks the sign may stay".to_owned()
        })
    }
}
