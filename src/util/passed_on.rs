//! Serializes what a deserializer reads, value by value, without a tree in between.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{self, Serialize, SerializeMap, SerializeSeq, Serializer};

/// What a deserializer reads next. It can be serialized once.
pub(crate) struct PassedOn<D>(Cell<Option<D>>);

impl<D> PassedOn<D> {
    pub(crate) fn of(deserializer: D) -> Self {
        Self(Cell::new(Some(deserializer)))
    }
}

impl<'de, D: Deserializer<'de>> Serialize for PassedOn<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let read = self.0.take().map(|from| from.deserialize_any(PassingOn(serializer)));
        match read {
            Some(read) => read.map_err(ser::Error::custom),
            None => Err(ser::Error::custom("what was read was passed on before")),
        }
    }
}

/// Puts what is read into a serializer.
struct PassingOn<S>(S);

impl<'de, S: Serializer> Visitor<'de> for PassingOn<S> {
    type Value = S::Ok;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<S::Ok, E> {
        self.0.serialize_unit().map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<S::Ok, E> {
        self.0.serialize_bool(value).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<S::Ok, E> {
        self.0.serialize_i64(value).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<S::Ok, E> {
        self.0.serialize_u64(value).map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<S::Ok, E> {
        self.0.serialize_f64(value).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<S::Ok, E> {
        self.0.serialize_str(value).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<S::Ok, A::Error> {
        let mut out = self.0.serialize_seq(items.size_hint()).map_err(de::Error::custom)?;
        while items.next_element_seed(ItemSeed(&mut out))?.is_some() {}
        out.end().map_err(de::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<S::Ok, A::Error> {
        let mut out = self.0.serialize_map(fields.size_hint()).map_err(de::Error::custom)?;
        while fields.next_key_seed(KeySeed(&mut out))?.is_some() {
            fields.next_value_seed(FieldSeed(&mut out))?;
        }
        out.end().map_err(de::Error::custom)
    }
}

/// An item of a list.
struct ItemSeed<'s, S>(&'s mut S);

impl<'de, S: SerializeSeq> DeserializeSeed<'de> for ItemSeed<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let item = PassedOn::of(deserializer);
        self.0.serialize_element(&item).map_err(de::Error::custom)
    }
}

/// The key of a field.
struct KeySeed<'s, S>(&'s mut S);

impl<'de, S: SerializeMap> DeserializeSeed<'de> for KeySeed<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let key = PassedOn::of(deserializer);
        self.0.serialize_key(&key).map_err(de::Error::custom)
    }
}

/// The value of a field.
struct FieldSeed<'s, S>(&'s mut S);

impl<'de, S: SerializeMap> DeserializeSeed<'de> for FieldSeed<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let value = PassedOn::of(deserializer);
        self.0.serialize_value(&value).map_err(de::Error::custom)
    }
}
