//! A second reading of a text, by the `kdl` crate, compared with the first: after the parser, before a task is created from
//! the text. It is also the oracle of the parser's own tests.
//!
//! The `kdl` crate is the reference reader of the language. It shares no code with the parser here, so a value that one of
//! them misreads, the other hardly misreads in the same way.

use kdl::{KdlDocument, KdlEntry, KdlError, KdlIdentifier, KdlNode, KdlValue};

use super::tree::{Entry, Node, Nodes, Scalar, Text, Tree};
use super::{Parsed, SyntaxError, SyntaxErrorKind, parse};
use crate::project::source::Span;

/// The stack that a thread needs for [`compare`], in bytes: the `kdl` crate calls itself for each block and comment inside
/// another.
pub const STACK: usize = 64 << 20;

/// Comments inside one another, as deep as the second reader is asked to follow.
const DEEPEST_COMMENT: usize = 100;

/// What two readings of a text give.
#[derive(Clone, Debug)]
pub enum Comparison {
    /// Both readers accept the text, and read the same.
    Same,
    /// Neither accepts it.
    BothReject,
    /// They differ.
    Differ(Difference),
}

/// The first place at which two readings of a text differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// How they differ.
    pub kind: DifferenceKind,
    /// Where.
    pub span: Span,
    /// What dialform reads there, for people.
    pub ours: String,
    /// What the `kdl` crate reads there, for people.
    pub theirs: String,
}

/// How two readings of a text differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Only the `kdl` crate rejects the text.
    OnlyTheyReject,
    /// Only dialform rejects it.
    OnlyWeReject,
    /// Both accept it, and read something else.
    Meaning,
}

/// Reads a text twice. Needs up to [`STACK`] bytes of stack.
pub fn compare(text: &str) -> Comparison {
    let ours = parse(text);
    let is_kdl = ours.is_kdl();
    if let Some(why) = beyond_second_reader(&ours) {
        return match is_kdl {
            true => Comparison::Differ(Difference {
                kind: DifferenceKind::OnlyTheyReject,
                span: Span::point(0),
                ours: "KDL".to_owned(),
                theirs: why,
            }),
            false => Comparison::BothReject,
        };
    }
    match (is_kdl, KdlDocument::parse(text)) {
        (false, Err(_)) => Comparison::BothReject,
        (true, Err(error)) => Comparison::Differ(rejected(&ours, &error)),
        (false, Ok(_)) => Comparison::Differ(accepted(&ours.errors)),
        (true, Ok(theirs)) => match compare_trees(&ours.tree, &theirs, text.len()) {
            Ok(()) => Comparison::Same,
            Err(difference) => Comparison::Differ(difference),
        },
    }
}

/// Why the second reader is not asked: it has no limit, and ends the process where its stack ends.
fn beyond_second_reader(ours: &Parsed<'_>) -> Option<String> {
    let is_too_deep = ours.errors.iter().any(|error| error.kind == SyntaxErrorKind::TooDeep);
    (is_too_deep || comment_depth(ours.text) > DEEPEST_COMMENT)
        .then(|| format!("nothing: comments inside one another are read up to {DEEPEST_COMMENT} deep"))
}

/// How deep comments may be inside one another; counted in strings as well, so it is never too small.
fn comment_depth(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut deepest) = (0, 0_usize, 0);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                deepest = deepest.max(depth);
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth = depth.saturating_sub(1);
                at += 2;
            }
            _ => at += 1,
        }
    }
    deepest
}

/// Only the `kdl` crate rejects the text.
fn rejected(ours: &Parsed<'_>, error: &KdlError) -> Difference {
    let first = error.diagnostics.first();
    let at = first.map_or(0, |first| first.span.offset()).min(ours.text.len());
    let why = first.and_then(|first| first.message.as_deref()).unwrap_or("no reason");
    Difference {
        kind: DifferenceKind::OnlyTheyReject,
        span: Span::point(at),
        ours: node_at(ours.tree.roots(), at).map_or_else(|| "KDL".to_owned(), |node| head(&node)),
        theirs: format!("no KDL: {why}"),
    }
}

