//! Compares the findings before and after edits: which are new, and how many are gone.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::finding::{Finding, RuleGroup, Severity, Within};
use crate::project::source::FileId;

/// Findings count as the same where file, rule and campaign are: lines move with every edit.
type FindingKey<'f> = (FileId, &'static str, Option<&'f Within>);

fn key(finding: &Finding) -> FindingKey<'_> {
    (finding.place.file, finding.rule.code, finding.within.as_ref())
}

/// The findings of `after` that are not in `before`.
pub(super) fn brought<'f>(before: &'f [Finding], after: &'f [Finding]) -> Vec<&'f Finding> {
    let mut known: HashMap<FindingKey<'f>, usize> = HashMap::new();
    for finding in before {
        *known.entry(key(finding)).or_default() += 1;
    }
    let owners: HashSet<(FileId, &Within)> = before
        .iter()
        .filter_map(|finding| Some((finding.place.file, finding.within.as_ref()?)))
        .collect();
    let mut take = |key: FindingKey<'f>| match known.get_mut(&key) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    let mut left: Vec<&Finding> = after.iter().filter(|finding| !take(key(finding))).collect();
    // A campaign whose key could not be read had no name, and one with wrong braces did not hold all of its findings: these
    // were counted outside of campaigns.
    left.retain(|finding| {
        let (file, code, within) = key(finding);
        !(within.is_some_and(|within| !owners.contains(&(file, within))) && take((file, code, None)))
    });
    if had_errors(before) {
        left.retain(|finding| !finding.rule.waits_for_errors());
    }
    if !left.is_empty() && left.iter().any(|finding| is_ordinary(finding)) {
        let repaired = repaired(before, after);
        let is_of_repaired = |finding: &Finding| {
            let file = finding.place.file;
            repaired.contains(&(file, finding.within.as_ref())) || repaired.contains(&(file, None))
        };
        left.retain(|finding| !(is_ordinary(finding) && is_of_repaired(finding)));
    }
    left
}

/// Whether it is a warning about what a text says, which nobody could see before its error was fixed. One about a comment that
/// hides nothing any more is not: that is what the edit did.
fn is_ordinary(finding: &Finding) -> bool {
    finding.severity == Severity::Warning && finding.rule.group != RuleGroup::Suppressions
}

/// Where there are fewer errors than before: campaigns, and files outside of campaigns.
fn repaired<'f>(before: &'f [Finding], after: &'f [Finding]) -> HashSet<(FileId, Option<&'f Within>)> {
    let mut counts: HashMap<(FileId, Option<&Within>), (usize, usize)> = HashMap::new();
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    for finding in before.iter().filter(is_error) {
        counts
            .entry((finding.place.file, finding.within.as_ref()))
            .or_default()
            .0 += 1;
    }
    for finding in after.iter().filter(is_error) {
        counts
            .entry((finding.place.file, finding.within.as_ref()))
            .or_default()
            .1 += 1;
    }
    let fewer = counts.into_iter().filter(|(_, (before, after))| after < before);
    fewer.map(|(unit, _)| unit).collect()
}

/// How many of the findings that `is_shown` selects are gone, by file. Rules that did not run
/// before because of errors are left out.
pub(super) fn gone(
    before: &[Finding],
    after: &[Finding],
    is_shown: impl Fn(&Finding) -> bool,
) -> BTreeMap<FileId, usize> {
    let mut counts: BTreeMap<FileId, usize> = BTreeMap::new();
    let had_errors = had_errors(before);
    // What only runs without errors may be new: only what was there is compared, by its words.
    let mut appeared: HashMap<(FindingKey<'_>, &str), usize> = HashMap::new();
    for finding in before.iter().filter(|finding| is_shown(finding)) {
        *counts.entry(finding.place.file).or_default() += 1;
        if had_errors && finding.rule.waits_for_errors() {
            *appeared.entry((key(finding), &finding.message)).or_default() += 1;
        }
    }
    for finding in after.iter().filter(|finding| is_shown(finding)) {
        if had_errors && finding.rule.waits_for_errors() {
            match appeared.get_mut(&(key(finding), finding.message.as_str())) {
                Some(left) if *left > 0 => *left -= 1,
                _ => continue,
            }
        }
        let count = counts.entry(finding.place.file).or_default();
        *count = count.saturating_sub(1);
    }
    counts.retain(|_, count| *count > 0);
    counts
}

/// Where there were errors, some rules did not run: fixing the last error lets their findings appear.
fn had_errors(before: &[Finding]) -> bool {
    before.iter().any(|finding| finding.severity == Severity::Error)
}
