//! Semantic tokens: what each word of a text is, by the table rather than by its letters.

use serde_json::{Value, json};

use super::cursor::setting;
use super::document::Document;
use super::position::Encoding;
use crate::fields::{FieldSpec, Kind, TOP_LEVEL, in_environment, in_project};
use crate::project::source::Span;
use crate::syntax::{CommentKind, Entry, Node, Nodes, Scalar, parse};

/// The kinds of tokens, in the order of their numbers.
const KINDS: [&str; 9] = [
    "keyword",
    "property",
    "parameter",
    "string",
    "number",
    "enumMember",
    "variable",
    "class",
    "comment",
];

/// What a client has to know of the numbers.
pub(super) fn legend() -> Value {
    json!({ "tokenTypes": KINDS, "tokenModifiers": [] })
}

/// The tokens of a document, as the protocol counts them: each from the one before it.
pub(super) fn tokens(document: &Document, encoding: Encoding) -> Value {
    let parsed = parse(document.text());
    let mut found: Vec<(Span, &str)> = Vec::new();
    nodes(parsed.tree.roots(), &mut Vec::new(), &mut found);
    let comments = parsed.tree.comments.iter();
    let comments = comments.filter(|comment| comment.kind != CommentKind::Slashdash);
    found.extend(comments.map(|comment| (comment.span, "comment")));
    found.sort_unstable_by_key(|(span, _)| (span.start, span.end));
    let mut data: Vec<u32> = Vec::with_capacity(found.len() * 5);
    let (mut line, mut column, mut end) = (0, 0, 0);
    for (span, kind) in found {
        let range = document.range(span, encoding);
        // A token has one line, and tokens do not overlap.
        if range.start.line != range.end.line || span.start < end || span.start == span.end {
            continue;
        }
        let Some(number) = KINDS.iter().position(|known| *known == kind) else {
            continue;
        };
        let start = range.start;
        let from = if start.line == line { column } else { 0 };
        data.extend([
            start.line - line,
            start.character - from,
            range.end.character - start.character,
            u32::try_from(number).unwrap_or_default(),
            0,
        ]);
        (line, column, end) = (start.line, start.character, span.end);
    }
    json!({ "data": data })
}

fn nodes<'t>(level: Nodes<'t, '_>, names: &mut Vec<&'t str>, found: &mut Vec<(Span, &'static str)>) {
    for node in level {
        names.push(&node.name().text);
        node_tokens(node, names, found);
        // Deeper than the language goes there is nothing to tell apart.
        if names.len() < 4 {
            nodes(node.children(), names, found);
        }
        names.pop();
    }
}

fn node_tokens(node: Node<'_, '_>, names: &[&str], found: &mut Vec<(Span, &'static str)>) {
    let known = setting(names);
    let is_keyword = match names {
        [name] => TOP_LEVEL.iter().any(|spec| spec.name == *name),
        ["project", name] => in_project(name).is_some(),
        ["environment", name] => *name == "aliases" || in_environment(name).is_some(),
        ["aliases", _] | ["environment", "aliases", _] => true,
        _ => false,
    };
    found.push((node.name().span, if is_keyword { "keyword" } else { "property" }));
    for entry in node.entries() {
        if let Some(name) = &entry.name {
            let kind = if matches!(names, ["aliases", ..] | ["environment", "aliases", ..]) {
                "variable"
            } else {
                "parameter"
            };
            found.push((name.span, kind));
        }
        let row = match &entry.name {
            Some(name) => known.and_then(|setting| setting.property(&name.text)),
            None => known.and_then(|setting| setting.argument()),
        };
        found.push((entry.value.span, value_kind(names, entry, row)));
    }
}

fn value_kind(names: &[&str], entry: &Entry<'_>, row: Option<&'static FieldSpec>) -> &'static str {
    let name = entry.name.as_ref().map(|name| &*name.text);
    match (&entry.value.scalar, names, name) {
        (Scalar::String(_), ["campaign" | "template"], Some("template")) | (Scalar::String(_), ["template"], None) => {
            "class"
        }
        (Scalar::String(text), ..) => match row {
            Some(row) if row.kind.alias().is_some() && uuid::Uuid::try_parse(text).is_err() => "variable",
            Some(row) if !row.choices().is_empty() => "enumMember",
            Some(row) if matches!(row.kind, Kind::Duration | Kind::Pace | Kind::Time { .. } | Kind::Moment) => "number",
            _ => "string",
        },
        (Scalar::Number(_), ..) => "number",
        _ => "enumMember",
    }
}
