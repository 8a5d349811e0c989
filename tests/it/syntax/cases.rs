//! The project's own cases over the ground of the specification, for a checkout without the official suite.

use dialform::syntax;

use super::canonical;

/// A text, and its canonical form.
const ACCEPTED: &[(&str, &str)] = &[
    // Documents.
    ("", "\n"),
    ("\u{FEFF}pace", "pace\n"),
    (" \n\t\r\n", ""),
    ("/- kdl-version 2\npace", "pace\n"),
    ("pace;name;comment", "pace\nname\ncomment\n"),
    (
        "pace\rname\u{85}comment\u{2028}record\u{C}trunk",
        "pace\nname\ncomment\nrecord\ntrunk\n",
    ),
    // Names and bare strings.
    ("- + . -- -a .a +.a", "- + . -- -a .a +.a\n"),
    ("\"call window\" \"pace\"", "\"call window\" pace\n"),
    ("имя 名前 😀 <|>", "имя 名前 😀 <|>\n"),
    ("trueish nulls infinite", "trueish nulls infinite\n"),
    ("a b:c d!e", "a b:c d!e\n"),
    // Arguments and properties.
    ("w to=b from=a 1 from=c", "w 1 from=c to=b\n"),
    ("w from = a", "w from=a\n"),
    ("w \"from\"=a #\"to\"#=b", "w from=a to=b\n"),
    ("w \"\"=\"\"", "w \"\"=\"\"\n"),
    ("w a \\\n  b \\ // and\n c", "w a b c\n"),
    ("w\u{3000}a\u{A0}b", "w a b\n"),
    // Numbers and keywords.
    ("n 0 -0 +7 007 1_0_", "n 0 -0 7 7 10\n"),
    ("n 0xFf 0o17 0b1_1 -0x10", "n 255 15 3 -16\n"),
    ("n 1.50 1e5 1E-5 1_0.0_1e+0_1", "n 1.50 1E+5 1E-5 10.01E+01\n"),
    (
        "n #true #false #null #inf #-inf #nan",
        "n #true #false #null #inf #-inf #nan\n",
    ),
    // Strings.
    (
        r#"s "\n\t\r\b\f\s\\\"" "\u{41}\u{10FFFF}""#,
        "s \"\\n\\t\\r\\b\\f \\\\\\\"\" A\u{10FFFF}\n",
    ),
    ("s \"a\\  \n  b\"", "s ab\n"),
    ("s #\"a\"b\\n\"# ##\"\"#\"##", "s \"a\\\"b\\\\n\" \"\\\"#\"\n"),
    ("s \"\"\"\n    a\n\n      b\n    \"\"\"", "s \"a\\n\\n  b\"\n"),
    ("s \"\"\"\n\"\"\"", "s \"\"\n"),
    ("s \"\"\"\n  \\\"\"\"\n  \"\"\"", "s \"\\\"\\\"\\\"\"\n"),
    ("s #\"\"\"\n  a \"\"\" \\s\n  \"\"\"#", "s \"a \\\"\\\"\\\" \\\\s\"\n"),
    ("s \"\"\"\r\n  a\r\n  b\r\n  \"\"\"", "s \"a\\nb\"\n"),
    // Annotations.
    ("(a)n (b)1 (\"c d\")x p=(e)#true", "(a)n (b)1 (\"c d\")x p=(e)#true\n"),
    ("( a ) n (b) 1", "(a)n (b)1\n"),
    // Blocks.
    ("a {}", "a\n"),
    ("a { b }", "a {\n    b\n}\n"),
    ("a{b{c 1;d}}\ne", "a {\n    b {\n        c 1\n        d\n    }\n}\ne\n"),
    // Comments and slashdash.
    ("a /* b /* c */ */ d // e", "a d\n"),
    ("/- a { b }\nc", "c\n"),
    ("a /- b c /- d=1 e=2", "a c e=2\n"),
    ("a /- { b } { c } /- { d }", "a {\n    c\n}\n"),
    ("a/-b", "a\n"),
    ("a /-\nb c", "a c\n"),
    ("a { /- b\n c }", "a {\n    c\n}\n"),
];

/// Texts that are not KDL 2.0.
const REJECTED: &[&str] = &[
    ";",
    "a;;",
    "true",
    "n true",
    "n inf",
    "n #yes",
    "n 1a",
    "n 1.",
    "n .5",
    "n 1.e5",
    "n 0x",
    "n 0xg",
    "n 0b2",
    "n 0X1",
    "n 1_.5e",
    "1 a",
    "n \"a",
    "n \"a\nb\"",
    "n \"\\q\"",
    "n \"\\u{}\"",
    "n \"\\u{D800}\"",
    "n \"\\u{110000}\"",
    "n \"\\u{0000041}\"",
    "n #\"a\"",
    "n ##\"a\"#",
    "n \"\"\"a\"\"\"",
    "n \"\"\"\na\n  \"\"\"",
    "n \"\"\"\n  a\"\"\"",
    "n \"a\"\"b\"",
    "n a\"b\"",
    "n \"a\"b=1",
    "n a=",
    "n =a",
    "n 1=a",
    "n a=b=c",
    "n (a)b=c",
    "n a[b]",
    "n a/b",
    "n (a)",
    "n ()a",
    "n (1)a",
    "n (a",
    "(a)",
    "a {",
    "a }",
    "a { b",
    "{ a }",
    "a {} b",
    "a {} {}",
    "a { b } c=1",
    "a /- ",
    "/-",
    "a { /- }",
    "a /* b",
    "a \\ b",
    "a \u{7}",
    "a \u{202E}",
    "a\n\u{FEFF}b",
    "// \u{7F}",
    "a \"\0\"",
];

#[test]
fn what_is_kdl_means_what_it_should() {
    for (text, canonical) in ACCEPTED {
        let parsed = syntax::parse(text);
        assert!(parsed.is_kdl(), "{text:?}: {:?}", parsed.errors);
        assert_eq!(
            canonical::print(&parsed.tree).trim_end(),
            canonical.trim_end(),
            "{text:?}"
        );
    }
}

#[test]
fn what_is_not_kdl_is_rejected() {
    for text in REJECTED {
        assert!(!syntax::parse(text).is_kdl(), "{text:?}");
    }
}

/// The canonical form is KDL, and its own canonical form.
#[test]
fn printing_keeps_the_meaning() {
    for (text, canonical) in ACCEPTED {
        let parsed = syntax::parse(canonical);
        assert!(parsed.is_kdl(), "{text:?}: {:?}", parsed.errors);
        assert_eq!(canonical::print(&parsed.tree).trim_end(), canonical.trim_end());
    }
}
