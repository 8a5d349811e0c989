//! What no text can get round: depth, number, size, and time that grows with the text alone.

use std::fs;
use std::time::{Duration, Instant};

use dialform::syntax::{self, MAX_DEPTH, MAX_ERRORS, MAX_TOKENS, SyntaxErrorKind};

use crate::common::command::dialform;

/// How often a piece is repeated.
const REPEATS: usize = 200_000;

/// Reading a hostile text may take so many times as long as reading as many bytes of campaigns. What looks at the rest
/// of the text again at every piece takes a hundred thousand times as long.
const RATIO: u32 = 100;

/// Texts made of one piece, each of which opens something that never ends, or is a mistake.
const PIECES: &[&str] = &[
    "{",
    "}",
    "a{",
    "a {\n",
    "/*",
    "/* ",
    "/* a\n",
    "/-",
    "/- ",
    "/-a ",
    "/-{",
    "a /-",
    "(",
    "(a",
    "(a)",
    "\"",
    "\"a",
    "\"\"\"",
    "\"\"\"\n",
    "#\"",
    "#\"\"\"\n",
    "##\"",
    "r#",
    "r#\"",
    "#",
    "\\",
    "\\u{",
    "a=",
    "=",
    ",",
    "[",
    "a \\\n",
    "a;",
    "\0",
    "\0a",
    "\u{202E}",
    "“",
    "« ",
    "a 1a ",
    "\r",
    "\u{85}",
    "1",
    "-",
    "a:",
    "/",
];

/// Of those, the ones that are KDL, however odd.
const LEGAL: &[&str] = &[
    "/-a ", "\"\"\"\n", "“", ",", "a \\\n", "a;", "\r", "\u{85}", "-", "a:", "/",
];

/// A text as it is usually written.
const CAMPAIGN: &str = "campaign a {\n    name \"b\"\n    call-window from=\"09:10\" to=\"19:50\" // c\n}\n";

/// Reads a text. Gives the time, and whether it is KDL.
fn read(text: &str) -> (Duration, bool) {
    let start = Instant::now();
    let parsed = syntax::parse(text);
    (start.elapsed(), parsed.is_kdl())
}

#[test]
fn hostile_texts_cost_little_and_are_said_to_be_wrong() {
    for piece in PIECES {
        let hostile = piece.repeat(REPEATS);
        let usual = CAMPAIGN.repeat(hostile.len() / CAMPAIGN.len());
        let (mut time, is_kdl) = read(&hostile);
        assert_eq!(is_kdl, LEGAL.contains(piece), "{piece:?}");
        let mut limit = read(&usual).0 * RATIO;
        for _ in 0..2 {
            // A busy machine may interrupt one run, hardly each of them.
            if time >= limit {
                (time, limit) = (read(&hostile).0, read(&usual).0 * RATIO);
            }
        }
        assert!(
            time < limit,
            "{piece:?}: {time:?}, {RATIO} times what campaigns take is {limit:?}"
        );
    }
}

fn nested(depth: usize) -> String {
    format!("{}a{}", "a {\n".repeat(depth), "\n}".repeat(depth))
}

#[test]
fn blocks_are_read_down_to_the_limit_and_no_deeper() {
    let text = nested(MAX_DEPTH);
    let parsed = syntax::parse(&text);
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    let mut depth = 0;
    let mut node = parsed.tree.roots().next();
    while let Some(inner) = node.and_then(|node| node.children().next()) {
        depth += 1;
        node = Some(inner);
    }
    assert_eq!(depth, MAX_DEPTH);

    let text = nested(MAX_DEPTH + 1);
    let parsed = syntax::parse(&text);
    let kinds: Vec<_> = parsed.errors.iter().map(|mistake| &mistake.kind).collect();
    assert_eq!(kinds, [&SyntaxErrorKind::TooDeep]);
    let place = parsed.errors[0].span;
    assert_eq!(
        (&text[place.range()], text[..place.start as usize].matches('{').count()),
        ("{", MAX_DEPTH)
    );
}

/// Comments nest without a limit: they are counted, not descended into.
#[test]
fn comments_nest_as_deep_as_they_like() {
    let text = format!("a {}{} b", "/*".repeat(REPEATS), "*/".repeat(REPEATS));
    assert!(syntax::parse(&text).is_kdl());
}

