//! DF301: an alias that is not declared.

use std::collections::BTreeMap;

use super::Context;
use super::set_but_no_effect::is_idle;
use crate::fields::{AliasKind, Field, Kind, Setting};
use crate::finding::{Finding, Fix, Rule, Severity, Sink, Violation};
use crate::model::{FileModel, Owner, Project};
use crate::names::closest;
use crate::source::Place;

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF301",
    name: "unknown-alias",
    severity: Severity::Error,
    summary: "A name where an id belongs, but no alias of that kind has the name.",
    why: "There is no id to send, and a guess could be another scenario, channel or number than the one that people should meet.",
    about: |field| matches!(field.kind, Kind::Id(_)),
    bad: r#"aliases {
    scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903"
}
template "weekday" {
    scenario "promoo"
}
campaign "a" template="weekday" {}"#,
    good: r#"aliases {
    scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903"
}
template "weekday" {
    scenario "promo"
}
campaign "a" template="weekday" {}"#,
};

/// An alias nobody declared.
pub struct UnknownAlias<'a> {
    /// What it should name.
    pub kind: &'a str,
    /// The name.
    pub name: &'a str,
    /// What was meant.
    pub suggestion: Option<&'a str>,
    /// The kind that does have the name.
    pub other_kind: Option<&'a str>,
}

impl Violation for UnknownAlias<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        match self.other_kind {
            Some(kind) => format!("`{}` is the alias of a {kind}, not of a {}", self.name, self.kind),
            None => format!("no {} is called `{}`", self.kind, self.name),
        }
    }

    fn label(&self) -> String {
        match (self.suggestion, self.other_kind) {
            (Some(name), _) => format!("did you mean \"{name}\"?"),
            (None, Some(_)) => "an alias of another kind".to_owned(),
            (None, None) => "not declared in `aliases`".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(format!("write its UUID, or declare it: aliases {{ {} {}=\"…\" }}", self.kind.split(" or ").next().unwrap_or(self.kind), self.name))
    }
}

/// A name where an id belongs.
struct Use<'a> {
    kind: AliasKind,
    name: &'a str,
    place: Place,
}

/// Checks the aliases that campaigns and templates of a file name. The same unknown name several times in it is one
/// mistake: most likely it is the declaration that is misspelt.
pub(super) fn check(context: &Context<'_>, file: &FileModel, sink: &mut Sink) {
    if context.project.incomplete {
        return;
    }
    let owners = file.campaigns.iter().chain(&file.templates);
    let mut unknown: BTreeMap<(&str, &str), Vec<Use<'_>>> = BTreeMap::new();
    for used in owners.flat_map(|owner| unknown_uses(context.project, owner)) {
        let Use { kind, name, .. } = used;
        unknown.entry((kind.word(), name)).or_default().push(used);
    }
    for uses in unknown.values() {
        let [first, others @ ..] = uses.as_slice() else { continue };
        let finding = report(context.project, first, sink);
        for other in others {
            finding.label(other.place, "and here");
        }
    }
}

/// A field that the dialect does not have, or that has no effect, is one mistake, whatever it names.
fn unknown_uses<'a>(project: &'a Project<'_>, owner: &'a Owner) -> impl Iterator<Item = Use<'a>> {
    let dialect = project.dialect();
    let uses = owner.stated.aliases().map(|(value, kind, name)| {
        (value.field, Use { kind: narrowed(kind, owner, value.field), name, place: value.place })
    });
    let unknown = uses.filter(|(_, used)| project.alias(used.kind, used.name).is_none());
    unknown
        .filter(move |(field, _)| field.spec().dialect <= dialect && !is_idle(owner, *field))
        .map(|(_, used)| used)
}

fn report<'s>(project: &Project<'_>, used: &Use<'_>, sink: &'s mut Sink) -> &'s mut Finding {
    let Use { kind, name, place } = *used;
    let is_wanted = |known: AliasKind| match kind {
        AliasKind::NumberOrPool => matches!(known, AliasKind::Number | AliasKind::Pool),
        kind => known == kind,
    };
    let of_kind = project.aliases().filter(|alias| is_wanted(alias.kind));
    let suggestion = closest(name, of_kind.map(|alias| &*alias.name.value));
    let namesake = project.aliases().find(|alias| &*alias.name.value == name);
    let violation = UnknownAlias { kind: kind.word(), name, suggestion, other_kind: namesake.map(|alias| alias.kind.word()) };
    let finding = sink.report(place, &violation);
    if let Some(suggestion) = suggestion {
        finding.fix(Fix::likely(place.span, format!("\"{suggestion}\"")));
    }
    if let Some(alias) = namesake {
        finding.label(alias.name.place, format!("declared as a {} here", alias.kind.word()));
    }
    finding
}

/// `caller-id "number" id="…"` takes the alias of a number only.
fn narrowed(kind: AliasKind, owner: &Owner, field: Field) -> AliasKind {
    if field != Field::CallerIdSource {
        return kind;
    }
    let stated = owner.stated.find(Setting::CallerId).and_then(|stated| stated.get(Field::CallerId));
    match stated.and_then(|stated| stated.value).map(|value| value.word(Field::CallerId.spec())) {
        Some("number") => AliasKind::Number,
        Some("pool") => AliasKind::Pool,
        _ => kind,
    }
}
