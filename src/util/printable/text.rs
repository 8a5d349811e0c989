//! Text for a terminal or a pipe: everything that is added is sanitized, except our own styles and line ends.

use std::fmt::{self, Display, Write};

use anstyle::Style;

use super::{Medium, is_hidden, opens_command, shown};

/// Lines for a terminal, a log or a file. Whoever prints it drops the styles where they do not belong.
///
/// No word can end a line, style anything, or turn its line into a command of a CI system: only the methods do so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub(super) out: String,
    /// Where the line begins that is not ended yet.
    pub(super) line: usize,
}

impl Text {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A document: each newline in it is its own.
    pub fn of(document: &str) -> Self {
        let mut text = Self::new();
        text.lines(document);
        text
    }

    /// Adds words to the line.
    pub fn push(&mut self, words: impl Display) -> &mut Self {
        let from = self.out.len();
        // Writing to a string does not fail.
        let _ = write!(self.out, "{words}");
        self.tame(from);
        self
    }

    /// Adds words in a style.
    pub fn styled(&mut self, style: Style, words: impl Display) -> &mut Self {
        let _ = write!(self.out, "{style}");
        self.push(words);
        let _ = write!(self.out, "{style:#}");
        self
    }

    /// Adds words that a terminal opens as a link (OSC 8). An address is percent-encoded.
    pub fn link(&mut self, address: &url::Url, words: impl Display) -> &mut Self {
        let _ = write!(self.out, "\x1b]8;;{address}\x1b\\");
        self.push(words);
        self.out.push_str("\x1b]8;;\x1b\\");
        self
    }

    /// Ends the line.
    pub fn end(&mut self) -> &mut Self {
        self.defuse();
        self.out.push('\n');
        self.line = self.out.len();
        self
    }

    /// Adds words and ends the line.
    pub fn line(&mut self, words: impl Display) -> &mut Self {
        self.push(words).end()
    }

    /// Adds a document: each newline in it is its own. A line that it does not end stays open.
    pub fn lines(&mut self, document: &str) -> &mut Self {
        let mut lines = document.split('\n');
        self.push(lines.next().unwrap_or_default());
        for line in lines {
            self.end().push(line);
        }
        self
    }

    /// Adds a line of a file as it is as far as that is harmless: with its tabs, and with a CR that is part of its end, so
    /// that a diff stays one that can be applied.
    pub fn source(&mut self, style: Style, sign: char, line: &str) -> &mut Self {
        let (line, is_crlf) = match line.strip_suffix('\r') {
            Some(line) => (line, true),
            None => (line, false),
        };
        let _ = write!(self.out, "{style}{sign}");
        for (index, part) in line.split('\t').enumerate() {
            if index > 0 {
                self.out.push('\t');
            }
            self.push(part);
        }
        let _ = write!(self.out, "{style:#}");
        self.defuse();
        self.out.push_str(if is_crlf { "\r\n" } else { "\n" });
        self.line = self.out.len();
        self
    }

    /// Adds a workflow command of GitHub Actions as a line: the only way to one.
    pub fn command(&mut self, name: &str, properties: &[(&str, &str)], message: &str) -> &mut Self {
        let _ = write!(self.out, "::{name}");
        for (index, (property, value)) in properties.iter().enumerate() {
            let sign = if index == 0 { ' ' } else { ',' };
            let _ = write!(self.out, "{sign}{property}={}", shown(value, Medium::Property));
        }
        let _ = writeln!(self.out, "::{}", shown(message, Medium::Command));
        self.line = self.out.len();
        self
    }

    /// Adds what a library has drawn, out of words that were harmless already: its styles and newlines count.
    pub fn drawn(&mut self, drawing: &str) -> &mut Self {
        let mut rest = drawing;
        while !rest.is_empty() {
            let own = own_sequence(rest);
            if own > 0 {
                self.out.push_str(&rest[..own]);
                rest = &rest[own..];
            } else if let Some(after) = rest.strip_prefix('\n') {
                self.end();
                rest = after;
            } else {
                // An escape that begins nothing of its own is one of the words.
                let mut bytes = rest.bytes().skip(1);
                let end = bytes.position(|byte| matches!(byte, b'\n' | b'\x1b'));
                let (words, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
                self.push(words);
                rest = after;
            }
        }
        self
    }

    /// Adds another text behind this one.
    pub fn append(&mut self, other: &Self) -> &mut Self {
        self.line = self.out.len() + other.line;
        self.out.push_str(&other.out);
        self
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Without blank lines at the end, and without the last line's end.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        self.out.truncate(self.out.trim_end().len());
        self.line = self.out.rfind('\n').map_or(0, |end| end + 1);
        self
    }

    /// All of it, with styles.
    pub fn finish(mut self) -> String {
        self.defuse();
        self.out
    }

    /// Escapes what was added from here on.
    fn tame(&mut self, from: usize) {
        let is_harmless = |byte: u8| matches!(byte, b' '..=b'~');
        if self.out.as_bytes()[from..].iter().all(|byte| is_harmless(*byte)) {
            return;
        }
        let tamed = shown(&self.out[from..], Medium::Line).into_owned();
        self.out.truncate(from);
        self.out.push_str(&tamed);
    }

    /// Keeps the line from being a command of a CI system. Runners look at it without styles, and `::` counts behind
    /// blanks as well.
    fn defuse(&mut self) {
        let line = &self.out[self.line..];
        if !line.contains('#') && first_seen(line) != Some(':') {
            return;
        }
        let mut seen = String::with_capacity(line.len());
        let mut escapes: Vec<(usize, char)> = Vec::new();
        // The first colon, if there are only blanks before it.
        let mut colon = None;
        let mut is_begun = false;
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            let at = line.len() - rest.len();
            let own = own_sequence(rest);
            rest = &rest[if own > 0 { own } else { c.len_utf8() }..];
            if own > 0 {
                continue;
            }
            match (c, colon) {
                (':', Some(first)) => escapes.push((first, ':')),
                (':', None) if !is_begun => colon = Some(at),
                ('[', _) if opens_command(&seen) => escapes.push((at, '[')),
                _ => {}
            }
            if is_begun || !c.is_whitespace() {
                colon = colon.filter(|_| !is_begun);
                is_begun = true;
            }
            seen.push(c);
        }
        for (at, c) in escapes.into_iter().rev() {
            let at = self.line + at;
            self.out
                .replace_range(at..at + c.len_utf8(), &c.escape_unicode().to_string());
        }
    }
}

