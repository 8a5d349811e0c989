//! DF051: a character that nobody sees.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF051",
    name: "invisible-character",
    group: RuleGroup::DubiousKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "No invisible characters.",
    why: "What is read is not what is seen: two keys or ids that look the same are different, and `4` with such a character \
          is no number. In a comment, where it changes nothing, it is a warning.",
    about: |_| false,
    bad: "name \"Spring\u{200B}promo\"",
    good: "name \"Spring promo\"",
};

/// A character without width.
pub struct InvisibleCharacter {
    /// The character.
    pub character: char,
}

impl Violation for InvisibleCharacter {
    fn message(&self) -> String {
        format!(
            "an invisible character (U+{:04X}) stands here",
            u32::from(self.character)
        )
    }

    fn label(&self) -> String {
        "remove it; it is not seen on the screen".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!(
            "in a text, write `\\u{{{:04X}}}` where it is really needed",
            u32::from(self.character)
        ))
    }
}
