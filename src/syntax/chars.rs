//! The specification's character classes, and the pass that finds characters which no KDL text may hold.

use std::borrow::Cow;

use super::MAX_ERRORS;
use super::error::{SyntaxError, SyntaxErrorKind};
use crate::project::source::Span;

/// What one byte can be, so that runs of plain bytes are passed without decoding characters.
static CLASS: [u8; 256] = classes();

const IDENTIFIER: u8 = 1;
const BLANK: u8 = 2;
const LINE: u8 = 4;
const QUOTED: u8 = 8;
/// Letters, digits, `-` and `_`: a word of nothing else, with a letter first, is a bare string or a keyword's name.
const PLAIN: u8 = 16;
const DIGIT: u8 = 32;
/// White space between nodes, but for what no editor writes.
const BETWEEN: u8 = 64;

/// ASCII letters of identifiers, blanks, and the bytes that go on a line or a quoted string for sure. Bytes of other
/// characters go on as well, but for those that can begin a newline (U+0085, U+2028, U+2029).
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let ascii = byte as u8;
        let is_sign = matches!(
            ascii,
            b'\\' | b'/' | b'(' | b')' | b'{' | b'}' | b';' | b'[' | b']' | b'"' | b'#' | b'='
        );
        if ascii.is_ascii_graphic() && !is_sign {
            classes[byte] |= IDENTIFIER;
        }
        if ascii.is_ascii_alphanumeric() || matches!(ascii, b'-' | b'_') {
            classes[byte] |= PLAIN;
        }
        if ascii.is_ascii_digit() {
            classes[byte] |= DIGIT;
        }
        if matches!(ascii, b' ' | b'\t') {
            classes[byte] |= BLANK;
        }
        if matches!(ascii, b' ' | b'\t' | b'\n' | b'\r') {
            classes[byte] |= BETWEEN;
        }
        if !matches!(ascii, b'\n' | b'\r' | 0xB | 0xC | 0xC2 | 0xE2) {
            classes[byte] |= LINE;
            if !matches!(ascii, b'"' | b'\\') {
                classes[byte] |= QUOTED;
            }
        }
        byte += 1;
    }
    classes
}

/// From `at` over the bytes of a class.
#[inline(always)]
fn skip(bytes: &[u8], mut at: usize, class: u8) -> usize {
    while let Some(byte) = bytes.get(at)
        && CLASS[usize::from(*byte)] & class != 0
    {
        at += 1;
    }
    at
}

/// From `at` over ASCII letters of an identifier.
pub(super) fn skip_identifier(bytes: &[u8], at: usize) -> usize {
    skip(bytes, at, IDENTIFIER)
}

/// From `at` over spaces and tabs.
pub(super) fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    skip(bytes, at, BLANK)
}

/// From `at` over white space between nodes.
pub(super) fn skip_between(bytes: &[u8], at: usize) -> usize {
    // Nearly always a line end and the indentation of the next line.
    skip(bytes, skip_words(bytes, at, is_blank_or_line), BETWEEN)
}

/// From `at` over ASCII letters, digits, `-` and `_`.
pub(super) fn skip_fast_word(bytes: &[u8], at: usize) -> usize {
    // Nearly all names are of small letters.
    skip(bytes, skip_words(bytes, at, is_small_letter_or_dash), PLAIN)
}

/// From `at` over the bytes that `class` finds, eight at a time; up to seven before the end are left.
#[inline(always)]
fn skip_words(bytes: &[u8], mut at: usize, class: impl Fn(u64) -> u64) -> usize {
    while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let others = !class(u64::from_le_bytes(*word)) & HIGH;
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at
}

/// Every byte of eight that is 1, and every highest bit.
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Sets the high bit of each byte of eight that is this one.
#[inline(always)]
fn equals(word: u64, byte: u8) -> u64 {
    let zero_there = word ^ (ONES * u64::from(byte));
    !(((zero_there & !HIGH) + !HIGH) | zero_there) & HIGH
}

/// Sets the high bit of each small letter and each `-` of eight bytes.
fn is_small_letter_or_dash(word: u64) -> u64 {
    let low = word & !HIGH;
    let from_a = low + ONES * u64::from(0x80 - b'a');
    let behind_z = low + ONES * u64::from(0x7F - b'z');
    (from_a & !behind_z & !word & HIGH) | equals(word, b'-')
}

/// Sets the high bit of each space and each line feed of eight bytes.
fn is_blank_or_line(word: u64) -> u64 {
    equals(word, b' ') | equals(word, b'\n')
}

/// From `at` over decimal digits.
pub(super) fn skip_digits(bytes: &[u8], at: usize) -> usize {
    skip(bytes, at, DIGIT)
}

