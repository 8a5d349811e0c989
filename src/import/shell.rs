//! Shell text as people paste it → the words of its commands. Only what changes the words of a curl command is read: the
//! quotes, continued lines, comments, and text given on standard input; nothing is ever expanded or run.

use thiserror::Error;

/// A command.
#[derive(Debug, Default)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    /// The text that it reads from standard input, where it stands here.
    pub(super) input: Option<Word>,
}

/// A word, without its quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether a shell would put something else in the place of a part: `$NAME`, `$(…)`.
    pub(super) is_filled_in: bool,
}

/// Why a text has no words. Nothing of it is repeated, as it may hold a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ShellError {
    /// A quote without its partner.
    #[error("the quote {quote} that begins in line {line} has no end")]
    Unclosed {
        /// The quote.
        quote: &'static str,
        /// Line, 1-based.
        line: usize,
    },
    /// `<<EOF` without `EOF`.
    #[error("the text that `<<` in line {line} begins has no end")]
    NoEnd {
        /// Line, 1-based.
        line: usize,
    },
    /// `\x` escapes that are no UTF-8.
    #[error("the bytes that the `\\` escapes in line {line} stand for are not UTF-8")]
    NotUtf8 {
        /// Line, 1-based.
        line: usize,
    },
}

/// Every command of a text that has any words.
pub(super) fn commands(text: &str) -> Result<Vec<Command>, ShellError> {
    let text = from_windows(text);
    let mut reader = Reader {
        text: &text,
        at: 0,
        found: vec![Command::default()],
        waiting: Vec::new(),
    };
    reader.all()?;
    let mut found = reader.found;
    found.retain(|command| !command.words.is_empty());
    Ok(found)
}

