//! DF052: an address without quotation marks.

use crate::fields::Kind;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF052",
    name: "url-cut-by-comment",
    group: RuleGroup::DubiousKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "Addresses stand in quotation marks.",
    why: "`//` begins a comment: the webhook would be `https:` and the rest of the line would not count.",
    about: |field| matches!(field.kind, Kind::Url),
    bad: "webhook https://example.com/hooks/twin",
    good: "webhook \"https://example.com/hooks/twin\"",
};

/// An address whose larger part is a comment.
pub struct UrlCutByComment {
    /// The whole address.
    pub url: String,
}

impl Violation for UrlCutByComment {
    fn message(&self) -> String {
        format!(
            "`//` begins a comment, which cuts the address off behind `{}`",
            self.url.split("//").next().unwrap_or_default()
        )
    }

    fn label(&self) -> String {
        "put the address in quotation marks".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!("write `\"{}\"`", self.url))
    }
}
