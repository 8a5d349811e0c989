//! Finds the fixes that leave no new finding. All at once are tried first; where that leaves something new, the fixes of the
//! campaigns concerned are tried one by one, those of different campaigns together.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::compare::{brought, gone};
use super::rounds::{RoundsEnd, RoundsOutcome, RoundsStart, run};
use super::{FileTexts, FixSession, SkipReason, SkippedFix, TextChange, is_fixable};
use crate::finding::{Applicability, Finding, Within};
use crate::project::source::FileId;

/// The budget of a search: so many checks, and fewer where each takes long.
const MOST_CHECKS: usize = 2_000;
/// Findings and kilobytes of text that all checks together may go through.
const MOST_WORK: usize = 1_000_000;

/// Indices of the findings whose fixes are meant.
type FixSet = BTreeSet<usize>;

/// Fixes that most likely affect each other: those of a campaign, or of a file outside campaigns.
type FixUnit = (FileId, Option<Within>);

/// The result of one pass.
pub(super) struct SearchPass {
    pub(super) fixed: BTreeMap<FileId, usize>,
    pub(super) skipped: Vec<SkippedFix>,
    pub(super) is_changed: bool,
}

/// A search over the fixes of one project.
pub(super) struct Search<'d, D> {
    session: &'d mut D,
    most: Applicability,
    /// The texts changed so far.
    changed: FileTexts,
    /// The texts of files before they were changed.
    originals: FileTexts,
    start: RoundsStart,
    /// All fixes of this pass.
    all: FixSet,
    checks: usize,
}

/// The result of applying a set of fixes, and the new findings in it.
struct Trial {
    outcome: RoundsOutcome,
    brings: Vec<Finding>,
}

impl Trial {
    fn is_good(&self) -> bool {
        self.outcome.end == RoundsEnd::Stable && self.brings.is_empty()
    }

    fn why(&self) -> SkipReason {
        match (self.outcome.end, self.brings.first()) {
            (RoundsEnd::Cycle, _) => SkipReason::Cycle,
            (RoundsEnd::Endless, _) => SkipReason::Endless,
            (RoundsEnd::Stable, Some(finding)) => SkipReason::Brings {
                rule: finding.rule,
                message: finding.message.clone(),
            },
            (RoundsEnd::Stable, None) => SkipReason::Untried,
        }
    }

    fn units(&self) -> BTreeSet<FixUnit> {
        self.brings.iter().map(unit).collect()
    }
}

fn unit(finding: &Finding) -> FixUnit {
    (finding.place.file, finding.within.clone())
}

/// What is decided so far.
#[derive(Default)]
struct SearchState {
    accepted: FixSet,
    best: Option<RoundsOutcome>,
    refused: BTreeMap<usize, SkipReason>,
}

impl<'d, D: FixSession> Search<'d, D> {
    pub(super) fn new(session: &'d mut D, most: Applicability) -> Self {
        Self {
            session,
            most,
            changed: FileTexts::new(),
            originals: FileTexts::new(),
            start: RoundsStart::default(),
            all: FixSet::new(),
            checks: 0,
        }
    }

    /// Tries every fix of the current findings.
    pub(super) fn pass(&mut self) -> SearchPass {
        self.start.findings = self.session.check(&self.changed);
        let findings = &self.start.findings;
        let wanted = |finding: &Finding| is_fixable(finding, self.most) && self.session.shows(finding);
        self.all = (0..findings.len()).filter(|index| wanted(&findings[*index])).collect();
        for index in &self.all {
            let file = findings[*index].place.file;
            let text = self.session.text(file);
            self.start.texts.insert(file, text);
        }
        let mut state = SearchState::default();
        if !self.all.is_empty() {
            self.search(&mut state);
        }
        let SearchState { best, refused, .. } = state;
        let refused = refused.into_iter().map(|(index, why)| SkippedFix {
            finding: self.start.findings[index].clone(),
            why,
        });
        let kept_apart = best.iter().flat_map(|best| &best.kept_apart).map(|finding| SkippedFix {
            finding: finding.clone(),
            why: SkipReason::Comment,
        });
        let skipped = refused.chain(kept_apart).collect();
        let mut fixed = BTreeMap::new();
        let mut is_changed = false;
        if let Some(best) = best {
            fixed = gone(&self.start.findings, &best.findings, |finding| {
                self.session.shows(finding)
            });
            is_changed = best.texts != self.changed;
            self.originals.extend(best.touched);
            self.changed = best.texts;
        }
        SearchPass {
            fixed,
            skipped,
            is_changed,
        }
    }

