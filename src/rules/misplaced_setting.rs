//! DF102: a name of the language in the wrong place.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF102",
    name: "misplaced-setting",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A name that the language has, but not at this place.",
    why: "It is not read here, so the campaign would be made without it.",
    about: |_| false,
    bad: r#"busy after="20m" times=3"#,
    good: r#"redial {
    busy after="20m" times=3
}"#,
};

/// A known name elsewhere.
pub struct MisplacedSetting<'a> {
    /// The name.
    pub name: &'a str,
    /// Where it belongs, for people.
    pub belongs: &'a str,
}

impl Violation for MisplacedSetting<'_> {
    fn message(&self) -> String {
        format!("`{}` does not belong here", self.name)
    }

    fn label(&self) -> String {
        format!("belongs {}", self.belongs)
    }

    fn help(&self) -> Option<String> {
        let to = match self.belongs.strip_prefix("at ") {
            Some(place) => format!("to {place}"),
            None => self.belongs.replacen("in ", "into ", 1),
        };
        Some(format!("move it {to}"))
    }
}
