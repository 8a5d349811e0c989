//! Strings: quoted, raw, and over several lines.

use std::borrow::Cow;

use super::chars::{is_identifier, is_newline, is_space, skip_quoted};
use super::error::{SyntaxError, SyntaxErrorKind};
use super::parser::Parser;
use crate::project::source::Span;

/// A string's text; nothing where it was reported.
pub(super) type Read<'s> = Option<Cow<'s, str>>;

impl<'s> Parser<'s> {
    /// At a `"`.
    pub(super) fn quoted(&mut self) -> (Read<'s>, Span) {
        let start = self.pos;
        if self.rest().starts_with("\"\"\"") {
            return self.long(start, 0);
        }
        self.pos += 1;
        let body = self.pos;
        let mut plain = true;
        loop {
            self.pos = skip_quoted(self.src, self.pos);
            match self.peek() {
                Some('"') => break,
                Some('\\') => {
                    plain = false;
                    self.pos += 1;
                    self.skip_escaped();
                }
                _ => return self.unclosed(start),
            }
        }
        let text = &self.src[body..self.pos];
        self.pos += 1;
        let span = Span::new(start, self.pos);
        let read = if plain {
            Some(Cow::Borrowed(text))
        } else {
            self.unescape(text, Some(body), span)
        };
        (read, span)
    }

    /// At the `#` of a raw string with `hashes` hashes before its quotes.
    pub(super) fn raw(&mut self, hashes: usize) -> (Read<'s>, Span) {
        let start = self.pos;
        self.pos += hashes;
        if self.rest().starts_with("\"\"\"") {
            return self.long(start, hashes);
        }
        self.pos += 1;
        let body = self.pos;
        let line = self.line_end();
        let Some(length) = find_close(&self.src[body..line], "\"", hashes) else {
            self.pos = line;
            return self.unclosed(start);
        };
        self.pos = body + length + 1 + hashes;
        (
            Some(Cow::Borrowed(&self.src[body..body + length])),
            Span::new(start, self.pos),
        )
    }

    /// At the `"""` of a string over several lines; `start` is where its hashes begin.
    fn long(&mut self, start: usize, hashes: usize) -> (Read<'s>, Span) {
        self.pos += 3;
        let first = self.pos;
        if !self.peek().is_some_and(is_newline) {
            return self.long_on_one_line(start, first, hashes);
        }
        self.skip_newline();
        let body = self.pos;
        let close = if hashes > 0 {
            find_close(&self.src[body..], "\"\"\"", hashes)
        } else {
            find_long_close(&self.src[body..])
        };
        let Some(length) = close.filter(|length| !self.is_next_string(start, body + length, hashes)) else {
            let span = Span::new(start, first);
            self.report(SyntaxErrorKind::UnclosedLongString, span);
            if close.is_some() || self.may_guess() {
                self.pos = self.end_of_deeper_lines(start);
            }
            return (None, span);
        };
        self.pos = body + length + 3 + hashes;
        let span = Span::new(start, self.pos);
        let text = &self.src[body..body + length];
        let folded = if hashes > 0 {
            Cow::Borrowed(text)
        } else {
            fold_white_space_escapes(text)
        };
        let exact = matches!(folded, Cow::Borrowed(_)).then_some(body);
        match dedent(&folded) {
            Ok(dedented) if hashes > 0 => (Some(Cow::Owned(dedented)), span),
            Ok(dedented) => (
                self.unescape(&dedented, None, span)
                    .map(|text| Cow::Owned(text.into_owned())),
                span,
            ),
            Err((from, to)) => {
                let place = exact.map_or(span, |body| Span::new(body + from, body + to));
                let kind = if to == folded.len() {
                    SyntaxErrorKind::TextBeforeClose
                } else {
                    SyntaxErrorKind::BadIndentation
                };
                self.report(kind, place);
                (None, span)
            }
        }
    }

