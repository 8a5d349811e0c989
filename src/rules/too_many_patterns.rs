//! DF095: more file patterns than a project needs.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};
use crate::project::discovery::MAX_PATTERNS;

pub(crate) static RULE: Rule = Rule {
    code: "DF095",
    name: "too-many-patterns",
    group: RuleGroup::Limits,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A project has at most 200 `campaigns` patterns.",
    why: "Every file below the project's folder is held against each pattern, and no file is found by those that are not read.",
    about: |_| false,
    bad: "",
    good: "",
};

/// A pattern behind the last one that is read.
pub struct TooManyPatterns;

impl Violation for TooManyPatterns {
    fn message(&self) -> String {
        format!("the project has more than {MAX_PATTERNS} `campaigns` patterns")
    }

    fn label(&self) -> String {
        "not read".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("one pattern can name many files: campaigns \"campaigns/**/*.kdl\"".to_owned())
    }
}
