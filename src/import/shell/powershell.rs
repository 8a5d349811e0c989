//! PowerShell 5.1 and 7: `'…'` with `''`, `"…"` with `""` and `` ` ``, `@'…'@` and `@"…"@`, `` ` `` behind a line, variables
//! that hold a text.

use serde::de::IgnoredAny;

use super::{ShellCommand, ShellCursor, ShellError, ShellWord, pipes};

/// Every command of a text.
pub(super) fn commands(text: &str) -> Result<Vec<ShellCommand>, ShellError> {
    let mut text = ShellCursor::new(text);
    let mut found = vec![ShellCommand::default()];
    // What is piped is a text of its own, and no command: it is printed.
    let mut is_text = false;
    while let Some(c) = text.peek() {
        let is_first = found.last().is_some_and(|command| command.words.is_empty());
        match c {
            '\n' => {
                text.at += 1;
                let goes_on = found.last().is_some_and(|last| last.is_piped && last.words.is_empty());
                if !goes_on {
                    found.push(ShellCommand::default());
                }
            }
            '&' if is_first && !text.rest().starts_with("&&") => text.at += 1,
            ';' | '|' | '&' | '(' | ')' | '{' | '}' => {
                text.at += 1;
                let is_piped = c == '|' && !text.eat("|");
                text.eat("&");
                if let Some(command) = found
                    .last_mut()
                    .filter(|command| is_piped && is_text && command.words.len() == 1)
                {
                    command.words.insert(0, plain("echo"));
                }
                found.push(ShellCommand {
                    is_piped,
                    ..ShellCommand::default()
                });
            }
            '#' => text.skip_line(),
            '<' if text.eat("<#") => text.at += text.rest().find("#>").map_or(text.rest().len(), |at| at + 2),
            c if c.is_whitespace() => text.at += c.len_utf8(),
            _ if text.continued('`') => {}
            _ => {
                if is_first {
                    is_text = matches!(c, '\'' | '"' | '@' | '$');
                }
                let word = match is_first.then(|| assigned(&text)).flatten() {
                    Some((name, value)) => {
                        text.at = value;
                        let value = passed(word(&mut text)?);
                        let text = format!("{name}={}", value.text);
                        ShellWord { text, ..value }
                    }
                    None => passed(word(&mut text)?),
                };
                if let Some(command) = found.last_mut() {
                    command.words.push(word);
                }
            }
        }
    }
    pipes::connect(&mut found);
    Ok(found)
}

fn plain(text: &str) -> ShellWord {
    ShellWord {
        text: text.to_owned(),
        ..ShellWord::default()
    }
}

/// `$name = `: the name, and where the value begins.
fn assigned(text: &ShellCursor<'_>) -> Option<(String, usize)> {
    let rest = text.rest().strip_prefix('$')?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let (name, behind) = rest.split_at(end);
    let value = behind.trim_start_matches([' ', '\t']).strip_prefix('=')?;
    let value = value.trim_start_matches([' ', '\t']);
    Some((name.to_owned(), text.text.len() - value.len()))
}

fn word(text: &mut ShellCursor<'_>) -> Result<ShellWord, ShellError> {
    let mut word = ShellWord::default();
    let start = text.at;
    if text.eat("@'") {
        here(text, start, "'", &mut word)?;
        return Ok(word);
    }
    if text.eat("@\"") {
        here(text, start, "\"", &mut word)?;
        return Ok(word);
    }
    while let Some(c) = text.peek() {
        match c {
            '\'' => single(text, &mut word)?,
            '"' => double(text, &mut word)?,
            '`' if text.end_of_continued('`').is_some() => break,
            '`' => escape(text, &mut word),
            '$' => variable(text, &mut word),
            ';' | '|' | '&' | '(' | ')' | '{' | '}' | ',' if !word.text.is_empty() => break,
            c if c.is_whitespace() => break,
            c => {
                text.at += c.len_utf8();
                word.text.push(c);
            }
        }
    }
    Ok(word)
}