#[test]
fn a_text_of_more_than_a_million_things_is_given_up() {
    for (piece, each) in [("a 1 b=2\n", 3), ("// c\n", 1)] {
        let fits = piece.repeat(MAX_TOKENS / each);
        assert!(syntax::parse(&fits).is_kdl(), "{piece:?}");
        let parsed_kinds: Vec<_> = syntax::parse(&(fits + piece + piece))
            .errors
            .into_iter()
            .map(|mistake| mistake.kind)
            .collect();
        assert_eq!(parsed_kinds, [SyntaxErrorKind::TooManyTokens], "{piece:?}");
    }
    // One node, one block and mistakes alone are no way round.
    for text in [
        "a".to_owned() + &" 1".repeat(MAX_TOKENS),
        format!("a {{\n{}}}", "b\n".repeat(MAX_TOKENS)),
    ] {
        let parsed = syntax::parse(&text);
        assert_eq!(parsed.errors.len(), 1);
        assert_eq!(parsed.errors[0].kind, SyntaxErrorKind::TooManyTokens);
        assert!(parsed.hides_names());
    }
}

#[test]
fn a_text_of_more_than_ten_thousand_mistakes_is_given_up() {
    for piece in ["}", "\0a", ";", "# a\n", "a=", "a b, c,\n"] {
        let text = piece.repeat(2 * MAX_ERRORS);
        let parsed = syntax::parse(&text);
        assert!(
            parsed.errors.len() <= MAX_ERRORS + 3,
            "{piece:?}: {}",
            parsed.errors.len()
        );
        let is_said = |mistake: &syntax::SyntaxError| mistake.kind == SyntaxErrorKind::TooManyErrors;
        assert!(parsed.errors.iter().any(is_said), "{piece:?}");
        assert!(parsed.hides_names());
    }
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dialform.kdl"), "project\n").unwrap();
    fs::create_dir(folder.path().join("campaigns")).unwrap();
    folder
}

#[test]
fn a_file_over_the_limit_is_a_finding_beside_the_others() {
    let project = project();
    let large = project.path().join("campaigns/large.kdl");
    fs::File::create(&large).unwrap().set_len(8 * 1024 * 1024 + 1).unwrap();
    fs::write(
        project.path().join("campaigns/wrong.kdl"),
        "campaign a {\n    record true\n}\n",
    )
    .unwrap();
    let ran = dialform(project.path(), &["lint"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let large: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("large.kdl")).collect();
    assert_eq!(
        large,
        ["campaigns/large.kdl:1:1: error[DF093] the file has 8388609 bytes, more than the 8388608 that are read"]
    );
    assert!(
        ran.stdout.contains("campaigns/wrong.kdl:2:12: error[DF010]"),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_limit_is_what_max_file_size_says() {
    let project = project();
    let text = "// a comment\n";
    fs::write(project.path().join("campaigns/a.kdl"), text).unwrap();
    let lint = |limit: usize| dialform(project.path(), &["lint", "--max-file-size", &limit.to_string()]);
    let ran = lint(text.len());
    assert!(!ran.stdout.contains("DF093"), "{}", ran.stdout);
    let ran = lint(text.len() - 1);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stdout
            .contains("campaigns/a.kdl:1:1: error[DF093] the file has 13 bytes, more than the 12 that are read"),
        "{}",
        ran.stdout
    );
    assert_eq!(lint(0).code, Some(2));
}

/// The words of a million findings would take more memory than there is; each is counted and placed all the same.
#[test]
fn findings_beyond_twenty_thousand_say_only_what_their_rule_is_about() {
    let count = 25_000;
    let found = crate::mistakes::harness::check(&vec![
        ("dialform.kdl".to_owned(), "project\n".to_owned()),
        ("campaigns/a.kdl".to_owned(), "zzz\n".repeat(count)),
    ]);
    assert_eq!(found.len(), count);
    assert!(found[0].message.contains("`zzz`"), "{}", found[0].message);
    let last = &found[count - 1];
    assert!(!last.message.is_empty() && last.message != found[0].message);
    assert_eq!(last.at.1, 4 * (count - 1));
}