/// The innermost node that is at a byte, or before it.
fn node_at<'t, 's>(nodes: Nodes<'t, 's>, at: usize) -> Option<Node<'t, 's>> {
    let node = nodes.take_while(|node| node.head().start as usize <= at).last()?;
    match node.block() {
        Some(block) if (block.open.start as usize) < at => node_at(node.children(), at).or(Some(node)),
        _ => Some(node),
    }
}

/// Only dialform rejects the text.
fn accepted(errors: &[SyntaxError]) -> Difference {
    let first = errors.iter().find(|error| !error.kind.is_legal());
    Difference {
        kind: DifferenceKind::OnlyWeReject,
        span: first.map_or(Span::point(0), |first| first.span),
        ours: format!("no KDL: {:?}", first.map(|first| &first.kind)),
        theirs: "KDL".to_owned(),
    }
}

/// Compares what both readers made of a text of so many bytes.
///
/// # Errors
///
/// The first [`Difference`].
fn compare_trees(ours: &Tree<'_>, theirs: &KdlDocument, length: usize) -> Result<(), Difference> {
    compare_nodes(ours.roots(), theirs, Span::point(length))
}

/// Sibling nodes, which end at `end`.
fn compare_nodes(ours: Nodes<'_, '_>, theirs: &KdlDocument, end: Span) -> Result<(), Difference> {
    let mut theirs = theirs.nodes().iter();
    for ours in ours {
        match theirs.next() {
            Some(theirs) => compare_node(ours, theirs)?,
            None => return Err(differ(ours.head(), head(&ours), "nothing more".to_owned())),
        }
    }
    match theirs.next() {
        Some(theirs) => Err(differ(end, "nothing more".to_owned(), their_name(theirs.name()))),
        None => Ok(()),
    }
}

fn compare_node(ours: Node<'_, '_>, theirs: &KdlNode) -> Result<(), Difference> {
    compare_texts(Some(ours.name()), Some(theirs.name()), ours.name().span)?;
    compare_texts(ours.annotation(), theirs.ty(), ours.name().span)?;
    let mut their_entries = theirs.entries().iter();
    for entry in ours.entries() {
        match their_entries.next() {
            Some(theirs) => compare_entry(entry, theirs)?,
            None => return Err(differ(entry.span(), said(entry), "nothing more".to_owned())),
        }
    }
    let end = Span::point(ours.head().end as usize);
    if let Some(theirs) = their_entries.next() {
        return Err(differ(end, "nothing more".to_owned(), their_entry(theirs)));
    }
    match (ours.block(), theirs.children()) {
        (Some(block), Some(theirs)) => compare_nodes(ours.children(), theirs, block.close),
        (None, None) => Ok(()),
        (Some(block), None) => Err(differ(block.open, "a block".to_owned(), "no block".to_owned())),
        (None, Some(_)) => Err(differ(end, "no block".to_owned(), "a block".to_owned())),
    }
}

fn compare_entry(ours: &Entry<'_>, theirs: &KdlEntry) -> Result<(), Difference> {
    compare_texts(ours.name.as_ref(), theirs.name(), ours.span())?;
    compare_texts(ours.value.annotation.as_deref(), theirs.ty(), ours.value.span)?;
    let is_same = match (&ours.value.scalar, theirs.value()) {
        (Scalar::String(ours), KdlValue::String(theirs)) => ours == theirs,
        (Scalar::Number(written), theirs) => is_number(written, theirs),
        (Scalar::Bool(ours), KdlValue::Bool(theirs)) => ours == theirs,
        (Scalar::Null, KdlValue::Null) => true,
        _ => false,
    };
    if is_same {
        return Ok(());
    }
    Err(differ(ours.value.span, said(ours), their_entry(theirs)))
}

/// Names and annotations, which may be missing.
fn compare_texts(ours: Option<&Text<'_>>, theirs: Option<&KdlIdentifier>, span: Span) -> Result<(), Difference> {
    let their_text = theirs.map(KdlIdentifier::value);
    if ours.map(|ours| ours.text.as_ref()) == their_text {
        return Ok(());
    }
    let or_nothing = |text: Option<&str>| text.map_or_else(|| "no name".to_owned(), |text| format!("{text:?}"));
    Err(differ(
        span,
        or_nothing(ours.map(|ours| ours.text.as_ref())),
        or_nothing(their_text),
    ))
}

