//! JSON text → values, for `input`: one document or several, with a note of every duplicate name in an object.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use thiserror::Error;

use super::redact;

/// A value, and the paths of duplicate names in its objects; the last one counts.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) value: Value,
    /// Such as `.additionalOptions.useTr`.
    pub(super) repeated: Vec<String>,
}

/// Why a text is not JSON. The words never repeat what may be secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {why}{}", in_brackets(excerpt.as_deref()))]
pub struct JsonError {
    /// Line, 1-based.
    pub line: usize,
    /// Column, 1-based.
    pub column: usize,
    /// What is wrong, and what to write instead.
    pub why: String,
    /// The text around, where it can be shown.
    pub excerpt: Option<String>,
}

fn in_brackets(excerpt: Option<&str>) -> String {
    excerpt.map(|text| format!(" ({text})")).unwrap_or_default()
}

/// The most broken documents that are reported: with more, the file is hardly JSON.
const MOST_BROKEN: usize = 20;

/// Every document of a text. After a broken one, parsing resumes at the next line that begins an object.
pub(super) fn documents(text: &str) -> Vec<Result<Document, JsonError>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut broken_so_far = 0;
    while let Some(rest) = text.get(start..).filter(|_| broken_so_far < MOST_BROKEN) {
        broken_so_far += 1;
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Document>();
        let mut good = 0;
        let broken = loop {
            match stream.next() {
                Some(Ok(document)) => {
                    good = stream.byte_offset();
                    found.push(Ok(document));
                }
                Some(Err(error)) => break Some(error),
                None => break None,
            }
        };
        let Some(error) = broken else { break };
        let failed_at = start + good;
        let lines_before = text.get(..start).unwrap_or_default().matches('\n').count();
        let line = lines_before + error.line();
        found.push(Err(explain(text, line, &error)));
        // Behind the first line of what failed, since that line itself begins like an object.
        let behind = text.get(failed_at..).and_then(|rest| {
            let skipped = rest.len() - rest.trim_start().len();
            let first_line = rest.get(skipped..)?.find('\n')? + skipped;
            let next = rest.get(first_line..)?.find("\n{")?;
            Some(failed_at + first_line + next + 1)
        });
        match behind {
            Some(next) => start = next,
            None => break,
        }
    }
    found
}

fn explain(text: &str, line: usize, error: &serde_json::Error) -> JsonError {
    let whole = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    // serde_json counts bytes, and for some errors points one byte too far.
    let byte = whole.floor_char_boundary(error.column().saturating_sub(1));
    let before = whole.get(..byte).unwrap_or_default();
    let here = whole.get(byte..).unwrap_or_default();
    JsonError {
        line,
        column: before.chars().count() + 1,
        why: words(error, before, here),
        excerpt: redact::excerpt(whole, byte),
    }
}

fn words(error: &serde_json::Error, before: &str, here: &str) -> String {
    // Without the place, which we print ourselves.
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or(&said);
    let is_comment = here.starts_with("//") || here.starts_with("/*") || here.starts_with('#');
    if is_comment {
        return "JSON has no comments; take this one out".to_owned();
    }
    if here.starts_with(['“', '”', '„', '«', '‘', '’']) {
        return "a typographic quote, as editors and chats put in; JSON strings stand in plain double quotes"
            .to_owned();
    }
    // `{{cps}}` is noticed at its second sign.
    let is_in_braces = here.starts_with("{{") || (here.starts_with('{') && before.ends_with('{'));
    if here.starts_with('$') || is_in_braces {
        return "a variable stands here; put its value in its place".to_owned();
    }
    match said {
        "trailing comma" => "a comma with nothing behind it; take it out".to_owned(),
        "recursion limit exceeded" => "it is nested too deeply to be a request body".to_owned(),
        _ if here.starts_with('\'') || (said == "key must be a string" && before.ends_with('\'')) => {
            "JSON strings stand in double quotes".to_owned()
        }
        "key must be a string" => "the name of a field stands in double quotes".to_owned(),
        _ if said.starts_with("EOF") => "the text ends before the JSON does".to_owned(),
        _ if said.contains("surrogate") || said.contains("hex escape") => {
            "half of a character: a `\\u` of a pair stands alone".to_owned()
        }
        "number out of range" => "no number is that large".to_owned(),
        _ => format!("this is not JSON: {said}"),
    }
}

impl Document {
    fn plain(value: Value) -> Self {
        let repeated = Vec::new();
        Self { value, repeated }
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Noting)
    }
}

/// Builds the same values as serde_json, and notes duplicate names.
struct Noting;

impl<'de> Visitor<'de> for Noting {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Document, E> {
        Ok(Document::plain(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Document, E> {
        Ok(Document::plain(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Document, E> {
        Ok(Document::plain(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Document, E> {
        Ok(Document::plain(
            Number::from_f64(value).map_or(Value::Null, Value::Number),
        ))
    }

    fn visit_str<E>(self, value: &str) -> Result<Document, E> {
        Ok(Document::plain(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Document, E> {
        Ok(Document::plain(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Document, E> {
        Ok(Document::plain(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Document, A::Error> {
        let mut values = Vec::new();
        let mut repeated = Vec::new();
        while let Some(Document { value, repeated: inner }) = items.next_element()? {
            let index = values.len();
            repeated.extend(inner.into_iter().map(|path| format!("[{index}]{path}")));
            values.push(value);
        }
        let value = Value::Array(values);
        Ok(Document { value, repeated })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Document, A::Error> {
        let mut values = Map::new();
        let mut repeated = Vec::new();
        while let Some((name, Document { value, repeated: inner })) = members.next_entry::<String, Document>()? {
            let step = redact::step(&name);
            repeated.extend(inner.into_iter().map(|path| format!("{step}{path}")));
            if values.insert(name, value).is_some() {
                repeated.push(step);
            }
        }
        let value = Value::Object(values);
        Ok(Document { value, repeated })
    }
}