/// With the styles, for whoever drops or shows them.
impl Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.clone().finish())
    }
}

/// The first character of a line that is neither blank nor of a style.
fn first_seen(line: &str) -> Option<char> {
    let mut rest = line;
    loop {
        let first = rest.chars().next()?;
        match own_sequence(rest) {
            0 if first.is_whitespace() => rest = &rest[first.len_utf8()..],
            0 => return Some(first),
            own => rest = &rest[own..],
        }
    }
}

/// How many bytes of a text that begins with a style (SGR) or with one end of a link (OSC 8) are its; 0 for any other.
fn own_sequence(text: &str) -> usize {
    let Some(rest) = text.strip_prefix('\x1b') else {
        return 0;
    };
    if let Some(style) = rest.strip_prefix('[') {
        let end = style
            .find(|c: char| !c.is_ascii_digit() && c != ';')
            .unwrap_or(style.len());
        return if style[end..].starts_with('m') { end + 3 } else { 0 };
    }
    if let Some(link) = rest.strip_prefix("]8;;") {
        let end = link.find(|c: char| is_hidden(c, ' ', None)).unwrap_or(link.len());
        return if link[end..].starts_with("\x1b\\") { end + 7 } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use anstyle::AnsiColor;

    use super::*;

    const RED: Style = AnsiColor::Red.on_default();

    fn plain(text: &Text) -> String {
        anstream::adapter::strip_str(&text.to_string()).to_string()
    }

    #[test]
    fn words_end_no_line_and_style_nothing() {
        let mut text = Text::new();
        text.push("a\nb\r\x1b[8mc\u{202e}").end().styled(RED, "d\x1b[0m").end();
        assert_eq!(
            text.to_string(),
            "a\\nb\\r\\u{1b}[8mc\\u{202e}\n\x1b[31md\\u{1b}[0m\x1b[0m\n"
        );
    }

    #[test]
    fn no_line_is_a_command_however_it_is_put_together() {
        let mut text = Text::new();
        text.push(' ').styled(RED, ":").push(":stop-commands::x").end();
        text.line("\u{3000}::error::").line("a ::b").line(": :").line(":");
        text.push("see #").styled(RED, "#").push("vso[task] ##[x] ##a-b[").end();
        text.lines("one\n::two\n\t::three");
        assert_eq!(
            plain(&text),
            " \\u{3a}:stop-commands::x\n\u{3000}\\u{3a}:error::\na ::b\n: :\n:\nsee ##vso\\u{5b}task] ##\\u{5b}x] \
             ##a-b[\none\n\\u{3a}:two\n\\t::three"
        );
    }

    #[test]
    fn a_drawing_keeps_its_styles_and_nothing_else() {
        let mut text = Text::new();
        text.drawn("\x1b[1;31ma\x1b[0m\n\x1b[2Jb\r\n\x1b]8;;file:///a\x1b\\c\x1b]8;;\x1b\\\n\x1b]0;d\x07\x1b");
        assert_eq!(
            text.to_string(),
            "\x1b[1;31ma\x1b[0m\n\\u{1b}[2Jb\\r\n\x1b]8;;file:///a\x1b\\c\x1b]8;;\x1b\\\n\\u{1b}]0;d\\u{7}\\u{1b}"
        );
    }

    #[test]
    fn source_keeps_what_a_patch_needs() {
        let mut text = Text::new();
        text.source(RED, ' ', "\t::a\tb\r").source(RED, '+', "c\rd");
        assert_eq!(plain(&text), " \t\\u{3a}:a\tb\r\n+c\\rd\n");
    }

    #[test]
    fn a_command_is_one_line_whatever_it_says() {
        let mut text = Text::new();
        text.command("error", &[("file", "a,b:c%\n"), ("line", "1")], "x: y,\n::stop::\x1b");
        assert_eq!(
            text.to_string(),
            "::error file=a%2Cb%3Ac%25%0A,line=1::x: y,%0A::stop::\\u{1b}\n"
        );
    }
}
