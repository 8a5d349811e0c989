//! DF305: a key, template or alias that is declared twice.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::finding::{Rule, Severity, Sink, Violation};
use crate::model::{FileModel, Owner};
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

/// A name that must be the only one of its kind in a project.
pub(super) struct Declared<'a> {
    kind: &'static str,
    name: &'a str,
    place: Place,
}

/// Every name that a file declares.
pub(super) fn declared<'a>(file: &'a FileModel) -> impl Iterator<Item = Declared<'a>> {
    let owners = |kind, owners: &'a [Owner]| owners.iter().filter_map(move |owner| Some((kind, owner.name.as_ref()?)));
    let campaigns = owners("campaign", &file.campaigns);
    let templates = owners("template", &file.templates);
    let aliases = file.aliases.iter().map(|alias| (alias.kind.word(), &alias.name));
    let names = campaigns.chain(templates).chain(aliases);
    names.map(|(kind, name)| Declared { kind, name: &name.value, place: name.place })
}

/// Reports the later place in path order, with the first as a label.
pub(super) fn check(names: &[Declared<'_>], sink: &mut Sink) {
    let mut first: HashMap<(&str, &str), Place> = HashMap::with_capacity(names.len());
    for Declared { kind, name, place } in names {
        match first.entry((kind, name)) {
            Entry::Occupied(first) => {
                sink.report(*place, &DuplicateName { kind, name }).label(*first.get(), "first declared here");
            }
            Entry::Vacant(first) => drop(first.insert(*place)),
        }
    }
}
