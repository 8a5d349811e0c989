//! Which fixes can be made without leaving a finding that was not there before. All at once is tried first; where that
//! leaves something new, the fixes of the campaigns concerned are tried one by one, those of different campaigns together.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::compare::{brought, gone};
use super::rounds::{End, Outcome, Start, run};
use super::{Change, Desk, LeftAlone, Texts, Why, is_fixable};
use crate::finding::{Applicability, Finding, Within};
use crate::project::source::FileId;

/// More checks than this are not made to find out which fix brings something up, and fewer where each takes long: all of them
/// together may look at so many findings, and kilobytes of text.
const MOST_CHECKS: usize = 2_000;
const MOST_WORK: usize = 1_000_000;

/// Fixes by their findings' indices.
type Set = BTreeSet<usize>;

/// What stands or falls together, most likely: a campaign, or what stands outside of any in a file.
type Unit = (FileId, Option<Within>);

/// What one pass did.
pub(super) struct Pass {
    pub(super) fixed: BTreeMap<FileId, usize>,
    pub(super) left: Vec<LeftAlone>,
    pub(super) is_changed: bool,
}

/// A search over the fixes of one project.
pub(super) struct Search<'d, D> {
    desk: &'d mut D,
    most: Applicability,
    /// The texts that were changed so far.
    changed: Texts,
    /// The texts of files before they were changed.
    originals: Texts,
    start: Start,
    /// All fixes of this pass.
    all: Set,
    checks: usize,
}

/// Where a set of fixes leads, and what is new there.
struct Verdict {
    outcome: Outcome,
    brings: Vec<Finding>,
}

impl Verdict {
    fn is_good(&self) -> bool {
        self.outcome.end == End::Stable && self.brings.is_empty()
    }

    fn why(&self) -> Why {
        match (self.outcome.end, self.brings.first()) {
            (End::Cycle, _) => Why::Cycle,
            (End::Endless, _) => Why::Endless,
            (End::Stable, Some(finding)) => Why::Brings {
                rule: finding.rule,
                message: finding.message.clone(),
            },
            (End::Stable, None) => Why::Untried,
        }
    }

    fn units(&self) -> BTreeSet<Unit> {
        self.brings.iter().map(unit).collect()
    }
}

fn unit(finding: &Finding) -> Unit {
    (finding.place.file, finding.within.clone())
}

/// What was found out so far.
#[derive(Default)]
struct Found {
    accepted: Set,
    best: Option<Outcome>,
    refused: BTreeMap<usize, Why>,
}

impl<'d, D: Desk> Search<'d, D> {
    pub(super) fn new(desk: &'d mut D, most: Applicability) -> Self {
        Self {
            desk,
            most,
            changed: Texts::new(),
            originals: Texts::new(),
            start: Start::default(),
            all: Set::new(),
            checks: 0,
        }
    }

    /// Tries every fix that there is now.
    pub(super) fn pass(&mut self) -> Pass {
        self.start.findings = self.desk.check(&self.changed);
        let findings = &self.start.findings;
        let wanted = |finding: &Finding| is_fixable(finding, self.most) && self.desk.shows(finding);
        self.all = (0..findings.len()).filter(|index| wanted(&findings[*index])).collect();
        for index in &self.all {
            let file = findings[*index].place.file;
            let text = self.desk.text(file);
            self.start.texts.insert(file, text);
        }
        let mut found = Found::default();
        if !self.all.is_empty() {
            self.search(&mut found);
        }
        let Found { best, refused, .. } = found;
        let left = refused
            .into_iter()
            .map(|(index, why)| LeftAlone {
                finding: self.start.findings[index].clone(),
                why,
            })
            .collect();
        let mut fixed = BTreeMap::new();
        let mut is_changed = false;
        if let Some(best) = best {
            fixed = gone(&self.start.findings, &best.findings, |finding| self.desk.shows(finding));
            is_changed = best.texts != self.changed;
            self.originals.extend(best.touched);
            self.changed = best.texts;
        }
        Pass {
            fixed,
            left,
            is_changed,
        }
    }

    /// What changed in all passes.
    pub(super) fn into_changes(self) -> Vec<Change> {
        let Self { changed, originals, .. } = self;
        let changes = changed.into_iter().filter_map(|(file, after)| {
            let before = originals.get(&file)?.clone();
            (before != after).then_some(Change { file, before, after })
        });
        changes.collect()
    }

