//! Nodes, their names and blocks, and nodes that are switched off.

use std::borrow::Cow;

use super::MAX_DEPTH;
use super::braces::Open;
use super::chars::{is_identifier, is_newline, is_space, without_disallowed};
use super::error::{GluedSign, SyntaxError, SyntaxErrorKind};
use super::lines::Line;
use super::number::starts_like_number;
use super::parser::{Parser, keyword_for};
use super::tree::{Comment, CommentKind, NodeData, Text, index_of};
use crate::project::source::Span;

/// Where to cut the tree back to, to make a slashdash forget what was read.
pub(super) struct Checkpoint {
    pub(super) start: usize,
    nodes: usize,
    entries: usize,
}

/// What is known of the nodes of one block while it is read.
#[derive(Default)]
pub(super) struct Siblings {
    /// Where the first one begins on its line; known only where indentation counts.
    first_column: Option<usize>,
    /// The last one, by its index.
    last: Option<usize>,
}

impl<'s> Parser<'s> {
    /// Nodes up to the end of the block or the text. Gives the span of the closing brace, empty where it is missing.
    pub(super) fn nodes(&mut self, open: Option<&Open>) -> Span {
        let mut siblings = Siblings::default();
        loop {
            if let Some(end) = self.next(open, &mut siblings) {
                return end;
            }
        }
    }

    /// One node, or one error between nodes; at the end of the block or the text, the span of the closing brace.
    #[inline]
    pub(super) fn next(&mut self, open: Option<&Open>, siblings: &mut Siblings) -> Option<Span> {
        self.skip_line_space();
        self.is_too_long();
        let at = self.pos;
        let Some(c) = self.peek().filter(|_| !self.stopped) else {
            return Some(self.end_of_text(open));
        };
        let column = if self.guided { self.column() } else { None };
        if let (Some(open), Some(column)) = (open, column)
            && self.is_left_of_block(open, column)
        {
            return Some(Span::point(at));
        }
        match c {
            '}' => {
                let is_stray = self.is_stray(open, column);
                self.pos += 1;
                if !is_stray {
                    return Some(Span::new(at, at + 1));
                }
                self.error(SyntaxErrorKind::StrayBrace, at, at + 1);
            }
            ';' => {
                self.pos += 1;
                self.error(SyntaxErrorKind::separator(c, at), at, at + 1);
            }
            '{' if siblings.last.is_some_and(|index| self.block_below(index)) => {}
            ',' => {
                // Legal, as the first letter of a name; nobody means that.
                let rest = self.rest();
                self.pos += rest.len() - rest.trim_start_matches(',').len();
                self.error(SyntaxErrorKind::GluedSign(GluedSign::Comma), at, self.pos);
            }
            _ => {
                if let Some(column) = column {
                    let expected = *siblings.first_column.get_or_insert(column);
                    if column > expected && siblings.last.is_some_and(|index| self.adopt(index, column)) {
                        return None;
                    }
                }
                let index = self.tree.nodes.len();
                self.node_or_slashdash();
                siblings.last = (self.tree.nodes.len() > index).then_some(index);
            }
        }
        None
    }

    fn node_or_slashdash(&mut self) {
        if !self.rest().starts_with("/-") {
            self.node();
            return;
        }
        let checkpoint = self.checkpoint();
        self.slashdashes();
        match self.peek() {
            None | Some('}' | ';') => {
                self.error(SyntaxErrorKind::EmptySlashdash, checkpoint.start, checkpoint.start + 2)
            }
            Some(_) => self.node(),
        }
        self.forget(&checkpoint);
    }

    /// At a `/-`: over it, and what may follow it. One cannot switch off what is off, so a second one is an error.
    pub(super) fn slashdashes(&mut self) {
        let start = self.pos;
        self.pos += 2;
        self.skip_line_space();
        if self.rest().starts_with("/-") {
            self.error(SyntaxErrorKind::EmptySlashdash, start, start + 2);
        }
        while self.rest().starts_with("/-") {
            self.pos += 2;
            self.skip_line_space();
        }
    }

