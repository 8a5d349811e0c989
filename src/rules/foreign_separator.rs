//! DF014: a comma between values, as in other languages.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF014",
    name: "foreign-separator",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "Values and settings are separated by blanks and line ends, without commas.",
    why: "KDL has no comma: the line cannot be read, and what it sets would not be sent.",
    about: |_| false,
    bad: "call-window from=\"09:10\", to=\"19:50\"",
    good: "call-window from=\"09:10\" to=\"19:50\"",
};

/// A separator of another language.
pub struct ForeignSeparator {
    /// The sign.
    pub sign: char,
}

impl Violation for ForeignSeparator {
    fn message(&self) -> String {
        format!("`{}` separates nothing here", self.sign)
    }

    fn label(&self) -> String {
        format!("remove this `{}`", self.sign)
    }

    fn help(&self) -> Option<String> {
        Some(if self.sign == ';' {
            "`;` ends a setting that others follow on the same line; here none stands before it".to_owned()
        } else {
            "a blank between values and a line for each setting are enough".to_owned()
        })
    }
}

/// A comma where a setting ends and the next one begins on the same line.
pub struct CommaBetweenSettings;

impl Violation for CommaBetweenSettings {
    fn message(&self) -> String {
        "`,` does not end a setting".to_owned()
    }

    fn label(&self) -> String {
        "write `;`".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("write `;` between settings on one line, or each setting on a line of its own".to_owned())
    }
}