    /// Reads on where text follows the opening quotes, which end at `first`. The string ends on this line or a later one.
    fn long_on_one_line(&mut self, start: usize, first: usize, hashes: usize) -> (Read<'s>, Span) {
        let line = self.line_end();
        let close = find_close(&self.src[first..line], "\"\"\"", hashes).map(|length| first + length);
        if close.is_none()
            && hashes > 0
            && let Some(length) = find_close(&self.src[first..line], "\"", hashes)
        {
            // `#""""#`: quotes in a raw string of one line, which may not begin with two.
            self.pos = first + length + 1 + hashes;
            self.report(SyntaxErrorKind::LongStringOnOneLine, Span::new(start, self.pos));
            return (None, Span::new(start, self.pos));
        }
        let close = close.or_else(|| {
            let length = find_close(&self.src[line..], "\"\"\"", hashes);
            length.map(|length| line + length)
        });
        self.pos = match close {
            Some(close) if close < line || !self.is_next_string(start, close, hashes) => close + 3 + hashes,
            Some(_) => line,
            None if self.may_guess() => self.end_of_deeper_lines(start),
            None => self.pos,
        };
        let span = Span::new(start, line.min(self.pos));
        self.report(SyntaxErrorKind::LongStringOnOneLine, span);
        (None, span)
    }

    /// A string of one line without its end: drops the line, but not a block that begins or ends on it.
    fn unclosed(&mut self, start: usize) -> (Read<'s>, Span) {
        let end = self.pos;
        self.pos = start;
        let is_one_line = end <= self.line_end();
        let closed = if is_one_line { self.closed_below(start) } else { None };
        self.pos = match closed {
            Some(close) => close,
            None if is_one_line => self.resume_on_line(),
            None => end,
        };
        let text = self.src[start..self.pos].trim_end_matches(|c| is_space(c) || is_newline(c));
        let span = Span::new(start, start + text.len());
        self.report(SyntaxErrorKind::UnclosedString, span);
        (None, span)
    }

    /// The end of a text that was meant to go on over the next lines: the first mark below ends its line.
    fn closed_below(&mut self, start: usize) -> Option<usize> {
        const MOST_LINES: usize = 20;
        let first = self.line_at(start);
        let mut end = first.end;
        for _ in 0..MOST_LINES {
            let line = self.line_after(end).filter(|line| line.indent >= first.indent)?;
            let text = self.src.get(line.content..line.end)?;
            if text.starts_with('}') || text.trim_end_matches(is_space).ends_with('{') {
                return None;
            }
            end = line.end;
            let Some(at) = text.find('"') else { continue };
            let is_end = |c: char| is_space(c) || c == ';';
            let is_last = text[at + 1..].trim_start_matches(is_end).is_empty();
            let is_glued = text[..at].ends_with(|c: char| !is_space(c) && !matches!(c, '=' | '(' | '#'));
            return (is_last && is_glued).then_some(line.content + at + 1);
        }
        None
    }

    /// Whether the quotes at `close`, which would close the long string that begins at `start`, rather begin another:
    /// a name precedes them, no deeper than the line of the first, and nothing after.
    fn is_next_string(&mut self, start: usize, close: usize, hashes: usize) -> bool {
        let first = self.line_at(start);
        let last = self.line_at(close);
        let before = &self.src[last.content..close];
        let behind = &self.src[close + 3 + hashes..];
        last.indent <= first.indent
            && before.ends_with(is_space)
            && before.trim_end_matches(is_space).chars().all(is_identifier)
            && behind.chars().next().is_none_or(is_newline)
    }

    /// The end of the last line after that of `start` that is indented deeper.
    pub(super) fn end_of_deeper_lines(&mut self, start: usize) -> usize {
        let first = self.line_at(start);
        let mut end = first.end;
        while let Some(next) = self.line_after(end).filter(|next| next.indent > first.indent) {
            end = next.end;
        }
        end
    }

    /// Behind a backslash in a quoted string: over what it escapes.
    fn skip_escaped(&mut self) {
        if self.peek().is_some_and(|c| is_newline(c) || is_space(c)) {
            while let Some(c) = self.peek().filter(|c| is_newline(*c) || is_space(*c)) {
                self.pos += c.len_utf8();
            }
        } else if let Some(c) = self.peek() {
            self.pos += c.len_utf8();
        }
    }

