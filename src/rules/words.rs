//! Pieces of a file as they are shown in messages: short, printable, and in the user's terms.

use crate::project::source::Span;
use crate::util::printable::{self, Medium};

/// Longer pieces are cut off, in characters.
const LONGEST: usize = 60;

/// A piece of a file, cut off if it is long; unprintable characters are escaped.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", printable::shown(&text[..at], Medium::Line)),
        None => printable::shown(text, Medium::Line).into_owned(),
    }
}

/// The name of the node whose brace is at a place, or missing there.
pub(super) fn node_at(text: &str, brace: Span) -> String {
    let before = text.get(..brace.start as usize).unwrap_or_default();
    let line = before.rsplit(['\n', '\r', '{', '}', ';']).next().unwrap_or_default();
    let line = line.trim_start().trim_start_matches("/-").trim_start();
    let name = match line.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => line.split([' ', '\t', '"', '(', '=']).next(),
    };
    shown(name.unwrap_or_default())
}

/// The word that ends right before a place, white space aside.
pub(super) fn word_before(text: &str, place: Span) -> String {
    // Bounded, since a long line may have an error at every byte.
    const LONGEST_WORD: usize = 250;
    let end = place.start as usize;
    let start = (end.saturating_sub(LONGEST_WORD)..end).find(|at| text.is_char_boundary(*at));
    let before = text.get(start.unwrap_or(end)..end).unwrap_or_default();
    let before = before.trim_end_matches([' ', '\t']);
    if before.ends_with('"') {
        return shown(before.rsplit('"').nth(1).unwrap_or_default());
    }
    let word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | ';' | '"' | '('));
    shown(word.into_iter().next().unwrap_or_default())
}

/// What closes the string that begins a text: `"`, `"#`, `"""`…
pub(super) fn closing_mark(text: &str) -> String {
    let behind = text.trim_start_matches('#');
    let hashes = text.len() - behind.len();
    let mark = if behind.starts_with("\"\"\"") { "\"\"\"" } else { "\"" };
    format!("{mark}{}", "#".repeat(hashes))
}

/// A name as it is written before `=`: in quotation marks where it is no plain word.
pub(super) fn property_name(name: &str) -> String {
    let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let is_plain = name.starts_with(char::is_alphabetic) && name.chars().all(is_inner);
    let is_keyword = matches!(name, "true" | "false" | "null" | "inf" | "nan");
    if is_plain && !is_keyword {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// "in the environment `staging`", "in the environments `staging` and `production`".
pub(crate) fn in_environments(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!("in the environment {one}"),
        [others @ .., last] => format!("in the environments {} and {last}", others.join(", ")),
    }
}
