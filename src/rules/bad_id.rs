//! DF115: an id that is no UUID.

use crate::finding::{Rule, Severity, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF115",
    name: "bad-id",
    severity: Severity::Error,
    summary: "Something like a UUID that is none.",
    why: "The API knows everything by its UUID; a slip in one is another scenario or none.",
    bad: r#"scenario "228cc4fa-92f2-4709-94e3-7344a96a590""#,
    good: r#"scenario "228cc4fa-92f2-4709-94e3-7344a96a5903""#,
};

/// A text that is no UUID.
pub struct InvalidId<'a> {
    /// The field.
    pub path: &'a str,
    /// The text.
    pub written: &'a str,
}

impl Violation for InvalidId<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("`{}` is not a UUID", self.written)
    }

    fn label(&self) -> String {
        {
            let digits = self.written.chars().filter(char::is_ascii_hexdigit).count();
            if digits == 32 { "its dashes are misplaced".to_owned() } else { format!("has {digits} hexadecimal digits, a UUID has 32") }
        }
    }

    fn help(&self) -> Option<String> {
        Some(format!("`{}` takes a UUID like \"228cc4fa-92f2-4709-94e3-7344a96a5903\", or the name of an alias", self.path))
    }
}
