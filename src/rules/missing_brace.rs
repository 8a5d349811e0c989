//! DF005: indented settings without the `{` before them.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF005",
    name: "missing-brace",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A block begins with a `{` on the line of its node.",
    why: "Indentation alone means nothing in KDL: without the `{` the settings would not belong to their campaign.",
    about: |_| false,
    bad: "campaign \"a\"\n    name \"A\"\n    record #false\n}",
    good: "campaign \"a\" {\n    name \"A\"\n    record #false\n}",
};

/// A node whose block has no opening brace.
pub struct MissingBrace {
    /// The name of the node; empty where it is not known.
    pub node: String,
}

impl Violation for MissingBrace {
    fn message(&self) -> String {
        if self.node.is_empty() {
            "the lines below are indented, but no `{` opens their block".to_owned()
        } else {
            format!(
                "the lines below are indented, but no `{{` opens the block of `{}`",
                self.node
            )
        }
    }

    fn label(&self) -> String {
        "`{` is missing here".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("write `{` at the end of this line, and `}` on a line of its own behind the block".to_owned())
    }
}

/// A `{` that stands below its node.
pub struct BraceBelow {
    /// The name of the node; empty where it is not known.
    pub node: String,
}

impl Violation for BraceBelow {
    fn message(&self) -> String {
        match self.node.as_str() {
            "" => "this `{` stands below the line of its node".to_owned(),
            node => format!("this `{{` stands below the line of `{node}`"),
        }
    }

    fn label(&self) -> String {
        "move `{` up".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(
            "write `{` at the end of the line above: in KDL a line end ends the node, and its block would be lost"
                .to_owned(),
        )
    }
}
