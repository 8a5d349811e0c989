//! What follows a node's name: arguments, properties, and the blocks between which they end.

use std::borrow::Cow;

use super::chars::{is_disallowed, is_identifier, is_newline, is_space, skip_blanks};
use super::error::{GluedSign, SyntaxError, SyntaxErrorKind};
use super::number::starts_like_number;
use super::parser::{Parser, keyword_for};
use super::tree::{Block, Entry, Scalar, Text, Value, index_of};
use crate::project::source::Span;

/// So many errors back, the first comma of a node is looked for.
const MAX_LOOK_BACK: usize = 64;

impl<'s> Parser<'s> {
    /// Arguments, properties and blocks of the node at `index`. Says whether something could not be read.
    pub(super) fn entries(&mut self, index: usize, start: usize) -> bool {
        let mut block_seen = false;
        let mut spaced_by_sign = false;
        loop {
            let here = self.pos;
            let behind_sign = std::mem::take(&mut spaced_by_sign);
            if self.is_too_long() {
                return true;
            }
            if !block_seen && self.fast_entry() {
                self.close_head(index);
                continue;
            }
            if self.src.as_bytes().get(self.pos) == Some(&b'\n') {
                return false;
            }
            let spaced = self.skip_node_space() || behind_sign;
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
                        self.errors.push(SyntaxError::new(SyntaxErrorKind::SecondBlock, open));
                        let checkpoint = self.checkpoint();
                        self.block(Some(index), start);
                        self.forget(&checkpoint);
                        self.tree.nodes[index].damaged = true;
                    } else {
                        self.tree.nodes[index].block = Some(Block { open, close: open });
                        let close = self.block(Some(index), start);
                        self.tree.nodes[index].block = Some(Block { open, close });
                        if close.start == close.end {
                            // Closed by the indentation: what follows is the next node.
                            return false;
                        }
                    }
                    block_seen = true;
                }
                ',' if !spaced && self.at_comma_between_nodes(index) => {
                    self.comma_between_nodes();
                    return false;
                }
                ',' if !spaced => {
                    self.comma(index);
                    spaced_by_sign = true;
                }
                ',' if self.at_lone_comma() => {
                    // Legal, as a value of its own; nobody means that.
                    let at = self.pos;
                    self.pos += 1;
                    self.error(SyntaxErrorKind::GluedSign(GluedSign::Comma), at, at + 1);
                }
                '#' if self.is_hash_comment() => return false,
                _ if block_seen => {
                    let at = self.pos;
                    if !self.at_entry_behind_block(c) {
                        // Read as a node of its own by the caller.
                        self.error(SyntaxErrorKind::AfterBlock, at, at + c.len_utf8());
                        return true;
                    }
                    self.error(SyntaxErrorKind::EntryAfterBlock, at, at + c.len_utf8());
                    self.skip_broken_line();
                    self.tree.nodes[index].damaged = true;
                }
                '=' => {
                    let at = self.pos;
                    self.pos += 1;
                    let (first, end) = self.tree.nodes[index].entries;
                    let kind = if first == end {
                        SyntaxErrorKind::EqualsAfterName
                    } else {
                        SyntaxErrorKind::Unexpected('=')
                    };
                    self.error(kind, at, at + 1);
                    spaced_by_sign = true;
                    self.tree.nodes[index].damaged = true;
                }
                _ if !spaced => {
                    let kind = match c {
                        '"' | '#' | '(' => SyntaxErrorKind::MissingSpace,
                        c if is_identifier(c) => SyntaxErrorKind::MissingSpace,
                        c => SyntaxErrorKind::Unexpected(c),
                    };
                    self.error(kind, here, here + c.len_utf8());
                    self.skip_broken_line();
                    self.close_head(index);
                    return self.entries_after_damage(index, start);
                }
                _ => {
                    let reported = self.errors.len();
                    let was_damaged = self.tree.nodes[index].damaged;
                    match self.entry() {
                        Some(entry) => self.tree.entries.push(entry),
                        None => self.tree.nodes[index].damaged = true,
                    }
                    if self.errors.len() > reported {
                        if self.join_split() {
                            self.tree.nodes[index].damaged = was_damaged;
                        } else {
                            self.join_phone();
                        }
                    }
                    self.close_head(index);
                    if self.errors[reported..].iter().any(|error| error.kind.swallows()) {
                        self.tree.nodes[index].damaged = true;
                    }
                    if self.errors.len() > reported && !self.at_delimiter() {
                        self.skip_broken_line();
                        return self.entries_after_damage(index, start);
                    }
                }
            }
        }
    }

    fn at_lone_comma(&self) -> bool {
        self.rest()[1..]
            .chars()
            .next()
            .is_none_or(|c| is_space(c) || is_newline(c) || matches!(c, ';' | '{' | '}'))
    }

    /// Whether another setting begins behind the comma here: a bare word, and a value or property behind it.
    fn at_comma_between_nodes(&self, index: usize) -> bool {
        let (first, end) = self.tree.nodes[index].entries;
        let behind = self.rest()[1..].trim_start_matches(is_space);
        let value = behind.trim_start_matches(is_identifier);
        let word = &behind[..behind.len() - value.len()];
        let is_name = word.starts_with(|c: char| c.is_ascii_lowercase()) && keyword_for(word).is_none();
        let entry = value.trim_start_matches(is_space);
        let is_setting = entry.starts_with(['"', '#', '{'])
            || starts_like_number(entry)
            || entry.trim_start_matches(is_identifier).starts_with('=') && !entry.starts_with('=');
        self.depth > 0 && first < end && is_name && entry.len() < value.len() && is_setting
    }

    /// At a comma between two settings, which ends the first. All of a block are one error.
    fn comma_between_nodes(&mut self) {
        let at = Span::new(self.pos, self.pos + 1);
        self.pos += 1;
        let open = self.open_at;
        let said = self
            .errors
            .iter_mut()
            .rev()
            .take(MAX_LOOK_BACK)
            .take_while(|error| error.span.start as usize >= open)
            .find_map(|error| match &mut error.kind {
                SyntaxErrorKind::CommaBetweenNodes(places) => Some(places),
                _ => None,
            });
        match said {
            Some(places) => places.push(at),
            None => self
                .errors
                .push(SyntaxError::new(SyntaxErrorKind::CommaBetweenNodes(vec![at]), at)),
        }
    }

    /// At a comma. All commas of a node are one error.
    fn comma(&mut self, index: usize) {
        let at = self.pos;
        self.pos += 1;
        let head = self.tree.nodes[index].name.span.start;
        let said = self
            .errors
            .iter_mut()
            .rev()
            .take(MAX_LOOK_BACK)
            .take_while(|error| error.span.start >= head)
            .find_map(|error| match &mut error.kind {
                SyntaxErrorKind::Separator(',', places) => Some(places),
                _ => None,
            });
        match said {
            Some(places) => places.push(Span::new(at, at + 1)),
            None => self.error(SyntaxErrorKind::separator(',', at), at, at + 1),
        }
    }

    /// Whether what follows a block on its line is a value or property rather than another node.
    fn at_entry_behind_block(&self, c: char) -> bool {
        self.at_property() || matches!(c, '"' | '#') || starts_like_number(self.rest())
    }

    /// Whether an unquoted name with its `=` is here.
    fn at_property(&self) -> bool {
        let rest = self.rest();
        let behind = rest.trim_start_matches(is_identifier);
        behind.len() < rest.len() && behind.starts_with('=')
    }

    fn close_head(&mut self, index: usize) {
        let count = index_of(self.tree.entries.len());
        let node = &mut self.tree.nodes[index];
        node.entries.1 = count;
        node.head_end = index_of(self.pos);
    }

    /// The rest of a line was dropped; a block that begins on it still belongs to the node.
    fn entries_after_damage(&mut self, index: usize, start: usize) -> bool {
        if self.peek() == Some('{') {
            let open = Span::new(self.pos, self.pos + 1);
            self.tree.nodes[index].block = Some(Block { open, close: open });
            let close = self.block(Some(index), start);
            self.tree.nodes[index].block = Some(Block { open, close });
        }
        true
    }

    fn at_delimiter(&self) -> bool {
        self.peek()
            .is_none_or(|c| is_space(c) || is_newline(c) || is_disallowed(c) || matches!(c, ';' | ',' | '{' | '}'))
            || self.rest().starts_with("//")
            || self.rest().starts_with("/*")
            || self.rest().starts_with("\\")
    }

    /// At the `/-` before an argument, property or block. Says whether the node goes on.
    fn slashdash_entry(&mut self, block_seen: &mut bool) -> bool {
        let checkpoint = self.checkpoint();
        let reported = self.errors.len();
        self.slashdashes();
        match self.peek() {
            Some('{') => {
                self.block(None, checkpoint.start);
                *block_seen = true;
            }
            None | Some('}' | ';' | '/') => {
                self.error(SyntaxErrorKind::EmptySlashdash, checkpoint.start, checkpoint.start + 2);
                return false;
            }
            Some(c) if *block_seen && !self.at_entry_behind_block(c) => {
                // A node of its own that is switched off, which the caller reads.
                self.errors.truncate(reported);
                self.forget_comments(checkpoint.start);
                self.pos = checkpoint.start;
                self.error(SyntaxErrorKind::AfterBlock, self.pos, self.pos + 2);
                return false;
            }
            Some(_) => {
                if *block_seen {
                    self.error(SyntaxErrorKind::EntryAfterBlock, checkpoint.start, checkpoint.start + 2);
                }
                let reported = self.errors.len();
                self.entry();
                if self.errors.len() > reported && !self.at_delimiter() {
                    self.skip_broken_line();
                }
            }
        }
        self.forget(&checkpoint);
        true
    }

    /// `from: "09:10"` for `from="09:10"`: after an unquoted word and white space.
    fn colon_property(&mut self, first: &Value<'s>) -> Option<Text<'s>> {
        let word = &self.src[first.span.range()];
        let name = word.strip_suffix(':').filter(|name| !name.is_empty())?;
        let is_bare = matches!(first.scalar, Scalar::String(_)) && !word.starts_with(['"', '#']);
        let is_followed = self
            .peek()
            .is_some_and(|c| c != '=' && (c == '"' || c == '#' || is_identifier(c)));
        if !is_bare || !is_followed || self.pos == first.span.end as usize {
            return None;
        }
        let colon = first.span.start as usize + name.len();
        self.error(
            SyntaxErrorKind::GluedSign(GluedSign::ColonAfterProperty),
            colon,
            colon + 1,
        );
        Some(Text {
            text: Cow::Borrowed(name),
            span: Span::new(first.span.start as usize, colon),
        })
    }

    /// Whether the value is an argument for sure: the usual case, told from the next byte or two.
    fn ends_as_argument(&self, first: &Value<'s>) -> bool {
        let bytes = self.src.as_bytes();
        let next = skip_blanks(bytes, self.pos);
        match bytes.get(next) {
            Some(b'=' | b'/' | b'\\') => false,
            Some(byte) if byte.is_ascii_graphic() => bytes.get(first.span.end as usize - 1) != Some(&b':'),
            byte => matches!(byte, None | Some(b'\n')),
        }
    }

    /// An argument or a property. Nothing where it could not be read; that is reported.
    fn entry(&mut self) -> Option<Entry<'s>> {
        let first = self.value()?;
        let can_be_name = first.annotation.is_none() && matches!(first.scalar, Scalar::String(_) | Scalar::Invalid);
        let behind = self.pos;
        if self.ends_as_argument(&first) {
            return Some(Entry {
                name: None,
                value: first,
            });
        }
        self.skip_node_space();
        if let Some(name) = self.colon_property(&first) {
            let value = self.value()?;
            return Some(Entry {
                name: Some(name),
                value,
            });
        }
        if self.peek() != Some('=') {
            self.pos = behind;
            // They are read again, as what precedes the next entry.
            self.forget_comments(behind);
            return Some(Entry {
                name: None,
                value: first,
            });
        }
        let sign = self.pos;
        self.pos += 1;
        if !can_be_name {
            self.error(SyntaxErrorKind::Unexpected('='), sign, sign + 1);
        }
        let name = match first.scalar {
            Scalar::String(text) => Text { text, span: first.span },
            _ => Text {
                text: Cow::Borrowed(""),
                span: first.span,
            },
        };
        let is_spaced = self.skip_node_space();
        let reported = self.errors.len();
        let value = match self.peek() {
            Some(_) if is_spaced && self.at_property() => {
                self.pos = sign + 1;
                self.forget_comments(self.pos);
                None
            }
            None | Some(';' | '}' | '{') => None,
            Some(c) if is_newline(c) => None,
            Some('/') => None,
            Some(_) => self.value(),
        };
        let value = value.unwrap_or_else(|| {
            let at = Span::new(sign, sign + 1);
            if self.errors.len() == reported {
                self.errors.push(SyntaxError::new(SyntaxErrorKind::MissingValue, at));
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
}
