//! What the indentation tells about a missing or superfluous brace.

use super::MAX_DEPTH;
use super::chars::{is_newline, is_space};
use super::error::{SyntaxError, SyntaxErrorKind};
use super::parser::Parser;
use super::tree::{Block, index_of};
use crate::project::source::Span;

/// A block that is being read.
pub(super) struct Open {
    /// Its `{`, empty where it is missing.
    pub(super) brace: Span,
    /// Indentation of the line on which the block's node begins, in characters.
    pub(super) indent: usize,
    /// Start of that line.
    pub(super) line: usize,
}

impl Parser<'_> {
    /// The column here, in characters, if nothing but white space is before it on its line.
    pub(super) fn column(&mut self) -> Option<usize> {
        let line = self.line_at(self.pos);
        (self.pos <= line.content).then_some(line.indent)
    }

    /// Whether what begins here is too far left to belong to the block: its `}` is missing. Reports it.
    pub(super) fn is_left_of_block(&mut self, open: &Open, column: usize) -> bool {
        let at = self.pos;
        let is_left = if self.peek() == Some('}') {
            column < open.indent
        } else {
            column <= open.indent
        };
        if !is_left || open.line == self.line_at(at).start {
            return false;
        }
        let due = self.src[..at].trim_end_matches(|c| is_space(c) || is_newline(c)).len();
        self.errors
            .push(SyntaxError::new(SyntaxErrorKind::UnclosedBlock, Span::point(due)).related(open.brace));
        true
    }

    /// Whether the `}` here is too far right to close the block.
    pub(super) fn is_stray(&mut self, open: Option<&Open>, column: Option<usize>) -> bool {
        match (open, column) {
            (None, _) => true,
            (Some(open), Some(column)) => column > open.indent && open.line != self.line_at(self.pos).start,
            (Some(_), None) => false,
        }
    }

    /// At the end of the text a block that is still open is an error. Gives the place where its brace is due.
    pub(super) fn end_of_text(&mut self, open: Option<&Open>) -> Span {
        let due = Span::point(self.src.trim_end_matches(|c| is_space(c) || is_newline(c)).len());
        // One missing brace is one error: the blocks around this one would only say the same again.
        let is_said = self
            .errors
            .iter()
            .any(|error| error.kind.is_about_braces() && error.span.end >= due.end);
        if let Some(open) = open
            && !self.stopped
            && !is_said
        {
            self.errors
                .push(SyntaxError::new(SyntaxErrorKind::UnclosedBlock, due).related(open.brace));
        }
        Span::point(self.src.len())
    }

    /// At a `{` that no node's line has. Reads it as the block of the node before it, where only line ends and comments are
    /// between them.
    pub(super) fn block_below(&mut self, index: usize) -> bool {
        let Some(parent) = self.tree.nodes.get(index) else {
            return false;
        };
        let (head, start) = (parent.head_end, parent.name.span.start as usize);
        let between = &self.src[head as usize..self.pos];
        let is_apart = between.contains(';') && !between.contains("//");
        if parent.block.is_some() || is_apart || parent.damaged || !between.contains(is_newline) {
            return false;
        }
        self.error(SyntaxErrorKind::BraceBelow { head }, self.pos, self.pos + 1);
        let open = Span::new(self.pos, self.pos + 1);
        self.tree.nodes[index].block = Some(Block { open, close: open });
        let close = self.block(Some(index), start);
        let end = index_of(self.tree.nodes.len());
        let parent = &mut self.tree.nodes[index];
        parent.block = Some(Block { open, close });
        parent.end = end;
        true
    }

    /// Lines indented deeper than their siblings, after a node without a block: its `{` is missing.
    pub(super) fn adopt(&mut self, index: usize, column: usize) -> bool {
        let parent = &self.tree.nodes[index];
        if parent.block.is_some() || self.depth >= MAX_DEPTH {
            return false;
        }
        let head = parent.head_end as usize;
        let brace = Span::point(head);
        self.error(SyntaxErrorKind::MissingBrace, head, head);
        let line = self.line_at(head);
        let open = Open {
            brace,
            indent: column.saturating_sub(1).min(line.indent),
            line: line.start,
        };
        let close = self.inside(Some(index), &open);
        let end = index_of(self.tree.nodes.len());
        let parent = &mut self.tree.nodes[index];
        parent.block = Some(Block { open: brace, close });
        parent.end = end;
        true
    }
}
