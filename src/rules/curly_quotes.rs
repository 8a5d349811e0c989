//! DF050: typographic or single quotation marks.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF050",
    name: "curly-quotes",
    group: RuleGroup::DubiousKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "Texts stand in straight double quotation marks: `\"`.",
    why: "KDL takes typographic and single marks for letters: they would be sent as part of the first word, and the other words would be values of their own.",
    about: |_| false,
    bad: "name “Spring promo”",
    good: "name \"Spring promo\"",
};

/// A text in typographic or single quotation marks.
pub struct CurlyQuotes {
    /// The mark that opens it.
    pub open: char,
}

impl Violation for CurlyQuotes {
    fn message(&self) -> String {
        format!("`{}` is not a quotation mark for KDL", self.open)
    }

    fn label(&self) -> String {
        "write straight double marks: `\"…\"`".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(if self.open == '\'' {
            "KDL has double marks only; inside them, single ones may stand".to_owned()
        } else {
            "word processors and chats put these marks in; inside straight ones they may stand".to_owned()
        })
    }
}
