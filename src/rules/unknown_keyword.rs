//! DF024: `#` before a word that is no keyword.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF024",
    name: "unknown-keyword",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "Behind `#` there is `true`, `false` or `null`.",
    why: "The value cannot be read, so nobody can tell whether something is switched on or off; a `#` also begins no comment here.",
    about: |_| false,
    bad: "record #yes trim-left=\"0s\"",
    good: "record #true trim-left=\"0s\"",
};

/// A word behind `#` that KDL does not know.
pub struct UnknownKeyword {
    /// The word, without `#`; may be empty.
    pub word: String,
    /// The keyword that was probably meant: `#true`.
    pub meant: Option<&'static str>,
}

impl Violation for UnknownKeyword {
    fn message(&self) -> String {
        format!("KDL has no `#{}`", self.word)
    }

    fn label(&self) -> String {
        match self.meant {
            Some(meant) => format!("write `{meant}`"),
            None => "neither `#true`, `#false` nor `#null`".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some("there are `#true`, `#false` and `#null`; a comment begins with `//`".to_owned())
    }
}
