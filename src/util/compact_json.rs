//! JSON without white space, made from whatever is read without a tree of values in between.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::CompactJson;

    #[test]
    fn a_text_becomes_what_a_tree_of_it_prints() {
        for text in [
            r#" { "b" : [ 1 , -2, 0.50, 1e3, 18446744073709551615, true, null, [], {} ], "a": { "x\"y": "\u0041\u007f\n\u00e9 / \/" } } "#,
            "\"\\ud83d\\ude00\"",
            "[[[]]]",
            "-0.0",
        ] {
            let CompactJson(found) = serde_json::from_str(text).unwrap();
            let tree: Value = serde_json::from_str(text).unwrap();
            assert_eq!(String::from_utf8(found).unwrap(), tree.to_string());
        }
        assert!(serde_json::from_str::<CompactJson>("[1,]").is_err());
    }
}
