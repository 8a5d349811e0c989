//! DF307: a `moved` to a key that is not declared.

use super::Context;
use crate::finding::{Rule, Severity, Sink, Violation};
use crate::names::closest;

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF307",
    name: "moved-to-undeclared",
    severity: Severity::Error,
    summary: "A `moved` whose `to` is no campaign of the project.",
    why: "The task in state would belong to no campaign, and be left alone.",
    bad: r#"moved from="a" to="c"
campaign "b" {}"#,
    good: r#"moved from="a" to="b"
campaign "b" {}"#,
};

/// A move to a key that is not there.
pub struct MovedToUndeclared<'a> {
    /// The key.
    pub key: &'a str,
    /// What was meant.
    pub suggestion: Option<&'a str>,
}

impl Violation for MovedToUndeclared<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("no campaign has the key `{}`", self.key)
    }

    fn label(&self) -> String {
        self.suggestion.map_or_else(|| "not declared".to_owned(), |name| format!("did you mean \"{name}\"?"))
    }

    fn help(&self) -> Option<String> {
        None
    }
}

/// Checks each `moved`; a key that moves on is as good as declared.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.project.incomplete {
        return;
    }
    for moved in context.project.moves() {
        let keys: Vec<&str> =
            context.project.campaigns().filter_map(|campaign| campaign.name.as_ref()).map(|name| &*name.value).collect();
        let moves_on = context.project.moves().any(|other| other.from.value == moved.to.value && other.to.value != moved.from.value);
        if !keys.contains(&&*moved.to.value) && !moves_on {
            let suggestion = closest(&moved.to.value, keys);
            sink.report(moved.to.place, &MovedToUndeclared { key: &moved.to.value, suggestion });
        }
    }
}
