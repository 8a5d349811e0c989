//! DF093: a file over the size limit.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF093",
    name: "file-too-large",
    group: RuleGroup::Limits,
    phase: Phase::Reading,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A file larger than dialform reads.",
    why: "A campaign takes a kilobyte; something else must have got into this file.",
    about: |_| false,
    bad: "",
    good: "",
};

/// Too many bytes.
pub struct FileTooLarge {
    /// Its size.
    pub bytes: u64,
    /// The limit.
    pub limit: u64,
}

impl Violation for FileTooLarge {
    fn message(&self) -> String {
        format!(
            "the file has {} bytes, more than the {} that are read",
            self.bytes, self.limit
        )
    }

    fn label(&self) -> String {
        "not read".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("split the file; `dialform lint --max-file-size BYTES` checks larger ones".to_owned())
    }
}
