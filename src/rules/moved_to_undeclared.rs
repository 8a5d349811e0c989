//! DF307: a `moved` to a key that is not declared.

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

use super::Context;
use super::cycles::cycles;
use crate::finding::{Fix, Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Moved;
use crate::util::suggest::Names;

pub(crate) static RULE: Rule = Rule {
    code: "DF307",
    name: "moved-to-undeclared",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A `moved` that leads to no campaign of the project, or in a circle.",
    why: "The task in state would belong to no campaign: it goes on calling, and no file says so any more.",
    about: |_| false,
    bad: r#"moved from="a" to="c"
campaign "b" {}"#,
    good: r#"moved from="a" to="b"
campaign "b" {}"#,
};

/// A move to a key that is not there.
pub struct MovedToUndeclared<'a> {
    /// The key.
    pub key: &'a str,
    /// What was meant.
    pub suggestion: Option<&'a str>,
    /// Whether further moves lead from it back to where this one began.
    pub is_circle: bool,
}

impl Violation for MovedToUndeclared<'_> {
    fn message(&self) -> String {
        if self.is_circle {
            return format!("the moves to `{}` lead in a circle, and to no campaign", self.key);
        }
        format!("no campaign has the key `{}`", self.key)
    }

    fn label(&self) -> String {
        match self.suggestion {
            Some(name) => format!("did you mean \"{name}\"?"),
            None if self.is_circle => "leads back to its own `from=`".to_owned(),
            None => "not declared".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        let what = "`moved` gives the task of the old key to a campaign that is declared";
        Some(format!("{what}: write that campaign's key, or remove this `moved`"))
    }
}

/// Checks each `moved`. A key that a further `moved` renames counts as declared, unless the moves form a cycle.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.project.swallowed.keys || context.project.moves().next().is_none() {
        return;
    }
    let keys = context.project.keys().map(|key| &*key.value);
    // A copy of the state that has not seen the move yet gives its task to what is removed.
    let removed = context.project.removals().map(|removed| &*removed.key.value);
    let declared: HashSet<&str> = keys.chain(removed).collect();
    // Of two moves from one key, the first counts.
    let mut onward: HashMap<&str, (usize, &Moved)> = HashMap::new();
    for (index, moved) in context.project.moves().enumerate() {
        onward.entry(&moved.from.value).or_insert((index, moved));
    }
    let next = |key: &str| {
        let (_, moved) = onward.get(key)?;
        onward.contains_key(&*moved.to.value).then_some(&*moved.to.value)
    };
    for circle in cycles(context.project.moves().map(|moved| &*moved.from.value), next) {
        // DF306 reports a key that is still declared.
        if circle.iter().any(|key| declared.contains(key)) {
            continue;
        }
        let mut moves: Vec<(usize, &Moved)> = circle.iter().filter_map(|key| onward.get(key).copied()).collect();
        let first = moves.iter().enumerate().min_by_key(|(_, (index, _))| *index);
        let first = first.map_or(0, |(position, _)| position);
        moves.rotate_left(first);
        let [(_, first), others @ ..] = moves.as_slice() else {
            continue;
        };
        let violation = MovedToUndeclared {
            key: &first.to.value,
            suggestion: None,
            is_circle: true,
        };
        let finding = sink.report(first.to.place, &violation);
        for (_, other) in others {
            finding.label(other.to.place, "and on to here");
        }
    }
    // Any key of the project may be what was meant.
    let names = LazyCell::new(|| {
        let files = context.all_files();
        let campaigns = files.iter().flat_map(|file| &file.campaigns);
        Names::new(campaigns.filter_map(|campaign| Some(&*campaign.key.as_ref()?.value)))
    });
    for moved in context.project.moves() {
        let to = &*moved.to.value;
        // In a chain, only the last move is reported.
        if declared.contains(to) || onward.contains_key(to) || context.project.is_meant(to) {
            continue;
        }
        let suggestion = names.closest(to);
        let finding = sink.report(
            moved.to.place,
            &MovedToUndeclared {
                key: to,
                suggestion,
                is_circle: false,
            },
        );
        if let Some(suggestion) = suggestion {
            finding.fix(Fix::likely(moved.to.place.span, format!("\"{suggestion}\"")));
        }
    }
}
