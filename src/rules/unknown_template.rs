//! DF303: a template that is not declared.

use super::Context;
use crate::finding::{Fix, Rule, Severity, Sink, Violation};
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
        None
    }
}

/// Checks each `template=` where it is written.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.project.incomplete {
        return;
    }
    for owner in context.project.campaigns().chain(context.project.templates()) {
        let Some(name) = &owner.template else { continue };
        if context.project.template(&name.value).is_some() {
            continue;
        }
        let known = context.project.templates().filter_map(|template| template.name.as_ref()).map(|name| &*name.value);
        let suggestion = closest(&name.value, known);
        let finding = sink.report(name.place, &UnknownTemplate { name: &name.value, suggestion });
        if let Some(suggestion) = suggestion {
            finding.fix(Fix::likely(name.place.span, format!("\"{suggestion}\"")));
        }
    }
}
