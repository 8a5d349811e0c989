//! Two redacted bodies → what differs, field by field in the language's own units.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::LazyLock;

use crate::fields::FIELDS;
use crate::wire::{Body, RenderedField, describe};

/// One setting that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The setting: `call-window.to`, `redial.busy.after`.
    pub path: String,
    /// As the task has it; `None` where it is not set.
    pub before: Option<String>,
    /// As the files have it; `None` where it is not set.
    pub after: Option<String>,
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
        write!(f, "{}: {} → {}", self.path, side(&self.before), side(&self.after))
    }
}

/// What differs between a task's body and the one that is wanted, in the order of the table.
pub fn changes(before: &Body, after: &Body) -> Vec<FieldChange> {
    let (before, after) = (describe(before), describe(after));
    let paths: BTreeSet<(usize, &str)> = before
        .iter()
        .chain(&after)
        .map(|field| (rank(&field.path), field.path.as_str()))
        .collect();
    paths
        .into_iter()
        .flat_map(|(_, path)| of_path(path, &values(&before, path), &values(&after, path)))
        .collect()
}

/// Where the table has a path; what it does not know comes last.
fn rank(path: &str) -> usize {
    /// A path is put together from its settings, which takes too long to be done for each comparison.
    static RANKS: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
        let mut ranks = HashMap::with_capacity(FIELDS.len());
        for (rank, spec) in FIELDS.iter().enumerate() {
            ranks.entry(spec.path()).or_insert(rank);
        }
        ranks
    });
    RANKS.get(path).copied().unwrap_or(FIELDS.len())
}

fn values<'s>(fields: &'s [RenderedField], path: &str) -> Vec<&'s str> {
    fields
        .iter()
        .filter(|field| field.path == path)
        .map(|field| field.value.as_str())
        .collect()
}

/// A setting that occurs once is a change of value; one that repeats, values removed and values added.
fn of_path(path: &str, before: &[&str], after: &[&str]) -> Vec<FieldChange> {
    let change = |before: Option<&str>, after: Option<&str>| FieldChange {
        path: path.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    if before == after {
        return Vec::new();
    }
    let gone: Vec<&str> = before.iter().filter(|value| !after.contains(value)).copied().collect();
    let come: Vec<&str> = after.iter().filter(|value| !before.contains(value)).copied().collect();
    match (gone.as_slice(), come.as_slice()) {
        // The same values in another order, or another number of times.
        ([], []) => vec![change(Some(&before.join(", ")), Some(&after.join(", ")))],
        ([one], [other]) => vec![change(Some(one), Some(other))],
        _ => {
            let gone = gone.iter().map(|value| change(Some(value), None));
            gone.chain(come.iter().map(|value| change(None, Some(value)))).collect()
        }
    }
}
