//! The fast path through plain forms gives what the slow path gives, whatever is around them.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Pieces that are plain, nearly plain, or what may be beside something plain.
const PIECES: &[&str] = &[
    "campaign",
    "a",
    "from",
    "true",
    "null",
    "inf",
    "r",
    "x-1",
    "-x",
    "e5",
    "_",
    "имя",
    "a:",
    "b,",
    "é",
    "\"text\"",
    "\"\"",
    "\"a b\"",
    "\"кириллица, длинная\"",
    "\"a\\nb\"",
    "\"\\\"",
    "\"no end",
    "\"\"\"",
    "\"\u{2028}\"",
    "\"twelve bytes\"",
    "\"\t{};#=\"",
    "#\"raw\"#",
    "#\"",
    "\u{85}",
    "\"\u{a0}\u{200b}\"",
    "“q”",
    "6",
    "007",
    "1_000",
    "1.5",
    "-3",
    "0x1F",
    "20m",
    "09:10",
    "#true",
    "#false",
    "#null",
    "#trueish",
    "#nan",
    "#",
    "=",
    " = ",
    "= ",
    "(t)",
    "(",
    "{",
    " {\n",
    "}",
    "\n}\n",
    ";",
    ",",
    "/",
    "\\",
    "\\\n",
    "// c\n",
    "//",
    "/* c */",
    "/*",
    "/-",
    "/- ",
    " ",
    " ",
    " ",
    " ",
    "  ",
    "\t",
    "\n",
    "\n",
    "\n",
    "\n    ",
    "\r\n",
    "\r",
    "\u{a0}",
    "\u{feff}",
    "\0",
    "\u{b}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 30_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_and_the_slow_path_agree(pieces in prop::collection::vec(select(PIECES), 0..14)) {
        let text = pieces.concat();
        let plain = parse_by(&text, true, &mut ParseBuffers::default());
        let careful = parse_by(&text, false, &mut ParseBuffers::default());
        prop_assert_eq!(plain.tree, careful.tree);
        prop_assert_eq!(plain.errors, careful.errors);
    }
}
