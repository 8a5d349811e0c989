//! The rounds: apply all fixes that do not overlap, check, and so on, until no fixes are left.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::comments::moved_comments;
use super::splice::{self, Edits};
use super::{FileTexts, FixSession, is_fixable};
use crate::finding::{Applicability, Finding, Fix, RuleGroup};
use crate::project::source::{FileId, Span};

/// No text needs that many.
const MOST_ROUNDS: usize = 100;

/// How the rounds ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RoundsEnd {
    /// Nothing is left to fix.
    Stable,
    /// The texts are the same as in an earlier round.
    Cycle,
    /// There were too many rounds.
    Endless,
}

/// The result of the rounds.
#[derive(Clone, Debug)]
pub(super) struct RoundsOutcome {
    pub(super) texts: FileTexts,
    /// The original texts of the files that were changed here for the first time.
    pub(super) touched: FileTexts,
    pub(super) findings: Vec<Finding>,
    pub(super) end: RoundsEnd,
    /// Those whose fixes would have moved a comment to another setting, or removed one.
    pub(super) kept_apart: Vec<Finding>,
    /// How many checks were made.
    pub(super) checks: usize,
}

/// Where the rounds begin.
#[derive(Clone, Debug, Default)]
pub(super) struct RoundsStart {
    /// The texts of every file with a fix and of every file that was changed before.
    pub(super) texts: FileTexts,
    pub(super) findings: Vec<Finding>,
}

/// A finding whose fix is not applied, followed as edits move it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct ExcludedFix {
    file: FileId,
    code: &'static str,
    start: u32,
}

impl ExcludedFix {
    fn new(finding: &Finding) -> Self {
        Self {
            file: finding.place.file,
            code: finding.rule.code,
            start: finding.place.span.start,
        }
    }
}

/// The fixes of one round for one file.
struct FileEdits<'f> {
    text: Arc<str>,
    edits: Edits,
    taken: Vec<(&'f Finding, &'f Fix)>,
}

impl<'f> FileEdits<'f> {
    fn new(text: Arc<str>) -> Self {
        Self {
            text,
            edits: Edits::default(),
            taken: Vec::new(),
        }
    }

    fn take(&mut self, finding: &'f Finding, fix: &'f Fix) {
        if self.edits.take(fix, &self.text) {
            self.taken.push((finding, fix));
        }
    }

    /// Drops the fixes that would move a comment to another setting or remove one, and returns their findings.
    fn keep_comments(&mut self) -> Vec<&'f Finding> {
        let mut dropped = Vec::new();
        while !self.edits.is_empty() {
            let after = self.edits.splice(&self.text);
            // Which comments hide nothing is what such a fix is about.
            let may_remove = |comment: Span| {
                self.taken.iter().any(|(finding, _)| {
                    finding.rule.group == RuleGroup::Suppressions && touches(finding.place.span, comment)
                })
            };
            let needed = moved_comments(&self.text, &after, &self.edits, may_remove);
            if needed.is_empty() {
                break;
            }
            let is_culprit = |(_, fix): &(&Finding, &Fix)| {
                let mut edits = fix.edits.iter();
                edits.any(|edit| needed.iter().any(|span| touches(edit.span, *span)))
            };
            let (mut culprits, mut others): (Vec<_>, Vec<_>) = self.taken.drain(..).partition(is_culprit);
            if culprits.is_empty() {
                std::mem::swap(&mut culprits, &mut others);
            }
            dropped.extend(culprits.into_iter().map(|(finding, _)| finding));
            self.edits = Edits::default();
            for (finding, fix) in others {
                self.take(finding, fix);
            }
        }
        dropped
    }
}

fn touches(a: Span, b: Span) -> bool {
    a.start <= b.end && b.start <= a.end
}

/// Applies fixes until nothing is left to fix, except for the findings of `start` at the indices `left_out`. `changed` are the
/// texts that were changed before; texts of `start` that are not in it are the files' own.
pub(super) fn run(
    session: &mut impl FixSession,
    most: Applicability,
    start: &RoundsStart,
    changed: &FileTexts,
    left_out: impl Iterator<Item = usize>,
) -> RoundsOutcome {
    let mut outcome = RoundsOutcome {
        texts: changed.clone(),
        touched: FileTexts::new(),
        findings: start.findings.clone(),
        end: RoundsEnd::Endless,
        kept_apart: Vec::new(),
        checks: 0,
    };
    let mut excluded: HashSet<ExcludedFix> = left_out
        .filter_map(|index| start.findings.get(index))
        .map(ExcludedFix::new)
        .collect();
    let mut seen = HashSet::from([outcome.texts.clone()]);
    for round in 0..MOST_ROUNDS {
        let mut edits: BTreeMap<FileId, FileEdits<'_>> = BTreeMap::new();
        for finding in &outcome.findings {
            let Some(fix) = finding.fix.as_ref().filter(|_| is_fixable(finding, most)) else {
                continue;
            };
            if excluded.contains(&ExcludedFix::new(finding)) || !session.shows(finding) {
                continue;
            }
            let file = finding.place.file;
            let edits = edits.entry(file).or_insert_with(|| {
                let known = if round == 0 { &start.texts } else { &outcome.texts };
                FileEdits::new(known.get(&file).cloned().unwrap_or_else(|| session.text(file)))
            });
            edits.take(finding, fix);
        }
        let mut kept_apart = Vec::new();
        for edits in edits.values_mut() {
            kept_apart.extend(edits.keep_comments().into_iter().cloned());
        }
        excluded.extend(kept_apart.iter().map(ExcludedFix::new));
        edits.retain(|_, of_file| !of_file.edits.is_empty());
        if edits.is_empty() {
            outcome.kept_apart.extend(kept_apart);
            outcome.end = RoundsEnd::Stable;
            break;
        }
        // Computed once a file: a long text may have many findings.
        let moved: BTreeMap<FileId, _> = edits
            .iter()
            .map(|(file, FileEdits { text, edits, .. })| (*file, edits.moved(splice::has_crlf(text))))
            .collect();
        excluded = excluded
            .into_iter()
            .map(|excluded| ExcludedFix {
                start: moved
                    .get(&excluded.file)
                    .map_or(excluded.start, |moved| moved(excluded.start)),
                ..excluded
            })
            .collect();
        for (file, FileEdits { text, edits, .. }) in edits {
            let after = edits.splice(&text).into();
            if outcome.texts.insert(file, after).is_none() {
                outcome.touched.insert(file, text);
            }
        }
        outcome.kept_apart.extend(kept_apart);
        outcome.findings = session.check(&outcome.texts);
        outcome.checks += 1;
        if !seen.insert(outcome.texts.clone()) {
            outcome.end = RoundsEnd::Cycle;
            break;
        }
    }
    outcome
}
