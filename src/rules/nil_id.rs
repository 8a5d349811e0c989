//! DF127: the UUID of nothing.

use crate::fields::Kind;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF127",
    name: "nil-id",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "The UUID of zeros where the id of something belongs.",
    why: "It stands for nothing: the task would have no scenario, no channel to hand people over to, or no number to call from. `plan` and `apply` refuse it outside of the sandbox, like the ids that `dialform init` makes up.",
    about: |field| matches!(field.kind, Kind::Id(_)),
    bad: r#"scenario "00000000-0000-0000-0000-000000000000""#,
    good: r#"scenario "228cc4fa-92f2-4709-94e3-7344a96a5903""#,
};

/// The UUID of zeros.
pub struct NilId<'a> {
    /// What it is to be the id of: `scenario`, `caller-id.id`.
    pub path: &'a str,
}

impl Violation for NilId<'_> {
    fn message(&self) -> String {
        format!("`{}` has the UUID of zeros, which is the id of nothing", self.path)
    }

    fn label(&self) -> String {
        "a placeholder".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("write the id that the vendor's page shows, as in \"228cc4fa-92f2-4709-94e3-7344a96a5903\"".to_owned())
    }
}

/// Whether an id in its usual form is the UUID of zeros.
pub(crate) fn is_nil(id: &str) -> bool {
    id.bytes().all(|byte| matches!(byte, b'0' | b'-'))
}
