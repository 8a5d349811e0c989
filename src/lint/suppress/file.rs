//! The suppressions of one file, in such an order that many findings are held against many comments quickly.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use crate::finding::{Finding, Rule};
use crate::model::{FileIndex, Spanned, Suppression};
use crate::project::source::{Place, Span};
use crate::rules;

/// What a comment about the whole file is about.
const WHOLE: Span = Span {
    start: 0,
    end: u32::MAX,
};

/// The suppressions of one file.
pub(super) struct OfFile<'m> {
    pub(super) held: Vec<Held<'m>>,
    /// By what they are about, in the order of the text; those about the whole file come first.
    groups: Vec<Group>,
    /// How far each group and those before it go, but for those about the whole file.
    reach: Vec<u32>,
}

/// One suppression.
pub(super) struct Held<'m> {
    pub(super) said: &'m Suppression,
    /// The campaign or template that it is about a part of.
    pub(super) owner: Option<&'m str>,
    /// What became of each of its rules.
    pub(super) fates: Vec<Fate>,
}

/// What became of one rule of a suppression.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    /// It hid nothing.
    Unused,
    /// It hid something, or would have if it had not expired.
    Used,
    /// The project does not let anybody ignore this rule.
    Refused(&'static Rule),
}

/// Suppressions about the same lines.
struct Group {
    covers: Span,
    held: Vec<usize>,
    /// Whether they hide a rule: found out once, however many findings it has there.
    known: HashMap<&'static str, bool>,
}

impl<'m> OfFile<'m> {
    pub(super) fn new(file: &'m FileIndex, enforced: &HashSet<&'static str>) -> Self {
        let held: Vec<Held<'_>> = file
            .suppressions
            .iter()
            .map(|said| Held::new(said, file, enforced))
            .collect();
        let mut groups: Vec<Group> = Vec::new();
        let mut order: Vec<usize> = (0..held.len()).collect();
        order.sort_by_key(|index| held[*index].about());
        for index in order {
            let covers = held[index].about();
            match groups.last_mut().filter(|group| group.covers == covers) {
                Some(group) => group.held.push(index),
                None => groups.push(Group {
                    covers,
                    held: vec![index],
                    known: HashMap::new(),
                }),
            }
        }
        let mut reach = Vec::with_capacity(groups.len());
        let mut furthest = 0;
        for group in &groups {
            if group.covers != WHOLE {
                furthest = furthest.max(group.covers.end);
            }
            reach.push(furthest);
        }
        Self { held, groups, reach }
    }

    /// Whether a finding of this file is hidden.
    pub(super) fn hides(&mut self, finding: &Finding, is_enforced: bool, today: Option<Date>) -> bool {
        let at = finding.place.span.start;
        let Self { held, groups, reach } = self;
        let begun = groups.partition_point(|group| group.covers.start <= at);
        let about_all = groups.first().is_some_and(|group| group.covers == WHOLE);
        let about_all = usize::from(about_all);
        let near = (about_all..begun).rev().take_while(|index| reach[*index] >= at);
        let mut is_hidden = false;
        for index in (0..about_all).chain(near) {
            let group = &mut groups[index];
            if group.covers.end < at {
                continue;
            }
            let ask = || {
                let asked = group
                    .held
                    .iter()
                    .map(|index| held[*index].ask(finding.rule, is_enforced, today));
                // Each of them is used, whichever comes first.
                asked.fold(false, |any, hides| any | hides)
            };
            is_hidden |= *group.known.entry(finding.rule.code).or_insert_with(ask);
        }
        is_hidden
    }
}

impl<'m> Held<'m> {
    fn new(said: &'m Suppression, file: &'m FileIndex, enforced: &HashSet<&'static str>) -> Self {
        let start = Place::new(file.file, Span::point(said.covers.start as usize));
        let fate = |rule: &Spanned<Box<str>>| {
            // A group is refused where it would hide a rule that is enforced, and serves for the others.
            let named = rules::find(&rule.value).filter(|_| rules::is_exact(&rule.value));
            let refused = named.filter(|rule| enforced.contains(rule.code));
            refused.map_or(Fate::Unused, Fate::Refused)
        };
        Self {
            said,
            owner: file
                .owner_at(start)
                .map(|(_, name)| name.map_or("?", |name| &name.value)),
            fates: said.rules.iter().map(fate).collect(),
        }
    }

    fn about(&self) -> Span {
        if self.said.whole_file { WHOLE } else { self.said.covers }
    }

    /// The day until which it held, if that is over.
    pub(super) fn expiry(&self, today: Option<Date>) -> Option<&'m Spanned<Date>> {
        let until = self.said.until.as_ref();
        until.filter(|until| today.is_some_and(|today| today > until.value))
    }

    /// Whether it hides a rule. It counts as used from then on.
    fn ask(&mut self, rule: &'static Rule, is_enforced: bool, today: Option<Date>) -> bool {
        let mut is_meant = false;
        for (selector, fate) in self.said.rules.iter().zip(&mut self.fates) {
            if !rules::selects(&selector.value, rule) {
                continue;
            }
            is_meant = true;
            match fate {
                _ if is_enforced => *fate = Fate::Refused(rule),
                Fate::Unused => *fate = Fate::Used,
                Fate::Used | Fate::Refused(_) => {}
            }
        }
        is_meant && !is_enforced && self.expiry(today).is_none()
    }
}
