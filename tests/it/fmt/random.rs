//! Generated documents: whatever KDL can say, however oddly it is written, keeps its tree and is laid out once for all.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::formatted;
use crate::common::sample::generated;

type Piece = BoxedStrategy<String>;

fn one_of(pieces: &'static [&'static str]) -> Piece {
    select(pieces).prop_map(str::to_owned).boxed()
}

fn all(parts: Vec<Piece>) -> Piece {
    parts.prop_map(|parts| parts.concat()).boxed()
}

fn several(piece: Piece, most: usize) -> Piece {
    vec(piece, 0..=most).prop_map(|pieces| pieces.concat()).boxed()
}

fn maybe(piece: Piece) -> Piece {
    prop_oneof![2 => Just(String::new()), 1 => piece].boxed()
}

/// What may stand between two parts of a node, at least one blank.
fn space() -> Piece {
    prop_oneof![
        6 => one_of(&[" "]),
        3 => one_of(&["  ", "\t", "\u{A0}", " \u{3000} "]),
        2 => one_of(&["/* x */", " /* a /* b */ c */ ", "/*\n * two\n */"]),
        2 => one_of(&["\\\n", " \\\n    ", " \\ // why  \n ", " \\ /* x */ // y\n  \\\n"]),
    ]
    .boxed()
}

fn maybe_space() -> Piece {
    maybe(space())
}

/// What may stand between nodes.
fn line_space() -> Piece {
    prop_oneof![
        4 => one_of(&["\n"]),
        3 => one_of(&["", "  ", "\n\n\n", "\n  \n"]),
        2 => one_of(&["// x\n", "   // y  \n\n", "// z\n// z\n", "// dialform: x\n"]),
        2 => one_of(&["/* x */", "/* x */\n", "\n/* two\nlines */\n", "\\\n", " \\ // x\n", "\\\n\n"]),
    ]
    .boxed()
}

fn string() -> Piece {
    prop_oneof![
        4 => one_of(&["a", "bc", "имя", "-", "+a", "a.b:c", "“x”", "true-ish", "😀"]),
        3 => one_of(&["\"\"", "\"a b\"", "\"// no\"", "\"a\\\"b\\\\\"", "\"\\u{41}\\n\"", "\"{;}\""]),
        2 => one_of(&["#\"\\\"#", "##\"a\"#b\"##", "#\"/* no\"#"]),
        2 => one_of(&["\"\"\"\n\"\"\"", "\"\"\"\n  a\n\n    b  \n  \"\"\"", "#\"\"\"\n\\x\n\"\"\"#", "\"over \\\n   here\""]),
    ]
    .boxed()
}

fn value() -> Piece {
    prop_oneof![
        2 => string(),
        1 => one_of(&["1", "-0", "+1_0.5e-3", "0xFf_0", "0b1", "0o17", "#true", "#null", "#-inf", "#nan"]),
    ]
    .boxed()
}

fn annotation() -> Piece {
    maybe(all(vec![
        one_of(&["("]),
        maybe_space(),
        string(),
        maybe_space(),
        one_of(&[")"]),
        maybe_space(),
    ]))
}

fn entry() -> Piece {
    let argument = all(vec![annotation(), value()]);
    let equals = all(vec![maybe_space(), one_of(&["="]), maybe_space()]);
    let property = all(vec![string(), equals, annotation(), value()]);
    prop_oneof![argument, property].boxed()
}

fn slashdash() -> Piece {
    one_of(&["/-", "/- ", "/-\n", "/- // x\n  ", "/-/* x */", "/- \\\n "])
}

fn node(depth: u32) -> Piece {
    let entry = prop_oneof![4 => entry(), 1 => all(vec![slashdash(), entry()])].boxed();
    let entries = several(all(vec![space(), entry]), 4);
    let mut parts = vec![annotation(), string(), entries];
    if depth > 0 {
        let off = || maybe(all(vec![space(), slashdash(), block(depth - 1)]));
        parts.push(maybe(all(vec![off(), maybe_space(), block(depth - 1), off()])));
    }
    parts.push(maybe_space());
    all(parts)
}

fn block(depth: u32) -> Piece {
    let one_line = vec(
        all(vec![one_of(&["a", "b 1", "/- c", "/* x */ d", "e k=2", "f {g}"])]),
        0..4,
    )
    .prop_map(|nodes| format!("{{{}}}", nodes.join("; ")));
    let lines = all(vec![one_of(&["{"]), nodes(depth), one_of(&["}"])]);
    prop_oneof![1 => one_line, 2 => lines].boxed()
}

/// Nodes, each with its end. Only the last may do without.
fn nodes(depth: u32) -> Piece {
    let node = all(vec![maybe(slashdash()), node(depth)]);
    let end = one_of(&["\n", "\n\n\n", ";", "; "]);
    let trailing = one_of(&["// x\n", "// y  \n", "//\n", "// dialform: y\n", "/* dialform: z */;"]);
    let ended = all(vec![
        node.clone(),
        prop_oneof![3 => end, 1 => trailing].boxed(),
        line_space(),
    ]);
    all(vec![line_space(), several(ended, 4), maybe(node)])
}

/// Line ends as editors and accidents leave them.
fn document() -> impl Strategy<Value = String> {
    // No CR in front of an LF: the two would be one line end.
    let mixed = |ends: [&'static str; 3]| vec(select(ends.to_vec()), 1..4);
    let ends = prop_oneof![
        Just(vec!["\n"]),
        Just(vec!["\r\n"]),
        mixed(["\n", "\r\n", "\u{85}"]),
        mixed(["\r", "\r\n", "\u{2028}"])
    ];
    let first = one_of(&["", "", "\u{FEFF}", "/- kdl-version 2\n"]);
    (first, nodes(2), ends).prop_map(|(first, nodes, ends)| {
        let mut ends = ends.iter().cycle();
        let mut text = first;
        for (index, line) in nodes.split('\n').enumerate() {
            if index > 0 {
                text.push_str(ends.next().unwrap());
            }
            text.push_str(line);
        }
        text
    })
}

proptest! {
    // More with `EVERY_CASE=1` or `PROPTEST_CASES`.
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(generated(400, 1_000)),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_document_keeps_its_tree_and_is_laid_out_once_for_all(text in document()) {
        formatted(&text);
    }
}