    pub(super) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            start: self.pos,
            nodes: self.tree.nodes.len(),
            entries: self.tree.entries.len(),
        }
    }

    /// Turns what was read since the checkpoint into a comment. Errors in it stay: it must be KDL all the same.
    pub(super) fn forget(&mut self, checkpoint: &Checkpoint) {
        self.tree.nodes.truncate(checkpoint.nodes);
        self.tree.entries.truncate(checkpoint.entries);
        let end = self.src[..self.pos]
            .trim_end_matches(|c| is_space(c) || is_newline(c))
            .len();
        let span = Span::new(checkpoint.start, end.max(checkpoint.start));
        self.forget_comments(checkpoint.start);
        self.tree.comments.push(Comment {
            kind: CommentKind::Slashdash,
            span,
        });
    }

    fn node(&mut self) {
        let start = self.pos;
        let reported = self.errors.len();
        let (name, annotation) = match self.fast_name() {
            Some(name) => (name, None),
            None => match self.slow_name(start) {
                Some(named) => named,
                None => {
                    self.nameless(start);
                    return;
                }
            },
        };
        let is_unknown = name.text.is_empty() && self.errors.len() > reported;
        self.lost |= is_unknown;
        let index = self.tree.nodes.len();
        let first_entry = index_of(self.tree.entries.len());
        self.tree.nodes.push(NodeData {
            head_end: name.span.end,
            name,
            annotation,
            entries: (first_entry, first_entry),
            block: None,
            end: index_of(index + 1),
            damaged: is_unknown,
        });
        let damaged = self.entries(index, start);
        let end = index_of(self.tree.nodes.len());
        let node = &mut self.tree.nodes[index];
        node.damaged |= damaged;
        node.end = end;
    }

    /// A name with the annotation before it, in whatever form.
    fn slow_name(&mut self, start: usize) -> Option<(Text<'s>, Option<Box<Text<'s>>>)> {
        let reported = self.errors.len();
        let annotation = if self.peek() == Some('(') {
            self.annotation().map(Box::new)
        } else {
            None
        };
        let behind_annotation = self.pos;
        self.skip_node_space();
        if behind_annotation > start && self.peek().is_none() && self.errors.len() == reported {
            self.error(SyntaxErrorKind::BadAnnotation, start, behind_annotation);
        }
        let is_readable = self.errors.len() == reported;
        let name = is_readable.then(|| self.node_name()).flatten()?;
        Some((name, annotation))
    }

    /// A node whose name could not be read. Its block is checked as KDL, but nobody can say what it means.
    fn nameless(&mut self, start: usize) {
        self.lost = true;
        if self.pos == start {
            // Always forward, whatever is here.
            self.pos += self.peek().map_or(1, char::len_utf8);
        }
        self.skip_broken_line();
        self.forgotten_block(start);
    }

    /// Reads the block that may begin here, of a node that nobody knows, which begins at `start`.
    pub(super) fn forgotten_block(&mut self, start: usize) {
        if self.peek() == Some('{') {
            let checkpoint = self.checkpoint();
            self.block(None, start);
            self.tree.nodes.truncate(checkpoint.nodes);
            self.tree.entries.truncate(checkpoint.entries);
        }
    }

    pub(super) fn node_name(&mut self) -> Option<Text<'s>> {
        let start = self.pos;
        let (text, span) = match self.peek()? {
            '"' => {
                let read = self.quoted();
                if read.0.is_some() && self.is_json_member(start) {
                    return None;
                }
                read
            }
            '#' if self.raw_hashes().is_some() => self.raw(self.raw_hashes().unwrap_or(0)),
            c if is_identifier(c) => {
                let word = self.word();
                if keyword_for(word).is_some() || starts_like_number(word) {
                    self.extend_over_slashes();
                    self.error(SyntaxErrorKind::BadName, start, self.pos);
                    return None;
                }
                let name = match word.strip_suffix(':') {
                    Some(name) if !name.is_empty() => {
                        if self.is_yaml_block(start) {
                            return None;
                        }
                        let colon = self.pos - 1;
                        self.error(SyntaxErrorKind::GluedSign(GluedSign::ColonAfterName), colon, colon + 1);
                        name
                    }
                    _ => word,
                };
                (Some(without_disallowed(name)), Span::new(start, start + name.len()))
            }
            '#' if self.is_hash_comment() => return None,
            '[' if self.is_toml_section() => return None,
            c => {
                let kind = if c == '=' {
                    SyntaxErrorKind::EqualsAfterName
                } else {
                    SyntaxErrorKind::Unexpected(c)
                };
                self.error(kind, start, start + c.len_utf8());
                return None;
            }
        };
        // A name that was reported already still holds its block together.
        Some(Text {
            text: text.unwrap_or(Cow::Borrowed("")),
            span,
        })
    }

    /// At a `{`; `owner` is the block's node, and `start` where it begins. Gives the closing brace.
    pub(super) fn block(&mut self, owner: Option<usize>, start: usize) -> Span {
        let brace = Span::new(self.pos, self.pos + 1);
        self.pos += 1;
        if self.depth >= MAX_DEPTH {
            self.errors.push(SyntaxError::new(SyntaxErrorKind::TooDeep, brace));
            self.stop();
            return Span::point(self.pos);
        }
        // Only the indentation's guesses ask for the line.
        let line = if self.guided {
            self.line_at(start)
        } else {
            Line::default()
        };
        let open = Open {
            brace,
            indent: line.indent,
            line: line.start,
        };
        self.inside(owner, &open)
    }

    /// Reads what is in a block. Its owner is marked as damaged where a node of the block is lost.
    pub(super) fn inside(&mut self, owner: Option<usize>, open: &Open) -> Span {
        let outer = (self.open_at, self.lost);
        (self.open_at, self.lost) = (open.brace.start as usize, false);
        self.depth += 1;
        let close = self.nodes(Some(open));
        self.depth -= 1;
        if (self.lost || self.stopped)
            && let Some(owner) = owner.and_then(|index| self.tree.nodes.get_mut(index))
        {
            owner.damaged = true;
        }
        (self.open_at, self.lost) = outer;
        close
    }
}
