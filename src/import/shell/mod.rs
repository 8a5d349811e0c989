//! Shell text as people paste it → the words of its commands. Only what changes the words of a curl command is read: the
//! quotes, continued lines, comments, and text given on standard input; nothing is ever expanded or run.
//!
//! A text is read as sh reads it, until something shows that it was written for another shell: not a sign that stands
//! anywhere in it, but the quote that opens an argument, or the sign that continues a line.
//!
//! | file here | holds |
//! | --- | --- |
//! | `command` | a command and its words |
//! | `pipes` | what a command passes to the next |
//! | `posix`, `quotes` | sh, bash, zsh |
//! | `cmd` | the command prompt of Windows |
//! | `powershell` | PowerShell 5.1 and 7 |

mod cmd;
mod command;
mod pipes;
mod posix;
mod powershell;
mod quotes;

use thiserror::Error;

pub(super) use command::{ShellCommand, ShellWord};

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

/// A shell that is not sh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Other {
    Cmd,
    PowerShell,
}

/// Every command of a text that has any words, those in `$(…)` in front of the one that they stand in.
pub(super) fn commands(text: &str) -> Result<Vec<ShellCommand>, ShellError> {
    let text = text.replace("\r\n", "\n");
    let read = match posix::commands(&text) {
        Ok(commands) => Ok(commands),
        Err(posix::PosixError::Written(Other::Cmd)) => cmd::commands(&text),
        Err(posix::PosixError::Written(Other::PowerShell)) => powershell::commands(&text),
        Err(posix::PosixError::Shell(error)) => Err(error),
    };
    let mut commands = read?;
    commands.retain(|command| !command.words.is_empty());
    Ok(commands)
}

/// Where a text is read.
#[derive(Clone, Copy, Debug)]
struct ShellCursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> ShellCursor<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
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

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// Where the line ends that `sign` continues here, with the blanks behind it that nobody sees.
    fn end_of_continued(&self, sign: char) -> Option<usize> {
        let behind = self.rest().strip_prefix(sign)?.trim_start_matches([' ', '\t']);
        let rest = behind.strip_prefix('\n')?;
        Some(self.text.len() - rest.len())
    }

    /// Passes over the sign that continues a line.
    fn continued(&mut self, sign: char) -> bool {
        let end = self.end_of_continued(sign);
        self.at = end.unwrap_or(self.at);
        end.is_some()
    }

    /// The line of a byte; asked only where something is wrong, since it goes through all before it.
    fn line(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or_default().matches('\n').count() + 1
    }

    fn unclosed(&self, quote: &'static str, start: usize) -> ShellError {
        let line = self.line(start);
        ShellError::Unclosed { quote, line }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        let commands = commands(text).unwrap();
        let words = |command: ShellCommand| command.words.into_iter().map(|word| word.text).collect();
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
            ("curl ^\r\n b ^\n c", vec!["curl", "b", "c"]),
            (r#"curl ^"x^" ^"^{^\^"a^\^":1^}^""#, vec!["curl", "x", r#"{"a":1}"#]),
            ("a > out.txt b 2>&1", vec!["a", "b", "2"]),
            ("a \\ \t\n b\\  \n c", vec!["a", "b", "c"]),
            ("curl a `\n b ` \n c", vec!["curl", "a", "b", "c"]),
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