    fn search(&mut self, found: &mut Found) {
        let mut rest = self.all.clone();
        let mut aside: BTreeMap<Unit, VecDeque<usize>> = BTreeMap::new();
        // Whole campaigns step aside until the others go well together.
        while !rest.is_empty() {
            let verdict = self.trial(&rest);
            if verdict.is_good() {
                found.accept(&rest, verdict);
                break;
            }
            let guilty = self.within(&rest, &verdict.units());
            if guilty.is_empty() {
                self.halve(rest, verdict, found);
                break;
            }
            for index in guilty {
                rest.remove(&index);
                let unit = unit(&self.start.findings[index]);
                aside.entry(unit).or_default().push_back(index);
            }
        }
        // Then one fix of each of them at a time, and halves of what a single one has.
        while !aside.is_empty() {
            if aside.len() == 1 || self.is_at_end() {
                let rest: Set = aside.into_values().flatten().collect();
                let verdict = self.trial(&(&found.accepted | &rest));
                self.settle(rest, verdict, found);
                return;
            }
            let batch: Set = aside.values_mut().filter_map(VecDeque::pop_front).collect();
            aside.retain(|_, waiting| !waiting.is_empty());
            self.add(batch, found);
        }
    }

    /// Whether more checks would take too long.
    fn is_at_end(&self) -> bool {
        let texts = self.start.texts.values().map(|text| text.len() / 1024).sum::<usize>();
        let each = texts + self.start.findings.len() + 1;
        self.checks > (MOST_WORK / each).clamp(32, MOST_CHECKS)
    }

    /// Adds what can be added of fixes that belong to different campaigns.
    fn add(&mut self, mut batch: Set, found: &mut Found) {
        while !batch.is_empty() {
            let verdict = self.trial(&(&found.accepted | &batch));
            if verdict.is_good() {
                found.accept(&batch, verdict);
                return;
            }
            let guilty = self.within(&batch, &verdict.units());
            if guilty.is_empty() || batch.len() == 1 {
                self.halve(batch, verdict, found);
                return;
            }
            for index in guilty {
                batch.remove(&index);
                let unit = unit(&self.start.findings[index]);
                let own = verdict.brings.iter().find(|finding| self::unit(finding) == unit);
                let why = own.map_or_else(
                    || verdict.why(),
                    |finding| Why::Brings {
                        rule: finding.rule,
                        message: finding.message.clone(),
                    },
                );
                found.refused.insert(index, why);
            }
        }
    }

    /// Adds what can be added of fixes that together leave something new, wherever it comes from.
    fn halve(&mut self, set: Set, verdict: Verdict, found: &mut Found) {
        if set.len() < 2 || self.is_at_end() {
            let why = if set.len() < 2 { verdict.why() } else { Why::Untried };
            found.refused.extend(set.into_iter().map(|index| (index, why.clone())));
            return;
        }
        let mut first = set;
        let middle = first.iter().nth(first.len() / 2).copied().unwrap_or_default();
        let second = first.split_off(&middle);
        for half in [first, second] {
            let verdict = self.trial(&(&found.accepted | &half));
            self.settle(half, verdict, found);
        }
    }

    fn settle(&mut self, set: Set, verdict: Verdict, found: &mut Found) {
        if verdict.is_good() {
            found.accept(&set, verdict);
        } else {
            self.halve(set, verdict, found);
        }
    }

    /// Makes these fixes and those that they lead to.
    fn trial(&mut self, set: &Set) -> Verdict {
        let left_out = self.all.difference(set).copied();
        let outcome = run(self.desk, self.most, &self.start, &self.changed, left_out);
        self.checks += outcome.checks;
        let brings = brought(&self.start.findings, &outcome.findings);
        let brings = brings.into_iter().cloned().collect();
        Verdict { outcome, brings }
    }

    /// The fixes of a set in these units.
    fn within(&self, set: &Set, units: &BTreeSet<Unit>) -> Set {
        let is_within = |index: &usize| units.contains(&unit(&self.start.findings[*index]));
        set.iter().copied().filter(is_within).collect()
    }
}

impl Found {
    fn accept(&mut self, set: &Set, verdict: Verdict) {
        self.accepted.extend(set);
        self.best = Some(verdict.outcome);
    }
}