/// Whether a number, as it is written, is this value: exactly where it is whole, to the last bit where it is not.
fn is_number(written: &str, value: &KdlValue) -> bool {
    let plain = written.replace('_', "");
    let (sign, digits) = match plain.strip_prefix(['+', '-']) {
        Some(digits) => (&plain[..1], digits),
        None => ("", plain.as_str()),
    };
    match value {
        KdlValue::Integer(value) => {
            let radix = match digits.get(..2) {
                Some("0x") => 16,
                Some("0o") => 8,
                Some("0b") => 2,
                _ => 10,
            };
            let digits = if radix == 10 { digits } else { &digits[2..] };
            i128::from_str_radix(&format!("{sign}{digits}"), radix) == Ok(*value)
        }
        KdlValue::Float(value) => match written {
            "#inf" => *value == f64::INFINITY,
            "#-inf" => *value == f64::NEG_INFINITY,
            "#nan" => value.is_nan(),
            // Without a point or an exponent it is whole, and no reader may round it.
            _ if !digits.contains(['.', 'e', 'E']) => false,
            _ => plain.parse::<f64>().is_ok_and(|ours| ours.to_bits() == value.to_bits()),
        },
        KdlValue::String(_) | KdlValue::Bool(_) | KdlValue::Null => false,
    }
}

fn differ(span: Span, ours: String, theirs: String) -> Difference {
    Difference {
        kind: DifferenceKind::Meaning,
        span,
        ours,
        theirs,
    }
}

/// Name, arguments and properties of a node, for people.
fn head(node: &Node<'_, '_>) -> String {
    let entries = node.entries().iter().map(|entry| format!(" {}", said(entry)));
    std::iter::once(word(&node.name().text)).chain(entries).collect()
}

fn said(entry: &Entry<'_>) -> String {
    let value = match &entry.value.scalar {
        Scalar::String(text) => format!("{text:?}"),
        Scalar::Number(written) => (*written).to_owned(),
        Scalar::Bool(value) => format!("#{value}"),
        Scalar::Null => "#null".to_owned(),
        Scalar::Invalid => "no value".to_owned(),
    };
    with_name(entry.name.as_ref().map(|name| name.text.as_ref()), &value)
}

fn their_entry(entry: &KdlEntry) -> String {
    let value = match entry.value() {
        KdlValue::String(text) => format!("{text:?}"),
        KdlValue::Integer(value) => value.to_string(),
        KdlValue::Float(value) => format!("{value:?}"),
        KdlValue::Bool(value) => format!("#{value}"),
        KdlValue::Null => "#null".to_owned(),
    };
    with_name(entry.name().map(KdlIdentifier::value), &value)
}

fn their_name(name: &KdlIdentifier) -> String {
    word(name.value())
}

fn with_name(name: Option<&str>, value: &str) -> String {
    name.map_or_else(|| value.to_owned(), |name| format!("{}={value}", word(name)))
}