    /// Resolves escapes. `offset` is where `text` is in the source, if it is there unchanged; `whole` serves as
    /// the place of a bad escape otherwise.
    fn unescape<'t>(&mut self, text: &'t str, offset: Option<usize>, whole: Span) -> Option<Cow<'t, str>> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut good = true;
        while let Some(at) = rest.find('\\') {
            out.push_str(&rest[..at]);
            let escape = &rest[at + 1..];
            let (replacement, length) = read_escape(escape);
            match replacement {
                Some(Escaped::Char(c)) => out.push(c),
                Some(Escaped::Nothing) => {}
                None => {
                    let from = text.len() - rest.len() + at;
                    let place = offset.map_or(whole, |offset| Span::new(offset + from, offset + from + 1 + length));
                    self.report(SyntaxErrorKind::BadEscape, place);
                    good = false;
                }
            }
            rest = &escape[length..];
        }
        out.push_str(rest);
        good.then_some(Cow::Owned(out))
    }
}

enum Escaped {
    Char(char),
    Nothing,
}

/// What follows a backslash, and how many bytes of it belong to the escape.
fn read_escape(escape: &str) -> (Option<Escaped>, usize) {
    let Some(c) = escape.chars().next() else {
        return (None, 0);
    };
    let plain = match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '\\' => '\\',
        '"' => '"',
        'b' => '\u{8}',
        'f' => '\u{C}',
        's' => ' ',
        'u' => return read_unicode_escape(escape),
        c if is_space(c) || is_newline(c) => {
            let trimmed = escape.trim_start_matches(|c| is_space(c) || is_newline(c));
            return (Some(Escaped::Nothing), escape.len() - trimmed.len());
        }
        other => return (None, other.len_utf8()),
    };
    (Some(Escaped::Char(plain)), 1)
}

fn read_unicode_escape(escape: &str) -> (Option<Escaped>, usize) {
    let Some(inside) = escape[1..].strip_prefix('{') else {
        return (None, 1);
    };
    let length = inside.bytes().take_while(u8::is_ascii_hexdigit).count();
    let digits = &inside[..length];
    if !inside[length..].starts_with('}') {
        return (None, 2 + length);
    }
    let c = (1..=6)
        .contains(&length)
        .then(|| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32))
        .flatten();
    (c.map(Escaped::Char), 2 + length + 1)
}

/// Finds `quotes` followed by that many hashes.
fn find_close(text: &str, quotes: &str, hashes: usize) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find(quotes) {
        let at = from + at;
        let behind = &text[at + quotes.len()..];
        if behind.bytes().take(hashes).filter(|byte| *byte == b'#').count() == hashes {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Finds the `"""` that no backslash escapes.
fn find_long_close(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' if text.is_char_boundary(at) && text[at..].starts_with("\"\"\"") => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// Drops each backslash with the white space after it, before lines are dedented; other escapes stay.
fn fold_white_space_escapes(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    let mut kept = 0;
    while let Some(at) = rest[kept..].find('\\').map(|at| kept + at) {
        let behind = &rest[at + 1..];
        let trimmed = behind.trim_start_matches(|c| is_space(c) || is_newline(c));
        if trimmed.len() < behind.len() {
            out.push_str(&rest[..at]);
            rest = trimmed;
            kept = 0;
        } else {
            kept = at + 1 + behind.chars().next().map_or(0, char::len_utf8);
        }
    }
    if out.is_empty() && rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Takes the last line's white space off every line. The error is the range of the line that does not begin with it.
fn dedent(text: &str) -> Result<String, (usize, usize)> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if is_newline(c) {
            lines.push((start, at));
            start = at + c.len_utf8();
            if c == '\r' && chars.next_if(|(_, next)| *next == '\n').is_some() {
                start += 1;
            }
        }
    }
    let prefix = &text[start..];
    if !prefix.chars().all(is_space) {
        return Err((start, text.len()));
    }
    let mut out = String::with_capacity(text.len());
    for (index, (from, to)) in lines.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let line = &text[*from..*to];
        if line.chars().all(is_space) {
            continue;
        }
        match line.strip_prefix(prefix) {
            Some(content) => out.push_str(content),
            None => return Err((*from, *to)),
        }
    }
    Ok(out)
}

impl Parser<'_> {
    fn report(&mut self, kind: SyntaxErrorKind, span: Span) {
        self.errors.push(SyntaxError::new(kind, span));
    }
}
