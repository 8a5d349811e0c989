//! JSON without white space, made without a tree of values in between: from whatever is read, and straight from a text.

use std::fmt;
use std::io::{self, Write};

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Number;

/// The text that a value is in compact form: what [`serde_json::Value`] would print of it.
pub(crate) struct CompactJson(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for CompactJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut text = Vec::new();
        Writing(&mut text).deserialize(deserializer)?;
        Ok(Self(text))
    }
}

/// Writes what is read, without a tree in between.
struct Writing<'t>(&'t mut Vec<u8>);

impl Writing<'_> {
    fn put<E: Error>(self, value: &(impl Serialize + ?Sized)) -> Result<(), E> {
        serde_json::to_writer(self.0, value).map_err(E::custom)
    }
}

impl<'de> DeserializeSeed<'de> for Writing<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Writing<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.put(&())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.put(&value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.put(&value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.put(&value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.put(&value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.put(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.push(b'[');
        let start = self.0.len();
        loop {
            let before = self.0.len();
            if before > start {
                self.0.push(b',');
            }
            if items.next_element_seed(Writing(self.0))?.is_none() {
                self.0.truncate(before);
                break;
            }
        }
        self.0.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        self.0.push(b'{');
        let start = self.0.len();
        loop {
            let before = self.0.len();
            if before > start {
                self.0.push(b',');
            }
            if fields.next_key_seed(Writing(self.0))?.is_none() {
                self.0.truncate(before);
                break;
            }
            self.0.push(b':');
            fields.next_value_seed(Writing(self.0))?;
        }
        self.0.push(b'}');
        Ok(())
    }
}

/// Writes what a member of an object is in compact form, piece by piece, straight from the object's text: nothing is read into
/// memory, and nearly all of it is passed on as it stands. Of a text that is no JSON it may write anything.
///
/// # Errors
///
/// Where the text has no such member or could not be written in compact form, and where a piece could not leave.
pub(crate) fn write_member(text: &str, name: &str, out: &mut impl Write) -> io::Result<()> {
    let mut scanner = Scanner { text, at: 0 };
    if !scanner.takes(b'{') {
        return Err(not_json());
    }
    loop {
        let key = scanner.token()?;
        let is_it = match key.contains('\\') {
            true => serde_json::from_str::<String>(key)? == name,
            false => key.strip_prefix('"').and_then(|key| key.strip_suffix('"')) == Some(name),
        };
        if !scanner.takes(b':') {
            return Err(not_json());
        }
        if is_it {
            return scanner.value(out);
        }
        scanner.value(&mut io::sink())?;
        if !scanner.takes(b',') {
            return Err(not_json());
        }
    }
}

fn not_json() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// Goes through the tokens of a JSON text.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    /// Passes over white space; the byte after it.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blank = rest
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))?;
        self.at += blank;
        rest.get(blank).copied()
    }

    fn takes(&mut self, sign: u8) -> bool {
        let is_there = self.peek() == Some(sign);
        self.at += usize::from(is_there);
        is_there
    }

    /// A string with its quotes, a number, a word, or a sign.
    fn token(&mut self) -> io::Result<&'t str> {
        let first = self.peek().ok_or_else(not_json)?;
        let rest = self.text.get(self.at..).ok_or_else(not_json)?;
        let length = match first {
            b'"' => {
                let bytes = rest.as_bytes();
                let mut end = 1;
                loop {
                    match bytes.get(end) {
                        Some(b'"') => break end + 1,
                        // Whatever is behind it ends no string.
                        Some(b'\\') => end += 2,
                        Some(_) => end += 1,
                        None => return Err(not_json()),
                    }
                }
            }
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ => {
                let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
                match rest.bytes().position(|byte| !is_word(byte)) {
                    Some(0) => return Err(not_json()),
                    end => end.unwrap_or(rest.len()),
                }
            }
        };
        self.at += length;
        rest.get(..length).ok_or_else(not_json)
    }

    /// Writes one value.
    fn value(&mut self, out: &mut impl Write) -> io::Result<()> {
        let mut depth = 0_usize;
        loop {
            let token = self.token()?;
            match token.as_bytes() {
                [b'{' | b'[', ..] => depth += 1,
                [b'}' | b']', ..] => depth = depth.checked_sub(1).ok_or_else(not_json)?,
                [b'"', ..] if token.contains('\\') => {
                    serde_json::to_writer(&mut *out, &serde_json::from_str::<String>(token)?)?;
                    if depth == 0 {
                        return Ok(());
                    }
                    continue;
                }
                [b'-' | b'0'..=b'9', ..] if !is_plain_number(token) => {
                    serde_json::to_writer(&mut *out, &serde_json::from_str::<Number>(token)?)?;
                    if depth == 0 {
                        return Ok(());
                    }
                    continue;
                }
                _ => {}
            }
            out.write_all(token.as_bytes())?;
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

/// Whether a number is one that is printed as it is written: an integer that is small enough, and not a zero with a sign.
fn is_plain_number(token: &str) -> bool {
    const DIGITS: usize = 18;
    let digits = token.strip_prefix('-').unwrap_or(token);
    token != "-0" && digits.len() <= DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{CompactJson, write_member};

    fn member(text: &str, name: &str) -> std::io::Result<String> {
        let mut out = Vec::new();
        write_member(text, name, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_text_becomes_what_a_tree_of_it_prints() {
        for text in [
            r#" { "b" : [ 1 , -2, 0.50, 1e3, 18446744073709551615, true, null, [], {} ], "a": { "x\"y": "\u0041\u007f\n\u00e9 / \/" } } "#,
            "\"\\ud83d\\ude00\"",
            "[[[]]]",
            "-0.0",
            "[-0, 0, 7, 123456789012345678, 1234567890123456789, 99999999999999999999, 1.0, 1E2, -1.5e-7, 0.1e1]",
            r#"["", "\\", "\\\"", "a\\", "\/", "\t", "{[,:]}\"", "п\u0440"]"#,
            " null ",
            "\"a\"",
        ] {
            let CompactJson(found) = serde_json::from_str(text).unwrap();
            let tree: Value = serde_json::from_str(text).unwrap();
            assert_eq!(String::from_utf8(found).unwrap(), tree.to_string());
            for object in [
                format!("{{\"x\":{text}}}"),
                format!(" {{ \"a\" : [ {{ \"x\" : 1 }} , \"\\\"\" ], \"\\u0078\"\n:\r\t{text}, \"b\": 2 }} "),
            ] {
                assert!(serde_json::from_str::<Value>(&object).is_ok(), "{object}");
                assert_eq!(member(&object, "x").unwrap(), tree.to_string(), "{object}");
            }
        }
        assert!(serde_json::from_str::<CompactJson>("[1,]").is_err());
    }

    #[test]
    fn of_what_has_no_such_member_nothing_is_made() {
        for text in [
            "",
            "{",
            "{}",
            "[]",
            "7",
            "{\"y\":1}",
            "{\"x\"",
            "{\"x\":",
            "{\"x\":\"",
            "{\"x\":{",
            "{\"x\":\"\\ud800\"}",
            "{;",
        ] {
            assert!(member(text, "x").is_err(), "{text}");
        }
    }
}
