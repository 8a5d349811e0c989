//! The edits that fixes single values, names and nodes: what is meant, and whether that is certain.

use uuid::Uuid;

use super::value::literal;
use crate::fields::FieldSpec;
use crate::fields::types::{BadDuration, Seconds};
use crate::finding::{Edit, Fix};
use crate::project::source::Span;
use crate::syntax::{Block, Entry, Node, Scalar, Value};
use crate::util::suggest::is_same_but_for_form;

/// Replaces a misspelt name by the suggestion, in the form `written`. Safe where only capitals or underscores differ.
pub(super) fn suggested(span: Span, name: &str, suggestion: &str, written: impl Into<String>) -> Fix {
    if is_same_but_for_form(name, suggestion) {
        Fix::safe(span, written)
    } else {
        Fix::likely(span, written)
    }
}

/// A duration in another form, as the language writes it. A number alone most likely counts seconds, as the wire does, but
/// may have been meant as minutes.
pub(super) fn duration(span: Span, text: &str) -> Option<Fix> {
    let mut meant: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    // `1M` may be a month.
    let is_sure = !meant.contains('M');
    loop {
        match Seconds::parse(&meant) {
            Ok(_) if is_sure => return Some(Fix::safe(span, quoted(&meant))),
            Ok(_) => return Some(Fix::likely(span, quoted(&meant))),
            Err(BadDuration::NoUnit(0)) => return Some(Fix::safe(span, quoted("0s"))),
            Err(BadDuration::NoUnit(count)) => return Some(Fix::likely(span, quoted(&Seconds(count).to_string()))),
            Err(BadDuration::Unit {
                unit,
                means: Some(means),
            }) => meant = meant.replacen(&unit, means, 1),
            Err(_) => return None,
        }
    }
}

/// A UUID in another of its forms: in brackets, without dashes.
pub(super) fn uuid(span: Span, text: &str) -> Option<Fix> {
    let id = Uuid::try_parse(text.trim()).ok()?;
    Some(Fix::safe(span, quoted(&id.hyphenated().to_string())))
}

/// The edits for the value of a wire name: none where the value is right already. `None` where the name may not be meant as
/// the wire's: `time=20` may be minutes, and `cps 1.5` three calls in two seconds, but fifty a second on the wire.
pub(super) fn as_wire_says(wire: &str, spec: &FieldSpec, value: &Value<'_>, text: &str) -> Option<Vec<Edit>> {
    if !wire.contains(char::is_uppercase) {
        return None;
    }
    let right = spec.kind.decode_literal(literal(value)?)?;
    let is_right = text.get(value.span.range()) == Some(&right);
    let edit = Edit {
        span: value.span,
        text: right,
    };
    Some(if is_right { Vec::new() } else { vec![edit] })
}

/// Whether a type annotation names a unit of time, so that removing it would change the meaning.
pub(super) fn is_unit(annotation: &str) -> bool {
    let read = Seconds::parse(&format!("1{annotation}"));
    matches!(read, Ok(_) | Err(BadDuration::Unit { means: Some(_), .. }))
}

/// Removes a node, with its line where it has one of its own. `None` where a comment would be orphaned.
pub(super) fn without_node(text: &str, node: Node<'_, '_>, first: Node<'_, '_>) -> Option<Fix> {
    let span = whole(node);
    let written = text.get(span.range())?;
    let has_comment = ["//", "/*", "/-"].iter().any(|sign| written.contains(sign));
    if !is_same(first, node) || (has_comment && text.get(whole(first).range()) != Some(written)) {
        return None;
    }
    removed(text, span).map(|span| Fix::safe(span, ""))
}

