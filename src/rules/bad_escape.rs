//! DF008: a backslash in front of something that needs none.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF008",
    name: "bad-escape",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A backslash in a text stands before `n`, `t`, `r`, `s`, `b`, `f`, `\"`, `\\`, `u{…}` or a blank.",
    why: "Nobody can tell whether the backslash belongs to the text that is sent.",
    about: |_| false,
    bad: "comment \"Lists\\may\"",
    good: "comment \"Lists\\\\may\"",
};

/// An escape that KDL does not have.
pub struct BadEscape {
    /// The escape as it was written: `\d`.
    pub escape: String,
}

impl Violation for BadEscape {
    fn message(&self) -> String {
        if self.escape.starts_with("\\u") {
            format!("`{}` names no character", self.escape)
        } else {
            format!("`{}` means nothing in a text", self.escape)
        }
    }

    fn label(&self) -> String {
        "not an escape that KDL has".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(if self.escape.starts_with("\\u") {
            "write one to six hexadecimal digits in braces, as in `\\u{20BD}`; or write the character itself".to_owned()
        } else {
            "write `\\\\` for a backslash itself; `#\"…\"#` takes a whole text as it stands".to_owned()
        })
    }
}
