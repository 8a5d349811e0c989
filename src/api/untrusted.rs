//! What the API sent: it can be looked through, and no text leaves it but without the secrets of this run.
//!
//! A body is wrapped as it comes from the connection, before anything reads it, so that no reader has to remember.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::listed_text::ListedText;
use super::redact::Redactor;

/// The body of an answer.
pub(super) struct Untrusted {
    bytes: Vec<u8>,
    redactor: Arc<Redactor>,
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

impl Untrusted {
    pub(super) fn new(bytes: Vec<u8>, redactor: Arc<Redactor>) -> Self {
        Self { bytes, redactor }
    }

    /// All of it without secrets, as UTF-8.
    pub(super) fn redacted(self) -> Vec<u8> {
        self.redactor.body(self.bytes)
    }

    /// It as JSON, in which ids and markers can be looked for; nothing where it is no JSON.
    pub(super) fn json(self) -> Option<UntrustedJson> {
        Some(UntrustedJson {
            value: serde_json::from_slice(&self.bytes).ok()?,
            redactor: self.redactor,
        })
    }
}

/// A JSON document that the API sent.
pub(super) struct UntrustedJson {
    value: Value,
    redactor: Arc<Redactor>,
}

impl UntrustedJson {
    pub(super) fn root(&self) -> UntrustedValue<'_> {
        UntrustedValue {
            value: &self.value,
            redactor: &self.redactor,
        }
    }
}

/// A value in such a document.
#[derive(Clone, Copy)]
pub(super) struct UntrustedValue<'a> {
    value: &'a Value,
    redactor: &'a Arc<Redactor>,
}

impl<'a> UntrustedValue<'a> {
    fn with(self, value: &'a Value) -> Self {
        Self { value, ..self }
    }

    /// The field of this name.
    pub(super) fn get(self, name: &str) -> Option<Self> {
        self.value.get(name).map(|value| self.with(value))
    }

    /// The elements of an array.
    pub(super) fn elements(self) -> Option<impl Iterator<Item = Self>> {
        let elements = self.value.as_array()?;
        Some(elements.iter().map(move |value| self.with(value)))
    }

    /// The fields of an object; nothing where it is none.
    pub(super) fn fields(self) -> impl Iterator<Item = (UntrustedName<'a>, Self)> {
        let fields = self.value.as_object().into_iter().flat_map(Map::iter);
        fields.map(move |(name, value)| (UntrustedName(name), self.with(value)))
    }

    pub(super) fn is_object(self) -> bool {
        self.value.is_object()
    }

    pub(super) fn as_bool(self) -> Option<bool> {
        self.value.as_bool()
    }

    /// A text, without secrets.
    pub(super) fn text(self) -> Option<String> {
        Some(self.redactor.text(self.value.as_str()?))
    }

    /// A text that is a secret from now on.
    pub(super) fn secret(self) -> Option<SecretString> {
        let secret = SecretString::from(self.value.as_str()?);
        self.redactor.learn(&secret);
        Some(secret)
    }

    /// A whole number, be it as a text, with a fraction of nothing, or in an object of its own (`{"value": 40}`).
    pub(super) fn number(self) -> Option<u64> {
        match self.value {
            Value::Number(number) => number.as_u64().or_else(|| whole(&number.to_string())),
            Value::String(text) => whole(text),
            Value::Object(object) => object.get("value").and_then(Value::as_u64),
            _ => None,
        }
    }

    /// Whether there is anything in it: a link, a number but 0, `true`.
    pub(super) fn is_something(self) -> bool {
        is_something(self.value)
    }

    /// Every text in it, to be searched.
    pub(super) fn searchable(self) -> ListedText {
        let mut texts = Vec::new();
        collect_texts(self.value, &mut texts);
        ListedText::with_redactor(texts, Arc::clone(self.redactor))
    }
}

/// The name of a field, which can be compared and not shown.
#[derive(Clone, Copy)]
pub(super) struct UntrustedName<'a>(&'a str);

impl UntrustedName<'_> {
    /// Whether it is one of these, which have no `_`, `-` and capitals, whatever it has of them.
    pub(super) fn is_any_of(self, names: &[&str]) -> bool {
        let letters = || self.0.chars().filter(|c| !matches!(c, '_' | '-'));
        let plain = || letters().flat_map(char::to_lowercase);
        names.iter().any(|name| plain().eq(name.chars()))
    }
}

/// A whole number that is written out.
pub(super) fn whole(text: &str) -> Option<u64> {
    let text = text.trim();
    // A number too great for any list is a number all the same.
    let float = || text.parse::<f64>().ok().filter(|number| *number >= 0.0);
    text.parse().ok().or_else(|| float().map(|number| number as u64))
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_so) => *is_so,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(values) => values.values().any(is_something),
    }
}

fn collect_texts(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(one) => texts.push(one.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect_texts(value, texts)),
        Value::Object(values) => values.values().for_each(|value| collect_texts(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::redact::writings::writings;
    use super::*;

    const TOKEN: &str = "eyJhbGciOi/JIUzI1+NiJ9.c2Vjcm_V0LXBheWxvYWQ=.Zm9v-YmFyYmF6";

    #[test]
    fn no_text_leaves_it_with_a_secret() {
        let redactor = Arc::new(Redactor::default());
        redactor.learn(&SecretString::from(TOKEN));
        for (name, written) in writings(TOKEN) {
            let value = json!({ "id": written, "items": [{ "name": written, "n": 7 }], &written: true });
            let sent = || Untrusted::new(value.to_string().into_bytes(), Arc::clone(&redactor));
            let json = sent().json().unwrap();
            let item = json.root().get("items").unwrap().elements().unwrap().next().unwrap();
            let left = [
                String::from_utf8(sent().redacted()).unwrap(),
                json.root().get("id").unwrap().text().unwrap(),
                item.get("name").unwrap().text().unwrap(),
                format!("{:?} {:?}", sent(), json.root().searchable()),
            ];
            assert!(
                !left.iter().any(|text| redactor.is_in(text.as_bytes())),
                "{name}: {left:?}"
            );
            assert_eq!(item.get("n").unwrap().number(), Some(7));
            // What is looked for is found all the same.
            assert!(json.root().searchable().contains(&written), "{name}");
        }
    }

    #[test]
    fn the_key_of_a_marker_is_shown_without_a_secret() {
        let redactor = Arc::new(Redactor::default());
        redactor.learn(&SecretString::from("0f3a9c1b77de4a10"));
        let text = json!([
            "[dialform 0f3a9c1b77de4a10 7K3M9Q2XVT4B] [dialform token-0f3a9c1b77de 7K3M9Q2XVT4C]",
            "[dialform spring 7K3M9Q2XVT4D]",
        ]);
        let json = Untrusted::new(text.to_string().into_bytes(), redactor).json().unwrap();
        let texts = json.root().searchable();
        let others = texts.other_keys(|key| key == "spring");
        assert_eq!(others.into_iter().collect::<Vec<_>>(), ["[token]"]);
        // A campaign whose key holds one is found by it.
        let known = texts.markers_of(|key| key == "token-0f3a9c1b77de");
        assert_eq!(known.len(), 1);
    }
}
