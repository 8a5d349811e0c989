//! Before and after, case by case.

use std::time::{Duration, Instant};

use dialform::syntax::format::{FormatError, MAX_LINE, format};

use super::formatted;

fn becomes(cases: &[(&str, &str)]) {
    for (before, after) in cases {
        assert_eq!(formatted(before), *after, "from {before:?}");
    }
}

#[test]
fn nodes_stand_on_lines_of_their_own() {
    becomes(&[
        ("", ""),
        ("\n\n  \n", ""),
        ("a", "a\n"),
        ("  a   1\t2 ", "a 1 2\n"),
        ("a;b ; c", "a\nb\nc\n"),
        ("a;\n\nb;", "a\n\nb\n"),
        ("a b = 1 c=  \"x\"", "a b=1 c=\"x\"\n"),
        ("( t )a ( u ) 1 k=(v) 2", "(t)a (u)1 k=(v)2\n"),
        ("\u{FEFF}a", "a\n"),
        ("\u{FEFF}a 1 // x\nbcd // x\n", "a 1 // x\nbcd // x\n"),
    ]);
}

#[test]
fn what_was_written_stays_as_it_was_written() {
    for text in [
        "a bare \"quoted\" #\"raw\"# \"esc\\n\\u{41}\" \"\" 007 1_000 0xFF -1.5e+3 #true #null #inf\n",
        "\"quoted name\" \"quoted property\"=1 z=1 a=2 z=3\n",
        "a \"\"\"\n  two\n    lines   \n\n  \"\"\" #\"\"\"\n\\raw\n\"\"\"#\n",
        "a \"over \\\n   the end\" b\n",
        "/- kdl-version 2\na\n",
        "имя “кавычки” name: 1\n",
        "a x: 1 b, c\n",
        "webhook https://example.com/x\n",
    ] {
        assert_eq!(formatted(text), text);
    }
}

#[test]
fn the_inner_lines_of_a_string_are_not_moved() {
    becomes(&[(
        "a {\nb \"\"\"\n x\n y\n \"\"\"   c\n}",
        "a {\n    b \"\"\"\n x\n y\n \"\"\" c\n}\n",
    )]);
}

#[test]
fn blocks_are_indented_by_four() {
    becomes(&[
        ("a{\nb{\nc\n}\n}", "a {\n    b {\n        c\n    }\n}\n"),
        ("a\t1   {\n  b\n\n\n }\nc", "a 1 {\n    b\n}\nc\n"),
        ("a {\n\n\n  b\n\n\n\n  c\n\n}", "a {\n    b\n\n    c\n}\n"),
        ("a {\n}", "a {}\n"),
        ("a { }\nb {}", "a {}\nb {}\n"),
        ("a {\nb }", "a {\n    b\n}\n"),
        ("a {b\n}; c", "a {\n    b\n}\nc\n"),
    ]);
}

#[test]
fn a_block_on_one_line_stays_there_while_it_is_short() {
    becomes(&[
        ("a {b;c}", "a { b; c }\n"),
        ("a { b ; c ; }", "a { b; c }\n"),
        ("a { b { c; d }; e }", "a { b { c; d }; e }\n"),
        ("a {/* x */b;/* y */ }", "a { /* x */ b; /* y */ }\n"),
        ("a {/- b;c; /-d}", "a { /- b; c; /-d }\n"),
        ("x {\na {b}\n}", "x {\n    a { b }\n}\n"),
    ]);
    let long = "n".repeat(MAX_LINE - "a {  }".len());
    becomes(&[
        (&format!("a {{{long}}}"), &format!("a {{ {long} }}\n")),
        (&format!("a {{{long}n}}"), &format!("a {{\n    {long}n\n}}\n")),
        (
            &format!("a {{ b {{ c; d }}; {long} }}"),
            &format!("a {{\n    b {{ c; d }}\n    {long}\n}}\n"),
        ),
    ]);
}

#[test]
fn blank_lines_group_and_do_no_more() {
    becomes(&[
        ("\n\na\n\n\n\nb\nc\n\n", "a\n\nb\nc\n"),
        ("// x\n\n\n// y\na\n\n// z\n\n", "// x\n\n// y\na\n\n// z\n"),
        ("a // x\n\nb", "a // x\n\nb\n"),
        ("a { // x\n\nb\n}", "a { // x\n    b\n}\n"),
        ("a {\n\n// x\n\n}", "a {\n    // x\n}\n"),
    ]);
}

#[test]
fn comments_stay_where_they_are() {
    becomes(&[
        ("//x  \na//y\n", "//x\na //y\n"),
        (
            "a {\n// x\nb\n  // y\n}\n// z",
            "a {\n    // x\n    b\n    // y\n}\n// z\n",
        ),
        ("a { // x\n} // y\n", "a { // x\n} // y\n"),
        ("a { /* x */\nb }", "a { /* x */\n    b\n}\n"),
        (
            "a/* x */b/* y */=1/* z */{\nc\n}",
            "a /* x */ b /* y */=1 /* z */ {\n    c\n}\n",
        ),
        ("/* x */a", "/* x */ a\n"),
        ("/* x */\na", "/* x */\na\n"),
        ("a; /* x */ b", "a\n/* x */ b\n"),
        ("a; /* x */ // y\nb", "a /* x */ // y\nb\n"),
        ("a; // y", "a // y\n"),
        ("a {\n  /* two\n lines */\n}", "a {\n    /* two\n lines */\n}\n"),
        ("a (/* x */t)1", "a (/* x */ t)1\n"),
    ]);
}

