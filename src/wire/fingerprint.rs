//! The fingerprint of a body, by which plan sees that a task is still what its campaign asks for.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Body;
use crate::util::hex;

/// A versioned hash of a body that [`bodies`](super::bodies) made to be compared and a
/// [`BodyRedactor`](super::BodyRedactor) redacted: the same for the same campaign, whatever its key, its templates or the
/// order of its settings.
pub fn fingerprint(body: &Body) -> String {
    let mut text = Vec::with_capacity(1024);
    write_object(&mut text, body, FieldOrder::Canonical);
    fingerprint_of([text.as_slice()])
}

/// The same of what [`write_object`] and [`write_json`] wrote, part by part.
pub(crate) fn fingerprint_of<'t>(canonical: impl IntoIterator<Item = &'t [u8]>) -> String {
    let parts = canonical.into_iter();
    let digest = parts
        .fold(Sha256::new(), |hash, part| hash.chain_update(part))
        .finalize();
    format!("v1:{}", hex::encode(&digest))
}

/// In which order the fields of objects are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldOrder {
    /// By their names, which makes equal bodies equal texts.
    Canonical,
    /// As they are.
    AsTheyAre,
}

/// Writes JSON without white space.
pub(crate) fn write_object(out: &mut Vec<u8>, object: &Body, order: FieldOrder) {
    out.push(b'{');
    match order {
        FieldOrder::AsTheyAre => write_fields(out, object.iter(), order),
        FieldOrder::Canonical => {
            let mut fields: Vec<(&String, &Value)> = object.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            write_fields(out, fields, order);
        }
    }
    out.push(b'}');
}

fn write_fields<'b>(out: &mut Vec<u8>, fields: impl IntoIterator<Item = (&'b String, &'b Value)>, order: FieldOrder) {
    for (index, (key, value)) in fields.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_text(out, key);
        out.push(b':');
        write_value(out, value, order);
    }
}

fn write_value(out: &mut Vec<u8>, value: &Value, order: FieldOrder) {
    match value {
        Value::Object(object) => write_object(out, object, order),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_value(out, item, order);
            }
            out.push(b']');
        }
        Value::String(text) => write_text(out, text),
        other => write_json(out, other),
    }
}

/// Writes a string, which mostly has nothing in it that has to be escaped.
fn write_text(out: &mut Vec<u8>, text: &str) {
    // All of it is looked at, and many bytes at once.
    let is_special = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    if text.bytes().fold(false, |any, byte| any | is_special(byte)) {
        return write_json(out, text);
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Writes a value that is no object, and has none in it.
pub(crate) fn write_json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    // Neither a value of JSON nor memory refuses.
    let _ = serde_json::to_writer(out, value);
}
