//! DF306: a `moved` whose old key is still declared.

use std::collections::{HashMap, HashSet};

use super::Context;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF306",
    name: "moved-from-declared",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A `moved` whose `from` is still a campaign of the project.",
    why: "The task in state would belong to two campaigns: one of them would be created anew, and the same people called twice.",
    about: |_| false,
    bad: r#"moved from="a" to="b"
campaign "a" {}
campaign "b" {}"#,
    good: r#"moved from="a" to="b"
campaign "b" {}"#,
};

/// A move away from a key that is still there.
pub struct MovedFromDeclared<'a> {
    /// The key.
    pub key: &'a str,
}

impl Violation for MovedFromDeclared<'_> {
    fn message(&self) -> String {
        format!("`{}` is still declared, so it cannot have moved", self.key)
    }

    fn label(&self) -> String {
        "still declared".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("remove the campaign, or this `moved`".to_owned())
    }
}

/// Checks each `moved`.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let left: HashSet<&str> = context.project.moves().map(|moved| &*moved.from.value).collect();
    if left.is_empty() {
        return;
    }
    let mut declared = HashMap::new();
    for key in context.project.keys().filter(|key| left.contains(&*key.value)) {
        declared.entry(&*key.value).or_insert(key.place);
    }
    for moved in context.project.moves() {
        if let Some(place) = declared.get(&*moved.from.value) {
            sink.report(moved.from.place, &MovedFromDeclared { key: &moved.from.value })
                .label(*place, "declared here");
        }
    }
}
