//! Values: which one begins here, and what an unquoted word was meant to be.

use super::bare::classify;
use super::chars::{is_disallowed, is_identifier, is_newline, is_space, skip_identifier, without_disallowed};
use super::error::{BareValue, GluedSign, SyntaxErrorKind};
use super::number::{is_number, starts_like_number};
use super::parser::{Parser, keyword_for};
use super::tree::{Scalar, Text, Value};
use crate::project::source::Span;

impl<'s> Parser<'s> {
    /// A value. Nothing where no value can begin here; that is reported.
    pub(super) fn value(&mut self) -> Option<Value<'s>> {
        let annotation = if self.peek() == Some('(') {
            let begin = self.pos;
            let annotation = self.annotation()?;
            let end = self.pos;
            self.skip_node_space();
            if self
                .peek()
                .is_none_or(|c| is_newline(c) || matches!(c, ';' | '{' | '}'))
            {
                self.error(SyntaxErrorKind::BadAnnotation, begin, end);
                return None;
            }
            Some(Box::new(annotation))
        } else {
            None
        };
        let start = self.pos;
        let c = self.peek()?;
        let (scalar, span) = match c {
            '"' => string(self.quoted()),
            '#' => match self.raw_hashes() {
                Some(hashes) => string(self.raw(hashes)),
                None => self.keyword(),
            },
            _ if starts_like_number(self.rest()) => self.number(),
            c if is_identifier(c) => self.bare_string(),
            c => {
                self.error(SyntaxErrorKind::Unexpected(c), start, start + c.len_utf8());
                return None;
            }
        };
        Some(Value {
            scalar,
            annotation,
            span,
        })
    }

    /// The unquoted word here. Characters that were reported already do not end it.
    pub(super) fn word(&mut self) -> &'s str {
        let start = self.pos;
        let bytes = self.src.as_bytes();
        self.pos = skip_identifier(bytes, start);
        if bytes
            .get(self.pos)
            .is_some_and(|byte| !byte.is_ascii_graphic() && !matches!(byte, b' ' | b'\n'))
        {
            let rest = self.rest();
            let end = rest.find(|c| !is_identifier(c) && !is_disallowed(c));
            self.pos += end.unwrap_or(rest.len());
        }
        &self.src[start..self.pos]
    }

    /// A word that cannot end in a comma: the comma is left where it is.
    fn word_before_comma(&mut self) -> &'s str {
        let word = self.word();
        match word.strip_suffix(',') {
            Some(before) if !before.is_empty() => {
                self.pos -= 1;
                before
            }
            _ => word,
        }
    }

    /// Takes in `/…` after a word, as in `3/s`, but no comment.
    pub(super) fn extend_over_slashes(&mut self) {
        while self.rest().starts_with('/') && !self.at_comment() {
            self.pos += 1;
            self.word();
        }
    }

    fn number(&mut self) -> (Scalar<'s>, Span) {
        let start = self.pos;
        let word = self.word_before_comma();
        if word.contains(is_disallowed) {
            return (Scalar::Invalid, Span::new(start, self.pos));
        }
        let is_whole = !self.rest().starts_with('/') || ["//", "/*"].iter().any(|sign| self.rest().starts_with(sign));
        if is_whole && is_number(word) && !self.rest().starts_with('(') {
            return (Scalar::Number(word), Span::new(start, self.pos));
        }
        self.extend_over_slashes();
        self.extend_over_phone();
        let mut kind = classify(&self.src[start..self.pos]);
        if kind == BareValue::Date {
            self.extend_over_time();
        } else if kind == BareValue::Other && self.src[start..self.pos].contains('(') {
            kind = BareValue::Phone;
        }
        let looks_like_number = word
            .chars()
            .all(|c| c.is_ascii_hexdigit() || matches!(c, '_' | '.' | 'x' | 'o' | '+' | '-'));
        let kind = match kind {
            BareValue::Other if looks_like_number => SyntaxErrorKind::BadNumber,
            kind => SyntaxErrorKind::BareValue(kind),
        };
        self.error(kind, start, self.pos);
        (Scalar::Invalid, Span::new(start, self.pos))
    }

    /// `8(495)123-45-67`
    fn extend_over_phone(&mut self) {
        while self.rest().starts_with(['(', ')']) && self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) {
            self.pos += 1;
            self.word();
        }
    }

    /// `2026-12-02 10:00` is one thing to its author.
    fn extend_over_time(&mut self) {
        let behind = self.pos;
        self.skip_node_space();
        if starts_like_number(self.rest()) {
            let start = self.pos;
            self.word();
            if classify(&self.src[start..self.pos]) == BareValue::Time {
                return;
            }
        }
        self.pos = behind;
        self.forget_comments(behind);
    }

    fn bare_string(&mut self) -> (Scalar<'s>, Span) {
        let start = self.pos;
        if let Some(close) = self.peek().and_then(closing_quote) {
            return self.curly_string(start, close);
        }
        let word = self.word();
        if word == "r" && self.rest().starts_with(['"', '#']) {
            return self.kdl1_raw_string(start);
        }
        if let Some(right) = keyword_for(word) {
            self.error(SyntaxErrorKind::BareKeyword(right), start, self.pos);
            return (Scalar::Invalid, Span::new(start, self.pos));
        }
        let is_slash = self.src.as_bytes().get(self.pos) == Some(&b'/');
        let is_url = is_slash
            && word.ends_with(':')
            && self.rest().starts_with("//")
            && self.rest()[2..].starts_with(is_identifier);
        if is_url || (is_slash && !self.at_comment()) {
            self.pos += end_of_address(self.rest());
            let kind = if is_url { BareValue::Url } else { BareValue::Other };
            self.error(SyntaxErrorKind::BareValue(kind), start, self.pos);
            return (Scalar::Invalid, Span::new(start, self.pos));
        }
        let span = Span::new(start, self.pos);
        let Some(before) = word.strip_suffix(',') else {
            return (Scalar::String(without_disallowed(word)), span);
        };
        let kind = SyntaxErrorKind::GluedSign(GluedSign::Comma);
        self.error(kind, start + before.len(), self.pos);
        if before.is_empty() {
            return (Scalar::Invalid, span);
        }
        (
            Scalar::String(without_disallowed(before)),
            Span::new(start, start + before.len()),
        )
    }

    /// A text in marks that KDL does not know, as far as it holds nothing but words.
    fn curly_string(&mut self, start: usize, close: &[char]) -> (Scalar<'s>, Span) {
        let first = self.peek().map_or(1, char::len_utf8);
        let inside = &self.src[start + first..];
        let end = inside
            .char_indices()
            .find(|(_, c)| close.contains(c) || !(is_identifier(*c) || is_space(*c)));
        let (length, c) = end.unwrap_or((inside.len(), '\n'));
        let text = &inside[..length];
        let mut is_mixed = false;
        let taken = if let Some(all) = closed_behind(inside, length, close) {
            all
        } else if close.contains(&c) {
            length + c.len_utf8()
        } else if c == '"' && !text.ends_with(is_space) {
            is_mixed = true;
            length + 1
        } else if c == '=' {
            // The last word is the name of a property.
            text.rfind(is_space)
                .map_or(0, |space| text[..space].trim_end_matches(is_space).len())
        } else {
            text.trim_end_matches(is_space).len()
        };
        self.pos = start + first + taken;
        let is_word = self.src[start..self.pos].chars().all(is_identifier);
        let kind = match is_mixed {
            true => SyntaxErrorKind::MixedQuotes,
            false => SyntaxErrorKind::CurlyQuotes { is_word },
        };
        self.error(kind, start, self.pos);
        (Scalar::Invalid, Span::new(start, self.pos))
    }

    fn kdl1_raw_string(&mut self, start: usize) -> (Scalar<'s>, Span) {
        let reported = self.errors.len();
        match self.raw_hashes() {
            Some(hashes) => drop(self.raw(hashes)),
            None if self.peek() == Some('"') => drop(self.raw(0)),
            None => drop(self.keyword()),
        }
        self.errors.truncate(reported);
        self.error(SyntaxErrorKind::Kdl1RawString, start, self.pos);
        (Scalar::Invalid, Span::new(start, self.pos))
    }

    /// How many hashes are before the quotes of a raw string here.
    pub(super) fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.rest().bytes().take_while(|byte| *byte == b'#').count();
        (hashes > 0 && self.rest()[hashes..].starts_with('"')).then_some(hashes)
    }

    /// At a `#` that begins no raw string.
    fn keyword(&mut self) -> (Scalar<'s>, Span) {
        let start = self.pos;
        self.pos += 1;
        let word = self.word_before_comma();
        let span = Span::new(start, self.pos);
        let scalar = match word {
            _ if word.contains(is_disallowed) => Scalar::Invalid,
            "true" => Scalar::Bool(true),
            "false" => Scalar::Bool(false),
            "null" => Scalar::Null,
            "inf" | "-inf" | "nan" => Scalar::Number(&self.src[span.range()]),
            _ => {
                self.error(SyntaxErrorKind::UnknownKeyword(word.to_owned()), start, self.pos);
                Scalar::Invalid
            }
        };
        self.tree.has_null |= scalar == Scalar::Null;
        (scalar, span)
    }

    /// At a `(`.
    pub(super) fn annotation(&mut self) -> Option<Text<'s>> {
        self.tree.is_annotated = true;
        let start = self.pos;
        let reported = self.errors.len();
        self.pos += 1;
        self.skip_node_space();
        let name = match self.peek() {
            Some('"' | '#') => self.node_name(),
            Some(c) if is_identifier(c) && !starts_like_number(self.rest()) => self.node_name(),
            _ => None,
        };
        self.skip_node_space();
        if let Some(name) = name
            && self.peek() == Some(')')
        {
            self.pos += 1;
            let next = self.pos;
            if !self.peek().is_none_or(is_newline) && !self.rest().starts_with("/-") {
                return Some(name);
            }
            self.error(SyntaxErrorKind::BadAnnotation, start, next);
            return None;
        }
        self.errors.truncate(reported);
        let line = self.line_end();
        self.pos = self.src[self.pos..line.max(self.pos)]
            .find(')')
            .map_or(self.pos, |at| self.pos + at + 1);
        self.error(SyntaxErrorKind::BadAnnotation, start, self.pos);
        None
    }
}

