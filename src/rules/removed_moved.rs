//! DF315: a `removed` whose key has moved.

use std::collections::HashMap;

use super::Context;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF315",
    name: "removed-moved",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A `removed` whose key is the `from` of a `moved`.",
    why: "The task would go on under its new key and end at the same time: a campaign that is wanted would be stopped for good.",
    about: |_| false,
    bad: r#"removed "a" task="halt"
moved from="a" to="b"
campaign "b" {}"#,
    good: r#"moved from="a" to="b"
campaign "b" {}"#,
};

/// A removed key that has moved.
pub struct RemovedMoved<'a> {
    /// The key.
    pub key: &'a str,
    /// The key that it has now.
    pub to: &'a str,
}

impl Violation for RemovedMoved<'_> {
    fn message(&self) -> String {
        format!("`{}` has moved to `{}`, so it is not removed", self.key, self.to)
    }

    fn label(&self) -> String {
        "has moved".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(
            "keep the one that happened: the `moved` where the campaign goes on, the `removed` where it ends"
                .to_owned(),
        )
    }
}

/// Checks each `removed`.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.project.removals().next().is_none() {
        return;
    }
    let mut moves = HashMap::new();
    for moved in context.project.moves() {
        moves.entry(&*moved.from.value).or_insert(moved);
    }
    for removed in context.project.removals() {
        let key = &*removed.key.value;
        if let Some(moved) = moves.get(key) {
            let to = &*moved.to.value;
            sink.report(removed.key.place, &RemovedMoved { key, to })
                .label(moved.from.place, "moved here");
        }
    }
}
