//! The forms that nearly all of a text has, each read in one pass over its bytes: ASCII names, strings without escapes,
//! whole numbers, keywords. Everything else is left to the slow path, which reads these forms as well
//! and alike; a test parses with and without this file and compares.

use std::borrow::Cow;

use super::chars::{skip_blanks, skip_digits, skip_fast_word, skip_quoted};
use super::parser::{Parser, keyword_for};
use super::tree::{Entry, Scalar, Text, Value};
use crate::project::source::Span;

impl<'s> Parser<'s> {
    /// The name of a node, if it has the plain form.
    pub(super) fn fast_name(&mut self) -> Option<Text<'s>> {
        let start = self.pos;
        let word = self.fast_word(start)?;
        let end = start + word.len();
        if !matches!(
            self.src.as_bytes().get(end),
            Some(b' ' | b'\n' | b'\t' | b';' | b'{' | b'}')
        ) || keyword_for(word).is_some()
        {
            return None;
        }
        self.pos = end;
        Some(Text {
            text: Cow::Borrowed(word),
            span: Span::new(start, end),
        })
    }

    /// Reads an argument or property after a blank, if all of it is plain. Says whether it was.
    #[inline]
    pub(super) fn fast_entry(&mut self) -> bool {
        self.read_fast_entry().is_some()
    }

    #[inline]
    fn read_fast_entry(&mut self) -> Option<()> {
        if !self.uses_fast_path {
            return None;
        }
        let bytes = self.src.as_bytes();
        let start = skip_blanks(bytes, self.pos);
        if start == self.pos {
            return None;
        }
        if bytes.get(start)?.is_ascii_alphabetic() {
            let word = self.fast_word(start)?;
            let end = start + word.len();
            if keyword_for(word).is_some() {
                return None;
            }
            let text = Cow::Borrowed(word);
            let span = Span::new(start, end);
            if bytes.get(end) == Some(&b'=') {
                let (scalar, end) = self.fast_value(end + 1)?;
                let value = plain(scalar, Span::new(span.end as usize + 1, end));
                self.pos = end;
                let name = Some(Text { text, span });
                self.tree.entries.push(Entry { name, value });
                return Some(());
            }
            return self.fast_argument(Scalar::String(text), start, end);
        }
        let (scalar, end) = self.fast_value(start)?;
        self.fast_argument(scalar, start, end)
    }

    /// Takes the value as an argument, if the next byte or two tell that it is no property's name.
    #[inline(always)]
    fn fast_argument(&mut self, scalar: Scalar<'s>, start: usize, end: usize) -> Option<()> {
        let bytes = self.src.as_bytes();
        let is_argument = match bytes.get(end) {
            Some(b'\n' | b';' | b'}') | None => true,
            Some(b' ') => {
                let next = bytes.get(skip_blanks(bytes, end));
                next.is_some_and(|next| next.is_ascii_graphic() && !matches!(next, b'=' | b'/' | b'\\'))
            }
            _ => false,
        };
        if !is_argument {
            return None;
        }
        self.pos = end;
        let value = plain(scalar, Span::new(start, end));
        self.tree.entries.push(Entry { name: None, value });
        Some(())
    }

    /// A string in quotes, a whole number or a keyword, and where it ends.
    #[inline(always)]
    fn fast_value(&self, start: usize) -> Option<(Scalar<'s>, usize)> {
        let bytes = self.src.as_bytes();
        let first = *bytes.get(start)?;
        if first == b'"' {
            let end = skip_quoted(self.src, start + 1);
            let is_long = end == start + 1 && bytes.get(end + 1) == Some(&b'"');
            if bytes.get(end) != Some(&b'"') || is_long {
                return None;
            }
            let text = Cow::Borrowed(self.src.get(start + 1..end)?);
            return Some((Scalar::String(text), end + 1));
        }
        let (scalar, end) = if first.is_ascii_digit() {
            let end = skip_digits(bytes, start);
            (Scalar::Number(self.src.get(start..end)?), end)
        } else if first == b'#' {
            let rest = bytes.get(start + 1..)?;
            if rest.starts_with(b"true") {
                (Scalar::Bool(true), start + 5)
            } else if rest.starts_with(b"false") {
                (Scalar::Bool(false), start + 6)
            } else {
                return None;
            }
        } else {
            return None;
        };
        let is_whole = matches!(bytes.get(end), Some(b' ' | b'\n' | b';' | b'}') | None);
        is_whole.then_some((scalar, end))
    }

    /// ASCII letters, digits and the signs that names have, a letter first.
    #[inline]
    fn fast_word(&self, start: usize) -> Option<&'s str> {
        let bytes = self.src.as_bytes();
        if !self.uses_fast_path || !bytes.get(start)?.is_ascii_alphabetic() {
            return None;
        }
        self.src.get(start..skip_fast_word(bytes, start))
    }
}

fn plain(scalar: Scalar<'_>, span: Span) -> Value<'_> {
    Value {
        scalar,
        annotation: None,
        span,
    }
}