/// A name as it is usually written: without quotes where nothing in it is special.
fn word(name: &str) -> String {
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    if is_plain { name.to_owned() } else { format!("{name:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found where the second reader reads another text in the first one's place: as if one of them had misread it.
    fn between(ours: &str, theirs: &str) -> Option<(usize, usize, String, String)> {
        let parsed = parse(ours);
        assert!(parsed.is_kdl(), "{ours}");
        let theirs = KdlDocument::parse(theirs).expect("KDL");
        let difference = compare_trees(&parsed.tree, &theirs, ours.len()).err()?;
        let Difference { span, ours, theirs, .. } = difference;
        Some((span.start as usize, span.end as usize, ours, theirs))
    }

    #[test]
    fn equal_trees_are_the_same_however_they_are_written() {
        for (ours, theirs) in [
            ("a b=1 {\n  c #true\n}\n", "a b=0x1 { c #true; }"),
            ("pace \"3/s\"", "\"pace\" #\"3/s\"# // calls"),
            ("a 1_000 -0b11 0o17 +5 007", "a 1000 -3 15 5 7"),
            ("a 1.50 1e3 -0.5E-2", "a 1.5 1000.0 -0.005"),
            ("a #inf #-inf #nan #null", "a #inf #-inf #nan #null"),
            (
                "a 170141183460469231731687303715884105727",
                "a 0x7fffffffffffffffffffffffffffffff",
            ),
            ("(t)a (u)\"x\"", "(t)a (u)x"),
            ("", "\n// nothing"),
        ] {
            assert_eq!(between(ours, theirs), None, "{ours}");
        }
    }

    #[test]
    fn every_kind_of_difference_is_found_at_its_place() {
        let cases = [
            ("a 1\n", "b 1", 0, 1, "\"a\"", "\"b\""),
            ("a 4\n", "a 5", 2, 3, "4", "5"),
            ("a 4\n", "a 4.0", 2, 3, "4", "4.0"),
            ("a 4\n", "a \"4\"", 2, 3, "4", "\"4\""),
            ("a 1.5\n", "a 1.25", 2, 5, "1.5", "1.25"),
            (
                "a 9007199254740993\n",
                "a 9007199254740992.0",
                2,
                18,
                "9007199254740993",
                "9007199254740992.0",
            ),
            ("a -0.0\n", "a 0.0", 2, 6, "-0.0", "0.0"),
            ("a b=#true\n", "a b=#false", 4, 9, "b=#true", "b=#false"),
            ("a b=#true\n", "a c=#true", 2, 9, "\"b\"", "\"c\""),
            ("a b=1\n", "a 1", 2, 5, "\"b\"", "no name"),
            ("a \"x\"\n", "a \"x \"", 2, 5, "\"x\"", "\"x \""),
            ("a #null\n", "a", 2, 7, "#null", "nothing more"),
            ("a\n", "a 2", 1, 1, "nothing more", "2"),
            ("a {\n  b\n}\n", "a {\n}", 6, 7, "b", "nothing more"),
            ("a {\n}\n", "a { b; }", 4, 5, "nothing more", "b"),
            ("a {\n}\n", "a", 2, 3, "a block", "no block"),
            ("a\n", "a {}", 1, 1, "no block", "a block"),
            ("a\n", "a\nb", 2, 2, "nothing more", "b"),
            ("a\nb\n", "a", 2, 3, "b", "nothing more"),
            ("(t)a\n", "a", 3, 4, "\"t\"", "no name"),
            ("a (t)1\n", "a (u)1", 5, 6, "\"t\"", "\"u\""),
        ];
        for (ours, theirs, start, end, first, second) in cases {
            let wanted = Some((start, end, first.to_owned(), second.to_owned()));
            assert_eq!(between(ours, theirs), wanted, "{ours:?} against {theirs:?}");
        }
    }

    #[test]
    fn comments_inside_one_another_have_a_limit() {
        let nested = |depth: usize| format!("{}{}\na 1\n", "/* ".repeat(depth), "*/ ".repeat(depth));
        let read = |depth: usize| {
            let text = nested(depth);
            let thread = std::thread::Builder::new().stack_size(STACK);
            thread
                .spawn(move || compare(&text))
                .expect("a thread")
                .join()
                .expect("an end")
        };
        assert!(matches!(read(DEEPEST_COMMENT), Comparison::Same));
        assert!(matches!(read(DEEPEST_COMMENT + 1), Comparison::Differ(_)));
        assert!(matches!(read(100_000), Comparison::Differ(_)));
    }

    #[test]
    fn the_deepest_blocks_are_read_twice() {
        let depth = super::super::MAX_DEPTH;
        let text = format!("{}a{}", "a {\n".repeat(depth), "\n}".repeat(depth));
        let thread = std::thread::Builder::new().stack_size(STACK);
        let read = thread
            .spawn(move || compare(&text))
            .expect("a thread")
            .join()
            .expect("an end");
        assert!(matches!(read, Comparison::Same), "{read:?}");
    }
}
