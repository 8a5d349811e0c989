//! DF006: a text without its closing quotation mark.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF006",
    name: "unclosed-string",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A text in quotation marks ends on its line; one in `\"\"\"` ends somewhere.",
    why: "Without the closing mark, the settings that follow would become part of the text, and the campaign would call without them.",
    about: |_| false,
    bad: "name \"Spring promo 2026",
    good: "name \"Spring promo 2026\"",
};

/// A text that stays open.
pub struct UnclosedString {
    /// What would close it: `"`, `"#`, `"""`…
    pub close: String,
    /// Whether it may go over several lines.
    pub is_long: bool,
}

impl Violation for UnclosedString {
    fn message(&self) -> String {
        if self.is_long {
            format!("this text is never closed with `{}`", self.close)
        } else {
            format!("this text has no closing `{}` on its line", self.close)
        }
    }

    fn label(&self) -> String {
        format!("`{}` is missing", self.close)
    }

    fn help(&self) -> Option<String> {
        Some(if self.is_long {
            format!("write `{}` on a line of its own behind the text", self.close)
        } else {
            format!(
                "write `{}` where the text ends; a text over several lines stands between `\"\"\"` lines",
                self.close
            )
        })
    }
}
