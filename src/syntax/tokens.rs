//! A text that was parsed, as the flat list of its pieces: what the formatter lays out anew.

use super::chars::{is_newline, is_space};
use super::tree::{CommentKind, Nodes, Tree};
use crate::project::source::Span;

/// One piece of a text. Everything but white space is part of exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its place.
    pub span: Span,
}

/// The kinds of pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or a value, as it was written.
    Word,
    /// `(` before a type annotation.
    OpenType,
    /// `)` after a type annotation.
    CloseType,
    /// `=` between a property's name and value.
    Equals,
    /// `{`
    OpenBlock,
    /// `}`
    CloseBlock,
    /// `;`
    Semicolon,
    /// A comment, or all that a `/-` switches off.
    Comment(CommentKind),
    /// A line end that a `\` before it, or before the comments before it, makes white space.
    Continuation,
    /// A line end.
    LineEnd,
}

/// The pieces of `text`, which must be KDL and `tree` what parsing it gave.
pub fn tokens(text: &str, tree: &Tree<'_>) -> Vec<Token> {
    let mut known: Vec<Token> = Vec::with_capacity(tree.entries.len() * 2 + tree.nodes.len() + tree.comments.len());
    words(tree.roots(), &mut known);
    known.extend(tree.comments.iter().map(|comment| Token {
        kind: TokenKind::Comment(comment.kind),
        span: comment.span,
    }));
    known.sort_by_key(|token| token.span.start);
    let mut pieces = Pieces {
        text,
        tokens: Vec::with_capacity(known.len() * 2),
        continues: false,
    };
    let mut at = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    for token in known {
        pieces.gap(at, token.span.start as usize);
        pieces.known(token);
        at = token.span.end as usize;
    }
    pieces.gap(at, text.len());
    pieces.tokens
}

/// Names and values in the order of the text. Blocks are never deeper than [`super::MAX_DEPTH`].
fn words(nodes: Nodes<'_, '_>, known: &mut Vec<Token>) {
    let kind = TokenKind::Word;
    for node in nodes {
        let names = node.annotation().into_iter().chain([node.name()]);
        known.extend(names.map(|name| Token { kind, span: name.span }));
        for entry in node.entries() {
            let names = entry.name.iter().chain(entry.value.annotation.as_deref());
            let spans = names.map(|name| name.span).chain([entry.value.span]);
            known.extend(spans.map(|span| Token { kind, span }));
        }
        words(node.children(), known);
    }
}

struct Pieces<'s> {
    text: &'s str,
    tokens: Vec<Token>,
    /// Whether a `\` was seen whose line end has not come yet.
    continues: bool,
}

impl Pieces<'_> {
    /// A name, value or comment. An invisible character before a word is part of it.
    fn known(&mut self, token: Token) {
        match self.tokens.last_mut() {
            Some(last) if [last.kind, token.kind] == [TokenKind::Word; 2] && last.span.end == token.span.start => {
                last.span.end = token.span.end;
            }
            _ => self.tokens.push(token),
        }
    }

    /// What is between names, values and comments: signs and line ends.
    fn gap(&mut self, start: usize, end: usize) {
        let mut chars = self.text.get(start..end).unwrap_or_default().char_indices().peekable();
        while let Some((offset, c)) = chars.next() {
            let at = start + offset;
            let mut span = Span::new(at, at + c.len_utf8());
            let kind = match c {
                c if is_space(c) => continue,
                '\\' => {
                    self.continues = true;
                    continue;
                }
                c if is_newline(c) => {
                    if c == '\r' && chars.next_if(|(_, next)| *next == '\n').is_some() {
                        span.end += 1;
                    }
                    if std::mem::take(&mut self.continues) {
                        TokenKind::Continuation
                    } else {
                        TokenKind::LineEnd
                    }
                }
                '(' => TokenKind::OpenType,
                ')' => TokenKind::CloseType,
                '=' => TokenKind::Equals,
                '{' => TokenKind::OpenBlock,
                '}' => TokenKind::CloseBlock,
                ';' => TokenKind::Semicolon,
                _ => {
                    self.glued(span);
                    continue;
                }
            };
            self.tokens.push(Token { kind, span });
        }
    }

    /// A sign of another language, legal as part of a word, which the tree left out of that word.
    fn glued(&mut self, span: Span) {
        match self.tokens.last_mut() {
            Some(last) if last.kind == TokenKind::Word && last.span.end == span.start => last.span.end = span.end,
            _ => self.tokens.push(Token {
                kind: TokenKind::Word,
                span,
            }),
        }
    }
}
