//! Names that go across files: where each is declared and used, and what another name for it changes.

use gen_lsp_types::{Location, TextEdit};
use serde_json::{Map, Value, json};

use super::diagnostics::Converter;
use super::insertion::{Insertion, insert_node};
use crate::fields::AliasKind;
use crate::import::quoted_line;
use crate::model::{CampaignEntry, FileIndex, Project};
use crate::project::source::{FileId, Place, Span};
use crate::util::suggest::{is_key, is_template_name};

/// A name of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ProjectName {
    /// A template.
    Template(String),
    /// An alias of this kind.
    Alias(AliasKind, String),
    /// The key of a campaign.
    Key(String),
}

/// One place of a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mention {
    /// The name, with its quotes.
    pub(super) place: Place,
    /// Whether it is declared there.
    pub(super) is_declaration: bool,
}

impl Mention {
    fn of(place: Place, is_declaration: bool) -> Self {
        Self { place, is_declaration }
    }
}

/// A name, borrowed: there are thousands of them, and one is looked for.
#[derive(Clone, Copy)]
enum NameRef<'p> {
    Template(&'p str),
    /// The kind is that which is asked for.
    Alias(AliasKind, &'p str),
    Key(&'p str),
}

impl NameRef<'_> {
    /// The name. An alias that is not declared is of the kind that is asked for.
    fn resolved(self, project: &Project<'_>) -> ProjectName {
        match self {
            Self::Template(name) => ProjectName::Template(name.to_owned()),
            Self::Key(key) => ProjectName::Key(key.to_owned()),
            Self::Alias(kind, name) => {
                let declared = project.alias_anywhere(kind, name);
                ProjectName::Alias(declared.map_or(kind, |declared| declared.kind), name.to_owned())
            }
        }
    }

    fn is(self, name: &ProjectName, project: &Project<'_>) -> bool {
        match (self, name) {
            (Self::Template(a), ProjectName::Template(b)) | (Self::Key(a), ProjectName::Key(b)) => a == b,
            (Self::Alias(_, a), ProjectName::Alias(_, b)) => a == b && self.resolved(project) == *name,
            _ => false,
        }
    }
}

/// Every name that a file declares, and its place.
fn declared(index: &FileIndex) -> impl Iterator<Item = (NameRef<'_>, Place)> {
    let keys = index.campaigns.iter().filter_map(|campaign| campaign.key.as_ref());
    let templates = index.templates.iter().filter_map(|template| template.name.as_ref());
    let in_environments = index.environments.iter().flat_map(|environment| &environment.aliases);
    let aliases = index.aliases.iter().chain(in_environments);
    let aliases = aliases.map(|alias| (NameRef::Alias(alias.kind, &alias.name.value), alias.name.place));
    let keys = keys.map(|key| (NameRef::Key(&key.value), key.place));
    let templates = templates.map(|name| (NameRef::Template(&name.value), name.place));
    keys.chain(templates).chain(aliases)
}

/// Every name that a file uses, and its place.
fn used(index: &FileIndex) -> impl Iterator<Item = (NameRef<'_>, Place)> {
    let inheriting = index.campaigns.iter().filter_map(CampaignEntry::inheriting);
    let templates = inheriting
        .chain(&index.templates)
        .filter_map(|definition| definition.template.as_ref());
    let templates = templates.map(|name| (NameRef::Template(&name.value), name.place));
    let in_campaigns = index.campaigns.iter().flat_map(|campaign| campaign.alias_uses());
    let in_templates = index.templates.iter().flat_map(|template| template.alias_uses());
    let aliases = in_campaigns.chain(in_templates);
    let aliases = aliases.map(|alias| (NameRef::Alias(alias.kind, alias.name), alias.place));
    let moves = index.moves.iter().flat_map(|moved| [&moved.from, &moved.to]);
    let keys = moves.chain(index.removals.iter().map(|removal| &removal.key));
    let keys = keys.map(|key| (NameRef::Key(&key.value), key.place));
    templates.chain(aliases).chain(keys)
}

/// The name at a byte of a file, and its place.
pub(super) fn name_at(project: &Project<'_>, index: &FileIndex, byte: usize) -> Option<(ProjectName, Span)> {
    let holds = |span: Span| span.start as usize <= byte && byte <= span.end as usize;
    let mut names = declared(index).chain(used(index));
    let (name, place) = names.find(|(_, place)| holds(place.span))?;
    Some((name.resolved(project), place.span))
}

/// Every place where a name is declared.
pub(super) fn declarations(project: &Project<'_>, name: &ProjectName) -> Vec<Mention> {
    let all = project.files().iter().flat_map(|index| declared(index));
    all.filter(|(other, _)| other.is(name, project))
        .map(|(_, place)| Mention::of(place, true))
        .collect()
}

/// Every place of a name, those of each file together.
pub(super) fn mentions(project: &Project<'_>, name: &ProjectName) -> Vec<Mention> {
    let of_file = |index: &&FileIndex| {
        let is_it = |(other, _): &(NameRef<'_>, Place)| other.is(name, project);
        let declared = declared(index).filter(is_it).map(|(_, place)| Mention::of(place, true));
        let used = used(index).filter(is_it).map(|(_, place)| Mention::of(place, false));
        declared.chain(used).collect::<Vec<_>>()
    };
    project.files().iter().flat_map(of_file).collect()
}

/// The places of a name as the protocol has them.
pub(super) fn locations<'m>(mentions: impl Iterator<Item = &'m Mention>, converter: &Converter<'_>) -> Vec<Location> {
    let location = |mention: &Mention| {
        Some(Location {
            uri: converter.uri_of(mention.place.file)?,
            range: converter.range(mention.place.file, mention.place.span),
        })
    };
    mentions.filter_map(location).collect()
}

/// The edits that give a name another word, or why that cannot be. `at` is where the person asks for it.
pub(super) fn rename(
    project: &Project<'_>,
    (name, at): (&ProjectName, Place),
    new: &str,
    converter: &Converter<'_>,
) -> Result<Value, String> {
    refuse(project, name, new)?;
    let mut all = mentions(project, name);
    let mut leaves_moved = false;
    if let ProjectName::Key(key) = name {
        // What was moved to the old key is moved on from there.
        all.retain(|mention| mention.is_declaration);
        leaves_moved = all.len() == 1;
        if !leaves_moved {
            // The others keep the key, and the task that goes with it.
            all.retain(|mention| mention.place == at);
        }
        if all.is_empty() {
            return Err(format!(
                "several campaigns have the key `{key}`: rename one of them where it stands"
            ));
        }
    }
    let mut changes: Map<String, Value> = Map::new();
    let mut add = |file: FileId, edit: TextEdit| {
        if let Some(uri) = converter.uri_of(file)
            && let Value::Array(edits) = changes.entry(String::from(uri.as_ref())).or_insert_with(|| json!([]))
        {
            edits.push(serde_json::to_value(edit).unwrap_or_default());
        }
    };
    for mention in &all {
        let old = converter.slice(mention.place);
        let new_text = match old.starts_with(['"', '#']) {
            true => quoted_line(new),
            false => word(new),
        };
        let range = converter.range(mention.place.file, mention.place.span);
        add(mention.place.file, TextEdit { range, new_text });
    }
    if let (ProjectName::Key(old), Some(declaration), true) = (name, all.first(), leaves_moved) {
        let file = declaration.place.file;
        let node = format!("moved from={} to=\"{new}\"", quoted_line(old));
        let Some(Insertion { at, text }) = insert_node(converter.text(file), &node, end_of(project, declaration))
        else {
            let file = converter.shown(file);
            return Err(format!(
                "the `moved` that this needs has no place in {file}, which cannot be read to its end: repair that first"
            ));
        };
        let range = converter.range(file, Span::point(at));
        add(file, TextEdit { range, new_text: text });
    }
    Ok(json!({ "changes": changes }))
}

/// Where the campaign ends that declares a key.
fn end_of(project: &Project<'_>, declaration: &Mention) -> Option<usize> {
    let mut campaigns = project.campaigns();
    let is_it = |key: &Place| *key == declaration.place;
    let campaign = campaigns.find(|campaign| campaign.key.as_ref().map(|key| key.place).as_ref().is_some_and(is_it))?;
    Some(campaign.whole.span.end as usize)
}

fn refuse(project: &Project<'_>, name: &ProjectName, new: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let is_taken = |what: &str| Err(format!("there is {what} `{new}` already: choose another name"));
    match name {
        ProjectName::Key(_) if !is_key(new) => Err(format!(
            "`{new}` cannot be a key: write a-z, 0-9, `-` and `_`, beginning with a letter or digit"
        )),
        ProjectName::Template(_) if !is_template_name(new) => Err(format!(
            "`{new}` cannot be the name of a template: write small letters, digits, `-` and `_`, beginning with a letter or digit"
        )),
        ProjectName::Alias(..) if new.is_empty() || !new.chars().all(is_plain) => Err(format!(
            "`{new}` cannot be the name of an alias: write letters, digits, `-` and `_`"
        )),
        ProjectName::Key(_) if project.keys().any(|key| &*key.value == new) => is_taken("a campaign"),
        ProjectName::Key(old) if project.moves().any(|moved| &*moved.from.value == new) => Err(format!(
            "`{new}` was moved to another key: take its `moved` out before `{old}` gets that name"
        )),
        ProjectName::Key(_) if project.removals().any(|removal| &*removal.key.value == new) => {
            is_taken("a `removed` for")
        }
        ProjectName::Key(old) if !project.keys().any(|key| *key.value == **old) => {
            Err(format!("no campaign has the key `{old}`"))
        }
        ProjectName::Template(_) if project.template(new).is_some() => is_taken("a template"),
        ProjectName::Alias(kind, _) if project.alias_anywhere(*kind, new).is_some() => is_taken("an alias"),
        _ => Ok(()),
    }
}

/// A name as it is written: in quotes where it needs them.
pub(super) fn word(name: &str) -> String {
    let is_keyword = matches!(name, "true" | "false" | "null" | "inf" | "nan");
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    match !is_keyword && name.starts_with(char::is_alphabetic) && name.chars().all(is_plain) {
        true => name.to_owned(),
        false => quoted_line(name),
    }
}
