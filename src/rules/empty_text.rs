//! DF121: an empty text.

use crate::fields::Kind;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF121",
    name: "empty-text",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A text with nothing in it.",
    why: "A task without a name cannot be told from others in the vendor's reports.",
    about: |field| matches!(field.kind, Kind::Text | Kind::Comment),
    bad: r#"name """#,
    good: r#"name "Spring promo""#,
};

/// Nothing between the quotes.
pub struct EmptyText<'a> {
    /// The field.
    pub path: &'a str,
}

impl Violation for EmptyText<'_> {
    fn message(&self) -> String {
        format!("`{}` is empty", self.path)
    }

    fn label(&self) -> String {
        "write something, or leave the setting out".to_owned()
    }

    fn help(&self) -> Option<String> {
        None
    }
}
