//! The rounds: all fixes that go together, a check, those that it finds, until there are none.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::splice::{self, Edits};
use super::{Desk, Texts, is_fixable};
use crate::finding::{Applicability, Finding};
use crate::project::source::FileId;

/// More rounds than any text needs.
const MOST_ROUNDS: usize = 100;

/// How the rounds ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing is left to mend.
    Stable,
    /// A text came back that was there before.
    Cycle,
    /// There was no end.
    Endless,
}

/// Where the rounds led.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) texts: Texts,
    /// What the files held that were changed here for the first time.
    pub(super) touched: Texts,
    pub(super) findings: Vec<Finding>,
    pub(super) end: End,
    /// How many checks it took.
    pub(super) checks: usize,
}

/// Where the rounds begin.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    /// The texts of every file with a fix, and of every file that was changed before.
    pub(super) texts: Texts,
    pub(super) findings: Vec<Finding>,
}

/// A finding whose fix is left out, wherever it has moved.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Held {
    file: FileId,
    code: &'static str,
    start: u32,
}

impl Held {
    fn of(finding: &Finding) -> Self {
        Self {
            file: finding.place.file,
            code: finding.rule.code,
            start: finding.place.span.start,
        }
    }
}

/// Mends until nothing is left to mend, but for the findings of `start` at the indices `left_out`. `changed` is what was
/// changed before; texts of `start` that are not in it are the files' own.
pub(super) fn run(
    desk: &mut impl Desk,
    most: Applicability,
    start: &Start,
    changed: &Texts,
    left_out: impl Iterator<Item = usize>,
) -> Outcome {
    let mut outcome = Outcome {
        texts: changed.clone(),
        touched: Texts::new(),
        findings: start.findings.clone(),
        end: End::Endless,
        checks: 0,
    };
    let mut held: HashSet<Held> = left_out
        .filter_map(|index| start.findings.get(index))
        .map(Held::of)
        .collect();
    let mut seen = HashSet::from([outcome.texts.clone()]);
    for round in 0..MOST_ROUNDS {
        let mut edits: BTreeMap<FileId, (Arc<str>, Edits)> = BTreeMap::new();
        for finding in &outcome.findings {
            let Some(fix) = finding.fix.as_ref().filter(|_| is_fixable(finding, most)) else {
                continue;
            };
            if held.contains(&Held::of(finding)) || !desk.shows(finding) {
                continue;
            }
            let file = finding.place.file;
            let (text, edits) = edits.entry(file).or_insert_with(|| {
                let known = if round == 0 { &start.texts } else { &outcome.texts };
                let text = known.get(&file).cloned().unwrap_or_else(|| desk.text(file));
                (text, Edits::default())
            });
            edits.take(fix, text);
        }
        edits.retain(|_, (_, edits)| !edits.is_empty());
        if edits.is_empty() {
            outcome.end = End::Stable;
            break;
        }
        // A long text is not looked through once for each finding in it.
        let moved: BTreeMap<FileId, _> = edits
            .iter()
            .map(|(file, (text, edits))| (*file, edits.moved(splice::has_crlf(text))))
            .collect();
        held = held
            .into_iter()
            .map(|held| Held {
                start: moved.get(&held.file).map_or(held.start, |moved| moved(held.start)),
                ..held
            })
            .collect();
        for (file, (text, edits)) in edits {
            let after = edits.splice(&text).into();
            if outcome.texts.insert(file, after).is_none() {
                outcome.touched.insert(file, text);
            }
        }
        outcome.findings = desk.check(&outcome.texts);
        outcome.checks += 1;
        if !seen.insert(outcome.texts.clone()) {
            outcome.end = End::Cycle;
            break;
        }
    }
    outcome
}
