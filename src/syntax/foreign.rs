//! JSON, YAML and TOML in place of KDL: a whole file of it, or a block. Each is one error, where it begins.

use super::chars::{is_newline, is_space};
use super::error::SyntaxErrorKind;
use super::parser::Parser;
use crate::project::source::Span;

/// So many lines that all look like one language are enough to tell.
const MAX_LINES: usize = 40;

/// What a line of another language is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// `key:`, `key: value` or either after `- `; the sign ends at this byte of the line.
    Yaml(usize),
    /// `- item`: fits into YAML, but `-` is a name in KDL as well, so it proves nothing.
    Item,
    /// `key = value`; the sign ends at this byte of the line.
    Toml(usize),
    /// `[section]`
    Section,
}

/// The language of a text that is no KDL from its first line on, and how much of it shows that.
pub(super) fn other_language(text: &str) -> Option<(&'static str, Span)> {
    if text.starts_with("//") {
        // A comment, of KDL and of none of these.
        return None;
    }
    let mut lines = significant_lines(text).peekable();
    let (at, first) = *lines.peek()?;
    if first.starts_with('{') {
        return Some(("JSON", Span::new(at, at + 1)));
    }
    if let Some(inside) = first.strip_prefix('[') {
        let is_table = inside.trim_start_matches('[').starts_with(|c: char| c.is_alphabetic());
        return Some((if is_table { "TOML" } else { "JSON" }, Span::new(at, at + 1)));
    }
    if first == "---" || first.starts_with("%YAML") {
        return Some(("YAML", Span::new(at, at + first.len())));
    }
    let (language, end) = match sign(first)? {
        Sign::Yaml(end) => ("YAML", end),
        Sign::Item => ("YAML", 1),
        Sign::Toml(end) => ("TOML", end),
        Sign::Section => return None,
    };
    let mut count = 0;
    let mut has_key = !matches!(sign(first), Some(Sign::Item));
    for (at, line) in lines.take(MAX_LINES) {
        let is_nested = !text[..at].ends_with(is_newline);
        let is_alike = match sign(line) {
            Some(Sign::Yaml(_)) => {
                has_key = true;
                language == "YAML"
            }
            Some(Sign::Item) => language == "YAML",
            Some(_) => language == "TOML",
            None => false,
        };
        count += usize::from(is_alike);
        // Texts of YAML and lists of TOML go on over deeper lines.
        let goes_on = is_nested && !line.ends_with('{') && !line.starts_with('}');
        if !is_alike && !goes_on && !line.starts_with(']') {
            return None;
        }
    }
    (count > 1 && has_key).then(|| (language, Span::new(at, at + end)))
}

/// The lines that are neither blank nor a `#` comment, without the white space around them.
fn significant_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive(is_newline).filter_map(move |line| {
        let start = at;
        at += line.len();
        let content = line.trim_start_matches(is_space);
        let indent = line.len() - content.len();
        let content = content.trim_end_matches(|c| is_newline(c) || is_space(c));
        (!content.is_empty() && !is_hash_comment(content)).then_some((start + indent, content))
    })
}

fn is_hash_comment(line: &str) -> bool {
    let behind = line.trim_start_matches('#');
    behind.len() < line.len() && (behind.is_empty() || behind.starts_with(|c| is_space(c) || c == '!'))
}

/// What a line, without the white space around it, has of another language.
fn sign(line: &str) -> Option<Sign> {
    if line.ends_with('{') {
        return None;
    }
    if line == "-" {
        return Some(Sign::Item);
    }
    if line.strip_prefix('-').is_some_and(|rest| rest.starts_with(is_space)) {
        // Lists may be in lists.
        let item = line.trim_start_matches(|c| c == '-' || is_space(c));
        let behind = key(item).and_then(|behind| behind.strip_prefix(':'));
        let has_key = behind.is_some_and(|value| value.is_empty() || value.starts_with(is_space));
        return Some(if has_key { Sign::Yaml(1) } else { Sign::Item });
    }
    if line.starts_with('[') {
        return line.ends_with(']').then_some(Sign::Section);
    }
    let behind = key(line)?;
    let end = line.len() - behind.len();
    if let Some(value) = behind.strip_prefix(':') {
        return (value.is_empty() || value.starts_with(is_space)).then_some(Sign::Yaml(end + 1));
    }
    let blanks = behind.len() - behind.trim_start_matches(is_space).len();
    let value = behind[blanks..].strip_prefix('=')?;
    (!value.trim_matches(is_space).is_empty()).then_some(Sign::Toml(end + blanks + 1))
}

/// What follows the key, plain or quoted, with which a line begins.
fn key(line: &str) -> Option<&str> {
    if let Some(inside) = line.strip_prefix('"') {
        return inside.split_once('"').map(|(_, behind)| behind);
    }
    let behind = line.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    (behind.len() < line.len()).then_some(behind)
}

