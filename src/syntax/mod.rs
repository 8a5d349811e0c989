//! KDL 2.0 text → spanned tree. The only place that knows the grammar.
//!
//! The parser never gives up: after a mistake it goes on at the next place that makes sense, keeps what it could read,
//! and marks the node as damaged so that nobody complains about what the mistake swallowed.

mod bare;
mod braces;
mod chars;
mod entries;
mod foreign;
pub mod format;
mod lines;
mod mistake;
mod nodes;
mod number;
mod parser;
mod phone;
mod plain;
mod room;
mod second_reading;
mod space;
mod string;
mod tokens;
mod tree;
mod unseen;
mod value;

pub use mistake::{BareValue, GluedSign, Mistake, MistakeKind};
pub use room::Room;
pub use second_reading::{Comparison, Difference, DifferenceKind, STACK, compare};
pub use tokens::{Token, TokenKind, tokens};
pub use tree::{Block, Comment, CommentKind, Entry, Node, Nodes, Scalar, Text, Tree, Value};

/// Blocks may be nested this deep; the language itself needs four.
pub const MAX_DEPTH: usize = 128;

/// A text may hold so many nodes, arguments, properties, comments and mistakes together. A file of the usual size limit
/// full of campaigns has about half as many; what is denser would cost many times its own size in memory.
pub const MAX_TOKENS: usize = 1_000_000;

/// A text may hold so many mistakes. Nobody mends more one by one: it was meant for something else, or is hostile.
pub const MAX_MISTAKES: usize = 10_000;

/// What came of a text.
#[derive(Clone, Debug)]
pub struct Parsed<'s> {
    /// The text.
    pub text: &'s str,
    /// All that could be read.
    pub tree: Tree<'s>,
    /// Every mistake, in the order of the text.
    pub mistakes: Vec<Mistake>,
    /// Whether something was passed over after a mistake.
    is_partial: bool,
}

impl Parsed<'_> {
    /// Whether the text is KDL 2.0, doubtful or not.
    pub fn is_kdl(&self) -> bool {
        !self.is_partial && self.mistakes.iter().all(|mistake| mistake.kind.is_legal())
    }

    /// Whether the parser had to give up, so that there may be nodes which the tree does not have.
    pub fn hides_names(&self) -> bool {
        let gives_up = |kind: &MistakeKind| {
            matches!(
                kind,
                MistakeKind::TooDeep
                    | MistakeKind::TooManyTokens
                    | MistakeKind::TooManyMistakes
                    | MistakeKind::UnclosedComment
                    | MistakeKind::OtherLanguage(_)
            )
        };
        self.mistakes.iter().any(|mistake| gives_up(&mistake.kind))
    }

    /// The mistake that may have swallowed nodes, so that the tree does not have them: what was read as a text or a comment, what
    /// was dropped, or what was not read any more.
    pub fn swallows_nodes(&self) -> Option<&Mistake> {
        // Nodes that a block took in for want of a brace are in the tree, unless the block is dropped.
        let behind = |at: u32, words: &[&str]| {
            let text = self.text.get(at as usize..).unwrap_or_default();
            words.iter().any(|word| text.contains(word))
        };
        const DECLARING: [&str; 4] = ["campaign", "template", "aliases", "moved"];
        let swallows = |mistake: &&Mistake| match mistake.kind {
            MistakeKind::TooDeep
            | MistakeKind::TooManyTokens
            | MistakeKind::TooManyMistakes
            | MistakeKind::OtherLanguage(_) => true,
            MistakeKind::UnclosedString => {
                let text = self.text.get(mistake.span.range()).unwrap_or_default();
                DECLARING.iter().any(|word| text.contains(word))
            }
            MistakeKind::UnclosedLongString | MistakeKind::UnclosedComment => behind(mistake.span.start, &DECLARING),
            MistakeKind::UnclosedBlock => mistake
                .related
                .is_some_and(|brace| behind(0, &["/-"]) && behind(brace.start, &DECLARING)),
            _ => false,
        };
        self.mistakes.iter().find(swallows)
    }
}

/// Parses a document.
pub fn parse(text: &str) -> Parsed<'_> {
    parse_in(text, &mut Room::default())
}

/// Parses a document into the room that an earlier one left.
pub fn parse_in<'s>(text: &'s str, room: &mut Room) -> Parsed<'s> {
    parse_by(text, true, room)
}

fn parse_by<'s>(text: &'s str, reads_plain: bool, room: &mut Room) -> Parsed<'s> {
    let unguided = parser::run(text, false, reads_plain, room);
    let mut parsed = if braces(&unguided) == 0 {
        unguided
    } else {
        // The braces do not add up. The indentation usually tells where one is missing; without it, everything behind
        // the mistake would stand at the wrong depth and be reported as well.
        let guided = parser::run(text, true, reads_plain, room);
        if braces(&guided) <= braces(&unguided) {
            guided
        } else {
            unguided
        }
    };
    parsed
        .mistakes
        .sort_by_key(|mistake| (mistake.span.start, mistake.span.end));
    parsed.mistakes.dedup_by_key(|mistake| mistake.span.start);
    parsed.pass_over_unseen();
    parsed
}

fn braces(parsed: &Parsed<'_>) -> usize {
    parsed
        .mistakes
        .iter()
        .filter(|mistake| mistake.kind.is_about_braces())
        .count()
}

#[cfg(test)]
mod tests;
