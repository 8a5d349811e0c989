//! `fmt`: what becomes of a text, what never changes, and what the command does with files.

mod command;
mod layout;
mod random;
mod suite;
mod suppressed;

use dialform::syntax::format::format;
use dialform::syntax::{CommentKind, Nodes, parse};

/// A text's tree as text, without anything about places: names and values as they are written, comments in order.
fn tree(text: &str) -> String {
    let parsed = parse(text);
    assert!(parsed.is_kdl(), "{text:?}: {:?}", parsed.errors);
    let mut out = String::new();
    nodes(text, parsed.tree.roots(), 0, &mut out);
    for comment in &parsed.tree.comments {
        let source = &text[comment.span.range()];
        let source = match comment.kind {
            CommentKind::Line => source.trim_end(),
            CommentKind::Block | CommentKind::Slashdash => source,
        };
        out.push_str(&format!("{:?} {source:?}\n", comment.kind));
    }
    out
}

fn nodes(text: &str, nodes_here: Nodes<'_, '_>, depth: usize, out: &mut String) {
    for node in nodes_here {
        let annotation = node.annotation().map(|annotation| &annotation.text);
        let name = &text[node.name().span.range()];
        out.push_str(&format!("{}{annotation:?} {name:?}", "  ".repeat(depth)));
        for entry in node.entries() {
            let name = entry.name.as_ref().map(|name| &text[name.span.range()]);
            let annotation = entry.value.annotation.as_ref().map(|annotation| &annotation.text);
            let written = &text[entry.value.span.range()];
            out.push_str(&format!(
                " [{name:?} {annotation:?} {written:?} {:?}]",
                entry.value.scalar
            ));
        }
        out.push_str(if node.block().is_some() { " {}\n" } else { "\n" });
        nodes(text, node.children(), depth + 1, out);
    }
}

/// Formats a text that is KDL and holds the result to the contract.
fn formatted(text: &str) -> String {
    let once = format(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(tree(text), tree(&once), "{text:?} became {once:?}");
    let twice = format(&once).unwrap_or_else(|error| panic!("{once:?}, from {text:?}: {error}"));
    assert_eq!(once, twice, "formatted again, {text:?} changes again");
    once
}
