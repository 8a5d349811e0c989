//! No text may make the parser panic, hang, or point outside the text.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::*;
use crate::project::source::Span;

/// Pieces from which grammatical accidents are made.
const PIECES: &[&str] = &[
    "a",
    "campaign",
    "name",
    "true",
    "#true",
    "#",
    "##",
    "r",
    "r#",
    "\"",
    "\"\"\"",
    "\\",
    "\\u{",
    "}",
    "{",
    "(",
    ")",
    "[",
    "]",
    "=",
    ";",
    ",",
    ":",
    "/",
    "//",
    "/*",
    "*/",
    "/-",
    "-",
    "+",
    ".",
    "0",
    "3",
    "09:10",
    "2026-12-02",
    "0x",
    "3/s",
    "https://a",
    " ",
    "    ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "\u{3000}",
    "\0",
    "\u{7}",
    "\u{202E}",
    "\u{200B}",
    "\u{2060}",
    "\u{FEFF}",
    "“",
    "”",
    "«",
    "»",
    "‚",
    "я",
    "😀",
    "kdl-version 1",
];

fn check(text: &str) -> Result<(), TestCaseError> {
    let parsed = parse(text);
    let spans = parsed.errors.iter().flat_map(|error| {
        let more: &[Span] = match &error.kind {
            SyntaxErrorKind::Separator(_, places) => places,
            _ => &[],
        };
        [Some(error.span), error.related]
            .into_iter()
            .flatten()
            .chain(more.iter().copied())
    });
    let comments = parsed.tree.comments.iter().map(|comment| comment.span);
    let entries = parsed.tree.entries.iter().map(Entry::span);
    let nodes = parsed.tree.nodes.iter().map(|node| node.name.span);
    for span in spans.chain(comments).chain(entries).chain(nodes) {
        prop_assert!(span.start <= span.end && text.get(span.range()).is_some(), "{span:?}");
    }
    prop_assert!(parsed.errors.is_sorted_by_key(|error| error.span.start));
    prop_assert!(parsed.tree.comments.is_sorted_by_key(|comment| comment.span.start));
    walk(parsed.tree.roots());
    // What could not be read is missing in the tree, so something must say so.
    let changes_nothing = |error: &SyntaxError| matches!(error.kind, SyntaxErrorKind::InvisibleInComment(_));
    if parsed.errors.iter().all(changes_nothing) {
        let is_invalid = |entry: &Entry<'_>| entry.value.scalar == Scalar::Invalid;
        prop_assert!(!parsed.is_partial && !parsed.tree.entries.iter().any(is_invalid));
        prop_assert!(!parsed.tree.nodes.iter().any(|node| node.damaged));
    }
    Ok(())
}

/// Every link of the tree leads somewhere.
fn walk(nodes: Nodes<'_, '_>) {
    for node in nodes {
        let _ = (node.head(), node.entries(), node.block());
        walk(node.children());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_are_survived(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        check(&pieces.concat())?;
    }

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        check(&text)?;
    }
}

/// Each of these would take hours if the parser looked at the rest of the text, or line, again at every piece.
#[test]
fn time_grows_with_the_text() {
    for piece in [
        "{",
        "a{",
        "/*",
        "/* a\n",
        "/-",
        "/-a;",
        "(",
        "a;",
        "a \"\"",
        "= \"\" ",
        "\"\"\"\n",
        "#\"\"\"\n",
        "\\u{",
        "r#\"",
        "‚",
        "a ‚;",
        "a (1)x ",
        "#\"\"# ",
        ",=",
        "}",
        "a {\n\n",
        "}\u{3000}",
        "a=",
        "b\\\n",
        "\0",
        "« ",
        "\"\"\"a\"\"\" ",
    ] {
        for (head, tail) in [("", ""), ("a ", "}"), ("a {\n  b \"", ""), ("}a ", "\"\"\"")] {
            let text = format!("{head}{}{tail}", piece.repeat(100_000 / piece.len()));
            let start = Instant::now();
            let _ = parse(&text);
            let time = start.elapsed();
            assert!(time < Duration::from_secs(5), "{head:?} {piece:?}: {time:?}");
        }
    }
}
