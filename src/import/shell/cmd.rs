//! The command prompt of Windows, as browsers write for it and people type in it: `^` continues a line, and an argument that
//! `^"` opens has one in front of every sign; in one that `"` opens, a `^` is itself.

use super::{ShellCommand, ShellCursor, ShellError, ShellWord, pipes};

/// Every command of a text.
pub(super) fn commands(text: &str) -> Result<Vec<ShellCommand>, ShellError> {
    let mut text = ShellCursor::new(text);
    let mut found = vec![ShellCommand::default()];
    while let Some(c) = text.peek() {
        let is_first = found.last().is_some_and(|command| command.words.is_empty());
        match c {
            '\n' | '&' | '|' | '(' | ')' => {
                text.at += 1;
                let is_piped = c == '|' && !text.eat("|");
                found.push(ShellCommand {
                    is_piped,
                    ..ShellCommand::default()
                });
            }
            '<' | '>' => {
                text.at += 1;
                text.eat(">");
                text.eat("&");
                while text.eat(" ") {}
                word(&mut text)?;
            }
            c if c.is_whitespace() => text.at += c.len_utf8(),
            _ if text.continued('^') => {}
            _ if is_first && is_comment(text.rest()) => text.skip_line(),
            _ => {
                let word = word(&mut text)?;
                if let Some(command) = found.last_mut() {
                    command.words.push(word);
                }
            }
        }
    }
    pipes::connect(&mut found);
    Ok(found)
}

/// `rem …`, `:: …`, `@echo off`
fn is_comment(line: &str) -> bool {
    let line = line.trim_start_matches('@');
    let first = line.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
    line.starts_with("::") || first.eq_ignore_ascii_case("rem")
}

fn word(text: &mut ShellCursor<'_>) -> Result<ShellWord, ShellError> {
    let mut word = ShellWord::default();
    while let Some(c) = text.peek() {
        match c {
            '"' => quoted(text, &mut word)?,
            '^' if text.rest().starts_with("^\"") => careted(text, &mut word)?,
            '^' if text.end_of_continued('^').is_some() => break,
            '^' => {
                text.at += 1;
                word.text.extend(text.next());
            }
            '&' | '|' | '<' | '>' | '(' | ')' => break,
            c if c.is_whitespace() => break,
            c => {
                text.at += c.len_utf8();
                word.text.push(c);
            }
        }
    }
    Ok(word)
}

/// `"…"`: a quote inside is `\"` or `""`.
fn quoted(text: &mut ShellCursor<'_>, word: &mut ShellWord) -> Result<(), ShellError> {
    let start = text.at;
    text.at += 1;
    let from = word.text.len();
    loop {
        match text.next().ok_or_else(|| text.unclosed("\"", start))? {
            '"' if text.eat("\"") => word.text.push('"'),
            '"' => break,
            '\\' if text.eat("\"") => word.text.push('"'),
            '\\' if text.eat("\\") => word.text.push('\\'),
            c => word.text.push(c),
        }
    }
    word.is_filled_in |= has_variable(word.text.get(from..).unwrap_or_default());
    Ok(())
}

/// `^"…^"`, as browsers write it: every sign has a `^` in front, and a line end is `^` and two of them.
fn careted(text: &mut ShellCursor<'_>, word: &mut ShellWord) -> Result<(), ShellError> {
    let start = text.at;
    text.at += 2;
    let unclosed = text.unclosed("^\"", start);
    let mut escaped = false;
    loop {
        let (c, is_careted) = sign(text).ok_or(unclosed)?;
        match c {
            '"' if escaped => word.text.push('"'),
            '\\' if escaped => word.text.push('\\'),
            '"' if is_careted => return Ok(()),
            '\\' => {
                escaped = true;
                continue;
            }
            c => {
                if escaped {
                    word.text.push('\\');
                }
                word.text.push(c);
            }
        }
        escaped = false;
    }
}

/// The next sign as the prompt hands it on, and whether it had a `^` in front.
fn sign(text: &mut ShellCursor<'_>) -> Option<(char, bool)> {
    match text.next()? {
        '^' => {
            text.eat("\n");
            text.next().map(|c| (c, true))
        }
        c => Some((c, false)),
    }
}

/// `%NAME%`
fn has_variable(text: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let parts: Vec<&str> = text.split('%').collect();
    parts
        .get(1..parts.len().saturating_sub(1))
        .is_some_and(|inside| inside.iter().any(|name| is_name(name)))
}
