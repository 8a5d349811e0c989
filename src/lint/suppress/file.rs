//! The suppressions of one file, sorted so that many findings are matched with many comments quickly.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use crate::finding::{Finding, Rule};
use crate::model::{FileIndex, Spanned, Suppression};
use crate::project::source::{Place, Span};
use crate::rules;

/// What a `file-ignore` covers.
const WHOLE_FILE: Span = Span {
    start: 0,
    end: u32::MAX,
};

/// The suppressions of one file.
pub(super) struct FileSuppressions<'m> {
    pub(super) suppressions: Vec<TrackedSuppression<'m>>,
    /// Sorted by what they cover; the one that covers the whole file comes first.
    groups: Vec<CoveredSpan>,
    /// The largest end of each group and those before it, the whole file left out.
    ends: Vec<u32>,
}

/// One suppression, and what it hid so far.
pub(super) struct TrackedSuppression<'m> {
    pub(super) suppression: &'m Suppression,
    /// The campaign or template around it.
    pub(super) definition: Option<&'m str>,
    /// By the index of its rule.
    pub(super) usage: Vec<UsageState>,
}

/// Whether one rule of a suppression hid anything.
#[derive(Clone, Copy)]
pub(super) enum UsageState {
    /// It hid nothing.
    Unused,
    /// It hid something, or would have if it had not expired.
    Used,
    /// The project enforces this rule, so no comment may hide it.
    Refused(&'static Rule),
}

/// The suppressions that cover one span.
struct CoveredSpan {
    span: Span,
    /// Indices of [`FileSuppressions::suppressions`].
    members: Vec<usize>,
    /// By code, whether they hide a rule: computed once, however many findings of it there are.
    hidden: HashMap<&'static str, bool>,
}

impl<'m> FileSuppressions<'m> {
    pub(super) fn new(file: &'m FileIndex, enforced: &HashSet<&'static str>) -> Self {
        let suppressions: Vec<TrackedSuppression<'_>> = file
            .suppressions
            .iter()
            .map(|suppression| TrackedSuppression::new(suppression, file, enforced))
            .collect();
        let mut order: Vec<usize> = (0..suppressions.len()).collect();
        order.sort_by_key(|index| suppressions[*index].covered());
        let mut groups: Vec<CoveredSpan> = Vec::new();
        for index in order {
            let span = suppressions[index].covered();
            match groups.last_mut().filter(|group| group.span == span) {
                Some(group) => group.members.push(index),
                None => groups.push(CoveredSpan {
                    span,
                    members: vec![index],
                    hidden: HashMap::new(),
                }),
            }
        }
        let mut ends = Vec::with_capacity(groups.len());
        let mut largest = 0;
        for group in &groups {
            if group.span != WHOLE_FILE {
                largest = largest.max(group.span.end);
            }
            ends.push(largest);
        }
        Self {
            suppressions,
            groups,
            ends,
        }
    }

    /// Whether a finding of this file is hidden.
    pub(super) fn hides(&mut self, finding: &Finding, is_enforced: bool, today: Option<Date>) -> bool {
        let at = finding.place.span.start;
        let Self {
            suppressions,
            groups,
            ends,
        } = self;
        let begun = groups.partition_point(|group| group.span.start <= at);
        let whole_file = usize::from(groups.first().is_some_and(|group| group.span == WHOLE_FILE));
        let near = (whole_file..begun).rev().take_while(|index| ends[*index] >= at);
        let mut is_hidden = false;
        for index in (0..whole_file).chain(near) {
            let group = &mut groups[index];
            if group.span.end < at {
                continue;
            }
            let hide = || {
                let hides = group
                    .members
                    .iter()
                    .map(|index| suppressions[*index].hides(finding.rule, is_enforced, today));
                // Without a shortcut: each of them counts as used.
                hides.fold(false, |any, hides| any | hides)
            };
            is_hidden |= *group.hidden.entry(finding.rule.code).or_insert_with(hide);
        }
        is_hidden
    }
}

impl<'m> TrackedSuppression<'m> {
    fn new(suppression: &'m Suppression, file: &'m FileIndex, enforced: &HashSet<&'static str>) -> Self {
        let start = Place::new(file.file, Span::point(suppression.covers.start as usize));
        let usage = |rule: &Spanned<Box<str>>| {
            // A group is refused only where it would hide an enforced rule, and works for the others.
            let named = rules::find(&rule.value).filter(|_| rules::is_exact(&rule.value));
            let refused = named.filter(|rule| enforced.contains(rule.code));
            refused.map_or(UsageState::Unused, UsageState::Refused)
        };
        Self {
            suppression,
            definition: file
                .owner_at(start)
                .map(|(_, name)| name.map_or("?", |name| &name.value)),
            usage: suppression.rules.iter().map(usage).collect(),
        }
    }

    fn covered(&self) -> Span {
        if self.suppression.whole_file {
            WHOLE_FILE
        } else {
            self.suppression.covers
        }
    }

    /// Its last day, if that is over.
    pub(super) fn expiry(&self, today: Option<Date>) -> Option<&'m Spanned<Date>> {
        let until = self.suppression.until.as_ref();
        until.filter(|until| today.is_some_and(|today| today > until.value))
    }

    /// Whether it hides a rule. It counts as used from then on.
    fn hides(&mut self, rule: &'static Rule, is_enforced: bool, today: Option<Date>) -> bool {
        let mut is_selected = false;
        for (selector, state) in self.suppression.rules.iter().zip(&mut self.usage) {
            if !rules::selects(&selector.value, rule) {
                continue;
            }
            is_selected = true;
            match state {
                _ if is_enforced => *state = UsageState::Refused(rule),
                UsageState::Unused => *state = UsageState::Used,
                UsageState::Used | UsageState::Refused(_) => {}
            }
        }
        is_selected && !is_enforced && self.expiry(today).is_none()
    }
}
