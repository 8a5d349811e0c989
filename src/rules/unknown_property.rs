//! DF104: a property that the setting does not have.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF104",
    name: "unknown-property",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A `name=` that this setting does not have.",
    why: "What was meant is not sent: the campaign calls as if it had never been written.",
    about: |_| false,
    bad: r#"record #true trim-lef="0s""#,
    good: r#"record #true trim-left="0s""#,
};

/// An unknown property.
pub struct UnknownProperty<'a> {
    /// The node.
    pub setting: &'a str,
    /// The property.
    pub name: &'a str,
    /// What was meant.
    pub suggestion: Option<&'a str>,
    /// What the node takes.
    pub known: &'a [&'a str],
    /// What it takes in the extended dialect only.
    pub extended: &'a [&'a str],
}

impl Violation for UnknownProperty<'_> {
    fn message(&self) -> String {
        format!("`{}` has no `{}=`", self.setting, self.name)
    }

    fn label(&self) -> String {
        self.suggestion.map_or_else(
            || "not a property of this setting".to_owned(),
            |name| format!("did you mean `{name}=`?"),
        )
    }

    fn help(&self) -> Option<String> {
        match (self.suggestion, self.known) {
            (Some(_), _) => None,
            (None, []) if self.extended.is_empty() => Some(format!("`{}` takes no properties", self.setting)),
            (None, known) => {
                let list = |names: &[&str]| {
                    names
                        .iter()
                        .map(|name| format!("{name}="))
                        .collect::<Vec<_>>()
                        .join(", ")
                };
                let own = match known {
                    [] => "no properties".to_owned(),
                    known => list(known),
                };
                let more = match self.extended {
                    [] => String::new(),
                    extended => format!("; in the extended dialect also: {}", list(extended)),
                };
                Some(format!("`{}` takes: {own}{more}", self.setting))
            }
        }
    }
}
