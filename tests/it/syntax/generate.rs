//! Documents to compare readers on: built from the grammar, then, some of them, slightly broken.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Pieces that break a document where they are put in, or change what it means.
const ACCIDENTS: &[&str] = &[
    " ", "\n", "\r", "\\", "\"", "\"\"\"", "#", "##", "{", "}", "(", ")", "=", ";", "/", "/-", "//", "/*", "*/", "-",
    "+", ".", "_", "0", "1", "0x", "e", "a", "r", "true", "#true", "\u{7}", "\u{85}", "\u{3000}", "\u{202E}",
    "\u{FEFF}", "я", "[", ",", ":", "'",
];

/// A change to a text.
#[derive(Clone, Debug)]
enum Accident {
    Insert(&'static str),
    Remove,
    Repeat,
    Cut,
}

/// A document of a few nodes; two in five are broken in one or two places.
pub(crate) fn document() -> impl Strategy<Value = String> {
    let accident = prop_oneof![
        6 => select(ACCIDENTS).prop_map(Accident::Insert),
        3 => Just(Accident::Remove),
        2 => Just(Accident::Repeat),
        1 => Just(Accident::Cut),
    ];
    let accidents = prop_oneof![
        3 => Just(Vec::new()),
        2 => prop::collection::vec((any::<Index>(), accident), 1..3),
    ];
    (nodes(0), accidents).prop_map(|(mut text, accidents)| {
        for (place, accident) in accidents {
            damage(&mut text, place, &accident);
        }
        text
    })
}

fn damage(text: &mut String, place: Index, accident: &Accident) {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let at = starts[place.index(starts.len())];
    let next = text[at..].chars().next();
    match (accident, next) {
        (Accident::Insert(piece), _) => text.insert_str(at, piece),
        (Accident::Remove, Some(_)) => drop(text.remove(at)),
        (Accident::Repeat, Some(c)) => text.insert(at, c),
        (Accident::Cut, _) => text.truncate(at),
        (_, None) => {}
    }
}

/// Nodes with what ends them and what stands between them, blocks included down to a few levels.
fn nodes(depth: u32) -> BoxedStrategy<String> {
    let most = if depth == 0 { 4 } else { 3 };
    let one = (line_space(), slashdash(1), node(depth), end())
        .prop_map(|(before, off, node, end)| format!("{before}{off}{node}{end}"));
    (prop::collection::vec(one, 0..most), line_space())
        .prop_map(|(nodes, after)| nodes.concat() + &after)
        .boxed()
}

fn node(depth: u32) -> BoxedStrategy<String> {
    let entry = (space(), slashdash(1), entry()).prop_map(|(before, off, entry)| format!("{before}{off}{entry}"));
    let block = if depth < 2 {
        prop_oneof![
            2 => Just(String::new()),
            1 => (optional_space(), slashdash(1), nodes(depth + 1)).prop_map(|(before, off, inside)| {
                // Without white space, the other reader does not take `/-` here.
                let before = if off.is_empty() || !before.is_empty() { before } else { " ".to_owned() };
                format!("{before}{off}{{{inside}}}")
            }),
        ]
        .boxed()
    } else {
        Just(String::new()).boxed()
    };
    let name = prop_oneof![9 => string(), 1 => (annotation(), string()).prop_map(|(note, name)| note + &name)];
    (name, prop::collection::vec(entry, 0..4), block)
        .prop_map(|(name, entries, block)| name + &entries.concat() + &block)
        .boxed()
}

fn entry() -> BoxedStrategy<String> {
    let equals = prop_oneof![
        6 => Just("=".to_owned()),
        1 => (optional_space(), optional_space()).prop_map(|(before, after)| format!("{before}={after}")),
    ];
    prop_oneof![
        3 => value(),
        2 => (string(), equals, value()).prop_map(|(name, equals, value)| name + &equals + &value),
    ]
    .boxed()
}

fn value() -> BoxedStrategy<String> {
    let bare = prop_oneof![3 => string(), 2 => number(), 1 => keyword()];
    prop_oneof![
        8 => bare.clone(),
        1 => (annotation(), bare).prop_map(|(note, value)| note + &value),
    ]
    .boxed()
}

fn annotation() -> impl Strategy<Value = String> {
    let inside = prop_oneof![5 => Just(String::new()), 1 => space()];
    (inside.clone(), string(), inside.clone(), inside)
        .prop_map(|(before, name, after, behind)| format!("({before}{name}{after}){behind}"))
}

fn string() -> BoxedStrategy<String> {
    prop_oneof![6 => word(), 3 => quoted(), 1 => raw(), 1 => long()].boxed()
}

fn word() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "a",
        "pace",
        "call-window",
        "-",
        "+",
        "--x",
        ".",
        ".a",
        "+.a",
        "-a",
        "tru",
        "nulls",
        "true1",
        "r",
        "x1",
        "я",
        "имя",
        "😀",
        "a|b",
        "a_b",
        "<a>",
        "b?",
        "a,b",
        "a:b",
        "naïve",
        "e5",
        "_1",
    ];
    prop_oneof![3 => select(WORDS).prop_map(str::to_owned), 1 => "[a-z][a-z0-9-]{0,5}"]
}

