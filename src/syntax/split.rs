//! Paces and durations with blanks in them, `3 / s` and `1h 30m`: one error, not one for each of their parts.

use super::chars::{skip_blanks, skip_digits};
use super::error::{BareValue, SyntaxError, SyntaxErrorKind};
use super::parser::Parser;
use super::tree::{Entry, Scalar, Value};
use crate::project::source::Span;

impl Parser<'_> {
    /// If the last error is part of a pace or a duration, makes it the whole. Says whether it did.
    pub(super) fn join_split(&mut self) -> bool {
        let Some(SyntaxError { kind, span, .. }) = self.errors.last() else {
            return false;
        };
        let span = *span;
        match kind {
            SyntaxErrorKind::Unexpected('/') | SyntaxErrorKind::BadNumber => self.join_pace(span),
            SyntaxErrorKind::BareValue(BareValue::Duration) => self.join_durations(span),
            _ => false,
        }
    }

    /// `3 / s`, `3 /s`, `3/ s`, `1 / 30 s`
    fn join_pace(&mut self, span: Span) -> bool {
        let src = self.src;
        let Some(before) = src[..span.end as usize].strip_suffix('/') else {
            return false;
        };
        let count_end = before.trim_end_matches([' ', '\t']).len();
        let Some(count) = self.tree.entries.last().map(|entry| &entry.value) else {
            return false;
        };
        let start = count.span.start as usize;
        let is_count = match count.scalar {
            Scalar::Number(_) => count.span.end as usize == count_end,
            Scalar::Invalid => count.span == span && skip_digits(src.as_bytes(), start) == count_end,
            _ => false,
        };
        let unit = skip_blanks(src.as_bytes(), span.end as usize);
        let unit = skip_blanks(src.as_bytes(), skip_digits(src.as_bytes(), unit));
        let behind = src[unit..].trim_start_matches(char::is_alphabetic);
        let end = src.len() - behind.len();
        let is_end = behind.is_empty() || behind.starts_with([' ', '\t', '\r', '\n', ';', '}']);
        if !is_count || count.annotation.is_some() || end == unit || !is_end {
            return false;
        }
        self.join(start, end, BareValue::Pace);
        true
    }

    /// `1h 30m`
    fn join_durations(&mut self, span: Span) -> bool {
        let [.., first, last] = self.tree.entries.as_slice() else {
            return false;
        };
        let [.., before, _] = self.errors.as_slice() else {
            return false;
        };
        let is_duration = before.kind == SyntaxErrorKind::BareValue(BareValue::Duration);
        let is_first = first.value.span == before.span && first.value.annotation.is_none();
        let is_next = skip_blanks(self.src.as_bytes(), before.span.end as usize) == span.start as usize;
        if !(is_duration && is_first && is_next && last.value.span == span && last.name.is_none()) {
            return false;
        }
        let start = before.span.start as usize;
        self.tree.entries.pop();
        self.errors.pop();
        self.join(start, span.end as usize, BareValue::Duration);
        true
    }

    /// Makes one unquoted value of the last entry and what follows it.
    fn join(&mut self, start: usize, end: usize, kind: BareValue) {
        self.errors.pop();
        self.error(SyntaxErrorKind::BareValue(kind), start, end);
        let name = self.tree.entries.pop().and_then(|entry| entry.name);
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
}
