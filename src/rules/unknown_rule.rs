//! DF125: a rule name that does not exist.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF125",
    name: "unknown-rule",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A code, name or group in `lint { … }` that no rule has.",
    why: "The severity that was meant stays as it is: a mistake that should stop an apply may not stop it.",
    about: |_| false,
    bad: r#"project {
    lint { warn "http-webhok"; }
}"#,
    good: r#"project {
    lint { warn "http-webhook"; }
}"#,
};

/// An unknown rule.
pub struct UnknownRule<'a> {
    /// The name.
    pub name: &'a str,
    /// What was meant.
    pub suggestion: Option<&'a str>,
}

impl Violation for UnknownRule<'_> {
    fn message(&self) -> String {
        format!("there is no rule `{}`", self.name)
    }

    fn label(&self) -> String {
        self.suggestion.map_or_else(
            || "neither a code, nor a name, nor a group".to_owned(),
            |name| format!("did you mean \"{name}\"?"),
        )
    }

    fn help(&self) -> Option<String> {
        Some("rules are named by code (\"DF402\"), by name (\"start-outside-window\") or by group (\"DF4\")".to_owned())
    }
}
