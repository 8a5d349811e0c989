//! Formatting: what `dialform fmt` writes, as edits of the lines that change.

use gen_lsp_types::{Position, Range, TextEdit};
use similar::DiffOp;

use super::cursor::Cursor;
use super::document::Document;
use super::position::Encoding;
use crate::project::source::Span;
use crate::syntax::format::{FormatError, format};
use crate::syntax::parse;
use crate::util::line_diff::{lines, operations};

/// The edits that format a document, or those of its lines that a range touches. A text that is not KDL is left as it is:
/// its diagnostics say why.
pub(super) fn edits(
    document: &Document,
    range: Option<Range>,
    encoding: Encoding,
) -> Result<Vec<TextEdit>, FormatError> {
    let text = document.text();
    let formatted = match format(text) {
        Ok(formatted) => formatted,
        Err(FormatError::NotKdl) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let wanted = range.map(|range| document.span(range, encoding));
    let edits = changed_lines(text, &formatted).into_iter();
    let touches = |span: &Span| wanted.is_none_or(|wanted| span.start <= wanted.end && wanted.start <= span.end);
    Ok(edits
        .filter(|(span, _)| touches(span))
        .map(|(span, new)| TextEdit {
            range: document.range(span, encoding),
            new_text: new.to_owned(),
        })
        .collect())
}

/// What is laid out after a letter was typed, which ends at `position`.
pub(super) fn typed(document: &Document, position: Position, typed: &str, encoding: Encoding) -> Option<Range> {
    match typed {
        "\n" => {
            // The line that was ended; the new one is the person's.
            let line = position.line.checked_sub(1)?;
            let at = Position { line, character: 0 };
            Some(Range { start: at, end: at })
        }
        _ => {
            let byte = document.byte(position, encoding);
            let parsed = parse(document.text());
            let cursor = Cursor::at(&parsed, byte.checked_sub(1)?);
            let block = cursor.nodes.iter().rev().filter_map(|node| node.block());
            let closed = { block }.find(|block| block.close.end as usize == byte)?;
            let start = document.range(closed.open, encoding).start;
            Some(Range { start, end: position })
        }
    }
}

/// The edits that make another text of a document.
pub(super) fn edits_between(document: &Document, new: &str, encoding: Encoding) -> Vec<TextEdit> {
    let edits = changed_lines(document.text(), new).into_iter();
    let edits = edits.map(|(span, new)| TextEdit {
        range: document.range(span, encoding),
        new_text: new.to_owned(),
    });
    edits.collect()
}

/// The lines of a text that are replaced, and what replaces them.
fn changed_lines<'n>(old: &str, new: &'n str) -> Vec<(Span, &'n str)> {
    let (old_lines, new_lines) = (lines(old), lines(new));
    let (old_starts, new_starts) = (starts(&old_lines), starts(&new_lines));
    let bytes = |starts: &[usize], range: std::ops::Range<usize>| starts[range.start]..starts[range.end];
    let ops = operations(&old_lines, &new_lines).into_iter();
    let ops = ops.filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let pairs = ops.flat_map(|op| {
        let (old, new) = (op.old_range(), op.new_range());
        // As many lines as before: each is an edit of its own, so that a range takes those that it touches.
        match old.len() == new.len() {
            true => old.zip(new).map(|(old, new)| (old..old + 1, new..new + 1)).collect(),
            false => vec![(old, new)],
        }
    });
    let edits = pairs.map(|(old, new_lines)| {
        let old = bytes(&old_starts, old);
        let lines = new.get(bytes(&new_starts, new_lines)).unwrap_or_default();
        (Span::new(old.start, old.end), lines)
    });
    edits.collect()
}

/// Where each line begins, and where the last one ends.
fn starts(lines: &[&str]) -> Vec<usize> {
    let mut at = 0;
    let ends = lines.iter().map(|line| {
        at += line.len();
        at
    });
    std::iter::once(0).chain(ends.collect::<Vec<_>>()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edits_make_the_new_text() {
        let cases = [
            ("a\r\nb\r\nc", "a\r\n  b\r\nc\r\n"),
            ("", "x\n"),
            ("a\n\n\nb\n", "a\n\nb\n"),
            ("ж\r😀\n", "ж\n😀\n"),
        ];
        for (old, new) in cases {
            let mut text = old.to_owned();
            for (span, lines) in changed_lines(old, new).into_iter().rev() {
                text.replace_range(span.range(), lines);
            }
            assert_eq!(text, new);
        }
    }
}
