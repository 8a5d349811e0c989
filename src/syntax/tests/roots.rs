//! A text that is read a root at a time gives the nodes and comments of its tree, or nothing at the first mistake.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Nodes as people write them, and some of what goes wrong between them.
const PIECES: &[&str] = &[
    "a b \"c\" d=1\n",
    "campaign \"x\" template=\"y\" {\n    name \"z\" // why\n    redial {\n        busy after=\"20m\"\n    }\n}\n",
    "(t)a (u)1\n",
    "// a line\n",
    "/* a block */\n",
    "/- off { on }\n",
    "a /- off { b c }\n",
    "a \\\n    b\n",
    "a { b; c }\n",
    "\"quoted name\" #\"raw\"#\n",
    "\n\n",
    "\u{FEFF}",
    "/- kdl-version 2\n",
    "a true\n",
    "}\n",
    "a {\n",
    "b \"open\n",
    ";",
    ",",
    "\u{200B}",
    "{\"json\": 1}\n",
];

/// All that a node says.
fn shape(node: Node<'_, '_>) -> String {
    let children: Vec<String> = node.children().map(shape).collect();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {} {} {} {children:?}",
        node.name(),
        node.annotation(),
        node.entries(),
        node.block(),
        node.head(),
        node.is_damaged(),
        node.descendants(),
        node.entries_below(),
    )
}

fn agree(text: &str) -> Result<(), TestCaseError> {
    let mut room = Room::default();
    let mut roots = Vec::new();
    let read = by_roots(text, &mut room, &mut |node| roots.push(shape(node)));
    let whole = parse(text);
    prop_assert_eq!(read.is_some(), whole.mistakes.is_empty());
    if let Some(read) = read {
        prop_assert_eq!(roots, whole.tree.roots().map(shape).collect::<Vec<_>>());
        prop_assert_eq!(read.tree.comments, whole.tree.comments);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn roots_are_those_of_the_tree(pieces in prop::collection::vec(select(PIECES), 0..8)) {
        agree(&pieces.concat())?;
    }

    #[test]
    fn roots_of_sound_texts_are_those_of_the_tree(pieces in prop::collection::vec(select(&PIECES[..11]), 0..8)) {
        let text = pieces.concat();
        let read = by_roots(&text, &mut Room::default(), &mut |_| ());
        prop_assert!(read.is_some());
        agree(&text)?;
    }
}

#[test]
fn a_text_of_too_many_tokens_is_none_of_roots() {
    let text = "a b\n".repeat(MAX_TOKENS / 2 + 2);
    let mut taken = 0;
    assert!(by_roots(&text, &mut Room::default(), &mut |_| taken += 1).is_none());
    assert!(taken > MAX_TOKENS / 2 - 2, "{taken}");
}
