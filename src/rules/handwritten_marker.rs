//! DF122: a marker written by hand.

use crate::fields::Kind;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF122",
    name: "handwritten-marker",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A text like `[dialform key 7K3M9Q2XVT4B]` in a comment.",
    why: "dialform adds such a line to each task and finds the task again by it; a second one could make it adopt a task that is not its own.",
    about: |field| matches!(field.kind, Kind::Comment),
    bad: r#"comment "[dialform spring 7K3M9Q2XVT4B]""#,
    good: r#"comment "First wave""#,
};

/// A marker in the source.
pub struct HandwrittenMarker;

impl Violation for HandwrittenMarker {
    fn message(&self) -> String {
        "this looks like the marker by which dialform finds its tasks".to_owned()
    }

    fn label(&self) -> String {
        "remove it".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("dialform adds the marker by itself when it creates the task".to_owned())
    }
}
