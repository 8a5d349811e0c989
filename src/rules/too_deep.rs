//! DF090: blocks nested beyond all need.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF090",
    name: "too-deep",
    group: RuleGroup::Limits,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "Blocks are nested at most 128 deep.",
    why: "No campaign needs more than four; a file like this was made by a broken tool, and is not read further.",
    about: |_| false,
    bad: "/-a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{\
          a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{\
          a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{",
    good: "redial {\n    busy after=\"20m\" times=3\n}",
};

/// One block too many inside another.
pub struct TooDeep {
    /// The limit.
    pub limit: usize,
}

impl Violation for TooDeep {
    fn message(&self) -> String {
        format!("blocks are nested more than {} deep", self.limit)
    }

    fn label(&self) -> String {
        "the first block that is too deep".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("the rest of the file is not read; a campaign needs four levels at most".to_owned())
    }
}
