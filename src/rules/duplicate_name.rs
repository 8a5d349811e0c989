//! DF305: a key, template or alias that is declared twice.

use std::collections::BTreeMap;

use super::Context;
use crate::finding::{Rule, Severity, Sink, Violation};
use crate::model::Owner;
use crate::source::Place;

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF305",
    name: "duplicate-name",
    severity: Severity::Error,
    summary: "The same campaign key, template name or alias twice in a project.",
    why: "State and references go by these names; two things of one name cannot be told apart.",
    bad: r#"campaign "a" {}
campaign "a" {}"#,
    good: r#"campaign "a" {}
campaign "b" {}"#,
};

/// A name declared twice.
pub struct DuplicateName<'a> {
    /// What it names.
    pub kind: &'a str,
    /// The name.
    pub name: &'a str,
}

impl Violation for DuplicateName<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("{} `{}` is declared twice", self.kind, self.name)
    }

    fn label(&self) -> String {
        "declared again".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!("give one {} another name", self.kind))
    }
}

/// Reports the later place in path order, with the first as a label.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let named = |owner: &'_ Owner, kind: &'static str| owner.name.as_ref().map(|name| (kind, name.value.clone(), name.place));
    let campaigns = context.project.campaigns().filter_map(|owner| named(owner, "campaign"));
    let templates = context.project.templates().filter_map(|owner| named(owner, "template"));
    let aliases = context.project.aliases().map(|alias| (alias.kind.word(), alias.name.value.clone(), alias.name.place));
    let mut first: BTreeMap<(&'static str, Box<str>), Place> = BTreeMap::new();
    for (kind, name, place) in campaigns.chain(templates).chain(aliases) {
        if let Some(first) = first.get(&(kind, name.clone())) {
            sink.report(place, &DuplicateName { kind, name: &name }).label(*first, "first declared here");
        } else {
            first.insert((kind, name), place);
        }
    }
}
