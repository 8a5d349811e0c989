//! DF015: `name = value` for a setting.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF015",
    name: "equals-sign",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A setting takes its value behind a blank; `=` only stands in `from=\"09:10\"`, inside a setting.",
    why: "KDL has no `name = value`: the line cannot be read, and what it sets would not be sent.",
    about: |_| false,
    bad: "name = \"Spring promo\"",
    good: "name \"Spring promo\"",
};

/// An equals sign behind the name of a setting.
pub struct EqualsSign {
    /// The setting; empty where there is none before the sign.
    pub setting: String,
}

impl Violation for EqualsSign {
    fn message(&self) -> String {
        if self.setting.is_empty() {
            "a setting cannot begin with `=`".to_owned()
        } else {
            format!("no `=` between `{}` and its value", self.setting)
        }
    }

    fn label(&self) -> String {
        "remove this `=`".to_owned()
    }

    fn help(&self) -> Option<String> {
        (!self.setting.is_empty()).then(|| format!("write `{} …`, with a blank", self.setting))
    }
}
