//! Edits of one text: which can be applied together, the resulting text, and where places in it move.

use std::collections::BTreeMap;

use crate::finding::{Edit, Fix};
use crate::project::source::Span;

/// Edits of one text that do not touch each other.
#[derive(Debug, Default)]
pub(super) struct Edits(BTreeMap<Span, String>);

impl Edits {
    /// Adds all edits of a fix, or none: where one of them touches an edit that is here already or does not fit the text, or
    /// where all of them together change nothing.
    pub(super) fn take(&mut self, fix: &Fix, text: &str) -> bool {
        let changes = |edit: &Edit| text.get(edit.span.range()).is_some_and(|old| old != edit.text);
        let fits = |edit: &Edit| text.get(edit.span.range()).is_some();
        if !fix.edits.iter().all(fits) || !fix.edits.iter().any(changes) {
            return false;
        }
        let mut taken = Vec::new();
        for edit in &fix.edits {
            // The same edit of another finding.
            if self.0.get(&edit.span) == Some(&edit.text) {
                continue;
            }
            if self.touches(edit.span) {
                for span in taken {
                    self.0.remove(&span);
                }
                return false;
            }
            self.0.insert(edit.span, edit.text.clone());
            taken.push(edit.span);
        }
        true
    }

    /// Whether an edit of this span would overlap another, or leave open which of two insertions comes first.
    fn touches(&self, span: Span) -> bool {
        let is_point = |span: Span| span.start == span.end;
        let meet = |a: Span, b: Span| a.end > b.start || (a.end == b.start && (is_point(a) || is_point(b)));
        let before = self.0.range(..=span).next_back();
        let behind = self.0.range(span..).next();
        before.is_some_and(|(other, _)| meet(*other, span)) || behind.is_some_and(|(other, _)| meet(span, *other))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with the edits applied. Inserted lines get the line ends of the others.
    pub(super) fn splice(&self, text: &str) -> String {
        let line_end = line_end(text);
        let mut out = String::with_capacity(text.len() + 64);
        let mut at = 0;
        for (span, new) in &self.0 {
            let range = span.range();
            out.push_str(text.get(at..range.start).unwrap_or_default());
            if line_end != "\n" && new.contains('\n') {
                out.push_str(&new.replace("\r\n", "\n").replace('\n', line_end));
            } else {
                out.push_str(new);
            }
            at = range.end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }

    /// The span of each edit in the old text and in the new one, in order.
    pub(super) fn places(&self, text: &str) -> Vec<(Span, Span)> {
        let has_crlf = has_crlf(text);
        let (mut places, mut out, mut at) = (Vec::with_capacity(self.0.len()), 0, 0);
        for (span, new) in &self.0 {
            let range = span.range();
            out += range.start - at;
            let added = match has_crlf {
                true => new.matches('\n').count() - new.matches("\r\n").count(),
                false => 0,
            };
            let length = new.len() + added;
            places.push((*span, Span::new(out, out + length)));
            out += length;
            at = range.end;
        }
        places
    }

    /// Maps places of the old text to the new one, each by a binary search.
    pub(super) fn moved(&self, has_crlf: bool) -> impl Fn(u32) -> u32 + use<> {
        let mut shift = 0;
        let edits = self.0.iter().map(|(span, new)| {
            let added = if has_crlf { new.matches('\n').count() } else { 0 };
            let before = shift;
            let length = i64::try_from(new.len() + added).unwrap_or_default();
            shift += length - i64::from(span.end - span.start);
            (*span, before, shift)
        });
        let edits: Vec<(Span, i64, i64)> = edits.collect();
        move |place| {
            let begun =
                edits.partition_point(|(span, ..)| span.start < place || (span.start == place && span.end == place));
            let moved = match begun.checked_sub(1).and_then(|last| edits.get(last)) {
                None => i64::from(place),
                // It was inside of what was replaced.
                Some((span, before, _)) if span.end > place => i64::from(span.start) + before,
                Some((_, _, behind)) => i64::from(place) + behind,
            };
            u32::try_from(moved).unwrap_or(place)
        }
    }
}

/// Whether lines end in `\r\n`.
pub(super) fn has_crlf(text: &str) -> bool {
    line_end(text) == "\r\n"
}

/// The end of the first line.
fn line_end(text: &str) -> &'static str {
    let first = text.find(['\n', '\r']).map_or("", |at| &text[at..]);
    match first {
        _ if first.starts_with("\r\n") => "\r\n",
        _ if first.starts_with('\r') => "\r",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Applicability;

    fn fix(edits: &[(usize, usize, &str)]) -> Fix {
        Fix {
            applicability: Applicability::Safe,
            edits: edits
                .iter()
                .map(|(start, end, text)| Edit {
                    span: Span::new(*start, *end),
                    text: (*text).to_owned(),
                })
                .collect(),
        }
    }

    #[test]
    fn edits_that_overlap_wait_for_another_round() {
        let text = "abcdef";
        let mut edits = Edits::default();
        assert!(edits.take(&fix(&[(1, 3, "X")]), text));
        assert!(edits.take(&fix(&[(1, 3, "X")]), text), "the same once more");
        assert!(!edits.take(&fix(&[(2, 4, "Y")]), text));
        assert!(!edits.take(&fix(&[(1, 3, "Z")]), text));
        assert!(!edits.take(&fix(&[(3, 3, "in")]), text), "before or behind X?");
        assert!(
            !edits.take(&fix(&[(5, 6, "F"), (0, 2, "A")]), text),
            "all of a fix or nothing"
        );
        assert!(edits.take(&fix(&[(3, 4, "D")]), text), "side by side");
        assert!(edits.take(&fix(&[(6, 6, "!")]), text));
        assert!(!edits.take(&fix(&[(6, 6, "?")]), text), "one insertion at a point");
        assert!(!edits.take(&fix(&[(0, 1, "a")]), text), "nothing changes");
        assert!(!edits.take(&fix(&[(5, 9, "")]), text), "past the end");
        assert_eq!(edits.splice(text), "aXDef!");
        assert_eq!([0, 1, 2, 3, 4, 5, 6].map(edits.moved(false)), [0, 1, 1, 2, 3, 4, 6]);
    }

    #[test]
    fn lines_end_as_the_others_of_the_file() {
        let mut edits = Edits::default();
        let text = "a\r\nb";
        assert!(edits.take(&fix(&[(3, 3, "x\n")]), text));
        assert_eq!(edits.splice(text), "a\r\nx\r\nb");
        let mut edits = Edits::default();
        assert!(edits.take(&fix(&[(2, 2, "x\n")]), "a\rb"));
        assert_eq!(edits.splice("a\rb"), "a\rx\rb");
    }
}
