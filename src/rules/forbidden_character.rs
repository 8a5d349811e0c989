//! DF022: a character that KDL does not allow.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF022",
    name: "forbidden-character",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "Control characters and marks that turn the direction of writing are not allowed, not even in comments.",
    why: "They are not seen, and can make a file show something else than what is sent: another id, or a setting that looks like a comment.",
    about: |_| false,
    bad: "comment \"first \u{202E} wave\"",
    good: "comment \"first wave\"",
};

/// A character that is allowed nowhere.
pub struct ForbiddenCharacter {
    /// The character.
    pub character: char,
}

impl Violation for ForbiddenCharacter {
    fn message(&self) -> String {
        format!(
            "{} (U+{:04X}) may not stand in a KDL file",
            character_in_words(self.character),
            u32::from(self.character)
        )
    }

    fn label(&self) -> String {
        "remove it; it is not seen on the screen".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(match self.character {
            '\0' => "files damaged by a crash or saved as UTF-16 hold such characters".to_owned(),
            c if is_direction(c) => format!(
                "it turns the direction of writing, so that people see another order than the one that is read; in a text, write `\\u{{{:04X}}}` where it is really needed",
                u32::from(c)
            ),
            c => format!(
                "in a text, write `\\u{{{:04X}}}` where it is really needed",
                u32::from(c)
            ),
        })
    }
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn character_in_words(c: char) -> &'static str {
    match c {
        '\0' => "a NUL character",
        '\u{FEFF}' => "a byte-order mark behind the start of the file",
        c if is_direction(c) => "an invisible mark for the direction of writing",
        _ => "a control character",
    }
}