fn single(text: &mut ShellCursor<'_>, word: &mut ShellWord) -> Result<(), ShellError> {
    let start = text.at;
    text.at += 1;
    loop {
        match text.next().ok_or_else(|| text.unclosed("'", start))? {
            '\'' if text.eat("'") => word.text.push('\''),
            '\'' => return Ok(()),
            c => word.text.push(c),
        }
    }
}

fn double(text: &mut ShellCursor<'_>, word: &mut ShellWord) -> Result<(), ShellError> {
    let start = text.at;
    text.at += 1;
    loop {
        match text.peek().ok_or_else(|| text.unclosed("\"", start))? {
            '"' => {
                text.at += 1;
                if !text.eat("\"") {
                    return Ok(());
                }
                word.text.push('"');
            }
            '`' => escape(text, word),
            '$' => variable(text, word),
            c => {
                text.at += c.len_utf8();
                word.text.push(c);
            }
        }
    }
}

/// A here-string whose beginning was read: its lines up to one that begins with the quote and `@`.
fn here(text: &mut ShellCursor<'_>, start: usize, quote: &'static str, word: &mut ShellWord) -> Result<(), ShellError> {
    text.skip_line();
    text.eat("\n");
    let end = format!("\n{quote}@");
    let rest = text.rest();
    let (inside, length) = match rest.strip_prefix(end.trim_start()) {
        // Nothing is in it.
        Some(_) => ("", end.len() - 1),
        None => {
            let at = rest.find(&end).ok_or_else(|| text.unclosed(quote, start))?;
            (&rest[..at], at + end.len())
        }
    };
    text.at += length;
    if quote == "'" {
        word.text.push_str(inside);
        return Ok(());
    }
    let mut inside = ShellCursor::new(inside);
    while let Some(c) = inside.peek() {
        match c {
            '`' => escape(&mut inside, word),
            '$' => variable(&mut inside, word),
            c => {
                inside.at += c.len_utf8();
                word.text.push(c);
            }
        }
    }
    Ok(())
}

/// `` ` `` and what stands behind it.
fn escape(text: &mut ShellCursor<'_>, word: &mut ShellWord) {
    text.at += 1;
    let Some(c) = text.next() else { return };
    let meant = match c {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'e' => '\u{1b}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        // `` `u{1F600} ``
        'u' => {
            let number = text.rest().strip_prefix('{').and_then(|rest| rest.split_once('}'));
            let c = number.and_then(|(digits, _)| char::from_u32(u32::from_str_radix(digits, 16).ok()?));
            match (number, c) {
                (Some((digits, _)), Some(c)) => {
                    text.at += digits.len() + 2;
                    c
                }
                _ => 'u',
            }
        }
        c => c,
    };
    word.text.push(meant);
}

/// `$name`, `${name}` and `$(…)` are kept as they stand; a dollar sign alone is itself.
fn variable(text: &mut ShellCursor<'_>, word: &mut ShellWord) {
    text.at += 1;
    word.text.push('$');
    word.is_filled_in |= text
        .peek()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '{' | '(' | '?' | '^' | '$'));
}

/// A word as the program gets it. PowerShell 7 passes it as it is; 5.1 passes quotes on as they are, so that `\"` or `""`
/// has to be written for each, which is not JSON until the program has read it.
fn passed(word: ShellWord) -> ShellWord {
    let is_json = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
    if !word.text.contains('"') || is_json(&word.text) {
        return word;
    }
    let readings = [unescaped(&word.text), word.text.replace("\"\"", "\"")];
    match readings.into_iter().find(|text| is_json(text)) {
        Some(text) => ShellWord { text, ..word },
        None => word,
    }
}

/// What a program of Windows makes of `\"`: backslashes count in pairs in front of a quote, and as themselves elsewhere.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut backslashes = 0;
    for c in text.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                out.extend(std::iter::repeat_n('\\', backslashes / 2));
                if backslashes % 2 == 1 {
                    out.push('"');
                }
                backslashes = 0;
            }
            c => {
                out.extend(std::iter::repeat_n('\\', backslashes));
                backslashes = 0;
                out.push(c);
            }
        }
    }
    out.extend(std::iter::repeat_n('\\', backslashes));
    out
}
