//! What is said of the thing under the mouse: the table's words, what is sent, what a name stands for.

use std::collections::BTreeMap;

use gen_lsp_types::{Contents, Hover, MarkupContent, MarkupKind, Range};
use jiff::tz::TimeZone;
use serde_json::Value as JsonValue;

use super::cursor::{Cursor, NodePart, comment_at, literal};
use super::document::Document;
use super::position::Encoding;
use crate::explain::{self, DocPage, PageBlock, Topic};
use crate::fields::types::Moment;
use crate::fields::{
    AliasKind, Dialect, FieldSpec, Setting, TOP_LEVEL, Value as FieldValue, WireContext, in_environment, in_project,
};
use crate::model::{Alias, Project};
use crate::project::source::{Sources, Span};
use crate::report::page::section;
use crate::rules;
use crate::syntax::{Entry, Scalar, parse};

/// Longer templates are shown from their beginning.
const MAX_LINES: usize = 30;

/// The project around a document, where there is one.
pub(super) struct Around<'p> {
    pub(super) project: Project<'p>,
    pub(super) sources: &'p Sources,
}

impl<'p> Around<'p> {
    /// The aliases of a kind, by name: the id that each stands for, or the environments that have one of their own.
    pub(super) fn aliases(&self, kind: AliasKind) -> BTreeMap<&'p str, String> {
        let mut all = BTreeMap::new();
        for alias in self.project.aliases().filter(|alias| kind.takes(alias.kind)) {
            let id = alias.id.as_deref().unwrap_or_default();
            all.insert(&*alias.name.value, format!("{} {id}", alias.kind.word()));
        }
        for environment in self.project.environments() {
            for alias in environment.aliases.iter().filter(|alias| kind.takes(alias.kind)) {
                let first = || format!("{} in", alias.kind.word());
                let words = all.entry(&*alias.name.value).or_insert_with(first);
                words.push_str(&format!(" {}", environment.name.value));
            }
        }
        all
    }

    /// What a name stands for, and where that is said: once for all, or in each environment.
    fn meanings(&self, kind: AliasKind, name: &str) -> Vec<(Option<&'p str>, &'p Alias)> {
        if let Some(alias) = self.project.alias(kind, name) {
            return vec![(None, alias)];
        }
        let is_it = |alias: &&Alias| kind.takes(alias.kind) && *alias.name.value == *name;
        let meant = self.project.environments().filter_map(|environment| {
            let alias = environment.aliases.iter().find(is_it)?;
            Some((Some(&*environment.name.value), alias))
        });
        meant.collect()
    }
}

impl WireContext for Around<'_> {
    fn dialect(&self) -> Dialect {
        self.project.dialect()
    }

    fn wire_value<'a>(&'a self, name: &'a str, default: &'a str) -> &'a str {
        self.project.wire_value(name).unwrap_or(default)
    }

    fn alias_id(&self, kind: AliasKind, name: &str) -> Option<&str> {
        self.project.alias(kind, name)?.id.as_deref()
    }
}

/// What is said of the place.
pub(super) fn hover(
    document: &Document,
    byte: usize,
    around: &Around<'_>,
    encoding: Encoding,
    form: MarkupKind,
) -> Option<Hover> {
    let (words, span) = words_at(document.text(), byte, around)?;
    Some(said(words, document.range(span, encoding), form))
}

/// Words about a range.
pub(super) fn said(words: String, range: Range, form: MarkupKind) -> Hover {
    Hover {
        contents: Contents::MarkupContent(MarkupContent {
            kind: form,
            value: words,
        }),
        range: Some(range),
    }
}

/// The key of the campaign on which a byte is.
pub(super) fn key_at(document: &Document, byte: usize) -> Option<(String, Span)> {
    let parsed = parse(document.text());
    let cursor = Cursor::at(&parsed, byte);
    match (cursor.names().as_slice(), cursor.part) {
        (["campaign"], NodePart::Value(entry)) if entry.name.is_none() => match &entry.value.scalar {
            Scalar::String(key) => Some((key.to_string(), entry.value.span)),
            _ => None,
        },
        _ => None,
    }
}

fn words_at(text: &str, byte: usize, around: &Around<'_>) -> Option<(String, Span)> {
    let parsed = parse(text);
    if comment_at(&parsed, byte).is_some() {
        let (word, span) = word_at(text, byte)?;
        let rule = rules::find(word)?;
        return Some((page(&explain::rule_page(rule)), span));
    }
    let cursor = Cursor::at(&parsed, byte);
    let node = cursor.nodes.last()?;
    match cursor.part {
        NodePart::Name => Some((of_name(&cursor)?, node.name().span)),
        NodePart::Property(entry) => {
            let span = entry.name.as_ref()?.span;
            let row = cursor.field()?;
            Some((page(&explain::page(Topic::Field(row.id))), span))
        }
        NodePart::Value(entry) => Some((of_value(&cursor, entry, around)?, entry.value.span)),
        NodePart::Other => None,
    }
}

