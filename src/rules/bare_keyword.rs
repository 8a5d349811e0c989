//! DF010: `true` where KDL says `#true`.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF010",
    name: "bare-keyword",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "`true`, `false` and `null` are written with a `#` in front.",
    why: "KDL keeps the bare words back, so that nobody takes a text for a switch: a `false` that is read as a text is something that stands there, and calls could be recorded that must not be.",
    about: |field| field.is_switch(),
    bad: "record true trim-left=\"0s\"",
    good: "record #true trim-left=\"0s\"",
};

/// A keyword without its sign.
pub struct BareKeyword {
    /// The keyword as KDL writes it: `#true`.
    pub right: &'static str,
}

impl Violation for BareKeyword {
    fn message(&self) -> String {
        format!("`{}` is written `{}`", self.right.trim_start_matches('#'), self.right)
    }

    fn label(&self) -> String {
        format!("write `{}`", self.right)
    }

    fn help(&self) -> Option<String> {
        None
    }
}
