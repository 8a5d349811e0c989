//! A body as one line of JSON, for whoever keeps very many: a tree of values takes ten times the room.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use thiserror::Error;

use super::{Body, FieldOrder, write_object};
use crate::util::compact_json::CompactJson;
use crate::util::passed_on::PassedOn;

/// A body that is kept, not looked into. A clone costs nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedBody(Arc<str>);

impl PackedBody {
    /// The body, packed.
    pub fn of(body: &Body) -> Self {
        let mut text = Vec::with_capacity(1024);
        write_object(&mut text, body, FieldOrder::AsTheyAre);
        // What is written is JSON, so that it is UTF-8.
        let text = String::from_utf8_lossy(&text);
        Self(text.as_ref().into())
    }

    /// The body.
    ///
    /// # Errors
    ///
    /// Where its text is no body, so that nobody takes it for an empty one.
    pub fn unpack(&self) -> Result<Body, UnreadableBody> {
        serde_json::from_str(&self.0).map_err(|why| UnreadableBody(why.to_string()))
    }

    /// Whether its text holds these characters anywhere: what is rare is looked for without unpacking the body.
    pub(crate) fn may_hold(&self, part: &str) -> bool {
        self.0.contains(part)
    }

    /// Wire field `name`.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        self.text("name")
    }

    /// A field at the top whose value is a string.
    pub fn text(&self, field: &str) -> Option<Cow<'_, str>> {
        let TextOrNot(text) = self.read(field).ok()??;
        text
    }

    /// A field at the top, without unpacking the others.
    ///
    /// # Errors
    ///
    /// As [`PackedBody::unpack`].
    pub(crate) fn field(&self, field: &str) -> Result<Option<Value>, UnreadableBody> {
        self.read(field).map_err(|why| UnreadableBody(why.to_string()))
    }

    fn read<'s, T: Deserialize<'s>>(&'s self, field: &str) -> Result<Option<T>, serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_str(&self.0);
        let sought = PhantomData;
        FieldOf { field, sought }.deserialize(&mut reader)
    }
}

/// A packed body that does not come out again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a request body cannot be read back ({0}); this is a bug in dialform")]
pub struct UnreadableBody(String);

impl From<Body> for PackedBody {
    fn from(body: Body) -> Self {
        Self::of(&body)
    }
}

impl Serialize for PackedBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = serde_json::Deserializer::from_str(&self.0);
        PassedOn::of(&mut text).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PackedBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let CompactJson(text) = CompactJson::deserialize(deserializer)?;
        match String::from_utf8(text) {
            Ok(text) if text.starts_with('{') => Ok(Self(text.into())),
            _ => Err(D::Error::custom("a request body is an object")),
        }
    }
}

/// Finds one field, and passes over all others.
struct FieldOf<'f, T> {
    field: &'f str,
    sought: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for FieldOf<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for FieldOf<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request body")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(Borrowed(field)) = fields.next_key()? {
            if field == self.field {
                found = Some(fields.next_value()?);
            } else {
                fields.next_value::<serde::de::IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// A string, borrowed where nothing in it is escaped.
#[derive(Deserialize)]
struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);

/// A string, or anything else.
struct TextOrNot<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for TextOrNot<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either<'a> {
            Text(#[serde(borrow)] Cow<'a, str>),
            Other(serde::de::IgnoredAny),
        }
        Ok(Self(match Either::deserialize(deserializer)? {
            Either::Text(text) => Some(text),
            Either::Other(_) => None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Body, PackedBody};

    fn body(value: &Value) -> Body {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_body_comes_out_as_it_went_in() {
        let whole = json!({
            "name": "Весна \"2026\"\n",
            "cps": 0.93,
            "calls": [1, -2, 18_446_744_073_709_551_615_u64, 1e300, true, null, [], {}],
            "additionalOptions": { "a\"b": { "c": [{ "d": "" }] }, "e": {} },
        });
        let packed = PackedBody::of(&body(&whole));
        assert_eq!(Value::Object(packed.unpack().unwrap()), whole);
        let pretty = serde_json::to_string_pretty(&packed).unwrap();
        assert_eq!(pretty, serde_json::to_string_pretty(&whole).unwrap());
        assert_eq!(serde_json::to_string(&packed).unwrap(), whole.to_string());
        assert_eq!(serde_json::to_value(&packed).unwrap(), whole);
        // Read from text, and from what a tagged record keeps of it.
        assert_eq!(serde_json::from_str::<PackedBody>(&pretty).unwrap(), packed);
        assert_eq!(serde_json::from_value::<PackedBody>(whole).unwrap(), packed);
        assert_eq!(PackedBody::of(&Body::new()).unpack(), Ok(Body::new()));
    }

    #[test]
    fn what_is_no_json_is_neither_written_nor_taken_for_an_empty_body() {
        for text in ["", "{", "{\"a\":1,}", "{\"a\":\"\\ud800\"}"] {
            let broken = PackedBody(text.into());
            assert!(serde_json::to_string(&broken).is_err(), "{text}");
            assert!(broken.unpack().is_err(), "{text}");
        }
    }

    #[test]
    fn only_an_object_is_a_body() {
        for text in ["null", "[]", "\"text\"", "7"] {
            assert!(serde_json::from_str::<PackedBody>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_text_is_found_without_the_rest() {
        let packed = PackedBody::of(&body(&json!({ "x": { "name": "no" }, "name": "a \"b\"", "cps": 1 })));
        assert_eq!(packed.name().as_deref(), Some("a \"b\""));
        assert_eq!(packed.text("cps"), None);
        assert_eq!(packed.text("y"), None);
        assert_eq!(packed.field("x"), Ok(Some(json!({ "name": "no" }))));
        assert_eq!(packed.field("cps"), Ok(Some(json!(1))));
        assert_eq!(packed.field("y"), Ok(None));
        assert!(PackedBody("{\"a\":1".into()).field("b").is_err());
    }
}
