//! What two readings of a file say differently, as far as other files are concerned.

use std::collections::{BTreeMap, BTreeSet};

use super::FileResult;
use super::mentions::EnvironmentViews;
use crate::model::{AccountNode, Alias, Definition, FileIndex, ProjectNode, Spanned};

/// Whether both readings say the same of the project and its environments, wherever that is in the file. Whatever they say
/// differently holds for all files.
pub(super) fn keeps_account(old: &FileIndex, new: &FileIndex) -> bool {
    let environments = |one: &FileIndex, other: &FileIndex| {
        let pairs = one.environments.iter().zip(&other.environments);
        one.environments.len() == other.environments.len()
            && pairs.into_iter().all(|(one, other)| {
                one.name.value == other.name.value && account(&one.account) == account(&other.account)
            })
    };
    let (old_project, new_project) = (old.project.as_deref(), new.project.as_deref());
    !(old.hides_project || new.hides_project)
        && old_project.map(project) == new_project.map(project)
        && environments(old, new)
}

fn project(node: &ProjectNode) -> impl PartialEq {
    let ProjectNode {
        account: of_account,
        campaigns,
        lint,
        enforced,
        on_change,
    } = node;
    let campaigns: Vec<&str> = campaigns.iter().map(|pattern| &*pattern.value).collect();
    (account(of_account), campaigns, lint, enforced, on_change)
}

fn account(node: &AccountNode) -> impl PartialEq {
    let AccountNode {
        api,
        login,
        dialect,
        hides_dialect,
        timezone,
        token_command,
        token_env,
        state,
        wire_values,
    } = node;
    (
        (value(api), value(login), value(state)),
        (dialect, hides_dialect, timezone),
        (token_command, token_env, wire_values),
    )
}

/// What is written, wherever that is.
fn value<T>(written: &Option<Spanned<T>>) -> Option<&T> {
    written.as_ref().map(|written| &written.value)
}

/// What a file declares under which name, and what may be declared in it: other files are told of what nobody declares.
pub(super) fn declared_names(index: &FileIndex) -> impl PartialEq {
    let aliases = aliases(index).map(|(alias, environment)| (alias.kind, &alias.name.value, environment));
    let templates = index.templates.iter().map(|template| template.name.as_ref());
    (
        aliases.collect::<Vec<_>>(),
        templates.map(|name| name.map(|name| &name.value)).collect::<Vec<_>>(),
        &index.meant,
        index.swallowed,
        index.incomplete,
    )
}

/// The names of templates and aliases that mean something else after a change.
#[derive(Default)]
pub(super) struct ChangedNames<'a> {
    pub(super) templates: BTreeSet<&'a str>,
    pub(super) aliases: BTreeSet<&'a str>,
}

impl<'a> ChangedNames<'a> {
    /// Compares two readings of a file. `views` have all templates of both.
    pub(super) fn new(old: &'a FileResult, new: &'a FileResult, views: [&EnvironmentViews<'a>; 2]) -> Self {
        let mut changed = Self {
            templates: differing(templates_of(old), templates_of(new)),
            aliases: differing(aliases_of(old), aliases_of(new)),
        };
        let all = || views.into_iter().flat_map(|views| views.whole.templates());
        let uses_alias = |template: &&Definition| {
            let mut uses = template.alias_uses();
            uses.any(|used| changed.aliases.contains(used.name))
        };
        let of_alias = all().filter(uses_alias).filter_map(|template| template.name.as_ref());
        changed.templates.extend(of_alias.map(|name| &*name.value));
        let mut known = 0;
        while known < changed.templates.len() {
            known = changed.templates.len();
            for template in all() {
                if let (Some(name), Some(from)) = (&template.name, &template.template)
                    && changed.templates.contains(&*from.value)
                {
                    changed.templates.insert(&name.value);
                }
            }
        }
        changed
    }
}

/// The templates of a file, by name: the text of each, and whether all of it was understood.
fn templates_of(result: &FileResult) -> BTreeMap<&str, Vec<(&str, bool)>> {
    let mut all: BTreeMap<&str, Vec<(&str, bool)>> = BTreeMap::new();
    for template in &result.index.templates {
        let text = result.content.get(template.whole.span.range()).unwrap_or_default();
        let of_name = all.entry(template.title()).or_default();
        of_name.push((text, template.is_partial()));
    }
    all
}

/// The aliases of a file, by name: the kind and the id of each, and its environment.
fn aliases_of(result: &FileResult) -> BTreeMap<&str, Vec<impl PartialEq>> {
    let mut all: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (alias, environment) in aliases(&result.index) {
        let of_name = all.entry(&*alias.name.value).or_default();
        of_name.push((alias.kind, alias.id.as_deref(), environment));
    }
    all
}

/// Every alias of a file, with its environment where it is not a common one.
fn aliases(index: &FileIndex) -> impl Iterator<Item = (&Alias, Option<&str>)> {
    let common = index.aliases.iter().map(|alias| (alias, None));
    let in_environments = index.environments.iter().flat_map(|environment| {
        let name = &*environment.name.value;
        environment.aliases.iter().map(move |alias| (alias, Some(name)))
    });
    common.chain(in_environments)
}

/// The keys of which two maps hold something different.
fn differing<'a, V: PartialEq>(one: BTreeMap<&'a str, V>, other: BTreeMap<&'a str, V>) -> BTreeSet<&'a str> {
    let keys = one.keys().chain(other.keys());
    keys.filter(|key| one.get(*key) != other.get(*key)).copied().collect()
}