/// Where an address without quotation marks ends: at white space, before a comment with blanks in it that ends on the line, and
/// before a brace, unless one in the address closes it, as in `?id={id}`.
fn end_of_address(rest: &str) -> usize {
    let mut open = 0_usize;
    for (at, c) in rest.char_indices() {
        match c {
            '{' if at > 0
                && rest[at + 1..]
                    .find(['}', ' ', '\n'])
                    .is_some_and(|end| rest[at + 1 + end..].starts_with('}')) =>
            {
                open += 1;
            }
            '}' if open > 0 => open -= 1,
            ';' | '{' | '}' | '"' => return at,
            '/' if at > 0 && is_spaced_comment(&rest[at..]) => return at,
            c if is_space(c) || is_newline(c) => return at,
            _ => {}
        }
    }
    rest.len()
}

/// `/* note */` or `// note`
fn is_spaced_comment(rest: &str) -> bool {
    if let Some(behind) = rest.strip_prefix("//") {
        return behind.starts_with(is_space);
    }
    let Some(inside) = rest.strip_prefix("/*") else {
        return false;
    };
    let line = inside.split(is_newline).next().unwrap_or_default();
    let text = line.split("*/").next().unwrap_or_default();
    text.len() < line.len() && text.contains(is_space)
}

fn string<'s>((text, span): (super::string::Read<'s>, Span)) -> (Scalar<'s>, Span) {
    (text.map_or(Scalar::Invalid, Scalar::String), span)
}

/// The end of a text in typographic marks which goes on at `from` with a sign that no bare word may hold: after the
/// closing mark, if there is one within a few words on the line, and no straight one before it.
fn closed_behind(inside: &str, from: usize, close: &[char]) -> Option<usize> {
    const MAX_CHARS: usize = 200;
    let rest = inside.get(from..)?;
    if !rest.starts_with(['/', '\\', '(', ')', '[', ']', ';', '#', '{', '}']) {
        return None;
    }
    let (at, c) = rest
        .char_indices()
        .take(MAX_CHARS)
        .find(|(_, c)| close.contains(c) || is_newline(*c) || *c == '"')?;
    close.contains(&c).then(|| from + at + c.len_utf8())
}

fn closing_quote(open: char) -> Option<&'static [char]> {
    match open {
        '“' | '”' | '„' => Some(&['”', '“']),
        '‘' | '’' | '‚' => Some(&['’', '‘']),
        '«' => Some(&['»']),
        '\'' => Some(&['\'']),
        _ => None,
    }
}
