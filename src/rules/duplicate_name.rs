//! DF305: a key, template or alias that is declared twice.

use std::collections::hash_map::Entry;

use foldhash::{HashMap, HashMapExt};

use super::Context;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::project::source::Place;

pub(crate) static RULE: Rule = Rule {
    code: "DF305",
    name: "duplicate-name",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "The same campaign key, template name, alias or environment twice in a project.",
    why: "State and references go by these names: of two campaigns with one key only one would be created, and either could be taken for the other's task.",
    about: |_| false,
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
    let mut firsts: HashMap<(&str, &str), Place> = HashMap::with_capacity(context.project.files().len());
    for file in context.project.files() {
        let campaigns = file
            .campaigns
            .iter()
            .filter_map(|campaign| Some(("campaign", campaign.key.as_ref()?)));
        let templates = file
            .templates
            .iter()
            .filter_map(|template| Some(("template", template.name.as_ref()?)));
        let aliases = file.aliases.iter().map(|alias| (alias.kind.word(), &alias.name));
        let environments = file
            .environments
            .iter()
            .map(|environment| ("environment", &environment.name));
        for (kind, name) in campaigns.chain(templates).chain(aliases).chain(environments) {
            match firsts.entry((kind, &name.value)) {
                Entry::Vacant(entry) => drop(entry.insert(name.place)),
                Entry::Occupied(first) => {
                    let finding = sink.report(
                        name.place,
                        &DuplicateName {
                            kind,
                            name: &name.value,
                        },
                    );
                    finding.label(*first.get(), "first declared here");
                }
            }
        }
    }
    let environments = context.project.files().iter().flat_map(|file| &file.environments);
    for environment in environments {
        let mut own: HashMap<(&str, &str), Place> = HashMap::new();
        for alias in &environment.aliases {
            let (kind, name) = (alias.kind.word(), &alias.name);
            let common = firsts
                .get(&(kind, &*name.value))
                .map(|place| (*place, "declared for all environments here"));
            let before = own.insert((kind, &name.value), name.place);
            let before = before.map(|place| (place, "first declared here"));
            if let Some((place, words)) = common.or(before) {
                let name = &*name.value;
                sink.report(alias.name.place, &DuplicateName { kind, name })
                    .label(place, words);
            }
        }
    }
}
