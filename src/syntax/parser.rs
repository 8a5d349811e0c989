//! Nodes, entries and blocks, and how to go on after a mistake.

use std::borrow::Cow;

use super::bare::classify;
use super::chars::{is_disallowed, is_identifier, is_newline, is_space, scan};
use super::mistake::{BareValue, Mistake, MistakeKind};
use super::number::{is_number, starts_like_number};
use super::tree::{Block, Comment, CommentKind, Entry, NodeData, Scalar, Text, Tree, Value};
use super::{MAX_DEPTH, Parsed};
use crate::source::Span;

/// Words that KDL keeps for its keywords, with the sign they need.
const KEYWORDS: [(&str, &str); 6] = [
    ("true", "#true"),
    ("false", "#false"),
    ("null", "#null"),
    ("inf", "#inf"),
    ("-inf", "#-inf"),
    ("nan", "#nan"),
];

/// Parses once. With `guided`, indentation decides where a missing brace belongs.
pub(super) fn run(src: &str, guided: bool) -> Parsed<'_> {
    let mut parser = Parser {
        src,
        pos: 0,
        tree: Tree::default(),
        mistakes: Vec::new(),
        guided,
        depth: 0,
        stopped: false,
    };
    scan(src, &mut parser.mistakes);
    parser.document();
    let Parser { tree, mistakes, .. } = parser;
    Parsed { tree, mistakes }
}

pub(super) struct Parser<'s> {
    pub(super) src: &'s str,
    pub(super) pos: usize,
    pub(super) mistakes: Vec<Mistake>,
    tree: Tree<'s>,
    guided: bool,
    depth: usize,
    /// Set once nothing more can be read with profit.
    stopped: bool,
}

/// A block that is being read.
struct Open {
    brace: Span,
    /// Indentation of the line on which the block's node begins, in characters.
    indent: usize,
    /// Start of that line.
    line: usize,
}

/// Where to cut the tree back to, to make a slashdash forget what was read.
struct Checkpoint {
    start: usize,
    nodes: usize,
    entries: usize,
    mistakes: usize,
}

impl<'s> Parser<'s> {
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

    pub(super) fn line_end(&self) -> usize {
        self.pos + self.rest().find(is_newline).unwrap_or(self.rest().len())
    }

    pub(super) fn skip_newline(&mut self) {
        if self.rest().starts_with("\r\n") {
            self.pos += 2;
        } else if let Some(c) = self.peek() {
            self.pos += c.len_utf8();
        }
    }

    fn mistake(&mut self, kind: MistakeKind, start: usize, end: usize) {
        self.mistakes.push(Mistake::new(kind, Span::new(start, end)));
    }

    // ---- the document ----

