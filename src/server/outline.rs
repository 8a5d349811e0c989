//! The shape of a document: its symbols, what folds, what is selected next.

use gen_lsp_types::{DocumentSymbol, FoldingRange, FoldingRangeKind, SymbolKind};
use serde_json::{Value, json};

use super::cursor::Cursor;
use super::document::Document;
use super::position::Encoding;
use crate::project::source::Span;
use crate::syntax::{CommentKind, Entry, Node, Nodes, Scalar, parse};

/// The language goes no deeper.
const MAX_DEPTH: usize = 3;

/// All of a node, with its block.
fn whole(node: Node<'_, '_>) -> Span {
    let head = node.head();
    node.block().map_or(head, |block| head.to(block.open).to(block.close))
}

/// The nodes of a document.
pub(super) fn symbols(document: &Document, encoding: Encoding) -> Vec<DocumentSymbol> {
    let parsed = parse(document.text());
    let roots = parsed.tree.roots();
    roots.map(|node| symbol(document, node, 0, encoding)).collect()
}

#[expect(deprecated, reason = "a field of the protocol that has to be there")]
fn symbol(document: &Document, node: Node<'_, '_>, depth: usize, encoding: Encoding) -> DocumentSymbol {
    let word = &node.name().text;
    let mut values = node.entries().iter().filter_map(|entry| match &entry.value.scalar {
        Scalar::String(text) => Some(text.as_ref()),
        _ => None,
    });
    let own = values.next().filter(|text| !text.is_empty());
    let (name, detail) = match (depth, own) {
        (0, Some(own)) => (own.to_owned(), Some(word.to_string())),
        (_, own) => (word.to_string(), own.map(str::to_owned)),
    };
    let kind = match (depth, &**word) {
        (0, "campaign") => SymbolKind::Event,
        (0, "template") => SymbolKind::Class,
        (0, "aliases") => SymbolKind::Namespace,
        (0, "project") => SymbolKind::Package,
        (0, _) => SymbolKind::Key,
        _ => SymbolKind::Property,
    };
    // Deeper than the language goes there is nothing to find.
    let children = node.children().filter(|_| depth < MAX_DEPTH);
    let children: Vec<_> = children
        .map(|child| symbol(document, child, depth + 1, encoding))
        .collect();
    DocumentSymbol {
        name: if name.is_empty() { "\"\"".to_owned() } else { name },
        detail,
        kind,
        tags: None,
        deprecated: None,
        range: document.range(whole(node), encoding),
        selection_range: document.range(node.name().span, encoding),
        children: Some(children).filter(|children| !children.is_empty()),
    }
}

/// What folds: blocks of several lines, and comments.
pub(super) fn folds(document: &Document) -> Vec<FoldingRange> {
    let parsed = parse(document.text());
    let mut found = Vec::new();
    let line = |byte: u32| document.range(Span::point(byte as usize), Encoding::Utf8).start.line;
    let mut add = |start: u32, end: u32, kind: Option<FoldingRangeKind>| {
        if start < end {
            found.push(FoldingRange {
                start_line: start,
                start_character: None,
                end_line: end,
                end_character: None,
                kind,
                collapsed_text: None,
            });
        }
    };
    fold_blocks(parsed.tree.roots(), &mut |open, close| {
        add(line(open), line(close).saturating_sub(1), None)
    });
    let mut run: Option<(u32, u32)> = None;
    for comment in &parsed.tree.comments {
        let (start, end) = (line(comment.span.start), line(comment.span.end));
        match (comment.kind, run) {
            (CommentKind::Line, Some((first, last))) if start == last + 1 => run = Some((first, end)),
            (kind, earlier) => {
                if let Some((first, last)) = earlier {
                    add(first, last, Some(FoldingRangeKind::Comment));
                }
                run = (kind == CommentKind::Line).then_some((start, end));
                if kind == CommentKind::Block {
                    add(start, end, Some(FoldingRangeKind::Comment));
                }
            }
        }
    }
    if let Some((first, last)) = run {
        add(first, last, Some(FoldingRangeKind::Comment));
    }
    found
}

fn fold_blocks(nodes: Nodes<'_, '_>, add: &mut impl FnMut(u32, u32)) {
    for node in nodes {
        if let Some(block) = node.block() {
            add(block.open.start, block.close.start);
        }
        fold_blocks(node.children(), add);
    }
}

/// What is selected around a byte, each time more.
pub(super) fn selection(document: &Document, byte: usize, encoding: Encoding) -> Value {
    let text = document.text();
    let parsed = parse(text);
    let cursor = Cursor::at(&parsed, byte);
    let mut spans = vec![Span::new(0, text.len())];
    for node in &cursor.nodes {
        spans.push(whole(*node));
        if let Some(block) = node.block().filter(|block| block.open.end as usize <= byte) {
            spans.push(Span::new(
                block.open.end as usize,
                block.close.start.max(block.open.end) as usize,
            ));
        }
    }
    if let Some(node) = cursor.nodes.last() {
        let parts = node.entries().iter().flat_map(|entry| [entry.span(), entry.value.span]);
        let around = parts.chain([node.name().span]);
        spans.extend(around.filter(|span| span.start as usize <= byte && byte <= span.end as usize));
    }
    let mut selection = Value::Null;
    let mut last: Option<Span> = None;
    for span in spans {
        let is_inside = last.is_none_or(|last| last.start <= span.start && span.end <= last.end && last != span);
        if is_inside {
            let range = document.range(span, encoding);
            selection = match selection {
                Value::Null => json!({ "range": range }),
                parent => json!({ "range": range, "parent": parent }),
            };
            last = Some(span);
        }
    }
    selection
}

/// Looks at each argument and property, with the names of the nodes around it.
pub(super) fn each_value<'t, 's>(
    nodes: Nodes<'t, 's>,
    names: &mut Vec<&'t str>,
    each: &mut impl FnMut(&[&str], &Entry<'s>),
) {
    if names.len() >= MAX_DEPTH {
        return;
    }
    for node in nodes {
        names.push(&node.name().text);
        for entry in node.entries() {
            each(names, entry);
        }
        each_value(node.children(), names, each);
        names.pop();
    }
}
