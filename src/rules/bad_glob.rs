//! DF124: a file pattern that cannot be read.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF124",
    name: "bad-glob",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A `campaigns` pattern that is no glob.",
    why: "No file would be found by it, so its campaigns would be neither checked nor created.",
    about: |_| false,
    bad: r#"project {
    campaigns "campaigns/[*.kdl"
}"#,
    good: r#"project {
    campaigns "campaigns/*.kdl"
}"#,
};

/// A pattern that cannot be read.
pub struct InvalidGlob<'a> {
    /// The pattern.
    pub written: &'a str,
    /// What is wrong with it.
    pub why: &'a str,
}

impl Violation for InvalidGlob<'_> {
    fn message(&self) -> String {
        format!("`{}` is no file pattern: {}", self.written, self.why)
    }

    fn label(&self) -> String {
        "cannot be read".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("patterns look like \"campaigns/**/*.kdl\"".to_owned())
    }
}
