//! DF317: one id for two kinds of things.

use std::collections::{HashMap, HashSet};

use super::Context;
use super::nil_id::is_nil;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Alias;

pub(crate) static RULE: Rule = Rule {
    code: "DF317",
    name: "id-of-two-kinds",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "Two aliases of different kinds with the same id.",
    why: "An id belongs to one thing: one of the two was pasted in the wrong place, and the task would be refused, or call with the wrong scenario or number.",
    about: |_| false,
    bad: r#"aliases {
    scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903"
    channel sales="228cc4fa-92f2-4709-94e3-7344a96a5903"
}
campaign "a" { scenario "promo"; on-transfer "channel" channel="sales" }"#,
    good: r#"aliases {
    scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903"
    channel sales="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
}
campaign "a" { scenario "promo"; on-transfer "channel" channel="sales" }"#,
};

/// An alias with the id of another one of another kind.
pub struct IdOfTwoKinds<'a> {
    /// The later alias.
    pub kind: &'static str,
    /// Its name.
    pub name: &'a str,
    /// The kind of the first one.
    pub first_kind: &'static str,
    /// The name of the first one.
    pub first: &'a str,
}

impl Violation for IdOfTwoKinds<'_> {
    fn message(&self) -> String {
        format!(
            "the {} alias `{}` has the id of the {} alias `{}`",
            self.kind, self.name, self.first_kind, self.first
        )
    }

    fn label(&self) -> String {
        format!("is this a {}, or a {}?", self.kind, self.first_kind)
    }

    fn help(&self) -> Option<String> {
        Some(format!(
            "write the id that the vendor's page of the {} shows",
            self.kind
        ))
    }
}

/// Compares the ids of all aliases. One finding for each that has the id of an earlier one of another kind.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut first: HashMap<&str, &Alias> = HashMap::new();
    let mut names = HashSet::new();
    for alias in context.project.aliases() {
        // Neither the UUID of zeros nor a name that is declared twice is reported once more.
        let is_new = names.insert((alias.kind, &*alias.name.value));
        let Some(id) = alias.id.as_deref().filter(|id| is_new && !is_nil(id)) else {
            continue;
        };
        let known = first.entry(id).or_insert(alias);
        if known.kind != alias.kind {
            let violation = IdOfTwoKinds {
                kind: alias.kind.word(),
                name: &alias.name.value,
                first_kind: known.kind.word(),
                first: &known.name.value,
            };
            let finding = sink.report(alias.name.place, &violation);
            finding.label(known.name.place, "the same id");
        }
    }
}
