//! DF305: a key, template or alias that is declared twice.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Context;
use crate::finding::{Rule, Severity, Sink, Violation};
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
    let project = context.project;
    let campaigns = project.campaigns().filter_map(|owner| Some(("campaign", owner.name.as_ref()?)));
    let templates = project.templates().filter_map(|owner| Some(("template", owner.name.as_ref()?)));
    let aliases = project.aliases().map(|alias| (alias.kind.word(), &alias.name));
    let mut first: HashMap<(&str, &str), Place> = HashMap::with_capacity(project.files.len());
    for (kind, name) in campaigns.chain(templates).chain(aliases) {
        match first.entry((kind, &name.value)) {
            Entry::Occupied(first) => {
                let violation = DuplicateName { kind, name: &name.value };
                sink.report(name.place, &violation).label(*first.get(), "first declared here");
            }
            Entry::Vacant(place) => {
                place.insert(name.place);
            }
        }
    }
}
