//! DF009: a text in `"""` that is not laid out as such.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF009",
    name: "bad-multiline-string",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A text in `\"\"\"` begins on the line behind the opening marks; the closing marks stand alone and say how deep it is indented.",
    why: "The indentation of the closing marks is what is taken off each line; otherwise nobody could tell which blanks belong to the text.",
    about: |_| false,
    bad: "comment \"\"\"Lapsed customers\"\"\"",
    good: "comment \"\"\"\n    Lapsed customers\n    \"\"\"",
};

/// A text over several lines that is not laid out as one.
pub enum BadMultilineString {
    /// Text on the line of the opening marks.
    OneLine,
    /// A line is indented less than the closing marks.
    Indentation,
    /// Text before the closing marks.
    TextBeforeClose,
}

impl Violation for BadMultilineString {
    fn message(&self) -> String {
        match self {
            Self::OneLine => "a text in `\"\"\"` begins on the next line".to_owned(),
            Self::Indentation => "this line is indented less, or otherwise, than the closing `\"\"\"`".to_owned(),
            Self::TextBeforeClose => "the closing `\"\"\"` stands on a line of its own".to_owned(),
        }
    }

    fn label(&self) -> String {
        match self {
            Self::OneLine => "no text may stand on this line".to_owned(),
            Self::Indentation => "begin it with the same blanks as the last line".to_owned(),
            Self::TextBeforeClose => "text in front of the closing marks".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::OneLine => "a text of one line stands in plain `\"…\"`; a longer one begins and ends with lines that hold only `\"\"\"`".to_owned(),
            Self::Indentation => "each line begins with exactly the tabs or blanks that stand before the closing `\"\"\"`; they are not part of the text".to_owned(),
            Self::TextBeforeClose => "put `\"\"\"` on the next line, indented as deep as the text".to_owned(),
        })
    }
}
