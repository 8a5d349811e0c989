//! DF301: an alias that is not declared.

use super::Context;
use crate::fields::{AliasKind, Field, IdValue, Kind, Value};
use crate::finding::{Fix, Rule, Severity, Sink, Violation};
use crate::model::{Owner, Project};
use crate::names::closest;
use crate::source::Place;

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF301",
    name: "unknown-alias",
    severity: Severity::Error,
    summary: "A name where an id belongs, but no alias of that kind has the name.",
    why: "There is no id to send.",
    bad: r#"scenario "promoo""#,
    good: r#"scenario "228cc4fa-92f2-4709-94e3-7344a96a5903""#,
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
        self.suggestion.map_or_else(|| "not declared in `aliases`".to_owned(), |name| format!("did you mean \"{name}\"?"))
    }

    fn help(&self) -> Option<String> {
        Some(format!("write its UUID, or declare it: aliases {{ {} {}=\"…\" }}", self.kind.split(" or ").next().unwrap_or(self.kind), self.name))
    }
}

/// Checks the aliases that each campaign and template names itself.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.project.incomplete {
        return;
    }
    for owner in context.project.campaigns().chain(context.project.templates()) {
        for stated in owner.stated.iter().flat_map(|stated| &stated.values) {
            let spec = stated.field.spec();
            // A field that the dialect does not have is one mistake, whatever it names.
            let is_foreign = spec.dialect > context.project.dialect();
            if let (Some(Value::Id(IdValue::Alias(name))), Kind::Id(kind), false) = (&stated.value, spec.kind, is_foreign) {
                report(context.project, kind, name, stated.place, owner, stated.field, sink);
            }
        }
    }
}

fn report(project: &Project<'_>, kind: AliasKind, name: &str, place: Place, owner: &Owner, field: Field, sink: &mut Sink) {
    let kind = narrowed(kind, owner, field);
    if project.alias(kind, name).is_some() {
        return;
    }
    let declared: Vec<(AliasKind, &str)> = project.aliases().map(|alias| (alias.kind, &*alias.name.value)).collect();
    let of_kind = declared.iter().filter(|(known, _)| {
        *known == kind || kind == AliasKind::NumberOrPool && matches!(known, AliasKind::Number | AliasKind::Pool)
    });
    let suggestion = closest(name, of_kind.map(|(_, name)| *name));
    let other_kind = declared.iter().find(|(_, known)| *known == name).map(|(kind, _)| kind.word());
    let finding = sink.report(place, &UnknownAlias { kind: kind.word(), name, suggestion, other_kind });
    if let Some(suggestion) = suggestion {
        finding.fix(Fix::likely(place.span, format!("\"{suggestion}\"")));
    }
}

/// `caller-id "number" id="…"` takes the alias of a number only.
fn narrowed(kind: AliasKind, owner: &Owner, field: Field) -> AliasKind {
    if field != Field::CallerIdSource {
        return kind;
    }
    let stated = owner.stated.iter().find_map(|stated| stated.get(Field::CallerId));
    match stated.and_then(|stated| stated.value.as_ref()).map(|value| value.word(Field::CallerId.spec())) {
        Some("number") => AliasKind::Number,
        Some("pool") => AliasKind::Pool,
        _ => kind,
    }
}
