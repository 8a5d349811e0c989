//! DF002: a file in UTF-16.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF002",
    name: "utf16",
    group: RuleGroup::NotKdl,
    phase: Phase::Reading,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A file is UTF-8 text, not UTF-16.",
    why: "Some Windows tools, PowerShell's `>` among them, write UTF-16; nothing of the file can be read, so none of its campaigns would be created.",
    about: |_| false,
    bad: "n\0a\0m\0e\0",
    good: "name \"Spring promo 2026\"",
};

/// A file whose first bytes say UTF-16.
pub struct Utf16;

impl Violation for Utf16 {
    fn message(&self) -> String {
        "this file is UTF-16, and campaigns are read as UTF-8".to_owned()
    }

    fn label(&self) -> String {
        "the file's first bytes are those of UTF-16".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("save the file as UTF-8; in PowerShell, write it with `Out-File -Encoding utf8`".to_owned())
    }
}
