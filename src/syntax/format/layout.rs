//! Pieces of a text → its lines.

use super::MAX_LINE;
use super::lines::{Line, Trailing, join};
use crate::project::source::Span;
use crate::syntax::{CommentKind, Token, TokenKind};

const INDENT: usize = 4;

/// Lays out the pieces of `text`. The lines in `pinned` are neither broken nor joined.
pub(super) fn lay_out(text: &str, tokens: &[Token], pinned: &[Span]) -> String {
    let mut layout = Layout::new(text, tokens, pinned);
    let mut at = 0;
    while at < tokens.len() {
        at = layout.piece(at);
    }
    layout.end_line();
    join(&layout.lines, line_end(text, tokens))
}

/// The line end that most lines have; those inside strings and comments stay what they are and do not count.
fn line_end(text: &str, tokens: &[Token]) -> &'static str {
    let ends = tokens
        .iter()
        .filter(|token| matches!(token.kind, TokenKind::LineEnd | TokenKind::Continuation));
    let (mut crlf, mut others) = (0_usize, 0_usize);
    for end in ends {
        let count = if &text[end.span.range()] == "\r\n" {
            &mut crlf
        } else {
            &mut others
        };
        *count += 1;
    }
    if crlf > others { "\r\n" } else { "\n" }
}

struct Layout<'a> {
    text: &'a str,
    tokens: &'a [Token],
    /// Whole lines that keep their breaks, in the order of the text.
    pinned: &'a [Span],
    /// For each `{`, the index of its `}`.
    closes: Vec<Option<usize>>,
    /// For each piece, how many line ends are in and before it.
    ends: Vec<usize>,
    lines: Vec<Line<'a>>,
    line: Line<'a>,
    /// The last piece on the line.
    last: Option<TokenKind>,
    depth: usize,
    /// Whether a node has begun and not ended yet.
    in_node: bool,
    /// Whether the line that comes next goes on with the node.
    is_continued: bool,
    /// Up to which piece it was looked whether the node goes on, and whether it does.
    looked_ahead: (usize, bool),
    /// Line ends since the last piece that was laid out.
    breaks: usize,
    /// Whether nothing is in the block, or the file, yet.
    at_start: bool,
}

