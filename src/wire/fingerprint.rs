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
    write_object(&mut text, body);
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

/// Writes JSON without white space, keys in order.
pub(crate) fn write_object(out: &mut Vec<u8>, object: &Body) {
    let mut fields: Vec<(&String, &Value)> = object.iter().collect();
    fields.sort_unstable_by_key(|(key, _)| *key);
    out.push(b'{');
    for (index, (key, value)) in fields.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_json(out, key);
        out.push(b':');
        write_value(out, value);
    }
    out.push(b'}');
}

fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Object(object) => write_object(out, object),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_value(out, item);
            }
            out.push(b']');
        }
        other => write_json(out, other),
    }
}

/// Writes a value in which no keys have to be put in order.
pub(crate) fn write_json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    // Neither a value of JSON nor memory refuses.
    let _ = serde_json::to_writer(out, value);
}
