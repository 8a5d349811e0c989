//! DF313: two campaigns of the same name.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF313",
    name: "same-name",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "Two campaigns with the same `name` and other settings.",
    why: "In the vendor's list of tasks nobody can tell them apart, and often one is a copy that was changed in a place or two: then people are called twice.",
    about: |_| false,
    bad: r#"campaign "spring" { name "Spring" }
campaign "summer" { name "Spring"; pace "2/s" }"#,
    good: r#"campaign "spring" { name "Spring" }
campaign "summer" { name "Summer"; pace "2/s" }"#,
};

/// A name that another campaign has.
pub(super) struct SameName<'a> {
    pub(super) key: &'a str,
    pub(super) first: &'a str,
}

impl Violation for SameName<'_> {
    fn message(&self) -> String {
        let Self { key, first } = self;
        format!("the campaigns `{key}` and `{first}` have the same `name`")
    }

    fn label(&self) -> String {
        "the same name".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("give each a `name` of its own: it is how people know a task in the vendor's list".to_owned())
    }
}
