//! DF001: bytes that are not UTF-8.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF001",
    name: "not-utf8",
    group: RuleGroup::NotKdl,
    phase: Phase::Reading,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A file is UTF-8 text.",
    why: "Old Windows editors save Cyrillic in another encoding; a name read wrongly would be sent to the API wrongly.",
    about: |_| false,
    bad: "name \"�����\"",
    good: "name \"Весна\"",
};

/// A byte that no UTF-8 text has at this place.
pub struct NotUtf8 {
    /// Its offset in the file, in bytes.
    pub offset: usize,
    /// The byte.
    pub byte: u8,
}

impl Violation for NotUtf8 {
    fn message(&self) -> String {
        format!(
            "this file is not UTF-8: byte 0x{:02X} at offset {} belongs to no character",
            self.byte, self.offset
        )
    }

    fn label(&self) -> String {
        "the first byte that cannot be read".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("save the file as UTF-8; from Windows-1251: `iconv -f WINDOWS-1251 -t UTF-8 old.kdl > new.kdl`".to_owned())
    }
}