#[test]
fn comments_that_were_aligned_still_are() {
    becomes(&[
        ("a    // x\nbcd  // y\n", "a   // x\nbcd // y\n"),
        ("a    // x\nbcd  // y\n\nc     // z", "a   // x\nbcd // y\n\nc // z\n"),
        ("a   // x\nb // y\n", "a // x\nb // y\n"),
        ("цена  1  // x\nb        // y\n", "цена 1 // x\nb      // y\n"),
        ("a {    // x\nbcd    // y\n}", "a {     // x\n    bcd // y\n}\n"),
        (
            "a 1     // x\nb \"\"\"\n\"\"\" 2345 // y\n",
            "a 1 // x\nb \"\"\"\n\"\"\" 2345 // y\n",
        ),
    ]);
}

#[test]
fn what_is_switched_off_is_kept_to_the_letter() {
    becomes(&[
        ("/-  a   1 {  b }\nc", "/-  a   1 {  b }\nc\n"),
        ("x {\n/- a {\n b\n}\n}", "x {\n    /- a {\n b\n}\n}\n"),
        ("a /-b   /- k = 1   c /-{ d } { e }", "a /-b /- k = 1 c /-{ d } { e }\n"),
        ("/- a; /- b;c", "/- a;\n/- b;\nc\n"),
        ("/- a // x\nb", "/- a // x\nb\n"),
        ("/- a \\\n\nb", "/- a \\\n\nb\n"),
        ("x {\n/- a \\\n\n}", "x {\n    /- a \\\n}\n"),
        ("/- a \\\n// x\nb", "/- a \\\n// x\nb\n"),
    ]);
}

#[test]
fn continued_lines_stay_continued() {
    becomes(&[
        ("a \\\n b", "a \\\n    b\n"),
        (
            "x {\na 1\\\n  k=2   \\\nc=3\n}",
            "x {\n    a 1 \\\n        k=2 \\\n        c=3\n}\n",
        ),
        ("a \\ // why\n  b", "a \\ // why\n    b\n"),
        ("a \\ // x\n \\ // y\n b", "a \\ // x\n    \\ // y\n    b\n"),
        ("a k \\\n = \\\n 1", "a k=1\n"),
        ("a k \\ // x\n = 1", "a k \\ // x\n    =1\n"),
        ("a 1 \\\n {\n b\n}", "a 1 {\n    b\n}\n"),
        ("a 1 \\ // x\n {\n b\n}", "a 1 \\ // x\n    {\n    b\n}\n"),
        ("a \\\n\nb", "a\n\nb\n"),
        ("a \\ // x\n\nb", "a // x\n\nb\n"),
        ("a \\\n // x\n b", "a // x\nb\n"),
        ("a \\\n; b", "a\nb\n"),
        ("a; \\\n b", "a\nb\n"),
        ("\\\na", "a\n"),
        ("a \\", "a\n"),
        ("a \\\n \\\n b", "a \\\n    b\n"),
        ("a \\\n /- b \\\n c", "a \\\n    /- b \\\n    c\n"),
    ]);
}

#[test]
fn lines_end_as_most_of_them_did() {
    becomes(&[
        ("a\r\nb\r\nc\n", "a\r\nb\r\nc\r\n"),
        ("a\nb\nc\r\n", "a\nb\nc\n"),
        ("a\u{85}b\u{2028}c\rd", "a\nb\nc\nd\n"),
        ("a // x\r\n\r\nb {\r\nc\r\n}", "a // x\r\n\r\nb {\r\n    c\r\n}\r\n"),
        ("a \"\"\"\n\n\n\"\"\"\r\n\r\n\r\nb", "a \"\"\"\n\n\n\"\"\"\r\n\r\nb\r\n"),
    ]);
}

#[test]
fn what_is_no_kdl_is_refused() {
    for text in ["a {", "a true", "}", "a \"b", "{\"json\": 1}", "a b c=", "/* "] {
        assert_eq!(format(text), Err(FormatError::NotKdl), "{text:?}");
    }
}

#[test]
fn a_hostile_text_takes_time_by_its_length() {
    for piece in ["\\\n", "/* x */", "/* x */\\\n", "\\ // x\n"] {
        let text = format!("a {}b", piece.repeat(200_000));
        let start = Instant::now();
        assert!(format(&text).is_ok());
        // A second or two; minutes if each piece looked at all behind it.
        assert!(
            start.elapsed() < Duration::from_secs(40),
            "{piece:?}: {:?}",
            start.elapsed()
        );
    }
    formatted(&format!("{}{}", "a { ".repeat(120), "} ".repeat(120)));
}
