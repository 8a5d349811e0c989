//! The quotes of a shell: `'…'`, `"…"` and `$'…'`.

use super::{Reader, ShellError, Word};

impl Reader<'_> {
    pub(super) fn single(&mut self, word: &mut Word) -> Result<(), ShellError> {
        let start = self.at;
        self.at += 1;
        let end = self.rest().find('\'').ok_or_else(|| self.unclosed("'", start))?;
        let inside = self.rest().get(..end).unwrap_or_default().to_owned();
        word.text.push_str(&inside);
        self.at += end + 1;
        Ok(())
    }

    pub(super) fn double(&mut self, word: &mut Word) -> Result<(), ShellError> {
        let start = self.at;
        self.at += 1;
        // `"{""name"": …}"` of the Windows prompt, which would be no JSON in a shell.
        let is_doubled = self.rest().starts_with(['{', '['])
            && self
                .rest()
                .trim_start_matches(['{', '[', ' ', '\t', '\n'])
                .starts_with("\"\"");
        loop {
            match self.peek() {
                None => return Err(self.unclosed("\"", start)),
                Some('"') if is_doubled && self.eat("\"\"") => word.text.push('"'),
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

    /// `$'…'`
    pub(super) fn ansi(&mut self, word: &mut Word) -> Result<(), ShellError> {
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
