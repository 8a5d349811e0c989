//! DF120: a top-level name that is kept for later.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF120",
    name: "reserved-name",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A top-level name that the language keeps for later.",
    why: "A later version gives it a meaning: a file that uses it today would then do something else, with real calls.",
    about: |_| false,
    bad: r#"environment "staging""#,
    good: r#"campaign "staging-promo" {}"#,
};

/// A reserved name.
pub struct ReservedName<'a> {
    /// The name.
    pub name: &'a str,
}

impl Violation for ReservedName<'_> {
    fn message(&self) -> String {
        format!("`{}` is reserved for a later version of the language", self.name)
    }

    fn label(&self) -> String {
        "has no meaning yet".to_owned()
    }

    fn help(&self) -> Option<String> {
        None
    }
}
