//! DF019: `/-` with nothing to switch off.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF019",
    name: "empty-slashdash",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "`/-` switches off the setting, value or block right behind it.",
    why: "It may have been meant for something that then stays in force: calls are recorded, say, though somebody meant to switch that off.",
    about: |_| false,
    bad: "record #false /-",
    good: "/-record #false",
};

/// A `/-` with nothing behind it.
pub struct EmptySlashdash;

impl Violation for EmptySlashdash {
    fn message(&self) -> String {
        "`/-` switches off what stands behind it, and nothing does".to_owned()
    }

    fn label(&self) -> String {
        "nothing follows".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("remove it, or put it right in front of what is to be switched off".to_owned())
    }
}
