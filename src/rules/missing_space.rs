//! DF017: two values without a blank between them.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF017",
    name: "missing-space",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "Values are separated by blanks; a quotation mark inside a text is written `\\\"`.",
    why: "Where one text ends and the next begins could only be guessed.",
    about: |_| false,
    bad: "name \"Campaign \"Spring\" 2026\"",
    good: "name \"Campaign \\\"Spring\\\" 2026\"",
};

/// Two values that touch.
pub struct MissingSpace {
    /// Whether there is a quotation mark at the place, which may be meant as part of a text.
    pub at_quote: bool,
}

impl Violation for MissingSpace {
    fn message(&self) -> String {
        if self.at_quote {
            "the text ends at a quotation mark, and something follows without a blank".to_owned()
        } else {
            "a blank is missing between two values".to_owned()
        }
    }

    fn label(&self) -> String {
        if self.at_quote {
            "not part of a text any more".to_owned()
        } else {
            "a blank is missing in front of this".to_owned()
        }
    }

    fn help(&self) -> Option<String> {
        Some(if self.at_quote {
            "write `\\\"` for a quotation mark inside a text, and see that each text has both of its own".to_owned()
        } else {
            "put a blank in between, or quotation marks around the whole".to_owned()
        })
    }
}