    /// What changed in all passes.
    pub(super) fn into_changes(self) -> Vec<TextChange> {
        let Self { changed, originals, .. } = self;
        let changes = changed.into_iter().filter_map(|(file, after)| {
            let before = originals.get(&file)?.clone();
            (before != after).then_some(TextChange { file, before, after })
        });
        changes.collect()
    }

    fn search(&mut self, state: &mut SearchState) {
        let mut rest = self.all.clone();
        let mut aside: BTreeMap<FixUnit, VecDeque<usize>> = BTreeMap::new();
        // Whole campaigns are set aside until the others leave nothing new.
        while !rest.is_empty() {
            let trial = self.run_trial(&rest);
            if trial.is_good() {
                state.accept(&rest, trial);
                break;
            }
            let suspects = self.within(&rest, &trial.units());
            if suspects.is_empty() {
                self.halve(rest, trial, state);
                break;
            }
            for index in suspects {
                rest.remove(&index);
                let unit = unit(&self.start.findings[index]);
                aside.entry(unit).or_default().push_back(index);
            }
        }
        // Then one fix of each of them at a time; a last single campaign is halved.
        while !aside.is_empty() {
            if aside.len() == 1 || self.is_at_end() {
                let rest: FixSet = aside.into_values().flatten().collect();
                let trial = self.run_trial(&(&state.accepted | &rest));
                self.accept_or_halve(rest, trial, state);
                return;
            }
            let batch: FixSet = aside.values_mut().filter_map(VecDeque::pop_front).collect();
            aside.retain(|_, waiting| !waiting.is_empty());
            self.add(batch, state);
        }
    }

    /// Whether the budget is used up.
    fn is_at_end(&self) -> bool {
        let texts = self.start.texts.values().map(|text| text.len() / 1024).sum::<usize>();
        let each = texts + self.start.findings.len() + 1;
        self.checks > (MOST_WORK / each).clamp(32, MOST_CHECKS)
    }

    /// Accepts what it can of fixes that belong to different campaigns.
    fn add(&mut self, mut batch: FixSet, state: &mut SearchState) {
        while !batch.is_empty() {
            let trial = self.run_trial(&(&state.accepted | &batch));
            if trial.is_good() {
                state.accept(&batch, trial);
                return;
            }
            let suspects = self.within(&batch, &trial.units());
            if suspects.is_empty() || batch.len() == 1 {
                self.halve(batch, trial, state);
                return;
            }
            for index in suspects {
                batch.remove(&index);
                let unit = unit(&self.start.findings[index]);
                let own = trial.brings.iter().find(|finding| self::unit(finding) == unit);
                let why = own.map_or_else(
                    || trial.why(),
                    |finding| SkipReason::Brings {
                        rule: finding.rule,
                        message: finding.message.clone(),
                    },
                );
                state.refused.insert(index, why);
            }
        }
    }

    /// Accepts what it can of fixes that together leave something new, by halving them.
    fn halve(&mut self, set: FixSet, trial: Trial, state: &mut SearchState) {
        if set.len() < 2 || self.is_at_end() {
            let why = if set.len() < 2 {
                trial.why()
            } else {
                SkipReason::Untried
            };
            state.refused.extend(set.into_iter().map(|index| (index, why.clone())));
            return;
        }
        let mut first = set;
        let middle = first.iter().nth(first.len() / 2).copied().unwrap_or_default();
        let second = first.split_off(&middle);
        for half in [first, second] {
            let trial = self.run_trial(&(&state.accepted | &half));
            self.accept_or_halve(half, trial, state);
        }
    }

    fn accept_or_halve(&mut self, set: FixSet, trial: Trial, state: &mut SearchState) {
        if trial.is_good() {
            state.accept(&set, trial);
        } else {
            self.halve(set, trial, state);
        }
    }

    /// Applies these fixes and those that they lead to.
    fn run_trial(&mut self, set: &FixSet) -> Trial {
        let left_out = self.all.difference(set).copied();
        let outcome = run(self.session, self.most, &self.start, &self.changed, left_out);
        self.checks += outcome.checks;
        let brings = brought(&self.start.findings, &outcome.findings);
        let brings = brings.into_iter().cloned().collect();
        Trial { outcome, brings }
    }

    /// The fixes of a set in these units.
    fn within(&self, set: &FixSet, units: &BTreeSet<FixUnit>) -> FixSet {
        let is_within = |index: &usize| units.contains(&unit(&self.start.findings[*index]));
        set.iter().copied().filter(is_within).collect()
    }
}

impl SearchState {
    fn accept(&mut self, set: &FixSet, trial: Trial) {
        self.accepted.extend(set);
        self.best = Some(trial.outcome);
    }
}
