//! DF054: a `(type)` in front of a value or name.

use crate::finding::{Rule, Severity, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF054",
    name: "type-annotation",
    severity: Severity::Error,
    summary: "A KDL type annotation. Nothing in this language uses them.",
    why: "It looks as if it changed the value, but it is ignored: `(minutes)\"12s\"` still is twelve seconds.",
    about: |_| false,
    bad: r#"effective-after (seconds)"12s""#,
    good: r#"effective-after "12s""#,
};

/// An annotation.
pub struct TypeAnnotation<'a> {
    /// What stands between the brackets.
    pub text: &'a str,
}

impl Violation for TypeAnnotation<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("the type annotation `({})` means nothing here", self.text)
    }

    fn label(&self) -> String {
        "remove it".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("units are written in the value itself: \"12s\", \"20m\"".to_owned())
    }
}
