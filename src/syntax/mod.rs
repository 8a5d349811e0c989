//! KDL 2.0 text → spanned tree. The only place that knows the grammar.
//!
//! The parser recovers from every error: it goes on at the next place that makes sense, keeps what it could read, and marks
//! the node as damaged, so that no rule reports what the error swallowed.

mod bare;
mod braces;
mod chars;
mod comment_lines;
mod entries;
mod foreign;
pub mod format;
mod lines;
mod error;
mod nodes;
mod number;
mod parser;
mod phone;
mod fast_path;
mod buffers;
mod second_reading;
mod space;
mod split;
mod string;
mod tokens;
mod tree;
mod invisible;
mod value;

pub use buffers::ParseBuffers;
pub use comment_lines::{CommentLines, is_directive};
pub use error::{BareValue, GluedSign, SyntaxError, SyntaxErrorKind};
pub use second_reading::{Comparison, Difference, DifferenceKind, STACK, compare};
pub use tokens::{Token, TokenKind, tokens};
pub use tree::{Block, Comment, CommentKind, Entry, Node, Nodes, Scalar, Text, Tree, Value};

/// Blocks may be nested this deep; the language itself needs four.
pub const MAX_DEPTH: usize = 128;

/// A text may hold so many nodes, arguments, properties, comments and errors together. A file of the usual size limit
/// full of campaigns has about half as many; what is denser would cost many times its own size in memory.
pub const MAX_TOKENS: usize = 1_000_000;

/// A text may hold so many errors. One with more is no campaign file, or hostile.
pub const MAX_ERRORS: usize = 10_000;

/// What came of a text.
#[derive(Clone, Debug)]
pub struct Parsed<'s> {
    /// The text.
    pub text: &'s str,
    /// All that could be read.
    pub tree: Tree<'s>,
    /// Every error, in the order of the text.
    pub errors: Vec<SyntaxError>,
    /// Whether something was passed over after an error.
    is_partial: bool,
}

impl Parsed<'_> {
    /// Whether the text is KDL 2.0, doubtful or not.
    pub fn is_kdl(&self) -> bool {
        !self.is_partial && self.errors.iter().all(|error| error.kind.is_legal())
    }

    /// Whether the parser had to give up, so that there may be nodes which the tree does not have.
    pub fn hides_names(&self) -> bool {
        let gives_up = |kind: &SyntaxErrorKind| {
            matches!(
                kind,
                SyntaxErrorKind::TooDeep
                    | SyntaxErrorKind::TooManyTokens
                    | SyntaxErrorKind::TooManyErrors
                    | SyntaxErrorKind::UnclosedComment
                    | SyntaxErrorKind::OtherLanguage(_)
            )
        };
        self.errors.iter().any(|error| gives_up(&error.kind))
    }

    /// The error that may have swallowed nodes, so that the tree does not have them: what was read as a text or a comment, what
    /// was dropped, or what was not read any more.
    pub fn swallows_nodes(&self) -> Option<&SyntaxError> {
        // Nodes that a block took in for want of a brace are in the tree, unless the block is dropped.
        let behind = |at: u32, words: &[&str]| {
            let text = self.text.get(at as usize..).unwrap_or_default();
            words.iter().any(|word| text.contains(word))
        };
        const DECLARING: [&str; 5] = ["campaign", "template", "aliases", "moved", "removed"];
        let swallows = |error: &&SyntaxError| match error.kind {
            SyntaxErrorKind::TooDeep
            | SyntaxErrorKind::TooManyTokens
            | SyntaxErrorKind::TooManyErrors
            | SyntaxErrorKind::OtherLanguage(_) => true,
            SyntaxErrorKind::UnclosedString => {
                let text = self.text.get(error.span.range()).unwrap_or_default();
                DECLARING.iter().any(|word| text.contains(word))
            }
            SyntaxErrorKind::UnclosedLongString | SyntaxErrorKind::UnclosedComment => {
                behind(error.span.start, &DECLARING)
            }
            SyntaxErrorKind::UnclosedBlock => error
                .related
                .is_some_and(|brace| behind(0, &["/-"]) && behind(brace.start, &DECLARING)),
            _ => false,
        };
        self.errors.iter().find(swallows)
    }
}

/// Parses a document.
pub fn parse(text: &str) -> Parsed<'_> {
    parse_in(text, &mut ParseBuffers::default())
}

/// Parses a document into the room that an earlier one left.
pub fn parse_in<'s>(text: &'s str, buffers: &mut ParseBuffers) -> Parsed<'s> {
    parse_by(text, true, buffers)
}

fn parse_by<'s>(text: &'s str, uses_fast_path: bool, buffers: &mut ParseBuffers) -> Parsed<'s> {
    let unguided = parser::run(text, false, uses_fast_path, buffers);
    let mut parsed = if braces(&unguided) == 0 {
        unguided
    } else {
        // The braces do not add up. The indentation usually tells where one is missing; without it, everything after
        // the error would have the wrong depth and be reported as well.
        let guided = parser::run(text, true, uses_fast_path, buffers);
        if braces(&guided) <= braces(&unguided) {
            guided
        } else {
            unguided
        }
    };
    parsed.errors.sort_by_key(|error| (error.span.start, error.span.end));
    parsed.errors.dedup_by_key(|error| error.span.start);
    parsed.remove_invisible();
    parsed
}

fn braces(parsed: &Parsed<'_>) -> usize {
    parsed
        .errors
        .iter()
        .filter(|error| error.kind.is_about_braces())
        .count()
}

#[cfg(test)]
mod tests;
