//! White space, comments, and what is dropped of a line after an error.

use super::chars::{is_disallowed, is_newline, is_space, skip_between, skip_blanks, skip_line};
use super::error::SyntaxErrorKind;
use super::parser::Parser;
use super::tree::{Comment, CommentKind};
use crate::project::source::Span;

impl Parser<'_> {
    /// Blanks, block comments and continued lines. Says whether there were any.
    pub(super) fn skip_node_space(&mut self) -> bool {
        let start = self.pos;
        let bytes = self.src.as_bytes();
        loop {
            self.pos = skip_blanks(bytes, self.pos);
            if self.at_plain_byte() {
                return self.pos > start;
            }
            match self.peek() {
                Some(c) if is_space(c) || is_disallowed(c) => self.pos += c.len_utf8(),
                Some('/') if self.rest().starts_with("/*") => self.block_comment(),
                Some('\\') => {
                    let before = self.pos;
                    self.pos += 1;
                    while self.peek().is_some_and(is_space) || self.rest().starts_with("/*") {
                        if self.rest().starts_with("/*") {
                            self.block_comment();
                        } else {
                            self.pos += self.peek().map_or(0, char::len_utf8);
                        }
                    }
                    if self.rest().starts_with("//") {
                        self.line_comment();
                    }
                    match self.peek() {
                        None => {}
                        Some(c) if is_newline(c) => self.skip_newline(),
                        Some(_) => {
                            self.pos = before;
                            return self.pos > start;
                        }
                    }
                }
                _ => return self.pos > start,
            }
        }
    }

    /// Whether no white space begins here for sure: none of it begins with a byte from `!` on, but for comments and `\\`.
    #[inline]
    fn at_plain_byte(&self) -> bool {
        matches!(self.src.as_bytes().get(self.pos), Some(byte) if byte.is_ascii_graphic() && !matches!(byte, b'/' | b'\\'))
    }

    /// Everything that may be between nodes.
    pub(super) fn skip_line_space(&mut self) {
        loop {
            self.pos = skip_between(self.src.as_bytes(), self.pos);
            if self.at_plain_byte() {
                return;
            }
            self.skip_node_space();
            match self.peek() {
                Some('\n') => self.pos += 1,
                Some(c) if is_newline(c) => self.pos += c.len_utf8(),
                Some('/') if self.rest().starts_with("//") => self.line_comment(),
                _ => return,
            }
        }
    }

    fn line_comment(&mut self) {
        let start = self.pos;
        self.pos = skip_line(self.src, start);
        self.tree.comments.push(Comment {
            kind: CommentKind::Line,
            span: Span::new(start, self.pos),
        });
    }

    fn block_comment(&mut self) {
        let start = self.pos;
        self.pos += 2;
        let mut depth = 1_usize;
        let bytes = self.src.as_bytes();
        while depth > 0 {
            match (bytes.get(self.pos), bytes.get(self.pos + 1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    self.pos += 2;
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.pos += 2;
                }
                (Some(_), _) => self.pos += 1,
                (None, _) => return self.unclosed_comment(start),
            }
        }
        self.keep_block_comment(start);
    }

    fn keep_block_comment(&mut self, start: usize) {
        self.tree.comments.push(Comment {
            kind: CommentKind::Block,
            span: Span::new(start, self.pos),
        });
    }

    /// A `/*` that begins with text is taken for a comment of one line; after one that is alone, nobody can tell
    /// where the comment was to end.
    fn unclosed_comment(&mut self, start: usize) {
        self.error(SyntaxErrorKind::UnclosedComment, start, start + 2);
        self.pos = start + 2;
        let line = self.line_at(start);
        if self.src[self.pos..line.end].trim_matches(is_space).is_empty() {
            self.stop();
            self.keep_block_comment(start);
            return;
        }
        if self.may_guess() {
            self.pos = self.resume_on_line();
        }
        let is_first = self.is_first_on_line(start, line.content);
        self.keep_block_comment(start);
        if is_first {
            // There may be a node on the line, after what was to be the comment.
            self.lost = true;
            self.forgotten_block(start);
        }
    }

    /// Whether at most one other comment is between `start` and the `content` of its line.
    fn is_first_on_line(&self, start: usize, content: usize) -> bool {
        start == content
            || self.tree.comments.last().is_some_and(|comment| {
                let between = self.src.get(comment.span.end as usize..start);
                comment.span.start as usize == content
                    && between.is_some_and(|between| between.trim_matches(is_space).is_empty())
            })
    }

    /// Drops the comments that begin at `start` or after it.
    pub(super) fn forget_comments(&mut self, start: usize) {
        while self
            .tree
            .comments
            .pop_if(|comment| comment.span.start as usize >= start)
            .is_some()
        {}
    }

    /// Gives up the rest of a line, but not a block that begins or ends on it.
    pub(super) fn skip_broken_line(&mut self) {
        let start = self.pos;
        self.skip_to_recovery();
        self.is_partial |= self.pos > start;
    }

    fn skip_to_recovery(&mut self) {
        let line = self.line_at(self.pos);
        let ends_in_brace = self.src[self.pos..line.end].trim_end_matches(is_space).ends_with('}');
        let mut skipped = 0_usize;
        while let Some(c) = self.peek() {
            let behind = &self.src[line.end.min(self.pos + c.len_utf8())..line.end];
            match c {
                c if is_newline(c) => return,
                '{' if ends_in_brace || is_blank_or_comment(behind) => return,
                '{' => {
                    skipped += 1;
                    self.pos += 1;
                }
                '}' if skipped > 0 => {
                    skipped -= 1;
                    self.pos += 1;
                }
                '}' if self.depth > 0 && (self.open_at >= line.start || is_blank_or_comment(behind)) => return,
                '"' => match behind.find('"') {
                    Some(close) => self.pos += close + 2,
                    None => {
                        self.pos = self.resume_on_line();
                        return;
                    }
                },
                '/' if behind.starts_with('/') => return,
                c => self.pos += c.len_utf8(),
            }
        }
    }
}

fn is_blank_or_comment(text: &str) -> bool {
    let text = text.trim_start_matches(is_space);
    text.is_empty() || text.starts_with("//")
}
