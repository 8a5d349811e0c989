//! DF906: a comment about a rule that the project does not let anybody ignore.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF906",
    name: "not-ignorable",
    group: RuleGroup::Suppressions,
    phase: Phase::Suppression,
    severity: Severity::Error,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A comment about a rule that the project does not let anybody ignore.",
    why: "The company has decided that this is fixed, wherever it is found.",
    about: |_| false,
    bad: r#"project {
    lint { enforce "http-webhook"; }
}
template "common" {
    webhook "https://example.com/hook" // dialform: ignore[http-webhook] the gateway has no certificate yet
}
campaign "spring" template="common" {}"#,
    good: r#"project {
    lint { enforce "http-webhook"; }
}
template "common" {
    webhook "https://example.com/hook"
}
campaign "spring" template="common" {}"#,
};

/// A suppression of a rule that the project enforces.
pub struct NotIgnorable {
    /// The rule.
    pub rule: &'static Rule,
}

impl Violation for NotIgnorable {
    fn message(&self) -> String {
        format!(
            "{} {} cannot be ignored in this project",
            self.rule.code, self.rule.name
        )
    }

    fn label(&self) -> String {
        "has no effect".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("fix what it is about; `lint { enforce … }` in dialform.kdl says which rules hold everywhere".to_owned())
    }
}
