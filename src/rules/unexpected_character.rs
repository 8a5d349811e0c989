//! DF023: a character that nothing begins with.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF023",
    name: "unexpected-character",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "Values begin with a letter, a digit, `\"` or `#`.",
    why: "The rest of the line cannot be read, and what it sets would not be sent.",
    about: |_| false,
    bad: "webhook [\"https://example.com/hook\"]",
    good: "webhook \"https://example.com/hook\"",
};

/// A character that is not allowed here.
pub struct UnexpectedCharacter {
    /// The character.
    pub character: char,
}

impl Violation for UnexpectedCharacter {
    fn message(&self) -> String {
        format!("`{}` cannot stand here", self.character)
    }

    fn label(&self) -> String {
        "neither a name nor a value begins like this".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(match self.character {
            '[' | ']' => "KDL has no lists: write the values behind each other, or repeat the setting".to_owned(),
            '=' => "`=` stands between the name of a property and its value, as in `from=\"09:10\"`".to_owned(),
            '\\' => "a backslash outside a text stands at the end of a line that goes on in the next".to_owned(),
            '/' => "a comment begins with `//`".to_owned(),
            '#' => "a comment begins with `//`; `#` begins `#true`, `#false`, `#null` and `#\"…\"#`".to_owned(),
            _ => "put a text that holds it in quotation marks".to_owned(),
        })
    }
}
