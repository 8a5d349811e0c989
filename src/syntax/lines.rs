//! Where lines begin and end: asked for at every node, so the last answer is kept and a file of one line stays cheap.

use super::chars::{is_newline, is_space};
use super::parser::Parser;

/// One line of the text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Line {
    /// Its first byte.
    pub(super) start: usize,
    /// Its first byte that is not white space.
    pub(super) content: usize,
    /// The byte of its line end, or the end of the text.
    pub(super) end: usize,
    /// White space before the content, in characters.
    pub(super) indent: usize,
}

impl Parser<'_> {
    /// The line that holds the byte `at`, which must be on a character boundary.
    pub(super) fn line_at(&mut self, at: usize) -> Line {
        if self.line.is_some_and(|line| (line.start..=line.end).contains(&at)) {
            return self.line.unwrap_or_default();
        }
        let start = self.src[..at]
            .rfind(is_newline)
            .map_or(0, |end| end + self.src[end..].chars().next().map_or(1, char::len_utf8));
        let text = &self.src[start..];
        let text = &text[..text.find(is_newline).unwrap_or(text.len())];
        let content = text.trim_start_matches(is_space);
        let blank = &text[..text.len() - content.len()];
        let line = Line {
            start,
            content: start + blank.len(),
            end: start + text.len(),
            indent: blank.chars().count(),
        };
        self.line = Some(line);
        line
    }

    /// The end of the line that is being read.
    pub(super) fn line_end(&mut self) -> usize {
        self.line_at(self.pos).end
    }

    /// The first line after `end` (the end of a line) that is not blank.
    pub(super) fn line_after(&mut self, end: usize) -> Option<Line> {
        let behind = &self.src[end..];
        let content = behind.trim_start_matches(|c: char| is_newline(c) || is_space(c));
        (!content.is_empty()).then(|| self.line_at(self.src.len() - content.len()))
    }

    /// Where to go on after an error that swallowed the rest of the line: at the `{` that opens a block over the next
    /// lines, at the `}` that closes a block of this line, or else at the line's end.
    pub(super) fn resume_on_line(&mut self) -> usize {
        let line = self.line_at(self.pos);
        let rest = self.src[self.pos..line.end].trim_end_matches(is_space);
        let last = self.pos + rest.len().saturating_sub(1);
        if rest.ends_with('{') {
            let next = self.line_after(line.end);
            self.line = Some(line);
            if next.is_some_and(|next| next.indent > line.indent || self.src[next.content..].starts_with('}')) {
                return last;
            }
        }
        if rest.ends_with('}') && self.depth > 0 && self.open_at >= line.start {
            return last;
        }
        line.end
    }
}
