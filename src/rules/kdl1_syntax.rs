//! DF011: what only KDL 1 had.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF011",
    name: "kdl1-syntax",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "Files are KDL 2: raw texts are `#\"…\"#`, without an `r`.",
    why: "KDL 1 and KDL 2 read some texts differently, so the old forms are not guessed at.",
    about: |_| false,
    bad: "comment r\"C:\\lists\\may\"",
    good: "comment #\"C:\\lists\\may\"#",
};

/// A form of KDL 1.
pub enum Kdl1Syntax {
    /// `r"…"` or `r#"…"#`.
    RawString,
    /// `/- kdl-version 1`.
    Version,
}

impl Violation for Kdl1Syntax {
    fn message(&self) -> String {
        match self {
            Self::RawString => "`r\"…\"` is KDL 1".to_owned(),
            Self::Version => "this file says that it is KDL 1, and campaigns are KDL 2".to_owned(),
        }
    }

    fn label(&self) -> String {
        match self {
            Self::RawString => "write `#\"…\"#`".to_owned(),
            Self::Version => "write `2`".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::RawString => "in KDL 2 a text taken as it stands has `#` on both sides and no `r`".to_owned(),
            Self::Version => "`/- kdl-version 2`, or no such line at all; `true`, `false`, `null` are `#true`, `#false`, `#null` in KDL 2".to_owned(),
        })
    }
}
