//! DF123: a service address that cannot be used.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF123",
    name: "bad-address",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "An `api` or `login` address that is no https URL (http only on this machine).",
    why: "The bearer token goes there: it must not travel unencrypted or to a mistyped host.",
    about: |_| false,
    bad: r#"project {
    api "http://cis.twin24.ai/api/v1"
}"#,
    good: r#"project {
    api "https://cis.twin24.ai/api/v1"
}"#,
};

/// An address that cannot be used.
pub struct InvalidAddress<'a> {
    /// `api` or `login`.
    pub setting: &'a str,
    /// The address.
    pub written: &'a str,
    /// What is wrong with it.
    pub why: &'a str,
}

impl Violation for InvalidAddress<'_> {
    fn message(&self) -> String {
        format!("`{}` cannot be used as the `{}` address", self.written, self.setting)
    }

    fn label(&self) -> String {
        "not a usable address".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(self.why.to_owned())
    }
}
