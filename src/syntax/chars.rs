//! The specification's character classes, and the pass that finds characters which no KDL text may hold.

use std::borrow::Cow;

use super::mistake::{Mistake, MistakeKind};
use crate::source::Span;

/// White space inside a line (the specification's table, without the byte-order mark).
pub(super) fn is_space(c: char) -> bool {
    matches!(
        c,
        '\t' | ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}

/// Ends a line.
pub(super) fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{B}' | '\u{C}' | '\u{2028}' | '\u{2029}')
}

/// May stand in a bare string after its first characters were found to be no number.
pub(super) fn is_identifier(c: char) -> bool {
    !matches!(
        c,
        '\\' | '/' | '(' | ')' | '{' | '}' | ';' | '[' | ']' | '"' | '#' | '='
    ) && !is_space(c)
        && !is_newline(c)
        && !is_disallowed(c)
}

/// May not stand anywhere in a document, strings and comments included.
pub(super) fn is_disallowed(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// A word without the characters that no document may hold; they were reported by [`scan`].
pub(super) fn without_disallowed(word: &str) -> Cow<'_, str> {
    if word.contains(is_disallowed) {
        Cow::Owned(word.replace(is_disallowed, ""))
    } else {
        Cow::Borrowed(word)
    }
}

/// Legal, but invisible and so hardly meant. The joiners are left out: emoji and some scripts need them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{2060}')
}

/// Reports every disallowed or invisible character, one finding a run. The parser then passes over the disallowed ones.
pub(super) fn scan(text: &str, mistakes: &mut Vec<Mistake>) {
    let bytes = text.as_bytes();
    let mut at = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    while let Some(offset) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| is_suspect(*byte)))
    {
        at += offset;
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            at += 1;
            continue;
        };
        let start = at;
        at += c.len_utf8();
        let kind = match c {
            '\0' => MistakeKind::Nul,
            c if is_disallowed(c) => MistakeKind::Disallowed(c),
            c if is_invisible(c) => MistakeKind::Invisible(c),
            _ => continue,
        };
        while text.get(at..).is_some_and(|rest| rest.starts_with(c)) {
            at += c.len_utf8();
        }
        mistakes.push(Mistake::new(kind, Span::new(start, at)));
    }
}

/// A byte that can begin a character which [`scan`] reports.
fn is_suspect(byte: u8) -> bool {
    (byte < 0x20 && !(0x9..=0xD).contains(&byte)) || byte == 0x7F || byte == 0xE2 || byte == 0xEF
}
