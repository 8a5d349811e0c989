//! Text that anybody may have written, on its way out: wherever it goes, it says something and does nothing.
//!
//! A name with an ESC in it moves a terminal's cursor, one with a newline and `::stop-commands::` commands the runner of a
//! CI job, one with U+202E reads backwards. So whatever is printed goes through [`shown`], which knows where to, and
//! nothing reaches a stream but a [`Text`], which can only be made of words that went through it.

mod stream;
mod text;

use std::borrow::Cow;
use std::fmt::Write;
use std::path::Path;

use serde::Serialize;

pub use stream::{TextStream, gather};
pub use text::Text;

/// Where a text goes, which decides how what it must not hold is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// A line for people, in a terminal, a log or a file: `\n`, `\u{202e}`.
    Line,
    /// What a workflow command of GitHub Actions says; its runner turns `%0A` back.
    Command,
    /// The value of one of its properties, which ends at a comma, and the properties at colons.
    Property,
    /// Markdown outside code. It stays text there, calls no one by `@`, and links to nothing.
    Markdown,
    /// HTML.
    Html,
    /// XML, whose writer writes `<`, `>` and `&` itself.
    Xml,
    /// A whole JSON document, which stays the same value: `\u202e`. Its newlines are its own.
    Json,
}

/// Breaks up what GitHub and GitLab make links, mentions and emoji of. No reader of the comment sees it, and every reader
/// of its source.
const BREAK: &str = "&#8203;";

/// The text as it may stand in that medium.
pub fn shown(text: &str, medium: Medium) -> Cow<'_, str> {
    let is_special = |byte: u8| match medium {
        Medium::Line | Medium::Json | Medium::Xml => false,
        Medium::Command => byte == b'%',
        Medium::Property => matches!(byte, b'%' | b':' | b','),
        Medium::Html => matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\''),
        Medium::Markdown => !byte.is_ascii_alphanumeric() && byte != b' ',
    };
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'[' && !is_special(byte);
    // A document has many newlines and many brackets.
    let is_plain_json = |byte: u8| matches!(byte, b' '..=b'~' | b'\n') && byte != b'#';
    let is_plain = match medium {
        Medium::Json => text.bytes().all(is_plain_json),
        _ => text.bytes().all(is_plain),
    };
    if is_plain || (medium == Medium::Line && !has_hidden(text)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let is_own = c == '\n' && medium == Medium::Json;
        if !is_own && (is_hidden(c, before, next) || (c == '[' && opens_command(&text[..at]))) {
            escape(&mut out, c, medium);
        } else {
            put(&mut out, c, before, next, medium);
        }
        before = c;
    }
    Cow::Owned(out)
}

/// Whether a line holds anything that must not be shown as it is.
fn has_hidden(text: &str) -> bool {
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_harmless =
            matches!(c, ' '..='Z' | '\\'..='~' | '\u{a1}'..='\u{ac}' | '\u{400}'..='\u{4ff}' | '\u{2500}'..='\u{257f}');
        if !is_harmless
            && (is_hidden(c, before, chars.peek().map(|(_, next)| *next)) || (c == '[' && opens_command(&text[..at])))
        {
            return true;
        }
        before = c;
    }
    false
}

/// A path on one line. Of a name that is no UTF-8, the bytes are shown, so that two such names do not look alike.
pub fn path(path: &Path) -> String {
    let mut out = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        out.push_str(&shown(chunk.valid(), Medium::Line));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// A value as a JSON document over several lines, with a newline at its end.
pub fn json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    shown(&text, Medium::Json).into_owned()
}

/// A value as JSON on one line, with a newline at its end.
pub fn json_line(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).unwrap_or_default();
    text.push('\n');
    shown(&text, Medium::Json).into_owned()
}

/// Whether nobody sees a character, or it acts on what is around it: controls, those of direction and of width, and
/// whatever else Unicode says to show nothing for. What joins two pictures, or chooses between two forms of one, is a part
/// of what is seen.
pub fn is_hidden(c: char, before: char, next: Option<char>) -> bool {
    match c {
        ' '..='~' => false,
        '\u{200d}' => !(is_picture(before) || before == '\u{fe0f}') || !next.is_some_and(is_picture),
        '\u{fe0e}' | '\u{fe0f}' => !is_picture(before),
        _ => c.is_control() || is_ignorable(c),
    }
}

/// Symbols and emoji.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Unicode's `Default_Ignorable_Code_Point`, the separators of lines and paragraphs, and what marks annotations.
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a `[` after this begins a command of a CI system: `##[error]`, `##vso[task.setvariable]`, `##teamcity[`. The
/// first two count anywhere in a line.
fn opens_command(before: &str) -> bool {
    before
        .trim_end_matches(|c: char| c.is_ascii_alphanumeric())
        .ends_with("##")
}

