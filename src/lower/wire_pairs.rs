//! Fixes for words of the API that the language says together with others, or not at all: `cidData` beside `cidType`,
//! `additionalOptions { … }`, `defaultExec`.

use super::fixes::{as_wire_says, removed, whole, with_blanks};
use super::value::literal;
use super::wire_names::field_of_wire;
use crate::fields::{FieldSpec, Json, Kind, Literal, Slot, parse_uuid};
use crate::finding::Fix;
use crate::project::source::Span;
use crate::syntax::{Node, Scalar};

/// Puts the value of a node of its own, `cidData "…"`, into the node that it belongs to, `caller-id "number" id="…"`, which is
/// there under its own name or under the API's.
pub(super) fn into_sibling(text: &str, node: Node<'_, '_>, parent: Node<'_, '_>, spec: &FieldSpec) -> Option<Fix> {
    let Slot::Property(property) = spec.slot else {
        return None;
    };
    let [entry] = node.entries() else { return None };
    if node.is_damaged() || node.block().is_some() || entry.name.is_some() {
        return None;
    }
    let is_argument = |name: &str| {
        let of_wire = field_of_wire(name).filter(|other| other.slot == Slot::Argument);
        name == spec.setting.spec().name || of_wire.is_some_and(|other| other.setting == spec.setting)
    };
    let mut siblings = parent.children().filter(|sibling| is_argument(&sibling.name().text));
    let (sibling, None) = (siblings.next()?, siblings.next()) else {
        return None;
    };
    let has_property = |name: &str| {
        sibling
            .entries()
            .iter()
            .any(|entry| entry.name.as_ref().is_some_and(|own| own.text == name))
    };
    if sibling.is_damaged() || sibling.block().is_some() || sibling.entries().is_empty() || has_property(property) {
        return None;
    }
    let without = Fix::safe(removed(text, whole(node))?, "");
    if entry.value.scalar == Scalar::Null {
        return Some(without);
    }
    // A telephone number or a word is not what the property takes, and would only be wrong elsewhere.
    let is_readable = match (literal(&entry.value)?, spec.kind) {
        (Literal::Text(id), Kind::Id(_)) => parse_uuid(id).is_some(),
        (said @ Literal::Text(_), kind) => kind.read(said).is_ok(),
        _ => true,
    };
    if !is_readable {
        return None;
    }
    let edits = as_wire_says(&node.name().text, spec, &entry.value, text)?;
    let written = text.get(entry.value.span.range())?.to_owned();
    let value = edits.into_iter().next().map_or(written, |edit| edit.text);
    let end = Span::point(sibling.head().end as usize);
    Some(Fix::safe(end, format!(" {property}={value}")).and(without.edits))
}

/// Takes the braces away from around settings.
pub(super) fn unwrapped(text: &str, node: Node<'_, '_>) -> Option<Fix> {
    let block = node.block()?;
    let is_closed = block.close.end > block.close.start;
    if node.is_damaged() || !node.entries().is_empty() || !is_closed {
        return None;
    }
    let open = node.name().span.to(block.open);
    let open = removed(text, open).unwrap_or_else(|| with_blanks_behind(text, open));
    // The `;` behind it ends the last setting of the block as well, unless a line's end does.
    let behind = text.get(block.close.end as usize..)?.trim_start_matches([' ', '\t']);
    let before = text.get(..block.close.start as usize)?.trim_end_matches([' ', '\t']);
    let is_ended = behind.starts_with(';') && !before.ends_with(['\n', '\r']);
    let close = removed(text, block.close).filter(|_| !is_ended);
    let close = close.unwrap_or_else(|| with_blanks(text, block.close));
    Some(Fix::safe(open, "").and(Fix::safe(close, "").edits))
}

/// Removes a node that says what is always sent. One that says something else was meant for something.
pub(super) fn dropped(text: &str, node: Node<'_, '_>, spec: &FieldSpec) -> Option<Fix> {
    let is_sent = match node.entries() {
        [] => true,
        [entry] => match &entry.value.scalar {
            Scalar::String(said) if entry.name.is_none() => {
                let mut sent = spec.choices().iter().flat_map(|choice| choice.wire);
                sent.any(|sent| matches!(sent, Json::Text(sent) if sent == said))
            }
            _ => false,
        },
        _ => false,
    };
    let is_plain = !node.is_damaged() && node.block().is_none() && is_sent;
    is_plain.then(|| removed(text, whole(node)).map(|span| Fix::safe(span, "")))?
}

fn with_blanks_behind(text: &str, span: Span) -> Span {
    let behind = text.get(span.end as usize..).unwrap_or_default();
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    Span::new(span.start as usize, span.end as usize + blanks)
}
