//! Applies the fixes of findings to texts: rounds of edits, each followed by a check, until nothing is left to fix. A fix that
//! would leave a new finding is skipped. Nothing here writes files or prints.

mod comments;
mod compare;
mod rounds;
mod search;
mod session;
mod splice;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::{Applicability, Finding, Rule};
use crate::project::source::FileId;
use search::Search;
pub use session::ProjectSession;

/// Texts that replace those of files.
pub type FileTexts = BTreeMap<FileId, Arc<str>>;

/// What checks texts. A file keeps its id from check to check.
pub trait FixSession {
    /// Every finding with these texts in place of the files' own.
    fn check(&mut self, texts: &FileTexts) -> Vec<Finding>;
    /// The text of a file, as the last check read it.
    fn text(&self, file: FileId) -> Arc<str>;
    /// Whether a finding is shown. Only those are fixed.
    fn shows(&self, finding: &Finding) -> bool;
}

/// What the fixes did to a project's files.
#[derive(Debug, Default)]
pub struct FixOutcome {
    /// The files that changed, by id.
    pub changes: Vec<TextChange>,
    /// How many of the shown findings are gone, by file.
    pub fixed: BTreeMap<FileId, usize>,
    /// The fixes that were skipped. The places of their findings are in the new texts.
    pub skipped: Vec<SkippedFix>,
}

/// One file with a new text.
#[derive(Debug)]
pub struct TextChange {
    /// The file.
    pub file: FileId,
    /// The text it had.
    pub before: Arc<str>,
    /// The text it gets.
    pub after: Arc<str>,
}

/// A fix that was skipped.
#[derive(Debug)]
pub struct SkippedFix {
    /// The finding that stays.
    pub finding: Finding,
    /// The reason.
    pub why: SkipReason,
}

/// Why a fix was skipped.
#[derive(Clone, Debug)]
pub enum SkipReason {
    /// It would leave a new finding.
    Brings {
        /// The rule of that finding.
        rule: &'static Rule,
        /// Its message.
        message: String,
    },
    /// A comment would cover another setting, or be removed.
    Comment,
    /// It and another fix undo each other.
    Cycle,
    /// Each fix leads to another one.
    Endless,
    /// Too many checks would be needed to try it.
    Untried,
}

/// Whether a finding has a fix that `most` allows.
pub fn is_fixable(finding: &Finding, most: Applicability) -> bool {
    let fix = finding.fix.as_ref();
    fix.is_some_and(|fix| most == Applicability::Unsafe || fix.applicability == Applicability::Safe)
}

/// Each pass tries the skipped fixes again on top of what the last one fixed, so that a second run finds nothing to do.
const MOST_PASSES: usize = 10;

/// Applies the safe fixes, or all of them.
pub fn fix_all(session: &mut impl FixSession, most: Applicability) -> FixOutcome {
    let mut search = Search::new(session, most);
    let mut fixed = BTreeMap::new();
    let mut skipped = Vec::new();
    for _ in 0..MOST_PASSES {
        let pass = search.pass();
        for (file, count) in pass.fixed {
            *fixed.entry(file).or_default() += count;
        }
        skipped = pass.skipped;
        if !pass.is_changed || skipped.is_empty() {
            break;
        }
    }
    FixOutcome {
        changes: search.into_changes(),
        fixed,
        skipped,
    }
}