impl Parser<'_> {
    /// Behind a name with its `:`, which begins at `start`. Passes over a block of YAML: deeper lines instead of braces.
    pub(super) fn is_yaml_block(&mut self, start: usize) -> bool {
        let line = self.line_at(start);
        let rest = self.src[self.pos..line.end].trim_matches(is_space);
        if !(rest.is_empty() || is_hash_comment(rest)) || !self.begins(start, &[]) {
            return false;
        }
        let next = self.line_after(line.end);
        if next.is_none_or(|next| next.indent <= line.indent) {
            return false;
        }
        self.error(SyntaxErrorKind::OtherLanguage("YAML"), start, self.pos);
        self.pos = self.end_of_deeper_lines(start);
        // `redial:` in place of `redial {`.
        let close = self.line_after(self.pos);
        if let Some(close) = close.filter(|close| close.indent == line.indent && line.indent > 0)
            && self.src[close.content..close.end].trim_end_matches(is_space) == "}"
            && !self.is_close_of_outer(close.end, line.indent)
        {
            self.pos = close.end;
        }
        true
    }

    /// Whether no other brace follows that may close the block around a line with this indentation.
    fn is_close_of_outer(&mut self, end: usize, indent: usize) -> bool {
        let next = self.line_after(end);
        next.is_none_or(|next| next.indent < indent && !self.src[next.content..].starts_with('}'))
    }

    /// Behind a quoted name, which begins at `start`. Passes over members of a JSON object.
    pub(super) fn is_json_member(&mut self, start: usize) -> bool {
        let rest = self.rest();
        let colon = self.pos + rest.len() - rest.trim_start_matches(is_space).len();
        if !self.src[colon..].starts_with(':') || !self.begins(start, &["{", "}", ";"]) {
            return false;
        }
        self.error(SyntaxErrorKind::OtherLanguage("JSON"), start, colon + 1);
        self.pos = end_of_members(self.src, colon + 1);
        if self.pos == self.src.len() {
            // Nobody can tell what was left open.
            self.stop();
        }
        true
    }

    /// Whether nothing but white space and comments, or one of these signs, precedes `start` on its line.
    fn begins(&mut self, start: usize, signs: &[&str]) -> bool {
        let line = self.line_at(start);
        let before = self.src[line.start..start].trim_end_matches(is_space);
        matches!(before, "" | "\u{FEFF}") || before.ends_with("*/") || signs.iter().any(|sign| before.ends_with(sign))
    }

    /// At a `#`. Passes over a comment of another language.
    pub(super) fn is_hash_comment(&mut self) -> bool {
        let start = self.pos;
        let end = self.line_end();
        let is_one = self.raw_hashes().is_none() && is_hash_comment(&self.src[start..end]);
        if is_one {
            self.error(SyntaxErrorKind::Unexpected('#'), start, start + 1);
            self.pos = end;
        }
        is_one
    }

    /// At a `[`. Passes over a section of TOML.
    pub(super) fn is_toml_section(&mut self) -> bool {
        let start = self.pos;
        let line = self.line_at(start);
        let text = self.src[start..line.end].trim_end_matches(is_space);
        let is_section = text
            .strip_suffix(']')
            .is_some_and(|text| text.trim_start_matches('[').starts_with(|c: char| c.is_alphabetic()));
        if !is_section || !self.begins(start, &[]) {
            return false;
        }
        self.error(SyntaxErrorKind::OtherLanguage("TOML"), start, start + 1);
        self.pos = line.end;
        while let Some(next) = self.line_after(self.pos) {
            let text = self.src[next.content..next.end].trim_end_matches(is_space);
            if !is_hash_comment(text) && !matches!(sign(text), Some(Sign::Toml(_) | Sign::Section)) {
                break;
            }
            self.pos = next.end;
        }
        true
    }
}

/// The end of the members of a JSON object, from the first one's value at `at` on.
fn end_of_members(src: &str, at: usize) -> usize {
    let bytes = src.as_bytes();
    let mut pos = skip_white(bytes, at);
    loop {
        pos = end_of_value(bytes, pos);
        let comma = skip_white(bytes, pos);
        if bytes.get(comma) != Some(&b',') {
            return pos;
        }
        let next = skip_white(bytes, comma + 1);
        if bytes.get(next) != Some(&b'"') {
            return comma + 1;
        }
        let colon = skip_white(bytes, end_of_text(bytes, next));
        if bytes.get(colon) != Some(&b':') {
            return comma + 1;
        }
        pos = skip_white(bytes, colon + 1);
    }
}

/// The end of the JSON value at `at`: after its last bracket, or before the sign or line end that ends it.
fn end_of_value(bytes: &[u8], at: usize) -> usize {
    let mut pos = at;
    let mut open = 0_usize;
    while let Some(byte) = bytes.get(pos) {
        match byte {
            b'"' => pos = end_of_text(bytes, pos),
            b'{' | b'[' => {
                open += 1;
                pos += 1;
            }
            b'}' | b']' if open > 0 => {
                open -= 1;
                pos += 1;
                if open == 0 {
                    return pos;
                }
            }
            b'}' | b']' | b',' | b'\n' | b'\r' | b';' if open == 0 => return pos,
            _ => pos += 1,
        }
    }
    pos
}

/// Behind the quoted text at `at`, which ends on its line.
fn end_of_text(bytes: &[u8], at: usize) -> usize {
    let mut pos = at + 1;
    while let Some(byte) = bytes.get(pos) {
        match byte {
            b'"' => return pos + 1,
            b'\n' => return pos,
            b'\\' => pos += 2,
            _ => pos += 1,
        }
    }
    bytes.len()
}

fn skip_white(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}