/// Removes a property that repeats an earlier one with the same value.
pub(super) fn without_entry(text: &str, entries: &[Entry<'_>], later: &Entry<'_>) -> Option<Fix> {
    let name = |entry: &Entry<'_>| entry.name.as_ref().map(|name| name.text.clone().into_owned());
    let first = entries.iter().find(|entry| name(entry) == name(later))?;
    let is_readable = first.value.scalar != Scalar::Invalid;
    (is_readable && first.value.scalar == later.value.scalar).then(|| Fix::safe(with_blanks(text, later.span()), ""))
}

/// Removes a switch in front of the properties or the block that say the same.
pub(super) fn without_switch(text: &str, switch: Span) -> Option<Fix> {
    let behind = text.get(switch.end as usize..)?.trim_start_matches([' ', '\t']);
    let is_followed = behind.starts_with(|c: char| c == '{' || c.is_alphabetic());
    is_followed.then(|| Fix::safe(with_blanks(text, switch), ""))
}

/// Removes an empty block.
pub(super) fn without_block(text: &str, block: Block) -> Option<Fix> {
    let inside = text.get(block.open.end as usize..block.close.start as usize)?;
    let is_empty = inside.chars().all(char::is_whitespace) && block.close.end > block.close.start;
    is_empty.then(|| Fix::safe(with_blanks(text, block.open.to(block.close)), ""))
}

/// A span with the blanks in front of it.
pub(super) fn with_blanks(text: &str, span: Span) -> Span {
    let before = text.get(..span.start as usize).unwrap_or_default();
    Span::new(before.trim_end_matches([' ', '\t']).len(), span.end as usize)
}

pub(super) fn whole(node: Node<'_, '_>) -> Span {
    node.block().map_or(node.head(), |block| node.head().to(block.close))
}

/// Whether two nodes say the same, word for word.
fn is_same(a: Node<'_, '_>, b: Node<'_, '_>) -> bool {
    let is_whole = |node: Node<'_, '_>| !node.is_damaged() && node.annotation().is_none();
    let is_same_entry = |(a, b): (&Entry<'_>, &Entry<'_>)| {
        let name = |entry: &Entry<'_>| entry.name.as_ref().map(|name| name.text.clone().into_owned());
        name(a) == name(b) && a.value.scalar == b.value.scalar && a.value.scalar != Scalar::Invalid
    };
    is_whole(a)
        && is_whole(b)
        && a.name().text == b.name().text
        && a.entries().len() == b.entries().len()
        && a.entries().iter().zip(b.entries()).all(is_same_entry)
        && a.block().is_some() == b.block().is_some()
        && a.children().count() == b.children().count()
        && a.children().zip(b.children()).all(|(a, b)| is_same(a, b))
}

/// The span to delete with a node: its lines, or what is between it and its neighbours.
pub(super) fn removed(text: &str, span: Span) -> Option<Span> {
    let (start, end) = (span.start as usize, span.end as usize);
    let line = text.get(..start)?.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let before = text.get(line..start)?;
    let behind = text.get(end..)?;
    let rest = behind.trim_start_matches([' ', '\t']);
    let ended = rest.strip_prefix(';').unwrap_or(rest).trim_start_matches([' ', '\t']);
    if before.trim().is_empty() && (ended.is_empty() || ended.starts_with(['\r', '\n'])) {
        if ended.is_empty() {
            // The file ends without a line end, and shall still do so.
            let above = text.get(..line)?;
            let above = above.strip_suffix('\n').unwrap_or(above);
            return Some(Span::new(above.strip_suffix('\r').unwrap_or(above).len(), text.len()));
        }
        let next = ended.strip_prefix('\r').unwrap_or(ended);
        let next = next.strip_prefix('\n').unwrap_or(next);
        return Some(Span::new(line, text.len() - next.len()));
    }
    if rest.starts_with(';') {
        return Some(Span::new(start, text.len() - ended.len()));
    }
    let kept = before.trim_end().strip_suffix(';')?;
    let is_end = rest.is_empty() || rest.starts_with(['\r', '\n', '}']);
    is_end.then(|| Span::new(line + kept.len(), end))
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
