//! DF091: more in one file than anybody writes.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF091",
    name: "too-many-tokens",
    group: RuleGroup::Limits,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A file holds at most a million settings, values and comments, and at most 10,000 mistakes.",
    why: "A campaign takes fifty; a file like this was made by a broken tool, and is not read further.",
    about: |_| false,
    bad: "",
    good: "",
};

/// One too many, and the limit.
pub enum TooManyTokens {
    /// Settings, values, comments and mistakes together.
    Pieces(usize),
    /// Mistakes in the text.
    Mistakes(usize),
}

impl Violation for TooManyTokens {
    fn message(&self) -> String {
        match self {
            Self::Pieces(limit) => format!("the file holds more than {limit} settings, values and comments"),
            Self::Mistakes(limit) => format!("the file has more than {limit} mistakes"),
        }
    }

    fn label(&self) -> String {
        "not read from here on".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Pieces(_) => {
                "split the file: a project reads every file that its `campaigns` patterns name".to_owned()
            }
            Self::Mistakes(_) => {
                "it is hardly a campaign file: fix the first mistakes, or keep it out of the `campaigns` patterns"
                    .to_owned()
            }
        })
    }
}
