//! What the parser itself must hold; what people read about its errors is tested with the rules.

use super::*;

mod foreign;
mod hostile;
mod fast_path;
mod recovery;

fn kinds(text: &str) -> Vec<SyntaxErrorKind> {
    parse(text).errors.into_iter().map(|error| error.kind).collect()
}

fn names(nodes: Nodes<'_, '_>) -> Vec<String> {
    nodes.map(|node| node.name().text.to_string()).collect()
}

#[test]
fn a_missing_brace_is_one_mistake_and_keeps_the_tree() {
    let text = "campaign a {\n    redial {\n        busy\n    name x\n}\ncampaign b {\n    name y\n}\n";
    let parsed = parse(text);
    assert_eq!(parsed.errors.len(), 1, "{:?}", parsed.errors);
    let related = parsed.errors[0].related.expect("points at the open brace");
    assert_eq!(&text[related.range()], "{");
    assert_eq!(names(parsed.tree.roots()), ["campaign", "campaign"]);
    let first = parsed.tree.roots().next().expect("a campaign");
    assert_eq!(names(first.children()), ["redial", "name"]);
}

#[test]
fn a_missing_opening_brace_and_a_stray_closing_one_are_one_mistake_each() {
    assert_eq!(
        kinds("campaign a\n    name x\n    pace y\n}\nmoved\n"),
        [SyntaxErrorKind::MissingBrace]
    );
    assert_eq!(
        kinds("campaign a {\n    name x\n    }\n    pace y\n}\n"),
        [SyntaxErrorKind::StrayBrace]
    );
    assert_eq!(kinds("campaign a {\n    name x\n}\n}\n"), [SyntaxErrorKind::StrayBrace]);
    assert!(matches!(
        kinds("a {\n  b {\n    c {\n").as_slice(),
        [SyntaxErrorKind::UnclosedBlock]
    ));
}

#[test]
fn unquoted_words_are_one_mistake_each() {
    for (text, kind) in [
        ("w from=09:10 to=\"19:50\"", BareValue::Time),
        ("w at=2026-12-02 10:00", BareValue::Date),
        ("w at=02.12.2026", BareValue::Date),
        ("w 12s", BareValue::Duration),
        ("w 3/s", BareValue::Pace),
        ("w 1/60s", BareValue::Pace),
        ("w 228cc4fa-92f2-4709-94e3-7344a96a5903", BareValue::Uuid),
        ("w 8(495)123-45-67", BareValue::Phone),
        ("w https://example.com/hook", BareValue::Url),
        ("w Europe/Moscow", BareValue::Other),
    ] {
        assert_eq!(kinds(text), [SyntaxErrorKind::BareValue(kind)], "{text}");
    }
    assert_eq!(
        kinds("record true trim-left=\"0s\""),
        [SyntaxErrorKind::BareKeyword("#true")]
    );
    // Only what KDL reads as a word may be formatted.
    assert!(parse("n “a” “b”").is_kdl() && !parse("n ' 1(").is_kdl() && !parse("n “a”(").is_kdl());
    assert!(!parse("n ,\"a").is_kdl());
    assert_eq!(
        kinds("name “Spring promo”"),
        [SyntaxErrorKind::CurlyQuotes { is_word: false }]
    );
    assert_eq!(kinds("name = \"x\""), [SyntaxErrorKind::EqualsAfterName]);
    assert_eq!(kinds("name \"a \"b\" c\"\npace x"), [SyntaxErrorKind::MissingSpace]);
    assert_eq!(kinds("w from=\"1\", to=\"2\""), [SyntaxErrorKind::separator(',', 10)]);
}

#[test]
fn a_raw_string_of_quotes_swallows_nothing_behind_it() {
    for text in ["a #\"\"\"\"#", "a { b #\"\"\"\"# }", "a #\"\"\"b\"# c=#\"d\"# {\n}"] {
        assert_eq!(kinds(text), [SyntaxErrorKind::LongStringOnOneLine], "{text:?}");
    }
}

#[test]
fn a_text_that_begins_with_characters_of_no_text_is_one_error() {
    assert_eq!(kinds("\u{7F}\u{7F}"), [SyntaxErrorKind::Disallowed('\u{7F}')]);
    assert_eq!(kinds("\0\0a"), [SyntaxErrorKind::Nul]);
}

#[test]
fn only_one_slashdash_stands_in_front_of_a_node() {
    for text in ["/-/-a", "/- /- a {\n b\n}", "a /-/-b", "a /-/-6 b", "a { /-\n/- b }"] {
        assert_eq!(kinds(text), [SyntaxErrorKind::EmptySlashdash], "{text:?}");
    }
}

#[test]
fn an_annotation_needs_something_behind_it() {
    for text in ["(a)", "(a) ", "(a)/**/", "(a)\n", "(a) ;", "b (a) ", "b { (a) }"] {
        assert!(!parse(text).is_kdl(), "{text:?}");
    }
}