/// The command prompt of Windows writes `^` for `\`: behind each line, and what browsers copy has it in front of each
/// sign besides.
fn from_windows(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    if text.contains("^\"") {
        let mut out = String::with_capacity(text.len());
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '^' => match chars.next() {
                    Some('\n') | None => out.push(' '),
                    Some(c) => out.push(c),
                },
                c => out.push(c),
            }
        }
        return out;
    }
    text.replace("^\n", " ")
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    found: Vec<Command>,
    /// Texts for standard input that begin at the next line: the command, the word that ends them, where `<<` stands,
    /// whether tabs in front are dropped.
    waiting: Vec<(usize, Word, usize, bool)>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, what: &str) -> bool {
        let is_there = self.rest().starts_with(what);
        if is_there {
            self.at += what.len();
        }
        is_there
    }

    /// The line of a byte; asked only where something is wrong, since it goes through all before it.
    fn line(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or_default().matches('\n').count() + 1
    }

    fn unclosed(&self, quote: &'static str, start: usize) -> ShellError {
        let line = self.line(start);
        ShellError::Unclosed { quote, line }
    }

    fn all(&mut self) -> Result<(), ShellError> {
        while let Some(c) = self.peek() {
            match c {
                '\n' => {
                    self.at += 1;
                    self.inputs()?;
                    self.found.push(Command::default());
                }
                ';' | '&' | '|' | '(' | ')' => {
                    self.at += 1;
                    self.found.push(Command::default());
                }
                '#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                '<' => self.input()?,
                '>' => {
                    self.at += 1;
                    self.eat(">");
                    self.eat("&");
                    self.blanks();
                    self.word()?;
                }
                c if c.is_whitespace() => self.at += c.len_utf8(),
                _ if self.eat("\\\n") => {}
                _ => {
                    let word = self.word()?;
                    if let Some(command) = self.found.last_mut() {
                        command.words.push(word);
                    }
                }
            }
        }
        self.inputs()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|c| c == ' ' || c == '\t') || self.eat("\\\n") {
            if self.peek().is_some_and(|c| c == ' ' || c == '\t') {
                self.at += 1;
            }
        }
    }

    /// `<<EOF`, `<<<"text"` or `<file`.
    fn input(&mut self) -> Result<(), ShellError> {
        let start = self.at;
        let command = self.found.len() - 1;
        if self.eat("<<<") {
            self.blanks();
            let word = self.word()?;
            self.found[command].input = Some(word);
        } else if self.eat("<<") {
            let drops_tabs = self.eat("-");
            self.blanks();
            let end = self.word()?;
            self.waiting.push((command, end, start, drops_tabs));
        } else {
            self.at += 1;
            self.blanks();
            self.word()?;
        }
        Ok(())
    }

    /// The texts that begin where a line has ended.
    fn inputs(&mut self) -> Result<(), ShellError> {
        for (command, end, start, drops_tabs) in std::mem::take(&mut self.waiting) {
            let mut text = String::new();
            loop {
                let rest = self.rest();
                if rest.is_empty() {
                    let line = self.line(start);
                    return Err(ShellError::NoEnd { line });
                }
                let whole = rest.find('\n').map_or(rest, |at| &rest[..=at]);
                let length = whole.len();
                let shown = if drops_tabs {
                    whole.trim_start_matches('\t')
                } else {
                    whole
                };
                let is_end = shown.trim_end_matches('\n') == end.text;
                if !is_end {
                    text.push_str(shown);
                }
                self.at += length;
                if is_end {
                    break;
                }
            }
            let is_filled_in = text.contains("$(") || has_variable(&text);
            self.found[command].input = Some(Word { text, is_filled_in });
        }
        Ok(())
    }

    fn word(&mut self) -> Result<Word, ShellError> {
        let mut word = Word::default();
        while let Some(c) = self.peek() {
            match c {
                '\'' => self.single(&mut word)?,
                '"' => self.double(&mut word)?,
                '$' if self.eat("$'") => self.ansi(&mut word)?,
                // A translated string, which here is as good as any.
                '$' if self.rest().starts_with("$\"") => self.at += 1,
                '$' | '`' => self.filled_in(&mut word),
                '\\' => {
                    self.at += 1;
                    match self.next() {
                        Some('\n') | None => {}
                        Some(c) => word.text.push(c),
                    }
                }
                ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
                c if c.is_whitespace() => break,
                c => {
                    self.at += c.len_utf8();
                    word.text.push(c);
                }
            }
        }
        Ok(word)
    }

    fn single(&mut self, word: &mut Word) -> Result<(), ShellError> {
        let start = self.at;
        self.at += 1;
        let end = self.rest().find('\'').ok_or_else(|| self.unclosed("'", start))?;
        let inside = self.rest().get(..end).unwrap_or_default().to_owned();
        word.text.push_str(&inside);
        self.at += end + 1;
        Ok(())
    }

    fn double(&mut self, word: &mut Word) -> Result<(), ShellError> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(self.unclosed("\"", start)),
                Some('"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('\\') => {
                    self.at += 1;
                    match self.next() {
                        Some('\n') => {}
                        Some(c @ ('$' | '`' | '"' | '\\')) => word.text.push(c),
                        Some(c) => word.text.extend(['\\', c]),
                        None => return Err(self.unclosed("\"", start)),
                    }
                }
                Some('$' | '`') => self.filled_in(word),
                Some(c) => {
                    self.at += c.len_utf8();
                    word.text.push(c);
                }
            }
        }
    }

    /// What a shell would put something else in the place of. It is kept as it stands.
    fn filled_in(&mut self, word: &mut Word) {
        let start = self.at;
        let Some(opening) = self.next() else { return };
        if opening == '`' {
            self.at += self.rest().find('`').map_or(self.rest().len(), |at| at + 1);
        } else if self.eat("(") {
            let mut depth = 1;
            while depth > 0 {
                match self.next() {
                    Some('(') => depth += 1,
                    Some(')') => depth -= 1,
                    Some(_) => {}
                    None => break,
                }
            }
        } else if !has_variable(self.text.get(start..).unwrap_or_default().get(..2).unwrap_or_default()) {
            // A dollar sign alone is itself.
            word.text.push('$');
            return;
        }
        word.is_filled_in = true;
        word.text.push_str(self.text.get(start..self.at).unwrap_or_default());
    }

    /// `$'…'`
    fn ansi(&mut self, word: &mut Word) -> Result<(), ShellError> {
        let start = self.at;
        let mut bytes = Vec::new();
        let push = |bytes: &mut Vec<u8>, c: char| bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
        loop {
            match self.next().ok_or_else(|| self.unclosed("$'", start))? {
                '\'' => break,
                '\\' => {}
                c => {
                    push(&mut bytes, c);
                    continue;
                }
            }
            match self.next().ok_or_else(|| self.unclosed("$'", start))? {
                'n' => bytes.push(b'\n'),
                't' => bytes.push(b'\t'),
                'r' => bytes.push(b'\r'),
                'a' => bytes.push(7),
                'b' => bytes.push(8),
                'f' => bytes.push(12),
                'v' => bytes.push(11),
                'e' | 'E' => bytes.push(27),
                // A number too large for a byte keeps its lower part, as in a shell.
                'x' => bytes.push(self.number(16, 2).unwrap_or(0) as u8),
                'u' => {
                    let unit = self.number(16, 4).unwrap_or(0);
                    push(&mut bytes, self.character(unit));
                }
                'U' => {
                    let unit = self.number(16, 8).unwrap_or(0);
                    push(&mut bytes, char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                c @ '0'..='7' => {
                    self.at -= c.len_utf8();
                    bytes.push(self.number(8, 3).unwrap_or(0) as u8);
                }
                c @ ('\\' | '\'' | '"' | '?') => push(&mut bytes, c),
                c => {
                    bytes.push(b'\\');
                    push(&mut bytes, c);
                }
            }
        }
        let text = String::from_utf8(bytes).map_err(|_| ShellError::NotUtf8 { line: self.line(start) })?;
        word.text.push_str(&text);
        Ok(())
    }

    /// Browsers write a character outside the basic plane as two `\u`.
    fn character(&mut self, unit: u32) -> char {
        if (0xD800..0xDC00).contains(&unit) {
            let back = self.at;
            if self.eat("\\u")
                && let Some(low @ 0xDC00..0xE000) = self.number(16, 4)
                && let Some(c) = char::from_u32(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
            {
                return c;
            }
            self.at = back;
        }
        char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn number(&mut self, radix: u32, most: usize) -> Option<u32> {
        let digits = self.rest().chars().take(most).take_while(|c| c.is_digit(radix)).count();
        let number = u32::from_str_radix(self.rest().get(..digits)?, radix).ok();
        self.at += digits;
        number
    }
}

/// `$NAME`, `${NAME}`, `$1`
fn has_variable(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
        next.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '{' | '@' | '*' | '?'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        let commands = commands(text).unwrap();
        let words = |command: Command| command.words.into_iter().map(|word| word.text).collect();
        commands.into_iter().map(words).collect()
    }

    #[test]
    fn quotes_are_read_as_a_shell_does() {
        for (text, expected) in [
            (r"a 'b c' d", vec!["a", "b c", "d"]),
            (r#"a "b \"c\" \\ \n" d"#, vec!["a", r#"b "c" \ \n"#, "d"]),
            (r#"it''s "x"'y'z\ w"#, vec!["its", "xyz w"]),
            (r"'it'\''s'", vec!["it's"]),
            (
                r"$'a\'b\n\u0416\xd0\x96\U0001F600\uD83D\uDE00\101'",
                vec!["a'b\nЖЖ😀😀A"],
            ),
            ("a \\\n  b # not c\n", vec!["a", "b"]),
            ("a \\\r\n  b", vec!["a", "b"]),
            ("a ^\r\n b ^\n c", vec!["a", "b", "c"]),
            (r#"curl ^"x^" ^"^{^\^"a^\^":1^}^""#, vec!["curl", "x", r#"{"a":1}"#]),
            ("a > out.txt b 2>&1", vec!["a", "b", "2"]),
            ("a#b 'c#d'", vec!["a#b", "c#d"]),
        ] {
            assert_eq!(words(text), [expected], "{text}");
        }
        assert_eq!(words("a; b && c | d\ne").len(), 5);
    }

    #[test]
    fn what_a_shell_would_fill_in_is_kept_and_noted() {
        for (text, kept, is_filled_in) in [
            (r#""a $B""#, "a $B", true),
            (r#""a $(cat "x") b""#, r#"a $(cat "x") b"#, true),
            ("'a $B'", "a $B", false),
            (r#""a \$B 5$""#, "a $B 5$", false),
            ("`date`", "`date`", true),
        ] {
            let word = &commands(text).unwrap()[0].words[0];
            assert_eq!((word.text.as_str(), word.is_filled_in), (kept, is_filled_in), "{text}");
        }
    }

    #[test]
    fn text_on_standard_input_is_found() {
        let found = commands("curl -d @- <<'EOF' | jq\n{\"a\":1}\nEOF\ncat <<< 'x'").unwrap();
        assert_eq!(found[0].input.as_ref().unwrap().text, "{\"a\":1}\n");
        assert_eq!(found[2].input.as_ref().unwrap().text, "x");
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn what_has_no_end_is_told_by_its_line() {
        for (text, line) in [("a 'b", 1), ("a\n\"b", 2), ("\n\n$'", 3), ("cat <<E\nx\n", 1)] {
            let (ShellError::Unclosed { line: found, .. }
            | ShellError::NoEnd { line: found }
            | ShellError::NotUtf8 { line: found }) = commands(text).unwrap_err();
            assert_eq!(found, line, "{text}");
        }
        assert_eq!(commands(r"$'\xff'").unwrap_err(), ShellError::NotUtf8 { line: 1 });
    }
}
