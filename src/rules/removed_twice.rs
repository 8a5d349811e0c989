//! DF316: two `removed` of one key.

use std::collections::HashMap;

use super::Context;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF316",
    name: "removed-twice",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "Two `removed` nodes of the same key.",
    why: "One may stop the task and the other let it go, and only one of the two can happen.",
    about: |_| false,
    bad: r#"removed "a" task="halt"
removed "a" task="keep"
campaign "b" {}"#,
    good: r#"removed "a" task="halt"
campaign "b" {}"#,
};

/// A key that is removed twice.
pub struct RemovedTwice<'a> {
    /// The key.
    pub key: &'a str,
}

impl Violation for RemovedTwice<'_> {
    fn message(&self) -> String {
        format!("`{}` is removed twice", self.key)
    }

    fn label(&self) -> String {
        "the second".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("keep the one whose `task=` says what is to become of the task".to_owned())
    }
}

/// Reports the later of two.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut first = HashMap::new();
    for removed in context.project.removals() {
        let key = &*removed.key.value;
        let held = *first.entry(key).or_insert(removed);
        if !std::ptr::eq(held, removed) {
            sink.report(removed.key.place, &RemovedTwice { key })
                .label(held.key.place, "the first");
        }
    }
}