impl<'a> Layout<'a> {
    fn new(text: &'a str, tokens: &'a [Token], pinned: &'a [Span]) -> Self {
        let mut closes = vec![None; tokens.len()];
        let mut ends = Vec::with_capacity(tokens.len());
        let mut open = Vec::new();
        let mut count = 0;
        for (index, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::OpenBlock => open.push(index),
                TokenKind::CloseBlock => {
                    if let Some(open) = open.pop() {
                        closes[open] = Some(index);
                    }
                }
                _ => {}
            }
            count += text[token.span.range()].matches(['\n', '\r']).count();
            count += usize::from(is_line_end(token.kind));
            ends.push(count);
        }
        Self {
            text,
            tokens,
            pinned,
            closes,
            ends,
            lines: Vec::new(),
            line: Line::default(),
            last: None,
            depth: 0,
            in_node: false,
            is_continued: false,
            looked_ahead: (0, false),
            breaks: 0,
            at_start: true,
        }
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn source(&self, at: usize) -> &'a str {
        self.tokens
            .get(at)
            .and_then(|token| self.text.get(token.span.range()))
            .unwrap_or_default()
    }

    /// Whether a piece is on a line that keeps its breaks.
    fn is_pinned(&self, at: usize) -> bool {
        let Some(start) = self.tokens.get(at).map(|token| token.span.start) else {
            return false;
        };
        let next = self.pinned.partition_point(|span| span.end < start);
        self.pinned.get(next).is_some_and(|span| span.start <= start)
    }

    /// Lays out the piece at `at`. Gives the index of the next one.
    fn piece(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        match token.kind {
            TokenKind::LineEnd => {
                self.end_line();
                self.in_node = false;
                self.breaks += 1;
            }
            TokenKind::Semicolon => {
                let ends_node = std::mem::take(&mut self.in_node);
                if !self.is_last_of_line(at + 1) {
                    if !self.is_pinned(at) {
                        self.end_line();
                    } else if ends_node {
                        self.append(token.kind, ";");
                    }
                }
            }
            TokenKind::Continuation => self.continuation(at),
            TokenKind::OpenBlock => return self.block(at),
            TokenKind::CloseBlock => {
                if !self.is_pinned(at) {
                    self.end_line();
                }
                self.depth = self.depth.saturating_sub(1);
                self.at_start = true;
                self.append(token.kind, "}");
                self.in_node = true;
            }
            TokenKind::Comment(CommentKind::Line) => return self.line_comment(at),
            TokenKind::Comment(CommentKind::Block) => self.append(token.kind, self.source(at)),
            TokenKind::Comment(CommentKind::Slashdash) => {
                self.append(token.kind, self.source(at));
                if !self.in_node {
                    self.end_line_before_node(at + 1);
                }
            }
            TokenKind::Word | TokenKind::OpenType | TokenKind::CloseType | TokenKind::Equals => {
                self.append(token.kind, self.source(at));
                self.in_node = true;
            }
        }
        at + 1
    }

    /// Adds to the line, or begins it.
    fn append(&mut self, kind: TokenKind, source: &str) {
        if self.line.code.is_empty() {
            self.begin_line();
        }
        if self.last.is_some_and(|last| is_spaced(last, kind)) {
            self.line.code.push(' ');
        }
        self.line.code.push_str(source);
        self.last = Some(kind);
        self.breaks = 0;
        self.at_start = false;
    }

    fn begin_line(&mut self) {
        let is_continued = std::mem::take(&mut self.is_continued);
        // Where the text in front ends in a `\` that was kept to the letter, it takes this line to end its node.
        let is_apart = self.breaks > 1 && !self.at_start && !is_continued;
        if is_apart {
            self.lines.push(Line::default());
        }
        self.at_start = false;
        let steps = self.depth + usize::from(is_continued);
        self.line.code = " ".repeat(steps * INDENT);
    }

    fn end_line(&mut self) {
        self.last = None;
        let line = std::mem::take(&mut self.line);
        if !line.code.is_empty() {
            self.lines.push(line);
        }
    }

    /// Ends the line, unless all that is left of it are comments, which stay after what they follow, or it stays whole.
    fn end_line_before_node(&mut self, at: usize) {
        if !self.is_last_of_line(at) && !self.is_pinned(at) {
            self.end_line();
        }
    }

    /// Whether only comments are left of the line, or of the block.
    fn is_last_of_line(&self, at: usize) -> bool {
        let comments = |kind: &TokenKind| matches!(kind, TokenKind::Comment(CommentKind::Line | CommentKind::Block));
        let behind = self.tokens.get(at..).unwrap_or_default().iter();
        let next = behind.map(|token| token.kind).find(|kind| !comments(kind));
        next.is_none_or(|kind| is_line_end(kind) || kind == TokenKind::CloseBlock)
    }

    /// A continued line stays so where the node goes on with a value or comment. Elsewhere the `\` says nothing.
    fn continuation(&mut self, at: usize) {
        if !self.in_node {
            self.end_line();
            self.breaks += 1;
            return;
        }
        let is_pinned = self.is_pinned(at) || self.is_pinned(at + 1);
        if !self.goes_on(at + 1) {
            if is_pinned {
                self.end_line();
                self.in_node = false;
            }
            self.breaks += 1;
            return;
        }
        let is_wanted = |next| {
            let is_entry = matches!(next, TokenKind::Word | TokenKind::OpenType);
            is_entry || matches!(next, TokenKind::Comment(CommentKind::Block | CommentKind::Slashdash))
        };
        let next = self.kind(at + 1).filter(|next| is_wanted(*next));
        let is_apart = matches!((self.last, next), (Some(last), Some(next)) if is_spaced(last, next));
        if is_apart || is_pinned {
            self.append(TokenKind::Continuation, "\\");
            self.end_line();
            self.is_continued = true;
        }
    }

    /// Whether the node has more than comments from `at` on. The answer holds up to the piece that gave it, and is kept,
    /// so that no number of continued lines costs more than one look at each.
    fn goes_on(&mut self, at: usize) -> bool {
        if at > self.looked_ahead.0 {
            self.looked_ahead = self.look_ahead(at);
        }
        self.looked_ahead.1
    }

    fn look_ahead(&self, mut at: usize) -> (usize, bool) {
        loop {
            match self.kind(at) {
                Some(TokenKind::Comment(CommentKind::Line)) if self.kind(at + 1) != Some(TokenKind::Continuation) => {
                    return (at, false);
                }
                Some(TokenKind::Comment(CommentKind::Line | CommentKind::Block) | TokenKind::Continuation) => at += 1,
                None | Some(TokenKind::LineEnd | TokenKind::Semicolon | TokenKind::CloseBlock) => return (at, false),
                Some(_) => return (at, true),
            }
        }
    }

    fn line_comment(&mut self, at: usize) -> usize {
        let comment = self.source(at).trim_end();
        let is_continued = self.in_node && self.kind(at + 1) == Some(TokenKind::Continuation) && self.goes_on(at + 2);
        if is_continued {
            // The `\` goes in front: after the comment it would be part of it.
            self.append(TokenKind::Continuation, "\\");
        }
        if self.line.code.is_empty() {
            self.append(TokenKind::Comment(CommentKind::Line), comment);
        } else {
            self.breaks = 0;
            self.line.comment = Some(Trailing {
                text: comment,
                column: self.column(at),
            });
        }
        self.end_line();
        if is_continued {
            self.is_continued = true;
            return at + 2;
        }
        self.in_node = false;
        at + 1
    }

    /// Characters between the start of a piece's line and the piece.
    fn column(&self, at: usize) -> usize {
        let start = self.tokens[at].span.start as usize;
        let before = self.text.get(..start).unwrap_or_default();
        let line = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        before[line..].chars().filter(|c| *c != '\u{FEFF}').count()
    }

    fn block(&mut self, at: usize) -> usize {
        self.append(TokenKind::OpenBlock, "{");
        if let Some(close) = self.closes[at]
            && !(self.is_pinned(at) || self.is_pinned(close))
            && let Some(flat) = self.flat(at, close)
        {
            self.line.code.push_str(&flat);
            self.last = Some(TokenKind::CloseBlock);
            self.in_node = true;
            return close + 1;
        }
        self.in_node = false;
        self.depth += 1;
        self.at_start = true;
        self.end_line_before_node(at + 1);
        at + 1
    }

    /// What follows the `{` at `open` up to its `}`, where all of it is on one line that is not too long, or nothing
    /// is between them.
    fn flat(&self, open: usize, close: usize) -> Option<String> {
        if self.tokens[open + 1..close].iter().all(|token| is_line_end(token.kind)) {
            return Some("}".to_owned());
        }
        if self.ends[open] != self.ends[close] {
            return None;
        }
        let mut room = MAX_LINE.checked_sub(self.line.width())?;
        let mut out = String::new();
        let mut last = TokenKind::OpenBlock;
        for at in open + 1..=close {
            let kind = self.tokens[at].kind;
            if kind == TokenKind::Semicolon && self.kind(at + 1) == Some(TokenKind::CloseBlock) {
                continue;
            }
            let before = out.len();
            if is_spaced(last, kind) {
                out.push(' ');
            }
            out.push_str(self.source(at));
            room = room.checked_sub(out[before..].chars().count())?;
            last = kind;
        }
        Some(out)
    }
}

fn is_line_end(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::LineEnd | TokenKind::Continuation)
}

/// Whether a blank is between two pieces of a line.
fn is_spaced(left: TokenKind, right: TokenKind) -> bool {
    let is_glued_left = matches!(left, TokenKind::OpenType | TokenKind::CloseType | TokenKind::Equals);
    let is_glued_right = matches!(right, TokenKind::CloseType | TokenKind::Equals | TokenKind::Semicolon);
    let is_empty_block = left == TokenKind::OpenBlock && right == TokenKind::CloseBlock;
    !(is_glued_left || is_glued_right || is_empty_block)
}