fn of_name(cursor: &Cursor<'_, '_>) -> Option<String> {
    let topic = match cursor.names().as_slice() {
        [name] => Topic::TopLevel(TOP_LEVEL.iter().find(|spec| spec.name == *name)?),
        ["project", name] => Topic::TopLevel(in_project(name)?),
        ["environment", "aliases"] => Topic::TopLevel(TOP_LEVEL.iter().find(|spec| spec.name == "aliases")?),
        ["environment", name] => Topic::TopLevel(in_environment(name)?),
        ["aliases", name] | ["environment", "aliases", name] => {
            Topic::Alias(AliasKind::ALL.into_iter().find(|kind| kind.word() == *name)?)
        }
        _ => match (cursor.setting(), cursor.field()) {
            (Some(setting), _) => Topic::Setting(setting),
            (None, Some(row)) => Topic::Field(row.id),
            (None, None) => return None,
        },
    };
    Some(page(&explain::page(topic)))
}

fn of_value(cursor: &Cursor<'_, '_>, entry: &Entry<'_>, around: &Around<'_>) -> Option<String> {
    if let ([_], Some(name), Scalar::String(value)) = (cursor.names().as_slice(), &entry.name, &entry.value.scalar)
        && name.text == "template"
    {
        return template(value, around);
    }
    let row = cursor.field()?;
    let value = row.kind.read(literal(&entry.value.scalar)?).ok()?;
    let mut words = format!("`{}`: {}", row.path(), row.doc);
    if let Some(choice) = value.choice(row) {
        words.push_str(&format!("\n\n`{}`: {}", choice.written.source(), choice.doc));
    }
    if let (Some(kind), Scalar::String(name)) = (row.kind.alias(), &entry.value.scalar) {
        for (environment, alias) in around.meanings(kind, name) {
            let id = alias.id.as_deref().unwrap_or("?");
            let file = around.sources.file(alias.name.place.file);
            let line = file.position(alias.name.place.span.start).line;
            let path = file.path().display();
            let place = environment.map_or_else(String::new, |name| format!(" in `{name}`"));
            words.push_str(&format!(
                "\n\nThe alias of a {}{place}: `{id}`, declared in {path}:{line}",
                alias.kind.word()
            ));
        }
    }
    if let FieldValue::Moment(at) = &value {
        words.extend(moments(*at, around.project.timezone()));
    }
    let sent = row.kind.encode(&value, around);
    for line in sent_as(row, &sent) {
        words.push_str(&format!("\n\n{line}"));
    }
    Some(words)
}

/// A moment in the zones that people count in.
fn moments(at: Moment, zone: Option<TimeZone>) -> Option<String> {
    let at = at.civil().to_zoned(zone?).ok()?;
    let shown = |zone: TimeZone| at.with_time_zone(zone).strftime("%Y-%m-%d %H:%M").to_string();
    let name = |zone: &TimeZone| zone.iana_name().unwrap_or("here").to_owned();
    let mut words = format!("\n\n{} {}", shown(at.time_zone().clone()), name(at.time_zone()));
    words.push_str(&format!(" = {} UTC", shown(TimeZone::UTC)));
    if let Some(local) = local_zone().filter(|local| local != at.time_zone()) {
        words.push_str(&format!(" = {} {}", shown(local.clone()), name(&local)));
    }
    Some(words)
}

/// The zone of this machine, where it says one.
fn local_zone() -> Option<TimeZone> {
    let link = || {
        let target = std::fs::read_link("/etc/localtime").ok()?;
        let target = target.to_str()?.to_owned();
        Some(target.split_once("zoneinfo/")?.1.to_owned())
    };
    let name = std::env::var("TZ").ok().filter(|name| !name.is_empty()).or_else(link)?;
    TimeZone::get(name.trim_start_matches(':')).ok()
}

/// ``sent as `cps` 1.03``
fn sent_as<'v>(row: &FieldSpec, sent: &'v [Option<JsonValue>]) -> impl Iterator<Item = String> + use<'v> {
    let paths = row.wire.iter();
    paths
        .zip(sent)
        .filter_map(|(path, value)| Some(format!("sent as `{path}` `{}`", value.as_ref()?)))
}

/// What a template states.
fn template(name: &str, around: &Around<'_>) -> Option<String> {
    let template = around.project.template(name)?;
    let file = around.sources.file(template.whole.file);
    let line = file.position(template.whole.span.start).line;
    let text = file.slice(template.whole.span);
    let mut shown: Vec<&str> = text.lines().take(MAX_LINES).collect();
    if text.lines().count() > MAX_LINES {
        shown.push("…");
    }
    let path = file.path().display();
    Some(format!(
        "The template in {path}:{line}:\n\n```kdl\n{}\n```",
        shown.join("\n")
    ))
}

/// A page without its examples: the person has a campaign before them.
fn page(page: &DocPage) -> String {
    let is_examples = |block: &PageBlock| matches!(block, PageBlock::Heading(text) if text.starts_with("Example"));
    let mut skips = false;
    let blocks = page.blocks.iter().filter(|block| {
        if matches!(block, PageBlock::Heading(_)) {
            skips = is_examples(block);
        }
        !skips
    });
    let page = DocPage {
        blocks: blocks.cloned().collect(),
        ..DocPage::new(page.title.clone(), page.about.clone())
    };
    section(&page, 3)
}

/// The word of letters, digits and `-` at a byte.
fn word_at(text: &str, byte: usize) -> Option<(&str, Span)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let start = text.get(..byte)?.trim_end_matches(is_part).len();
    let rest = text.get(byte..)?;
    let end = byte + rest.len() - rest.trim_start_matches(is_part).len();
    let word = text.get(start..end).filter(|word| !word.is_empty())?;
    Some((word, Span::new(start, end)))
}

/// The setting's usage in one line.
pub(super) fn usage_line(setting: Setting) -> String {
    crate::fields::usages(setting).join(", or ")
}
