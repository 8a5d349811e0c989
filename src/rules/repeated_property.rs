//! DF053: the same property twice on one node.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF053",
    name: "repeated-property",
    group: RuleGroup::DubiousKdl,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A property that stands twice on the same node.",
    why: "The last one wins in silence: here people would be called until 21:00, by a file that also says 19:50.",
    about: |_| false,
    bad: r#"call-window from="09:10" to="19:50" to="21:00""#,
    good: r#"call-window from="09:10" to="21:00""#,
};

/// A property given twice.
pub struct RepeatedProperty<'a> {
    /// The property.
    pub name: &'a str,
}

impl Violation for RepeatedProperty<'_> {
    fn message(&self) -> String {
        format!("`{}=` stands twice here", self.name)
    }

    fn label(&self) -> String {
        "this one would win in silence".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("keep the one that is meant".to_owned())
    }
}
