//! Shell text as people paste it → the words of its commands. Only what changes the words of a curl command is read: the
//! quotes, continued lines, comments, and text given on standard input; nothing is ever expanded or run.

mod quotes;

use thiserror::Error;

use super::handed;

/// A command.
#[derive(Debug, Default)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    /// The text that it reads from standard input, where it stands here.
    pub(super) input: Option<Word>,
    /// Whether it reads what the command before it prints.
    pub(super) is_piped: bool,
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

/// How deep commands in `$(…)` are read.
const DEEPEST: usize = 4;

/// Every command of a text that has any words, those in `$(…)` in front of the one that they stand in.
pub(super) fn commands(text: &str) -> Result<Vec<Command>, ShellError> {
    commands_in(&from_windows(text), DEEPEST)
}

fn commands_in(text: &str, depth: usize) -> Result<Vec<Command>, ShellError> {
    let mut reader = Reader {
        text,
        at: 0,
        depth,
        found: vec![Command::default()],
        inner: Vec::new(),
        waiting: Vec::new(),
    };
    reader.all()?;
    let Reader {
        mut found, mut inner, ..
    } = reader;
    handed::over(&mut found);
    let mut all = Vec::new();
    inner.reverse();
    for (at, command) in found.into_iter().enumerate() {
        while let Some((_, commands)) = inner.pop_if(|(within, _)| *within == at) {
            all.extend(commands);
        }
        all.push(command);
    }
    all.retain(|command| !command.words.is_empty());
    Ok(all)
}

/// The command prompt of Windows writes `^` for `\`: behind each line, and what browsers copy has it in front of each
/// sign besides.
fn from_windows(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    // Blanks behind the sign that continues a line are not seen, and not meant.
    let lines = text.split('\n').map(|line| match line.trim_end_matches([' ', '\t']) {
        continued if continued.ends_with('^') => continued,
        _ => line,
    });
    let text = lines.collect::<Vec<_>>().join("\n");
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
    /// How deep commands in `$(…)` may still be read.
    depth: usize,
    found: Vec<Command>,
    /// Commands in `$(…)`, and the command that each stands in.
    inner: Vec<(usize, Vec<Command>)>,
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
                    // `cat <<EOF |` goes on in the next line.
                    if !self
                        .found
                        .last()
                        .is_some_and(|last| last.is_piped && last.words.is_empty())
                    {
                        self.found.push(Command::default());
                    }
                }
                '|' if !self.rest().starts_with("||") => {
                    self.at += 1;
                    self.found.push(Command {
                        is_piped: true,
                        ..Command::default()
                    });
                }
                '|' => {
                    self.at += 2;
                    self.found.push(Command::default());
                }
                ';' | '&' | '(' | ')' => {
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
                _ if self.continued('\\') || self.continued('`') => {}
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

    /// Passes over the sign that continues a line (in PowerShell it is the other one), with the blanks behind it that
    /// nobody sees.
    fn continued(&mut self, sign: char) -> bool {
        let behind = self
            .rest()
            .strip_prefix(sign)
            .map(|rest| rest.trim_start_matches([' ', '\t']));
        match behind.and_then(|rest| rest.strip_prefix('\n')) {
            Some(rest) => {
                self.at = self.text.len() - rest.len();
                true
            }
            None => false,
        }
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
                '\\' if !self.rest().starts_with("\\\n") && self.continued('\\') => break,
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

    /// What a shell would put something else in the place of. It is kept as it stands.
    fn filled_in(&mut self, word: &mut Word) {
        let start = self.at;
        let Some(opening) = self.next() else { return };
        if opening == '`' {
            self.at += self.rest().find('`').map_or(self.rest().len(), |at| at + 1);
        } else if self.eat("(") {
            let length = closing(self.rest());
            let inside = self.rest().get(..length).unwrap_or_default().to_owned();
            self.at = (self.at + length + 1).min(self.text.len());
            // What cannot be read is kept as it stands, like the rest of what a shell would fill in.
            let commands = match self.depth.checked_sub(1) {
                Some(depth) => commands_in(&inside, depth).unwrap_or_default(),
                None => Vec::new(),
            };
            if let [command] = commands.as_slice()
                && let Some(said) = handed::output(command)
            {
                word.text.push_str(said.text.trim_end_matches('\n'));
                word.is_filled_in |= said.is_filled_in;
                return;
            }
            self.inner.push((self.found.len() - 1, commands));
        } else if !has_variable(self.text.get(start..).unwrap_or_default().get(..2).unwrap_or_default()) {
            // A dollar sign alone is itself.
            word.text.push('$');
            return;
        }
        word.is_filled_in = true;
        word.text.push_str(self.text.get(start..self.at).unwrap_or_default());
    }
}

/// How long a text is that ends at the `)` without a `(`; quotes are passed over whole.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return at,
            ')' => depth -= 1,
            '\\' => at += rest.chars().next().map_or(0, char::len_utf8),
            '\'' => at += rest.find('\'').map_or(0, |end| end + 1),
            '"' => {
                let mut is_escaped = false;
                let end = rest.find(|c: char| {
                    let is_end = c == '"' && !is_escaped;
                    is_escaped = c == '\\' && !is_escaped;
                    is_end
                });
                at += end.map_or(0, |end| end + 1);
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    text.len()
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
            ("a \\ \t\n b\\  \n c `\n d ^ \n e", vec!["a", "b", "c", "d", "e"]),
            (r#"a "{""b"": ""c""}" """#, vec!["a", r#"{"b": "c"}"#, ""]),
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
            (r#""a $(date ")" 'b)') c""#, r#"a $(date ")" 'b)') c"#, true),
            ("\"$(cat <<'E'\n{'a': \"(it's\"}\nE\n)\"", "{'a': \"(it's\"}", false),
        ] {
            let word = &commands(text).unwrap().pop().unwrap().words[0];
            assert_eq!((word.text.as_str(), word.is_filled_in), (kept, is_filled_in), "{text}");
        }
    }

    #[test]
    fn text_on_standard_input_is_found() {
        let found = commands("curl -d @- <<'EOF' | jq\n{\"a\":1}\nEOF\ncat <<< 'x'").unwrap();
        assert_eq!(found[0].input.as_ref().unwrap().text, "{\"a\":1}\n");
        assert_eq!(found[2].input.as_ref().unwrap().text, "x");
        assert_eq!(found.len(), 3);
        for text in [
            "cat <<E | curl -d @-\n{}\nE",
            "cat <<E |\n{}\nE\ncurl -d @-",
            "echo '{}' | curl -d @-",
            "printf '%s' '{}' \\\n | curl -d @-",
        ] {
            let found = commands(text).unwrap();
            assert_eq!(found[1].input.as_ref().unwrap().text.trim_end(), "{}", "{text}");
        }
        assert!(commands("false || curl -d @-").unwrap()[1].input.is_none());
    }

    #[test]
    fn commands_in_commands_and_bodies_in_variables_are_found() {
        assert_eq!(
            words("ID=$(curl -d '{\"a\": \")\"}' x | jq)\ncurl y")[0],
            ["curl", "-d", r#"{"a": ")"}"#, "x"]
        );
        assert_eq!(
            words("B='{}' T=x\ncurl \"$B\" ${B} $T $Bx")[1],
            ["curl", "{}", "{}", "$T", "$Bx"]
        );
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
