//! DF308: two moves from one key, or to one key.

use std::collections::HashMap;

use super::Context;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF308",
    name: "moved-fork",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "Two `moved` nodes with the same `from`, or the same `to`.",
    why: "One task cannot become two campaigns, nor two tasks one: a task that nobody looks after goes on calling.",
    about: |_| false,
    bad: r#"moved from="a" to="b"
moved from="a" to="c"
campaign "b" {}
campaign "c" {}"#,
    good: r#"moved from="a" to="b"
campaign "b" {}
campaign "c" {}"#,
};

/// Moves that fork.
pub struct MovedFork<'a> {
    /// The key they share.
    pub key: &'a str,
    /// `from` or `to`.
    pub end: &'a str,
}

impl Violation for MovedFork<'_> {
    fn message(&self) -> String {
        format!("two moves have {}=\"{}\"", self.end, self.key)
    }

    fn label(&self) -> String {
        "the second".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("keep the one that happened".to_owned())
    }
}

/// Reports the later of two.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let (mut from, mut to) = (HashMap::new(), HashMap::new());
    for moved in context.project.moves() {
        let first_from = *from.entry(&*moved.from.value).or_insert(moved);
        let first_to = *to.entry(&*moved.to.value).or_insert(moved);
        if !std::ptr::eq(first_from, moved) {
            let violation = MovedFork {
                key: &moved.from.value,
                end: "from",
            };
            sink.report(moved.from.place, &violation)
                .label(first_from.from.place, "the first");
        } else if !std::ptr::eq(first_to, moved) {
            let violation = MovedFork {
                key: &moved.to.value,
                end: "to",
            };
            sink.report(moved.to.place, &violation)
                .label(first_to.to.place, "the first");
        }
    }
}
