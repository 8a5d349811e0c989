//! Any text: the front end does not panic, points into the text, and parts from the `kdl` crate only as listed.
#![no_main]

use dialform::project::source::Span;
use dialform::syntax::{self, Comparison, SyntaxErrorKind, Node, Nodes, Parsed, compare};
use libfuzzer_sys::{Corpus, fuzz_target};

#[path = "../../tests/it/syntax/deviations.rs"]
mod deviations;

use deviations::known;

/// The `kdl` crate is slow, so longer texts are only read by the front end, in bytes.
const LONGEST: usize = 400;
/// It descends into every block and comment, and ends the process where they are too many.
const DEEPEST: usize = 24;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Corpus::Reject;
    };
    let parsed = syntax::parse(text);
    check_spans(text, &parsed);
    let openings = text.matches('{').count() + text.matches("/*").count() + text.matches('(').count();
    if text.len() <= LONGEST && openings <= DEEPEST {
        let comparison = compare(text);
        if let Comparison::Differ(difference) = &comparison
            && known(text, &comparison).is_none()
        {
            panic!("{difference:?}\n{text:?}");
        }
    }
    Corpus::Keep
});

fn check_spans(text: &str, parsed: &Parsed<'_>) {
    let check = |span: Span| {
        assert!(span.start <= span.end && text.get(span.range()).is_some(), "{span:?}");
    };
    for mistake in &parsed.errors {
        check(mistake.span);
        mistake.related.into_iter().for_each(check);
        if let SyntaxErrorKind::Separator(_, places) = &mistake.kind {
            places.iter().copied().for_each(check);
        }
    }
    for comment in &parsed.tree.comments {
        check(comment.span);
    }
    check_nodes(parsed.tree.roots(), &check);
}

fn check_nodes(nodes: Nodes<'_, '_>, check: &impl Fn(Span)) {
    for node in nodes {
        check_node(node, check);
        check_nodes(node.children(), check);
    }
}

fn check_node(node: Node<'_, '_>, check: &impl Fn(Span)) {
    check(node.name().span);
    check(node.head());
    node.annotation().into_iter().for_each(|text| check(text.span));
    for entry in node.entries() {
        check(entry.span());
        check(entry.value.span);
        entry.name.iter().for_each(|text| check(text.span));
        entry.value.annotation.iter().for_each(|text| check(text.span));
    }
    if let Some(block) = node.block() {
        check(block.open);
        check(block.close);
    }
}
