//! DF091: more in one file than anybody writes.

use crate::finding::{Rule, Severity, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF091",
    name: "too-many-tokens",
    severity: Severity::Error,
    summary: "A file holds at most a million settings, values and comments.",
    why: "A campaign takes fifty; a file like this was made by a broken tool, and is not read further.",
    bad: "",
    good: "",
};

/// One setting, value, comment or mistake too many.
pub struct TooManyTokens {
    /// The limit.
    pub limit: usize,
}

impl Violation for TooManyTokens {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("the file holds more than {} settings, values and comments", self.limit)
    }

    fn label(&self) -> String {
        "not read from here on".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("split the file: a project reads every file that its `campaigns` patterns name".to_owned())
    }
}
