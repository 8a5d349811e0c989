//! The quotes of sh: `'…'`, `"…"` and `$'…'`.

use super::posix::PosixReader;
use super::{Other, ShellError, ShellWord};

impl PosixReader<'_> {
    pub(super) fn single(&mut self, word: &mut ShellWord) -> Result<(), ShellError> {
        let start = self.text.at;
        self.text.at += 1;
        let end = self
            .text
            .rest()
            .find('\'')
            .ok_or_else(|| self.text.unclosed("'", start))?;
        word.text.push_str(self.text.rest().get(..end).unwrap_or_default());
        self.text.at += end + 1;
        // Nothing to sh, and so hardly meant, unless the quotes are empty.
        if end > 0 && self.text.rest().starts_with('\'') && !self.text.rest().starts_with("''") {
            word.has_doubled = true;
            self.looks_like_powershell();
        }
        Ok(())
    }

    pub(super) fn double(&mut self, word: &mut ShellWord) -> Result<(), ShellError> {
        let start = self.text.at;
        self.text.at += 1;
        // `"{""name"": …}"` of the Windows prompt, which would be no JSON in a shell.
        let is_doubled = self.text.rest().starts_with(['{', '['])
            && self
                .text
                .rest()
                .trim_start_matches(['{', '[', ' ', '\t', '\n'])
                .starts_with("\"\"");
        loop {
            match self.text.peek() {
                None => return Err(self.text.unclosed("\"", start)),
                Some('"') if is_doubled && self.text.eat("\"\"") => word.text.push('"'),
                Some('"') => {
                    self.text.at += 1;
                    return Ok(());
                }
                Some('\\') => {
                    self.text.at += 1;
                    match self.text.next() {
                        Some('\n') => {}
                        Some(c @ ('$' | '`' | '"' | '\\')) => word.text.push(c),
                        Some(c) => word.text.extend(['\\', c]),
                        None => return Err(self.text.unclosed("\"", start)),
                    }
                }
                // An escaped quote of PowerShell: sh would look for a command that begins with a quote.
                Some('`') if self.text.rest().starts_with("`\"") => {
                    self.other = Some(Other::PowerShell);
                    return Ok(());
                }
                Some('$' | '`') => self.filled_in(word)?,
                Some(c) => {
                    self.text.at += c.len_utf8();
                    word.text.push(c);
                }
            }
        }
    }

    /// `$'…'`
    pub(super) fn ansi(&mut self, word: &mut ShellWord) -> Result<(), ShellError> {
        let start = self.text.at;
        let mut bytes = Vec::new();
        let push = |bytes: &mut Vec<u8>, c: char| bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
        loop {
            match self.text.next().ok_or_else(|| self.text.unclosed("$'", start))? {
                '\'' => break,
                '\\' => {}
                c => {
                    push(&mut bytes, c);
                    continue;
                }
            }
            match self.text.next().ok_or_else(|| self.text.unclosed("$'", start))? {
                'n' => bytes.push(b'\n'),
                't' => bytes.push(b'\t'),
                'r' => bytes.push(b'\r'),
                'a' => bytes.push(7),
                'b' => bytes.push(8),
                'f' => bytes.push(12),
                'v' => bytes.push(11),
                'e' | 'E' => bytes.push(27),
                // `\cA` is Ctrl-A.
                'c' => {
                    let key = self.text.next().ok_or_else(|| self.text.unclosed("$'", start))?;
                    push(&mut bytes, char::from_u32(u32::from(key) & 0x1f).unwrap_or(key));
                }
                // Without a number, they stand for themselves.
                letter @ ('x' | 'u' | 'U') => {
                    let most = match letter {
                        'x' => 2,
                        'u' => 4,
                        _ => 8,
                    };
                    match (self.number(16, most), letter) {
                        (None, _) => bytes.extend([b'\\', letter as u8]),
                        // A number too large for a byte keeps its lower part, as in a shell.
                        (Some(byte), 'x') => bytes.push(byte as u8),
                        (Some(unit), 'u') => push(&mut bytes, self.character(unit)),
                        (Some(unit), _) => {
                            push(&mut bytes, char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                        }
                    }
                }
                c @ '0'..='7' => {
                    self.text.at -= c.len_utf8();
                    bytes.push(self.number(8, 3).unwrap_or(0) as u8);
                }
                c @ ('\\' | '\'' | '"' | '?') => push(&mut bytes, c),
                c => {
                    bytes.push(b'\\');
                    push(&mut bytes, c);
                }
            }
        }
        let text = String::from_utf8(bytes).map_err(|_| ShellError::NotUtf8 {
            line: self.text.line(start),
        })?;
        word.text.push_str(&text);
        Ok(())
    }

    /// Browsers write a character outside the basic plane as two `\u`.
    fn character(&mut self, unit: u32) -> char {
        if (0xD800..0xDC00).contains(&unit) {
            let back = self.text.at;
            if self.text.eat("\\u")
                && let Some(low @ 0xDC00..0xE000) = self.number(16, 4)
                && let Some(c) = char::from_u32(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
            {
                return c;
            }
            self.text.at = back;
        }
        char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn number(&mut self, radix: u32, most: usize) -> Option<u32> {
        let digits = self
            .text
            .rest()
            .chars()
            .take(most)
            .take_while(|c| c.is_digit(radix))
            .count();
        let number = u32::from_str_radix(self.text.rest().get(..digits)?, radix).ok();
        self.text.at += digits;
        number
    }
}
