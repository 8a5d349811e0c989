//! Texts as KDL writes them.

use super::redact::{self, is_unseen};
use crate::fields::SourceText;

/// A value as source text; empty where the rest of its node implies it.
pub(super) fn source(value: &SourceText) -> String {
    match value {
        SourceText::Implied => String::new(),
        SourceText::Quoted(text) => quoted(text),
        SourceText::Bare(text) => text.clone(),
    }
}

/// The text as a string literal.
pub(super) fn quoted(text: &str) -> String {
    block(text).unwrap_or_else(|| line(text))
}

/// On one line, with escapes, invisible characters by their number.
pub(crate) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unseen(c) => out.push_str(&format!("\\u{{{:X}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// On lines of its own, where the text has several and the eye can tell what they hold.
fn block(text: &str) -> Option<String> {
    let is_plain_line =
        |line: &str| line.trim_end() == line && !line.contains(['\\', '"']) && !line.chars().any(is_unseen);
    if !text.contains('\n') || !text.split('\n').all(is_plain_line) {
        return None;
    }
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!("{INDENT}{line}")
            }
        })
        .collect();
    Some(format!("\"\"\"\n{}\n{INDENT}\"\"\"", lines.join("\n")))
}

/// What stands in front of each line of a text on lines of its own.
const INDENT: &str = "        ";

/// A comment that keeps what the language cannot say: one line, whatever it holds.
pub(super) fn kept(path: &str, value: &serde_json::Value, why: &str) -> String {
    let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
    kept_of(above, name, value, why)
}

/// The same for a name that may have dots of its own.
pub(super) fn kept_of(above: &str, name: &str, value: &serde_json::Value, why: &str) -> String {
    let dot = if above.is_empty() { "" } else { "." };
    let path = redact::text(&format!("{above}{dot}{name}"));
    let shown = redact::whole(name, value);
    redact::plain(&format!("// not imported: {path}: {shown} ({why})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_so_that_nothing_hides() {
        assert_eq!(quoted("a \"b\" \\ c"), r#""a \"b\" \\ c""#);
        assert_eq!(quoted("a\u{202E}b\u{0}\u{2028}\t"), r#""a\u{202E}b\u{0}\u{2028}\t""#);
        assert_eq!(quoted("a\n\nb"), "\"\"\"\n        a\n\n        b\n        \"\"\"");
        assert_eq!(quoted("a \nb"), r#""a \nb""#);
    }
}