/// Writes a character so that it is seen and does nothing.
fn escape(out: &mut String, c: char, medium: Medium) {
    match (medium, c) {
        (Medium::Json, _) => {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
        (Medium::Command | Medium::Property, '\r') => out.push_str("%0D"),
        (Medium::Command | Medium::Property, '\n') => out.push_str("%0A"),
        // Outside code, a backslash before it would be Markdown's.
        (Medium::Markdown, '\n' | '\r' | '\t') => {
            out.push('\\');
            out.extend(c.escape_default());
        }
        (Medium::Markdown, _) => {
            out.push('\\');
            out.extend(c.escape_unicode());
        }
        (_, '\n' | '\r' | '\t') => out.extend(c.escape_default()),
        _ => out.extend(c.escape_unicode()),
    }
}

/// Writes a character that anybody can see, as the medium wants it.
fn put(out: &mut String, c: char, before: char, next: Option<char>, medium: Medium) {
    match (medium, c) {
        (Medium::Command | Medium::Property, '%') => out.push_str("%25"),
        (Medium::Property, ':') => out.push_str("%3A"),
        (Medium::Property, ',') => out.push_str("%2C"),
        (Medium::Markdown | Medium::Html, '<') => out.push_str("&lt;"),
        (Medium::Markdown | Medium::Html, '>') => out.push_str("&gt;"),
        (Medium::Markdown | Medium::Html, '&') => out.push_str("&amp;"),
        (Medium::Html, '"') => out.push_str("&quot;"),
        (Medium::Html, '\'') => out.push_str("&#39;"),
        // Not even escaped may these stand in XML.
        (Medium::Xml, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
        (Medium::Markdown, _) => markdown(out, c, before, next),
        _ => out.push(c),
    }
}

/// Writes a character of a text outside code.
fn markdown(out: &mut String, c: char, before: char, next: Option<char>) {
    match c {
        // GitHub's own way to write one that does not begin a formula.
        '$' => out.push_str("<span>$</span>"),
        '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => out.extend(['\\', c]),
        '.' if matches!(before, 'w' | 'W') => {
            out.push_str(BREAK);
            out.push(c);
        }
        _ => out.push(c),
    }
    let refers = match c {
        '@' | '#' | '!' | '~' | '%' | '&' | '^' | '[' => true,
        // Not the one of a time of day.
        ':' => !before.is_ascii_digit(),
        _ => false,
    };
    if refers && next.is_some_and(|next| !next.is_whitespace()) {
        out.push_str(BREAK);
    }
}

#[cfg(test)]
mod tests {
    use anstyle::{AnsiColor, Style};
    use proptest::prelude::*;

    use super::*;

    /// Texts of what acts somewhere, and of what is put together to act.
    fn hostile() -> impl Strategy<Value = String> {
        let pieces = prop_oneof![
            any::<char>().prop_map(String::from),
            "[:#\\[a-z \t]",
            "[\u{0}-\u{1f}\u{7f}-\u{a0}\u{ad}\u{34f}\u{61c}\u{180e}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}]",
            "[\u{3164}\u{fe00}-\u{fe0f}\u{feff}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}\u{e0100}-\u{e01ef}]",
            Just("👩\u{200d}👩❤\u{fe0f}".to_owned()),
            Just("\u{1b}[31m".to_owned()),
            Just("::".to_owned()),
            Just("##".to_owned()),
        ];
        proptest::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
    }

    fn acts(text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        let opens = ["##[", "##vso[", "##teamcity["]
            .iter()
            .any(|opening| text.contains(opening));
        let is_bad = |(at, c): (usize, &char)| {
            let before = at.checked_sub(1).map_or(' ', |before| chars[before]);
            c.is_control() || matches!(c, '\u{202a}'..='\u{202e}') || is_hidden(*c, before, chars.get(at + 1).copied())
        };
        opens || chars.iter().enumerate().any(is_bad)
    }

    proptest! {
        #[test]
        fn nothing_acts_anywhere(text in hostile()) {
            for medium in [Medium::Line, Medium::Command, Medium::Property, Medium::Markdown, Medium::Html, Medium::Xml] {
                let shown = shown(&text, medium);
                prop_assert!(!acts(&shown), "{medium:?}: {shown:?}");
            }
            let document = json(&[&text]);
            prop_assert!(!document.lines().any(acts), "{document:?}");
            let read: Vec<String> = serde_json::from_str(&document).unwrap();
            prop_assert_eq!(&read[0], &text);
        }

        #[test]
        fn no_line_acts_however_it_is_put_together(pieces in proptest::collection::vec((hostile(), any::<bool>()), 0..5)) {
            let mut text = Text::new();
            for (piece, is_styled) in &pieces {
                let style = if *is_styled { AnsiColor::Red.on_default() } else { Style::new() };
                text.styled(style, piece);
            }
            text.end();
            let shown = anstream::adapter::strip_str(&text.to_string()).to_string();
            let line = shown.strip_suffix('\n').unwrap();
            prop_assert!(!line.contains('\n') && !line.trim().starts_with("::"), "{line:?}");
            for opening in ["##[", "##vso[", "##teamcity["] {
                prop_assert!(!line.contains(opening), "{line:?}");
            }
            prop_assert!(!line.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}')), "{line:?}");
        }
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        for text in [
            "Скидки к 8 марта 🎉",
            "👩‍👩‍👧 ❤️‍🔥 ☎️",
            "naïve — “ok”",
            r"C:\a\n",
            "a::b # [c] ##d",
            "日本語 עברית",
        ] {
            assert_eq!(shown(text, Medium::Line), text);
            assert_eq!(json(&text), format!("{}\n", serde_json::to_string(text).unwrap()));
        }
        assert_eq!(shown("a\u{200d}b\u{fe0f}", Medium::Line), r"a\u{200d}b\u{fe0f}");
    }

    #[test]
    fn names_that_are_no_text_do_not_look_alike() {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            let name = |bytes| path(Path::new(std::ffi::OsStr::from_bytes(bytes)));
            assert_eq!(name(b"a\xff\n.kdl"), r"a\xff\n.kdl");
            assert_eq!(name(b"a\xfe\n.kdl"), r"a\xfe\n.kdl");
        }
    }
}
