//! DF102: a name of the language in the wrong place.

use crate::finding::{Rule, Severity, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF102",
    name: "misplaced-setting",
    severity: Severity::Error,
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
    fn rule() -> &'static Rule {
        &RULE
    }

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
