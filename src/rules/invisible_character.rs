//! DF051: a character that nobody sees.

use crate::finding::{Rule, Severity, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF051",
    name: "invisible-character",
    severity: Severity::Warning,
    summary: "No invisible characters.",
    why: "Two keys or ids that look the same are then different, and a campaign could be created twice.",
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
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("an invisible character (U+{:04X}) stands here", u32::from(self.character))
    }

    fn label(&self) -> String {
        "remove it; it is not seen on the screen".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!("in a text, write `\\u{{{:04X}}}` where it is really needed", u32::from(self.character)))
    }
}