    fn document(&mut self) {
        if self.src.starts_with('\u{FEFF}') {
            self.pos = 3;
        }
        self.version();
        let first = self.src[self.pos..].trim_start_matches(|c: char| is_space(c) || is_newline(c));
        let at = self.src.len() - first.len();
        let other = match first.chars().next() {
            Some('{') => Some("JSON"),
            Some('[')
                if first[1..]
                    .trim_start_matches('[')
                    .starts_with(|c: char| c.is_alphabetic()) =>
            {
                Some("TOML")
            }
            Some('[') => Some("JSON"),
            _ => None,
        };
        if let Some(language) = other {
            self.mistake(MistakeKind::OtherLanguage(language), at, at + 1);
            return;
        }
        self.nodes(None);
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
            self.mistake(MistakeKind::Kdl1Version, self.pos, self.src.len() - version.len() + 1);
        }
    }

    /// Nodes up to the end of the block or the text. Gives the span of the closing brace, empty where it is missing.
    fn nodes(&mut self, open: Option<&Open>) -> Span {
        let mut first_column = None;
        let mut sibling = None;
        loop {
            self.skip_line_space();
            let at = self.pos;
            let Some(c) = self.peek().filter(|_| !self.stopped) else {
                return self.end_of_text(open);
            };
            let column = if self.guided { self.column() } else { None };
            if let (Some(open), Some(column)) = (open, column) {
                let too_far_left = if c == '}' {
                    column < open.indent
                } else {
                    column <= open.indent
                };
                if too_far_left && open.line != self.line_start(at) {
                    let due = self.end_of_previous_line(at);
                    self.mistakes
                        .push(Mistake::new(MistakeKind::UnclosedBlock, due).related(open.brace));
                    return Span::point(at);
                }
            }
            match c {
                '}' => {
                    let is_stray = match (open, column) {
                        (None, _) => true,
                        (Some(open), Some(column)) => column > open.indent && open.line != self.line_start(at),
                        (Some(_), None) => false,
                    };
                    self.pos += 1;
                    if !is_stray {
                        return Span::new(at, at + 1);
                    }
                    self.mistake(MistakeKind::StrayBrace, at, at + 1);
                }
                ';' | ',' => {
                    self.pos += 1;
                    self.mistake(MistakeKind::Separator(c), at, at + 1);
                }
                _ => {
                    if let Some(column) = column {
                        let expected = *first_column.get_or_insert(column);
                        if column > expected && sibling.is_some_and(|index| self.adopt(index, column)) {
                            continue;
                        }
                    }
                    let index = self.tree.nodes.len();
                    self.node_or_slashdash();
                    sibling = (self.tree.nodes.len() > index).then_some(index);
                }
            }
        }
    }

    fn end_of_text(&mut self, open: Option<&Open>) -> Span {
        let end = self.src.len();
        // One missing brace is one mistake: the blocks around this one would only say the same again.
        let is_said = self
            .mistakes
            .iter()
            .any(|mistake| mistake.kind.is_about_braces() && mistake.span.end as usize == end);
        if let Some(open) = open
            && !self.stopped
            && !is_said
        {
            self.mistakes
                .push(Mistake::new(MistakeKind::UnclosedBlock, Span::point(end)).related(open.brace));
        }
        Span::point(end)
    }

    /// Lines indented deeper than their siblings, behind a node without a block: its `{` is missing.
    fn adopt(&mut self, index: usize, column: usize) -> bool {
        let parent = &self.tree.nodes[index];
        if parent.block.is_some() || self.depth >= MAX_DEPTH {
            return false;
        }
        let head = parent.head_end as usize;
        let brace = Span::point(head);
        self.mistake(MistakeKind::MissingBrace, head, head);
        let line = self.line_start(head);
        self.tree.nodes[index].block = Some(Block {
            open: brace,
            close: brace,
        });
        self.depth += 1;
        let close = self.nodes(Some(&Open {
            brace,
            indent: column.saturating_sub(1).min(self.indent_of(line)),
            line,
        }));
        self.depth -= 1;
        self.tree.nodes[index].block = Some(Block { open: brace, close });
        self.tree.nodes[index].end = index_of(self.tree.nodes.len());
        true
    }

    fn line_start(&self, at: usize) -> usize {
        self.src[..at]
            .rfind(is_newline)
            .map_or(0, |end| end + self.src[end..].chars().next().map_or(1, char::len_utf8))
    }

    fn indent_of(&self, line: usize) -> usize {
        self.src[line..].chars().take_while(|c| is_space(*c)).count()
    }

    /// The column here, if nothing but white space stands before it on its line.
    fn column(&self) -> Option<usize> {
        let before = &self.src[self.line_start(self.pos)..self.pos];
        before.chars().all(is_space).then(|| before.chars().count())
    }

    fn end_of_previous_line(&self, at: usize) -> Span {
        let text = self.src[..at].trim_end_matches(|c| is_space(c) || is_newline(c));
        Span::point(text.len())
    }

    // ---- nodes ----

    fn node_or_slashdash(&mut self) {
        let checkpoint = self.checkpoint();
        if !self.rest().starts_with("/-") {
            self.node();
            return;
        }
        self.pos += 2;
        self.skip_line_space();
        while self.rest().starts_with("/-") {
            self.pos += 2;
            self.skip_line_space();
        }
        match self.peek() {
            None | Some('}' | ';') => self.mistake(MistakeKind::EmptySlashdash, checkpoint.start, checkpoint.start + 2),
            Some(_) => self.node(),
        }
        self.forget(checkpoint);
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            start: self.pos,
            nodes: self.tree.nodes.len(),
            entries: self.tree.entries.len(),
            mistakes: self.mistakes.len(),
        }
    }

    /// Turns what was read since the checkpoint into a comment.
    fn forget(&mut self, checkpoint: Checkpoint) {
        self.tree.nodes.truncate(checkpoint.nodes);
        self.tree.entries.truncate(checkpoint.entries);
        debug_assert!(checkpoint.mistakes <= self.mistakes.len());
        let end = self.src[..self.pos]
            .trim_end_matches(|c| is_space(c) || is_newline(c))
            .len();
        let span = Span::new(checkpoint.start, end.max(checkpoint.start));
        self.tree.comments.retain(|comment| comment.span.start < span.start);
        self.tree.comments.push(Comment {
            kind: CommentKind::Slashdash,
            span,
        });
    }

    fn node(&mut self) {
        let start = self.pos;
        let annotation = if self.peek() == Some('(') {
            self.annotation()
        } else {
            None
        };
        self.skip_node_space();
        let Some(name) = self.node_name() else {
            if self.pos == start {
                // Always forward, whatever stands here.
                self.pos += self.peek().map_or(1, char::len_utf8);
            }
            self.skip_broken_line();
            return;
        };
        let index = self.tree.nodes.len();
        let first_entry = index_of(self.tree.entries.len());
        self.tree.nodes.push(NodeData {
            head_end: name.span.end,
            name,
            annotation,
            entries: (first_entry, first_entry),
            block: None,
            end: index_of(index + 1),
            damaged: false,
        });
        let damaged = self.entries(index, start);
        let end = index_of(self.tree.nodes.len());
        let node = &mut self.tree.nodes[index];
        node.damaged |= damaged;
        node.end = end;
    }

    fn node_name(&mut self) -> Option<Text<'s>> {
        let start = self.pos;
        let (text, span) = match self.peek()? {
            '"' => self.quoted(),
            '#' if self.raw_hashes().is_some() => self.raw(self.raw_hashes().unwrap_or(0)),
            c if is_identifier(c) => {
                let word = self.word();
                let span = Span::new(start, self.pos);
                if let Some((_, right)) = KEYWORDS.iter().find(|(bare, _)| *bare == word) {
                    self.mistake(MistakeKind::BareKeyword(right), start, self.pos);
                    return None;
                }
                if starts_like_number(word) {
                    self.extend_over_slashes();
                    let kind = MistakeKind::BareValue(classify(&self.src[start..self.pos]));
                    self.mistake(kind, start, self.pos);
                    return None;
                }
                (Some(Cow::Borrowed(word)), span)
            }
            c => {
                let kind = if c == '=' {
                    MistakeKind::EqualsAfterName
                } else {
                    MistakeKind::Unexpected(c)
                };
                self.mistake(kind, start, start + c.len_utf8());
                return None;
            }
        };
        // A name that was reported already still holds its block together.
        Some(Text {
            text: text.unwrap_or(Cow::Borrowed("")),
            span,
        })
    }

    /// Arguments, properties and blocks of the node at `index`. Says whether something could not be read.
    fn entries(&mut self, index: usize, start: usize) -> bool {
        let mut block_seen = false;
        let mut spaced_by_sign = false;
        loop {
            let here = self.pos;
            let spaced = self.skip_node_space() || std::mem::take(&mut spaced_by_sign);
            let Some(c) = self.peek() else { return false };
            match c {
                c if is_newline(c) => return false,
                '}' => return false,
                ';' => {
                    self.pos += 1;
                    return false;
                }
                '/' if self.rest().starts_with("//") => return false,
                '/' if self.rest().starts_with("/-") => {
                    if !self.slashdash_entry(&mut block_seen) {
                        return true;
                    }
                }
                '{' => {
                    let open = Span::new(self.pos, self.pos + 1);
                    if self.tree.nodes[index].block.is_some() {
                        self.mistakes.push(Mistake::new(MistakeKind::SecondBlock, open));
                        let checkpoint = self.checkpoint();
                        self.block(start);
                        self.forget(checkpoint);
                    } else {
                        self.tree.nodes[index].block = Some(Block { open, close: open });
                        let close = self.block(start);
                        self.tree.nodes[index].block = Some(Block { open, close });
                        if close.start == close.end {
                            // Closed by the indentation: what follows is the next node.
                            return false;
                        }
                    }
                    block_seen = true;
                }
                _ if block_seen => {
                    // On the next turn it is read as a node of its own.
                    self.mistake(MistakeKind::AfterBlock, self.pos, self.pos + c.len_utf8());
                    return true;
                }
                '=' => {
                    let at = self.pos;
                    self.pos += 1;
                    self.mistake(MistakeKind::EqualsAfterName, at, at + 1);
                    spaced_by_sign = true;
                    self.tree.nodes[index].damaged = true;
                }
                ',' if !spaced => {
                    self.mistake(MistakeKind::Separator(c), self.pos, self.pos + 1);
                    self.pos += 1;
                    spaced_by_sign = true;
                    self.tree.nodes[index].damaged = true;
                }
                _ if !spaced => {
                    let kind = match c {
                        '"' | '#' | '(' => MistakeKind::MissingSpace,
                        c if is_identifier(c) => MistakeKind::MissingSpace,
                        c => MistakeKind::Unexpected(c),
                    };
                    self.mistake(kind, here, here + c.len_utf8());
                    self.skip_broken_line();
                    self.close_head(index);
                    return self.entries_after_damage(index, start);
                }
                _ => {
                    let reported = self.mistakes.len();
                    if let Some(entry) = self.entry() {
                        self.tree.entries.push(entry);
                    }
                    self.close_head(index);
                    if self.mistakes.len() > reported && !self.at_delimiter() {
                        self.skip_broken_line();
                        return self.entries_after_damage(index, start);
                    }
                }
            }
        }
    }

    fn close_head(&mut self, index: usize) {
        let count = index_of(self.tree.entries.len());
        let node = &mut self.tree.nodes[index];
        node.entries.1 = count;
        node.head_end = index_of(self.pos);
    }

    /// The rest of a line was given up; a block that begins on it still belongs to the node.
    fn entries_after_damage(&mut self, index: usize, start: usize) -> bool {
        if self.peek() == Some('{') {
            let open = Span::new(self.pos, self.pos + 1);
            self.tree.nodes[index].block = Some(Block { open, close: open });
            let close = self.block(start);
            self.tree.nodes[index].block = Some(Block { open, close });
        }
        true
    }

    fn at_delimiter(&self) -> bool {
        self.peek()
            .is_none_or(|c| is_space(c) || is_newline(c) || is_disallowed(c) || matches!(c, ';' | '{' | '}'))
            || self.rest().starts_with("//")
            || self.rest().starts_with("/*")
            || self.rest().starts_with("\\")
    }

    /// At the `/-` in front of an argument, property or block.
    fn slashdash_entry(&mut self, block_seen: &mut bool) -> bool {
        let checkpoint = self.checkpoint();
        self.pos += 2;
        self.skip_line_space();
        match self.peek() {
            Some('{') => {
                self.block(checkpoint.start);
                *block_seen = true;
            }
            None | Some('}' | ';' | '/') => {
                self.mistake(MistakeKind::EmptySlashdash, checkpoint.start, checkpoint.start + 2);
                return false;
            }
            Some(_) => {
                if *block_seen {
                    self.mistake(MistakeKind::EntryAfterBlock, checkpoint.start, checkpoint.start + 2);
                }
                let reported = self.mistakes.len();
                self.entry();
                if self.mistakes.len() > reported && !self.at_delimiter() {
                    self.skip_broken_line();
                }
            }
        }
        self.forget(checkpoint);
        true
    }

    /// At a `{`; `start` is where the block's node begins. Gives the closing brace.
    fn block(&mut self, start: usize) -> Span {
        let brace = Span::new(self.pos, self.pos + 1);
        self.pos += 1;
        if self.depth >= MAX_DEPTH {
            self.mistakes.push(Mistake::new(MistakeKind::TooDeep, brace));
            self.pos = self.src.len();
            self.stopped = true;
            return Span::point(self.pos);
        }
        let line = if self.guided { self.line_start(start) } else { 0 };
        let indent = if self.guided { self.indent_of(line) } else { 0 };
        self.depth += 1;
        let close = self.nodes(Some(&Open { brace, indent, line }));
        self.depth -= 1;
        close
    }

    // ---- entries ----

    fn entry(&mut self) -> Option<Entry<'s>> {
        let first = self.value()?;
        let can_be_name = first.annotation.is_none() && matches!(first.scalar, Scalar::String(_) | Scalar::Invalid);
        let behind = self.pos;
        self.skip_node_space();
        if self.peek() != Some('=') {
            self.pos = behind;
            return Some(Entry {
                name: None,
                value: first,
            });
        }
        let sign = self.pos;
        self.pos += 1;
        if !can_be_name {
            self.mistake(MistakeKind::Unexpected('='), sign, sign + 1);
        }
        let name = match first.scalar {
            Scalar::String(text) => Text { text, span: first.span },
            _ => Text {
                text: Cow::Borrowed(""),
                span: first.span,
            },
        };
        self.skip_node_space();
        let value = match self.peek() {
            None | Some(';' | '}' | '{') => None,
            Some(c) if is_newline(c) => None,
            Some('/') => None,
            Some(_) => self.value(),
        };
        let value = value.unwrap_or_else(|| {
            let at = Span::new(sign, sign + 1);
            if self.mistakes.last().is_none_or(|mistake| mistake.span.start < at.start) {
                self.mistakes.push(Mistake::new(MistakeKind::MissingValue, at));
            }
            Value {
                scalar: Scalar::Invalid,
                annotation: None,
                span: at,
            }
        });
        Some(Entry {
            name: Some(name),
            value,
        })
    }

    /// A value. Nothing where no value can begin here; that is reported.
    fn value(&mut self) -> Option<Value<'s>> {
        let annotation = if self.peek() == Some('(') {
            let annotation = self.annotation();
            self.skip_node_space();
            annotation
        } else {
            None
        };
        let start = self.pos;
        let Some(c) = self.peek() else {
            self.mistake(MistakeKind::BadAnnotation, start.saturating_sub(1), start);
            return None;
        };
        let (scalar, span) = match c {
            '"' => string(self.quoted()),
            '#' => match self.raw_hashes() {
                Some(hashes) => string(self.raw(hashes)),
                None => self.keyword(),
            },
            _ if starts_like_number(self.rest()) => self.number(),
            c if is_identifier(c) => self.bare_string(),
            c => {
                self.mistake(MistakeKind::Unexpected(c), start, start + c.len_utf8());
                return None;
            }
        };
        Some(Value {
            scalar,
            annotation,
            span,
        })
    }

    fn word(&mut self) -> &'s str {
        let rest = self.rest();
        let word = &rest[..rest.find(|c| !is_identifier(c)).unwrap_or(rest.len())];
        self.pos += word.len();
        word
    }

    /// Takes in `/…` behind a word, as in `3/s`, but no comment.
    fn extend_over_slashes(&mut self) {
        while self.rest().starts_with('/') && !["//", "/*", "/-"].iter().any(|sign| self.rest().starts_with(sign)) {
            self.pos += 1;
            self.word();
        }
    }

    fn number(&mut self) -> (Scalar<'s>, Span) {
        let start = self.pos;
        let word = self.word();
        let is_whole = !self.rest().starts_with('/') || ["//", "/*"].iter().any(|sign| self.rest().starts_with(sign));
        if is_whole && is_number(word) && !self.rest().starts_with('(') {
            return (Scalar::Number(word), Span::new(start, self.pos));
        }
        self.extend_over_slashes();
        self.extend_over_phone();
        let mut kind = classify(&self.src[start..self.pos]);
        if kind == BareValue::Date {
            self.extend_over_time();
        } else if kind == BareValue::Other && self.src[start..self.pos].contains('(') {
            kind = BareValue::Phone;
        }
        let looks_like_number = word
            .chars()
            .all(|c| c.is_ascii_hexdigit() || matches!(c, '_' | '.' | 'x' | 'o' | '+' | '-'));
        let kind = match kind {
            BareValue::Other if looks_like_number => MistakeKind::BadNumber,
            kind => MistakeKind::BareValue(kind),
        };
        self.mistake(kind, start, self.pos);
        (Scalar::Invalid, Span::new(start, self.pos))
    }

    /// `8(495)123-45-67`
    fn extend_over_phone(&mut self) {
        while self.rest().starts_with(['(', ')']) && self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) {
            self.pos += 1;
            self.word();
        }
    }

    /// `2026-12-02 10:00` is one thing to its author.
    fn extend_over_time(&mut self) {
        let behind = self.pos;
        self.skip_node_space();
        if starts_like_number(self.rest()) {
            let start = self.pos;
            self.word();
            if classify(&self.src[start..self.pos]) == BareValue::Time {
                return;
            }
        }
        self.pos = behind;
    }

    fn bare_string(&mut self) -> (Scalar<'s>, Span) {
        let start = self.pos;
        if let Some(close) = self.peek().and_then(closing_quote) {
            return self.curly_string(start, close);
        }
        let word = self.word();
        if word == "r" && self.rest().starts_with(['"', '#']) {
            return self.kdl1_raw_string(start);
        }
        if let Some((_, right)) = KEYWORDS.iter().find(|(bare, _)| *bare == word) {
            self.mistake(MistakeKind::BareKeyword(right), start, self.pos);
            return (Scalar::Invalid, Span::new(start, self.pos));
        }
        let is_url =
            word.ends_with(':') && self.rest().starts_with("//") && self.rest()[2..].starts_with(is_identifier);
        let is_path =
            self.rest().starts_with('/') && !["//", "/*", "/-"].iter().any(|sign| self.rest().starts_with(sign));
        if is_url || is_path {
            let rest = self.rest();
            let end = rest.find(|c| is_space(c) || is_newline(c) || matches!(c, ';' | '{' | '}' | '"'));
            self.pos += end.unwrap_or(rest.len());
            let kind = if is_url { BareValue::Url } else { BareValue::Other };
            self.mistake(MistakeKind::BareValue(kind), start, self.pos);
            return (Scalar::Invalid, Span::new(start, self.pos));
        }
        (Scalar::String(Cow::Borrowed(word)), Span::new(start, self.pos))
    }

    fn curly_string(&mut self, start: usize, close: &[char]) -> (Scalar<'s>, Span) {
        let line = self.line_end();
        let first = self.peek().map_or(1, char::len_utf8);
        let inside = &self.src[start + first..line];
        match inside.char_indices().find(|(_, c)| close.contains(c)) {
            Some((at, c)) => self.pos = start + first + at + c.len_utf8(),
            None => {
                self.word();
            }
        }
        self.mistake(MistakeKind::CurlyQuotes, start, self.pos);
        (Scalar::Invalid, Span::new(start, self.pos))
    }

    fn kdl1_raw_string(&mut self, start: usize) -> (Scalar<'s>, Span) {
        let reported = self.mistakes.len();
        match self.raw_hashes() {
            Some(hashes) => drop(self.raw(hashes)),
            None if self.peek() == Some('"') => drop(self.raw(0)),
            None => drop(self.keyword()),
        }
        self.mistakes.truncate(reported);
        self.mistake(MistakeKind::Kdl1RawString, start, self.pos);
        (Scalar::Invalid, Span::new(start, self.pos))
    }

    /// How many hashes stand before the quotes of a raw string here.
    fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.rest().bytes().take_while(|byte| *byte == b'#').count();
        (hashes > 0 && self.rest()[hashes..].starts_with('"')).then_some(hashes)
    }

    /// At a `#` that begins no raw string.
    fn keyword(&mut self) -> (Scalar<'s>, Span) {
        let start = self.pos;
        self.pos += 1;
        let word = self.word();
        let span = Span::new(start, self.pos);
        let scalar = match word {
            "true" => Scalar::Bool(true),
            "false" => Scalar::Bool(false),
            "null" => Scalar::Null,
            "inf" | "-inf" | "nan" => Scalar::Number(&self.src[span.range()]),
            _ => {
                self.mistake(MistakeKind::UnknownKeyword(word.to_owned()), start, self.pos);
                Scalar::Invalid
            }
        };
        (scalar, span)
    }

    /// At a `(`.
    fn annotation(&mut self) -> Option<Text<'s>> {
        let start = self.pos;
        self.pos += 1;
        self.skip_node_space();
        let name = match self.peek() {
            Some('"' | '#') => self.node_name(),
            Some(c) if is_identifier(c) && !starts_like_number(self.rest()) => self.node_name(),
            _ => None,
        };
        self.skip_node_space();
        if let Some(name) = name
            && self.peek() == Some(')')
        {
            self.pos += 1;
            let next = self.pos;
            if !self.peek().is_none_or(is_newline) && !self.rest().starts_with("/-") {
                return Some(name);
            }
            self.mistake(MistakeKind::BadAnnotation, start, next);
            return None;
        }
        let line = self.line_end();
        self.pos = self.src[self.pos..line]
            .find(')')
            .map_or(self.pos, |at| self.pos + at + 1);
        self.mistake(MistakeKind::BadAnnotation, start, self.pos);
        None
    }

    // ---- white space ----

    /// Blanks, block comments and continued lines. Says whether there were any.
    fn skip_node_space(&mut self) -> bool {
        let start = self.pos;
        loop {
            match self.peek() {
                Some(c) if is_space(c) || (is_disallowed(c) && self.pos > 0) => self.pos += c.len_utf8(),
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

    /// Everything that may stand between nodes.
    fn skip_line_space(&mut self) {
        loop {
            self.skip_node_space();
            match self.peek() {
                Some(c) if is_newline(c) => self.pos += c.len_utf8(),
                Some('/') if self.rest().starts_with("//") => self.line_comment(),
                _ => return,
            }
        }
    }

    fn line_comment(&mut self) {
        let start = self.pos;
        self.pos = self.line_end();
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
                (None, _) => {
                    self.mistake(MistakeKind::UnclosedComment, start, start + 2);
                    self.stopped = true;
                    break;
                }
            }
        }
        self.tree.comments.push(Comment {
            kind: CommentKind::Block,
            span: Span::new(start, self.pos),
        });
    }

    /// Gives up the rest of a line, but not a block that begins or ends on it.
    fn skip_broken_line(&mut self) {
        while let Some(c) = self.peek() {
            match c {
                c if is_newline(c) => return,
                '{' | '}' => return,
                '"' => {
                    let line = self.line_end();
                    let close = self.src[self.pos + 1..line].find('"');
                    self.pos = close.map_or(line, |at| self.pos + 1 + at + 1);
                }
                '/' if self.rest().starts_with("//") => return,
                c => self.pos += c.len_utf8(),
            }
        }
    }
}

fn string<'s>((text, span): (super::string::Read<'s>, Span)) -> (Scalar<'s>, Span) {
    (text.map_or(Scalar::Invalid, Scalar::String), span)
}

fn closing_quote(open: char) -> Option<&'static [char]> {
    match open {
        '“' | '”' | '„' => Some(&['”', '“']),
        '‘' | '’' | '‚' => Some(&['’', '‘']),
        '«' => Some(&['»']),
        _ => None,
    }
}

fn index_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
