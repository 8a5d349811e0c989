//! DF314: a `removed` whose campaign is still declared.

use std::collections::HashMap;

use super::Context;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF314",
    name: "removed-declared",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A `removed` whose key is still a campaign of the project.",
    why: "One line says that the task is wanted, the other that it is to end: what runs would depend on which of them is read.",
    about: |_| false,
    bad: r#"removed "a" task="halt"
campaign "a" {}
campaign "b" {}"#,
    good: r#"removed "a" task="halt"
campaign "b" {}"#,
};

/// A removed key that is still there.
pub struct RemovedDeclared<'a> {
    /// The key.
    pub key: &'a str,
}

impl Violation for RemovedDeclared<'_> {
    fn message(&self) -> String {
        format!("`{}` is still declared, so it is not removed", self.key)
    }

    fn label(&self) -> String {
        "still declared".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("remove the campaign, or this `removed`; a new campaign takes a new key".to_owned())
    }
}

/// Checks each `removed`.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.project.removals().next().is_none() {
        return;
    }
    let mut declared = HashMap::new();
    for key in context.project.keys() {
        declared.entry(&*key.value).or_insert(key.place);
    }
    for removed in context.project.removals() {
        let key = &*removed.key.value;
        if let Some(place) = declared.get(key) {
            sink.report(removed.key.place, &RemovedDeclared { key })
                .label(*place, "declared here");
        }
    }
}
