//! Mending texts by the fixes of their findings: rounds of edits, each followed by a check, until nothing is left to mend.
//! No fix stays that would leave a finding which was not there before. Nothing here writes files or prints.

mod compare;
mod desk;
mod rounds;
mod search;
mod splice;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::{Applicability, Finding, Rule};
use crate::project::source::FileId;
pub use desk::ProjectDesk;
use search::Search;

/// Texts that stand in for those of files.
pub type Texts = BTreeMap<FileId, Arc<str>>;

/// Where texts are checked. A file keeps its id from check to check.
pub trait Desk {
    /// Every finding, where these texts take the place of the files' own.
    fn check(&mut self, texts: &Texts) -> Vec<Finding>;
    /// The text of a file, as the last check read it.
    fn text(&self, file: FileId) -> Arc<str>;
    /// Whether a finding is among those that a person asked about. All others are left alone.
    fn shows(&self, finding: &Finding) -> bool;
}

/// What became of a project's files.
#[derive(Debug, Default)]
pub struct Mended {
    /// The files that changed, by id.
    pub changes: Vec<Change>,
    /// How many of the findings that were asked about are gone, by file.
    pub fixed: BTreeMap<FileId, usize>,
    /// The fixes that were left out. Their findings are placed in the new texts.
    pub left: Vec<LeftAlone>,
}

/// One file with a new text.
#[derive(Debug)]
pub struct Change {
    /// The file.
    pub file: FileId,
    /// The text it had.
    pub before: Arc<str>,
    /// The text it gets.
    pub after: Arc<str>,
}

/// A fix that was left out.
#[derive(Debug)]
pub struct LeftAlone {
    /// The finding that stays.
    pub finding: Finding,
    /// Why.
    pub why: Why,
}

/// Why a fix was left out.
#[derive(Clone, Debug)]
pub enum Why {
    /// Without the mistake, something else would be found.
    Brings {
        /// The rule that would be broken.
        rule: &'static Rule,
        /// What it would say.
        message: String,
    },
    /// One fix would undo what another did, over and over.
    Cycle,
    /// There was always one more fix to make.
    Endless,
    /// So much would have to be tried that it was not.
    Untried,
}

/// Whether a finding has a fix that may be made where fixes up to `most` are wanted.
pub fn is_fixable(finding: &Finding, most: Applicability) -> bool {
    let fix = finding.fix.as_ref();
    fix.is_some_and(|fix| most == Applicability::Unsafe || fix.applicability == Applicability::Safe)
}

/// Passes over what was left out, each on top of what the last one mended: a second run would do no more.
const MOST_PASSES: usize = 10;

/// Mends what can be mended: the safe fixes, or all.
pub fn mend(desk: &mut impl Desk, most: Applicability) -> Mended {
    let mut search = Search::new(desk, most);
    let mut fixed = BTreeMap::new();
    let mut left = Vec::new();
    for _ in 0..MOST_PASSES {
        let pass = search.pass();
        for (file, count) in pass.fixed {
            *fixed.entry(file).or_default() += count;
        }
        left = pass.left;
        if !pass.is_changed || left.is_empty() {
            break;
        }
    }
    Mended {
        changes: search.into_changes(),
        fixed,
        left,
    }
}
