//! DF303: a template that is not declared.

use super::Context;
use crate::finding::{Fix, Rule, Severity, Sink, Violation};
use crate::model::Spanned;
use crate::names::closest;

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF303",
    name: "unknown-template",
    severity: Severity::Error,
    summary: "A `template=` that names no template.",
    why: "Everything the campaign should inherit is missing.",
    bad: r#"campaign "a" template="weekdy" {}
template "weekday" {}"#,
    good: r#"campaign "a" template="weekday" {}
template "weekday" {}"#,
};

/// A template nobody declared.
pub struct UnknownTemplate<'a> {
    /// The name.
    pub name: &'a str,
    /// What was meant.
    pub suggestion: Option<&'a str>,
}

impl Violation for UnknownTemplate<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("there is no template `{}`", self.name)
    }

    fn label(&self) -> String {
        self.suggestion.map_or_else(|| "not declared".to_owned(), |name| format!("did you mean \"{name}\"?"))
    }

    fn help(&self) -> Option<String> {
        let declare = format!("declare it in any file of the project: template \"{}\" {{ … }}", self.name);
        self.suggestion.is_none().then_some(declare)
    }
}

/// Checks each `template=` where it is written. The same unknown name several times in a file is one mistake.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.project.incomplete {
        return;
    }
    let owners = context.project.campaigns().chain(context.project.templates());
    let unknown: Vec<&Spanned<Box<str>>> = owners
        .filter_map(|owner| owner.template.as_ref())
        .filter(|name| context.project.template(&name.value).is_none())
        .collect();
    for (index, name) in unknown.iter().enumerate() {
        let is_same = |other: &&&Spanned<Box<str>>| other.place.file == name.place.file && other.value == name.value;
        if unknown[..index].iter().any(|other| is_same(&other)) {
            continue;
        }
        let known = context.project.templates().filter_map(|template| template.name.as_ref()).map(|name| &*name.value);
        let suggestion = closest(&name.value, known);
        let finding = sink.report(name.place, &UnknownTemplate { name: &name.value, suggestion });
        if let Some(suggestion) = suggestion {
            finding.fix(Fix::likely(name.place.span, format!("\"{suggestion}\"")));
        }
        for other in unknown[index + 1..].iter().filter(is_same) {
            finding.label(other.place, "and here");
        }
    }
}
