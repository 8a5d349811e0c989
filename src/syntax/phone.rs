//! Telephone numbers written as people write them, with blanks and brackets: one error, not one for each of their parts.

use super::bare::is_phone;
use super::chars::{skip_blanks, skip_digits};
use super::error::{BareValue, SyntaxError, SyntaxErrorKind};
use super::parser::Parser;
use super::tree::{Entry, Scalar, Value};
use crate::project::source::Span;

/// A telephone number has no more parts than this.
const MAX_PARTS: usize = 8;

impl Parser<'_> {
    /// If the last error is part of a telephone number, makes it the whole number.
    pub(super) fn join_phone(&mut self) {
        let Some(SyntaxError { kind, span, .. }) = self.errors.last() else {
            return;
        };
        let span = *span;
        let may_be = match kind {
            SyntaxErrorKind::BareValue(BareValue::Phone) | SyntaxErrorKind::BadNumber => true,
            SyntaxErrorKind::BadAnnotation => self.src[span.range()]
                .strip_prefix('(')
                .is_some_and(|inside| skip_digits(inside.as_bytes(), 0) + 1 == inside.len()),
            _ => false,
        };
        if !may_be {
            return;
        }
        let (count, start) = self.phone_begins(span.start as usize);
        let end = self.phone_ends(span.end as usize);
        if !is_phone(&self.src[start..end]) {
            return;
        }
        self.errors.pop();
        self.error(SyntaxErrorKind::BareValue(BareValue::Phone), start, end);
        let is_entry = |entry: &Entry<'_>| entry.value.span == span;
        let own = usize::from(self.tree.entries.last().is_some_and(is_entry));
        let kept = self.tree.entries.len() - count - own;
        let name = self.tree.entries.get_mut(kept).and_then(|first| first.name.take());
        self.tree.entries.truncate(kept);
        self.tree.entries.push(Entry {
            name,
            value: Value {
                scalar: Scalar::Invalid,
                annotation: None,
                span: Span::new(start, end),
            },
        });
        self.pos = end;
    }

    /// How many numbers before `at`, with nothing but blanks between, belong to it, and where the first begins.
    fn phone_begins(&self, at: usize) -> (usize, usize) {
        let mut start = at;
        let mut count = 0;
        for entry in self.tree.entries.iter().rev().take(MAX_PARTS) {
            let end = entry.value.span.end as usize;
            if entry.value.span.start as usize == at {
                continue;
            }
            let is_next = end < start && skip_blanks(self.src.as_bytes(), end) == start;
            if !is_next || !matches!(entry.value.scalar, Scalar::Number(_)) || entry.value.annotation.is_some() {
                break;
            }
            start = entry.value.span.start as usize;
            count += 1;
            if entry.name.is_some() {
                break;
            }
        }
        (count, start)
    }

    /// The end of the groups of digits after `at`.
    fn phone_ends(&self, at: usize) -> usize {
        let bytes = self.src.as_bytes();
        let mut end = at;
        for _ in 0..MAX_PARTS {
            let start = skip_blanks(bytes, end);
            let mut next = start;
            while matches!(bytes.get(next), Some(byte) if byte.is_ascii_digit() || matches!(byte, b'(' | b')' | b'-')) {
                next += 1;
            }
            let is_part = matches!(bytes.get(next), None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'}'));
            if next == start || !is_part {
                break;
            }
            end = next;
        }
        end
    }
}
