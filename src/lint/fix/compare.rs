//! Which findings are there after an edit that were not there before it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::finding::{Finding, Severity, Within};
use crate::project::source::FileId;

/// Findings are the same where rule, file and campaign are: lines move with every edit.
type Key<'f> = (FileId, &'static str, Option<&'f Within>);

fn key(finding: &Finding) -> Key<'_> {
    (finding.place.file, finding.rule.code, finding.within.as_ref())
}

/// The findings of `after` that are not among those of `before`, each as often as it is too many.
pub(super) fn brought<'f>(before: &'f [Finding], after: &'f [Finding]) -> Vec<&'f Finding> {
    let mut known: HashMap<Key<'f>, usize> = HashMap::new();
    for finding in before {
        *known.entry(key(finding)).or_default() += 1;
    }
    let owners: HashSet<(FileId, &Within)> = before
        .iter()
        .filter_map(|finding| Some((finding.place.file, finding.within.as_ref()?)))
        .collect();
    let mut take = |key: Key<'f>| match known.get_mut(&key) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    let mut left: Vec<&Finding> = after.iter().filter(|finding| !take(key(finding))).collect();
    // A campaign whose key could not be read had no name by which its findings are known again, and one whose braces
    // are wrong does not reach to all of them.
    left.retain(|finding| {
        let (file, code, within) = key(finding);
        !(within.is_some_and(|within| !owners.contains(&(file, within))) && take((file, code, None)))
    });
    if was_held_back(before) {
        left.retain(|finding| !finding.rule.waits_for_errors());
    }
    left
}

/// How many of the findings that are asked about are gone, by file. What was held back before and is told now is no news.
pub(super) fn gone(
    before: &[Finding],
    after: &[Finding],
    is_asked: impl Fn(&Finding) -> bool,
) -> BTreeMap<FileId, usize> {
    let mut counts: BTreeMap<FileId, usize> = BTreeMap::new();
    let is_ignored = was_held_back(before);
    let is_counted = |finding: &&Finding| is_asked(finding) && !(is_ignored && finding.rule.waits_for_errors());
    for finding in before.iter().filter(is_counted) {
        *counts.entry(finding.place.file).or_default() += 1;
    }
    for finding in after.iter().filter(is_counted) {
        let count = counts.entry(finding.place.file).or_default();
        *count = count.saturating_sub(1);
    }
    counts.retain(|_, count| *count > 0);
    counts
}

/// What nothing uses is told of projects without errors only, so the last error that is mended lets it out.
fn was_held_back(before: &[Finding]) -> bool {
    before.iter().any(|finding| finding.severity == Severity::Error)
}
