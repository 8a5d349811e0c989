//! DF018: something behind the `}` of a block.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF018",
    name: "after-block",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A `}` ends its setting: the next one begins on a new line, and values stand in front of the block.",
    why: "Values behind a block belong to nothing: here the campaign would lose its template, and with it the hours and limits of its calls.",
    about: |_| false,
    bad: "campaign \"a\" {\n    record #false\n} template=\"weekday\"",
    good: "campaign \"a\" template=\"weekday\" {\n    record #false\n}",
};

/// Something on the line of a closing brace.
pub enum AfterBlock {
    /// Another setting.
    Setting,
    /// A value of the same setting.
    Value,
    /// A second block.
    Block,
}

impl Violation for AfterBlock {
    fn message(&self) -> String {
        match self {
            Self::Setting => "a new setting begins on a new line, not behind `}`".to_owned(),
            Self::Value => "values stand in front of the block, not behind it".to_owned(),
            Self::Block => "a setting has one block only".to_owned(),
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Setting => "begin a new line here".to_owned(),
            Self::Value => "move this in front of the `{`".to_owned(),
            Self::Block => "a second block".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Setting => Some("a `;` behind the `}` serves as well".to_owned()),
            Self::Value => None,
            Self::Block => Some("move its lines into the first block".to_owned()),
        }
    }
}
