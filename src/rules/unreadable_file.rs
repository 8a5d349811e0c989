//! DF092: a file or folder that cannot be read.

use crate::finding::{Rule, Severity, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF092",
    name: "unreadable-file",
    severity: Severity::Error,
    summary: "A file or folder of the project that cannot be read.",
    why: "What stands in it is not checked, and names that it declares seem to be missing.",
    about: |_| false,
    bad: "",
    good: "",
};

/// Something that cannot be read.
pub struct UnreadableFile<'a> {
    /// What the system says.
    pub why: &'a str,
}

impl Violation for UnreadableFile<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("cannot be read: {}", self.why)
    }

    fn label(&self) -> String {
        "not read".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("check its permissions; everything else was checked".to_owned())
    }
}
