//! Names that go across files: where each is declared and used, and what another name for it changes.

use gen_lsp_types::{Location, TextEdit};
use serde_json::{Map, Value, json};

use super::diagnostics::Converter;
use crate::fields::AliasKind;
use crate::model::{Definition, Project};
use crate::project::source::{FileId, Place, Span};
use crate::util::suggest::is_key;

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

/// Every name that is written in one file, and its place.
fn in_file<'p>(project: &Project<'p>, file: FileId) -> Vec<(ProjectName, Mention)> {
    let mut found = Vec::new();
    let Some(index) = project.files().iter().find(|index| index.file == file) else {
        return found;
    };
    let of_template = |found: &mut Vec<_>, definition: &Definition| {
        if let Some(template) = &definition.template {
            let name = ProjectName::Template(template.value.to_string());
            found.push((name, Mention::of(template.place, false)));
        }
    };
    for campaign in &index.campaigns {
        if let Some(key) = &campaign.key {
            found.push((ProjectName::Key(key.value.to_string()), Mention::of(key.place, true)));
        }
        if let Some(definition) = campaign.inheriting() {
            of_template(&mut found, definition);
        }
    }
    for template in &index.templates {
        if let Some(name) = &template.name {
            let mention = Mention::of(name.place, true);
            found.push((ProjectName::Template(name.value.to_string()), mention));
        }
        of_template(&mut found, template);
    }
    for alias in &index.aliases {
        let name = ProjectName::Alias(alias.kind, alias.name.value.to_string());
        found.push((name, Mention::of(alias.name.place, true)));
    }
    let in_campaigns = index.campaigns.iter().flat_map(|campaign| campaign.alias_uses());
    let in_templates = index.templates.iter().flat_map(|template| template.alias_uses());
    for alias in in_campaigns.chain(in_templates) {
        // One that is not declared is of the kind that is asked for.
        let kind = project
            .alias(alias.kind, alias.name)
            .map_or(alias.kind, |declared| declared.kind);
        let name = ProjectName::Alias(kind, alias.name.to_owned());
        found.push((name, Mention::of(alias.place, false)));
    }
    for moved in &index.moves {
        for key in [&moved.from, &moved.to] {
            let name = ProjectName::Key(key.value.to_string());
            found.push((name, Mention::of(key.place, false)));
        }
    }
    for removal in &index.removals {
        let name = ProjectName::Key(removal.key.value.to_string());
        found.push((name, Mention::of(removal.key.place, false)));
    }
    found
}

/// The name at a byte of a file, and its place.
pub(super) fn name_at(project: &Project<'_>, file: FileId, byte: usize) -> Option<(ProjectName, Span)> {
    let holds = |span: Span| span.start as usize <= byte && byte <= span.end as usize;
    let mut names = in_file(project, file).into_iter();
    let (name, mention) = names.find(|(_, mention)| holds(mention.place.span))?;
    Some((name, mention.place.span))
}

/// Every place of a name.
pub(super) fn mentions(project: &Project<'_>, name: &ProjectName) -> Vec<Mention> {
    let files = project.files().iter();
    let all = files.flat_map(|index| in_file(project, index.file));
    all.filter(|(other, _)| other == name)
        .map(|(_, mention)| mention)
        .collect()
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

/// The edits that give a name another word, or why that cannot be.
pub(super) fn rename(
    project: &Project<'_>,
    name: &ProjectName,
    new: &str,
    converter: &Converter<'_>,
) -> Result<Value, String> {
    refuse(project, name, new)?;
    let mut changes: Map<String, Value> = Map::new();
    let mut add = |file: FileId, edit: TextEdit| {
        if let Some(uri) = converter.uri_of(file)
            && let Value::Array(edits) = changes.entry(String::from(uri.as_ref())).or_insert_with(|| json!([]))
        {
            edits.push(serde_json::to_value(edit).unwrap_or_default());
        }
    };
    let mut declared_in = None;
    for mention in mentions(project, name) {
        let file = mention.place.file;
        if mention.is_declaration {
            declared_in = declared_in.or(Some(file));
        } else if matches!(name, ProjectName::Key(_)) {
            // What was moved to the old key is moved on from there.
            continue;
        }
        let old = converter.slice(mention.place);
        let new_text = match old.starts_with(['"', '#']) || !is_bare(new) {
            true => format!("\"{new}\""),
            false => new.to_owned(),
        };
        let range = converter.range(file, mention.place.span);
        add(file, TextEdit { range, new_text });
    }
    if let (ProjectName::Key(old), Some(file)) = (name, declared_in) {
        let (range, needs_newline) = converter.end_of(file);
        let before = if needs_newline { "\n" } else { "" };
        let new_text = format!("{before}moved from=\"{old}\" to=\"{new}\"\n");
        add(file, TextEdit { range, new_text });
    }
    Ok(json!({ "changes": changes }))
}

fn refuse(project: &Project<'_>, name: &ProjectName, new: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let is_taken = |what: &str| Err(format!("there is {what} `{new}` already: choose another name"));
    match name {
        ProjectName::Key(_) if !is_key(new) => Err(format!(
            "`{new}` cannot be a key: write a-z, 0-9, `-` and `_`, beginning with a letter or digit"
        )),
        ProjectName::Template(_) if new.is_empty() || !new.chars().all(is_plain) || new != new.to_lowercase() => Err(
            format!("`{new}` cannot be the name of a template: write small letters, digits, `-` and `_`"),
        ),
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
        ProjectName::Alias(kind, _) if project.alias(*kind, new).is_some() => is_taken("an alias"),
        _ => Ok(()),
    }
}

/// Whether a name needs no quotes, of those that [`refuse`] lets through.
fn is_bare(name: &str) -> bool {
    let is_word = matches!(name, "true" | "false" | "null" | "inf" | "nan");
    !is_word && name.starts_with(char::is_alphabetic)
}