/// From `at` to the line's end.
pub(super) fn skip_line(text: &str, at: usize) -> usize {
    skip_to_newline(text, at, LINE)
}

/// From `at` to a quote, a backslash or the line's end.
#[inline]
pub(super) fn skip_quoted(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    // Eight bytes at a time, as long as there is nothing to look at among them.
    while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let found = ends_quoted(u64::from_le_bytes(*word));
        if found != 0 {
            at += found.trailing_zeros() as usize / 8;
            if matches!(bytes.get(at), Some(b'"' | b'\\')) {
                return at;
            }
            break;
        }
        at += 8;
    }
    skip_to_newline(text, at, QUOTED)
}

/// Eight bytes, the first one lowest: sets the high bit of the first byte that may end a quoted string or a stretch of it
/// (quote, backslash, control characters, what can begin a newline), and perhaps of bytes after it.
fn ends_quoted(word: u64) -> u64 {
    let equals = |byte: u8| {
        let zero_there = word ^ (ONES * u64::from(byte));
        zero_there.wrapping_sub(ONES) & !zero_there
    };
    let is_control = word.wrapping_sub(ONES * 0x20) & !word;
    (is_control | equals(b'"') | equals(b'\\') | equals(0xC2) | equals(0xE2)) & HIGH
}

fn skip_to_newline(text: &str, mut at: usize, class: u8) -> usize {
    let bytes = text.as_bytes();
    loop {
        at = skip(bytes, at, class);
        // Most characters that share their first byte with a newline are none.
        if !matches!(bytes.get(at), Some(0xC2 | 0xE2)) {
            return at;
        }
        match text.get(at..).and_then(|rest| rest.chars().next()) {
            Some(c) if !is_newline(c) => at += c.len_utf8(),
            _ => return at,
        }
    }
}

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

/// May be in a bare string whose first characters are no number.
pub(super) fn is_identifier(c: char) -> bool {
    !matches!(
        c,
        '\\' | '/' | '(' | ')' | '{' | '}' | ';' | '[' | ']' | '"' | '#' | '='
    ) && !is_space(c)
        && !is_newline(c)
        && !is_disallowed(c)
}

/// Passed over wherever it is, because [`scan`] reports it: what no document may hold, and what nobody sees.
pub(super) fn is_disallowed(c: char) -> bool {
    is_invisible(c) || is_forbidden(c)
}

/// May not be anywhere in a document, strings and comments included.
fn is_forbidden(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// A word without the characters that were reported by [`scan`].
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

/// Reports every disallowed or invisible character, one finding a run, up to the number at which the parser drops the
/// text. The parser then passes over them.
pub(super) fn scan(text: &str, errors: &mut Vec<SyntaxError>) {
    let bytes = text.as_bytes();
    let mut at = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    while let Some(next) = next_suspect(bytes, at).filter(|_| errors.len() <= MAX_ERRORS) {
        at = next;
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            at += 1;
            continue;
        };
        let start = at;
        at += c.len_utf8();
        let kind = match c {
            '\0' => SyntaxErrorKind::Nul,
            c if is_forbidden(c) => SyntaxErrorKind::Disallowed(c),
            c if is_invisible(c) => SyntaxErrorKind::Invisible(c),
            _ => continue,
        };
        while text.get(at..).is_some_and(|rest| rest.starts_with(c)) {
            at += c.len_utf8();
        }
        errors.push(SyntaxError::new(kind, Span::new(start, at)));
    }
}

/// The next byte from `at` that can begin such a character: nearly all texts hold none.
fn next_suspect(bytes: &[u8], at: usize) -> Option<usize> {
    let at = skip_words(bytes, at, |word| !is_suspect(word));
    // What is behind the last eight, made eight by blanks.
    let mut word = [b' '; 8];
    let end = bytes.len().min(at.saturating_add(8));
    let left = bytes.get(at..end)?;
    word.get_mut(..left.len())?.copy_from_slice(left);
    let suspects = is_suspect(u64::from_le_bytes(word));
    (suspects != 0).then(|| at + suspects.trailing_zeros() as usize / 8)
}

/// Sets the high bit of each byte of eight that can begin a character which [`scan`] reports.
#[inline(always)]
fn is_suspect(word: u64) -> u64 {
    let low = word & !HIGH;
    let from_blank = low + ONES * (0x80 - 0x20);
    let from_tab = low + ONES * (0x80 - 0x09);
    let behind_return = low + ONES * (0x7F - 0x0D);
    let is_control = !from_blank & !(from_tab & !behind_return) & !word & HIGH;
    is_control | equals(word, 0x7F) | equals(word, 0xE2) | equals(word, 0xEF)
}
