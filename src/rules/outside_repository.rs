//! DF126: a file pattern or a symbolic link that leads out of the repository.

use std::path::Path;

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};
use crate::util::boundary::Extent;

pub(crate) static RULE: Rule = Rule {
    code: "DF126",
    name: "outside-repository",
    group: RuleGroup::Values,
    phase: Phase::Reading,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A `campaigns` pattern or a symbolic link that leads out of the repository.",
    why: "A stranger's pull request could have files of this machine read, shown or rewritten. What lies outside of the \
          folder with `.git`, or without one outside of the project's folder, is neither read nor written.",
    about: |_| false,
    bad: "",
    good: "",
};

/// A pattern that leads out.
pub struct PatternOutside<'a> {
    /// The pattern.
    pub written: &'a str,
    /// What it leads out of.
    pub extent: Extent,
}

impl Violation for PatternOutside<'_> {
    fn message(&self) -> String {
        format!(
            "`{}` leads out of {}, so it finds no files",
            self.written,
            self.extent.words()
        )
    }

    fn label(&self) -> String {
        "leads out".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("move the files into it, and name them from the project's folder, as in \"campaigns/**/*.kdl\"".to_owned())
    }
}

/// A link that leads out.
pub struct LinkOutside<'a> {
    /// Where it leads.
    pub target: &'a Path,
    /// What it leads out of.
    pub extent: Extent,
}

impl Violation for LinkOutside<'_> {
    fn message(&self) -> String {
        format!(
            "is a symbolic link that leads out of {}, to {}, so it is not followed",
            self.extent.words(),
            self.target.display()
        )
    }

    fn label(&self) -> String {
        "not read".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("put a copy of what it leads to in its place; everything else was checked".to_owned())
    }
}
