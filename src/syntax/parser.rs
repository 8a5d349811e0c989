//! The parser's state, its cursor, and the document as a whole; the other files of this module say how each part is read.

use super::chars::{is_identifier, is_space, scan};
use super::error::{SyntaxError, SyntaxErrorKind};
use super::foreign::other_language;
use super::lines::Line;
use super::tree::Tree;
use super::{MAX_ERRORS, MAX_TOKENS, ParseBuffers, Parsed};
use crate::project::source::Span;

/// Words that KDL keeps for its keywords, with the sign they need.
const KEYWORDS: [(&str, &str); 6] = [
    ("true", "#true"),
    ("false", "#false"),
    ("null", "#null"),
    ("inf", "#inf"),
    ("-inf", "#-inf"),
    ("nan", "#nan"),
];

/// The keyword that an unquoted word lacks the sign of.
pub(super) fn keyword_for(word: &str) -> Option<&'static str> {
    // Most words are no keyword by their first letter.
    if !matches!(word.as_bytes().first(), Some(b't' | b'f' | b'n' | b'i' | b'-')) {
        return None;
    }
    KEYWORDS
        .iter()
        .find(|(bare, _)| *bare == word)
        .map(|(_, keyword)| *keyword)
}

/// How often the end of something that is never closed may be guessed. Each guess has searched the rest of the text in
/// vain, so without a limit a hostile file could cost the square of its length.
const MAX_GUESSES: usize = 32;

/// Parses once. With `guided`, indentation decides where a missing brace belongs.
///
/// Without `uses_fast_path`, every form is left to the slow path, with the same result.
pub(super) fn run<'s>(src: &'s str, guided: bool, uses_fast_path: bool, buffers: &mut ParseBuffers) -> Parsed<'s> {
    let mut parser = Parser::new(src, guided, uses_fast_path, buffers.tree(src.len()));
    if parser.begin() {
        parser.nodes(None);
    }
    parser.done()
}

pub(super) struct Parser<'s> {
    pub(super) src: &'s str,
    pub(super) pos: usize,
    pub(super) errors: Vec<SyntaxError>,
    pub(super) tree: Tree<'s>,
    pub(super) guided: bool,
    /// Whether plain forms are read on the fast path.
    pub(super) uses_fast_path: bool,
    /// How many blocks are open.
    pub(super) depth: usize,
    /// Where the brace of the innermost open block is.
    pub(super) open_at: usize,
    /// Set once nothing more can be read with profit.
    pub(super) stopped: bool,
    /// Whether a whole node of the innermost open block could not be read, so that the block is incomplete.
    pub(super) lost: bool,
    /// Whether something was passed over after an error.
    pub(super) is_partial: bool,
    /// How many ends have been guessed.
    pub(super) guesses: usize,
    /// The line that was asked for last.
    pub(super) line: Option<Line>,
}

impl<'s> Parser<'s> {
    fn new(src: &'s str, guided: bool, uses_fast_path: bool, tree: Tree<'s>) -> Self {
        Self {
            src,
            pos: 0,
            tree,
            errors: Vec::new(),
            guided,
            uses_fast_path,
            depth: 0,
            open_at: 0,
            stopped: false,
            lost: false,
            is_partial: false,
            guesses: 0,
            line: None,
        }
    }

    fn done(self) -> Parsed<'s> {
        Parsed {
            text: self.src,
            tree: self.tree,
            errors: self.errors,
            is_partial: self.is_partial,
        }
    }

    pub(super) fn rest(&self) -> &'s str {
        self.src.get(self.pos..).unwrap_or("")
    }

    pub(super) fn peek(&self) -> Option<char> {
        match self.src.as_bytes().get(self.pos) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            Some(_) => self.rest().chars().next(),
            None => None,
        }
    }

    /// Whether a comment, or `/-`, begins here.
    pub(super) fn at_comment(&self) -> bool {
        ["//", "/*", "/-"].iter().any(|sign| self.rest().starts_with(sign))
    }

    pub(super) fn skip_newline(&mut self) {
        if self.rest().starts_with("\r\n") {
            self.pos += 2;
        } else if let Some(c) = self.peek() {
            self.pos += c.len_utf8();
        }
    }

    pub(super) fn error(&mut self, kind: SyntaxErrorKind, start: usize, end: usize) {
        self.errors.push(SyntaxError::new(kind, Span::new(start, end)));
    }

    /// Whether one more end may be guessed; otherwise the rest of the text is dropped.
    pub(super) fn may_guess(&mut self) -> bool {
        self.guesses += 1;
        if self.guesses > MAX_GUESSES {
            self.stop();
        }
        !self.stopped
    }

    /// Whether the text has grown beyond all need. Then the rest is dropped, which is reported once.
    #[inline]
    pub(super) fn is_too_long(&mut self) -> bool {
        // Nothing takes less than a byte, and this is asked of everything.
        let is_short = self.src.len() < MAX_TOKENS / 4 && self.errors.len() <= MAX_ERRORS;
        !is_short && self.gives_up()
    }

    fn gives_up(&mut self) -> bool {
        let in_tree = self.tree.nodes.len() + self.tree.entries.len() + self.tree.comments.len();
        let tokens = in_tree + self.errors.len();
        let is_full_of_errors = self.errors.len() > MAX_ERRORS;
        if !(is_full_of_errors || tokens > MAX_TOKENS) || self.stopped {
            return false;
        }
        let kind = if is_full_of_errors {
            SyntaxErrorKind::TooManyErrors
        } else {
            SyntaxErrorKind::TooManyTokens
        };
        self.error(kind, self.pos, self.pos);
        self.stop();
        true
    }

    /// Gives up the rest of the text.
    pub(super) fn stop(&mut self) {
        self.pos = self.src.len();
        self.stopped = true;
    }

    /// What comes before the first node. Says whether it is worth going on.
    fn begin(&mut self) -> bool {
        scan(self.src, &mut self.errors);
        if self.src.starts_with('\u{FEFF}') {
            self.pos = 3;
        }
        self.version();
        if let Some((language, at)) = other_language(self.rest()) {
            let start = self.pos;
            self.error(
                SyntaxErrorKind::OtherLanguage(language),
                start + at.start as usize,
                start + at.end as usize,
            );
            return false;
        }
        true
    }

    /// `/- kdl-version N`, which the grammar allows on the first line only.
    fn version(&mut self) {
        let Some(marker) = self.rest().strip_prefix("/-") else {
            return;
        };
        let Some(version) = marker.trim_start_matches(is_space).strip_prefix("kdl-version") else {
            return;
        };
        let version = version.trim_start_matches(is_space);
        if version.starts_with('1') && !version[1..].starts_with(is_identifier) {
            let at = self.src.len() - version.len();
            self.error(SyntaxErrorKind::Kdl1Version, at, at + 1);
        }
    }
}
