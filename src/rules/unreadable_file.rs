//! DF092: a file or folder that cannot be read.

use super::outside_repository::LinkOutside;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::project::source::Place;
use crate::util::boundary::PathError;

pub(crate) static RULE: Rule = Rule {
    code: "DF092",
    name: "unreadable-file",
    group: RuleGroup::Limits,
    phase: Phase::Reading,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A file or folder of the project that cannot be read.",
    why: "What stands in it is not checked, and names that it declares seem to be missing.",
    about: |_| false,
    bad: "",
    good: "",
};

/// Something that cannot be read.
pub struct UnreadableFile<'a> {
    /// Why.
    pub why: &'a PathError,
}

/// Reports what cannot be read, or may not be.
pub fn report(place: Place, why: &PathError, sink: &mut Sink) {
    match why {
        PathError::System(_) | PathError::NotAFile(_) | PathError::TooDeep { .. } => {
            sink.report(place, &UnreadableFile { why });
        }
        PathError::Outside { target, extent } => {
            let (target, extent) = (target.as_path(), *extent);
            sink.report(place, &LinkOutside { target, extent });
        }
    }
}

impl Violation for UnreadableFile<'_> {
    fn message(&self) -> String {
        format!("cannot be read: {}", self.why)
    }

    fn label(&self) -> String {
        "not read".to_owned()
    }

    fn help(&self) -> Option<String> {
        let what = match self.why {
            PathError::NotAFile(_) => "put a regular file in its place, or take it away",
            PathError::TooDeep { .. } => "move it up, or name it on the command line",
            PathError::System(_) | PathError::Outside { .. } => "check its permissions",
        };
        Some(format!("{what}; everything else was checked"))
    }
}
