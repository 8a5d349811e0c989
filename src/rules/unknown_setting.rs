//! DF101: a name that the language does not have.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF101",
    name: "unknown-setting",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "A node whose name the language does not have at this place.",
    why: "The setting that was meant is not sent, and the platform does without it: a misspelt `call-window` lets it call at night.",
    about: |_| false,
    bad: r#"effective-afterr "12s""#,
    good: r#"effective-after "12s""#,
};

/// An unknown name.
pub struct UnknownSetting<'a> {
    /// The name.
    pub name: &'a str,
    /// The node around it, for people.
    pub owner: &'a str,
    /// The name that was meant.
    pub suggestion: Option<&'a str>,
    /// The names that are known there.
    pub known: &'a [&'a str],
    /// Those of the extended dialect only.
    pub extended: &'a [&'a str],
}

impl Violation for UnknownSetting<'_> {
    fn message(&self) -> String {
        format!("{} has no `{}`", self.owner, self.name)
    }

    fn label(&self) -> String {
        self.suggestion.map_or_else(
            || "not a name of the language".to_owned(),
            |name| format!("did you mean `{name}`?"),
        )
    }

    fn help(&self) -> Option<String> {
        if self.suggestion.is_some() {
            return None;
        }
        let known = match self.known {
            [] => "nothing is known here".to_owned(),
            known => format!("known here: {}", known.join(", ")),
        };
        Some(match self.extended {
            [] => known,
            extended => format!("{known}; in the extended dialect also: {}", extended.join(", ")),
        })
    }
}
