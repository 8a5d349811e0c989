//! DF007: a `/*` without its `*/`.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF007",
    name: "unclosed-comment",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "Every `/*` has its `*/`; comments of this kind nest.",
    why: "Everything behind it would be a comment: the settings there, call windows and limits among them, would silently not count.",
    about: |_| false,
    bad: "/* until the end of May\nname \"Spring promo\"",
    good: "/* until the end of May */\nname \"Spring promo\"",
};

/// A comment that stays open.
pub struct UnclosedComment;

impl Violation for UnclosedComment {
    fn message(&self) -> String {
        "this comment is never closed".to_owned()
    }

    fn label(&self) -> String {
        "`*/` is missing for this `/*`".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(
            "close it with `*/` (each `/*` inside needs a `*/` of its own), or write `// …` for a comment of one line"
                .to_owned(),
        )
    }
}
