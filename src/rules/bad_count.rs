//! DF116: a number that is no positive whole number.

use crate::fields::Kind;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF116",
    name: "bad-count",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A count that is zero, negative, a fraction or a text.",
    why: "The API takes positive whole numbers here; nobody can tell how often people would be called with anything else.",
    about: |field| matches!(field.kind, Kind::Count | Kind::Limit),
    bad: r#"redial {
    busy after="20m" times=0
}"#,
    good: r#"redial {
    busy after="20m" times=3
}"#,
};

/// A number that is no count.
pub struct InvalidCount<'a> {
    /// The field.
    pub path: &'a str,
    /// The number as written.
    pub written: &'a str,
}

impl Violation for InvalidCount<'_> {
    fn message(&self) -> String {
        if self.is_too_large() {
            return format!("`{}` takes at most {}, not {}", self.path, i32::MAX, self.written);
        }
        format!("`{}` takes a positive whole number, not {}", self.path, self.written)
    }

    fn label(&self) -> String {
        if self.is_too_large() {
            "too large for the API"
        } else {
            "1 or more"
        }
        .to_owned()
    }

    fn help(&self) -> Option<String> {
        if self.written.trim_start_matches('-').trim_start_matches('0').is_empty() && self.path.ends_with(".times") {
            let setting = self.path.trim_end_matches(".times").trim_start_matches("redial.");
            return Some(format!("for no redial write `{setting} #false`"));
        }
        None
    }
}

impl InvalidCount<'_> {
    fn is_too_large(&self) -> bool {
        let digits = self.written.trim_start_matches('+').replace('_', "");
        digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.trim_start_matches('0').len() >= 10
    }
}
