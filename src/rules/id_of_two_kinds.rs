//! DF317: one id for two kinds of things.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::Context;
use super::nil_id::is_nil;
use crate::fields::{AliasKind, Kind};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::project::source::Place;

pub(crate) static RULE: Rule = Rule {
    code: "DF317",
    name: "id-of-two-kinds",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "The same id for two kinds of things, in aliases or in campaigns.",
    why: "An id belongs to one thing: one of the two was pasted in the wrong place, and the task would be refused, or call with the wrong scenario or number.",
    about: |field| matches!(field.kind, Kind::Id(_)),
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

/// An id that was the id of something else before.
pub struct IdOfTwoKinds<'a> {
    /// What it is the id of here.
    pub kind: &'static str,
    /// The name of the alias; nothing where the id is written in a campaign.
    pub name: Option<&'a str>,
    /// What it was the id of first.
    pub first_kind: &'static str,
    /// The name of the first alias.
    pub first: Option<&'a str>,
}

impl Violation for IdOfTwoKinds<'_> {
    fn message(&self) -> String {
        let here = match self.name {
            Some(name) => format!("the {} alias `{name}` has", self.kind),
            None => format!("this {} has", self.kind),
        };
        match self.first {
            Some(first) => format!("{here} the id of the {} alias `{first}`", self.first_kind),
            None => format!("{here} an id that is also written as that of a {}", self.first_kind),
        }
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

/// An id, what it is the id of, and where that is said: by an alias, or in a campaign.
#[derive(Clone, Copy)]
struct IdOf<'a> {
    id: Uuid,
    kind: AliasKind,
    alias: Option<&'a str>,
    place: Place,
}

/// Compares the ids of all aliases, and those that campaigns write themselves. One finding for each that has the id of an
/// earlier one of another kind.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut names = HashSet::new();
    // Neither the UUID of zeros nor a name that is declared twice is reported once more.
    let aliases = context.project.aliases().filter_map(|alias| {
        let is_new = names.insert((alias.kind, &*alias.name.value));
        let id = alias.id.as_deref().filter(|id| is_new && !is_nil(id))?;
        Some(IdOf {
            id: Uuid::try_parse(id).ok()?,
            kind: alias.kind,
            alias: Some(&*alias.name.value),
            place: alias.name.place,
        })
    });
    let inline = context.inline_ids.iter().map(|inline| IdOf {
        id: inline.id,
        kind: inline.kind,
        alias: None,
        place: inline.place,
    });
    let mut first: HashMap<Uuid, IdOf<'_>> = HashMap::new();
    for here in aliases.chain(inline) {
        let known = *first.entry(here.id).or_insert(here);
        if known.kind.takes(here.kind) || here.kind.takes(known.kind) {
            continue;
        }
        let violation = IdOfTwoKinds {
            kind: here.kind.word(),
            name: here.alias,
            first_kind: known.kind.word(),
            first: known.alias,
        };
        let finding = sink.report(here.place, &violation);
        finding.label(known.place, "the same id");
    }
}
