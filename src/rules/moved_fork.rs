//! DF308: two moves from one key, or to one key.

use super::Context;
use crate::finding::{Rule, Severity, Sink, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF308",
    name: "moved-fork",
    severity: Severity::Error,
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
    fn rule() -> &'static Rule {
        &RULE
    }

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
    let moves: Vec<_> = context.project.moves().collect();
    for (index, moved) in moves.iter().enumerate() {
        let earlier = &moves[..index];
        if let Some(first) = earlier.iter().find(|first| first.from.value == moved.from.value) {
            let violation = MovedFork { key: &moved.from.value, end: "from" };
            sink.report(moved.from.place, &violation).label(first.from.place, "the first");
        } else if let Some(first) = earlier.iter().find(|first| first.to.value == moved.to.value) {
            sink.report(moved.to.place, &MovedFork { key: &moved.to.value, end: "to" }).label(first.to.place, "the first");
        }
    }
}
