//! DF003: a `{` without its `}`.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF003",
    name: "unclosed-block",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "Every `{` has its `}`.",
    why: "Without it, nobody can tell which settings belong to which campaign: one could call with the scenario or in the hours of another.",
    about: |_| false,
    bad: "campaign \"a\" {\n    call-window from=\"09:10\" to=\"19:50\"\n    redial {\n        busy after=\"20m\" times=3\n}",
    good: "campaign \"a\" {\n    call-window from=\"09:10\" to=\"19:50\"\n    redial {\n        busy after=\"20m\" times=3\n    }\n}",
};

/// A block that stays open.
pub struct UnclosedBlock {
    /// The name of the node that the block belongs to; empty where it is not known.
    pub node: String,
}

impl Violation for UnclosedBlock {
    fn message(&self) -> String {
        if self.node.is_empty() {
            "a block is never closed".to_owned()
        } else {
            format!("the block of `{}` is never closed", self.node)
        }
    }

    fn label(&self) -> String {
        "`}` is missing here".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("write the `}` on a line of its own, as deep as the line that opens the block".to_owned())
    }
}