fn quoted() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a",
        "b c",
        " ",
        "я",
        "😀",
        "#",
        "'",
        "/*",
        "//",
        "{",
        "}",
        "=",
        ";",
        "\\n",
        "\\r",
        "\\t",
        "\\\\",
        "\\\"",
        "\\b",
        "\\f",
        "\\s",
        "\\u{41}",
        "\\u{1F600}",
        "\\u{0}",
        "\\\n  ",
        "\\  ",
        "\t",
        "(",
        "1",
    ];
    prop::collection::vec(select(PIECES), 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn raw() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &["a", "\"b", " ", "\\", "\\n", "я", "# ", "/*", "\"x\""];
    (1_usize..3, prop::collection::vec(select(PIECES), 0..3)).prop_map(|(hashes, pieces)| {
        // A quote in front of a hash would close the string.
        let text = pieces.concat().replace("\"#", "\" #");
        let hashes = "#".repeat(hashes);
        let text = if text.starts_with("\"\"") {
            format!("a{text}")
        } else {
            text
        };
        let text = if text.ends_with('"') { text + "a" } else { text };
        format!("{hashes}\"{text}\"{hashes}")
    })
}

/// A string over several lines, quoted or raw.
fn long() -> impl Strategy<Value = String> {
    const LINES: &[&str] = &[
        "",
        "a",
        "  b",
        "\\n",
        "c \\\\",
        "я",
        "\"d\"",
        "e \\s",
        "\t",
        "f\\\n   g",
    ];
    let line_end = select(&["\n", "\n", "\r\n", "\u{85}"][..]);
    let indent = select(&["", "  ", "\t", "    "][..]);
    (0_usize..2, prop::collection::vec(select(LINES), 0..3), indent, line_end).prop_map(
        |(hashes, lines, indent, end)| {
            let hashes = "#".repeat(hashes);
            let lines: String = lines
                .iter()
                .map(|line| {
                    if line.is_empty() {
                        end.to_owned()
                    } else {
                        format!("{indent}{line}{end}")
                    }
                })
                .collect();
            format!("{hashes}\"\"\"{end}{lines}{indent}\"\"\"{hashes}")
        },
    )
}

fn number() -> impl Strategy<Value = String> {
    const NUMBERS: &[&str] = &[
        "0",
        "1",
        "-1",
        "+1",
        "007",
        "1_000",
        "1_",
        "0.5",
        "-1.5",
        "1.0e10",
        "1e5",
        "1E-5",
        "1.5e+1_0",
        "0x1F",
        "-0xff",
        "0b1_0",
        "0o17",
        "0x0_",
        "170141183460469231731687303715884105727",
        "1e400",
        "-0",
        "-0.0",
        "1.7976931348623157e308",
        "5e-324",
    ];
    prop_oneof![
        2 => select(NUMBERS).prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|value| value.to_string()),
        1 => any::<i32>().prop_map(|value| format!("{:.3}", f64::from(value) / 1000.0)),
    ]
}

fn keyword() -> impl Strategy<Value = String> {
    select(&["#true", "#false", "#null", "#inf", "#-inf", "#nan"][..]).prop_map(str::to_owned)
}

/// Now and then `/-`, with what may stand behind it.
fn slashdash(weight: u32) -> impl Strategy<Value = String> {
    let behind = select(&["", " ", "\n", "\\\n", " /* off */ "][..]);
    prop_oneof![
        12 => Just(String::new()),
        weight => behind.prop_map(|behind| format!("/-{behind}")),
    ]
}

fn optional_space() -> impl Strategy<Value = String> {
    prop_oneof![1 => Just(String::new()), 2 => space()]
}

fn space() -> BoxedStrategy<String> {
    prop_oneof![
        12 => Just(" ".to_owned()),
        3 => select(&[
            "  ", "\t", "\u{3000}", "\u{A0}", "/* c */", " /* a /* b */ c */ ", " \\\n", " \\ // c\n  ", " \\\r\n ", "/**/", " /*\n*/ ",
            "\\\n",
        ][..])
        .prop_map(str::to_owned),
    ]
    .boxed()
}

fn line_space() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just(String::new()),
        3 => select(&[
            " ", "\n", "  \n\t", "// c\n", "// c\r\n", "/* c\n*/", "\u{2028}", "\u{C}", " \\\n", "\r", "\n// я\n",
        ][..])
        .prop_map(str::to_owned),
    ]
}

/// What ends a node.
fn end() -> impl Strategy<Value = String> {
    const ENDS: &[&str] = &[
        "\n", "\n", "\n", ";", ";", " ; ", "\r\n", "\r", " // c\n", "\u{85}", "\n\n", " \n", ";\n",
    ];
    select(ENDS).prop_map(str::to_owned)
}
