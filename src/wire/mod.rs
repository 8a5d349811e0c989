//! Request bodies: campaign → body, body → the language, the fingerprint of a body, and a body without its secrets.
//!
//! | file here | holds |
//! | --- | --- |
//! | `encode` | a campaign → the body that creates its task |
//! | `decode` | a body's values → the language: plan's words, and what import writes |
//! | `fingerprint` | a body → a hash that is the same for the same campaign |
//! | `packed` | a body as one line of JSON, for whoever keeps very many |
//! | `redact` | a body → the same body with hashes for the secrets in its webhook URLs |

mod decode;
mod encode;
mod fingerprint;
mod packed;
mod redact;

use serde_json::{Map, Value};

pub use decode::{RenderedField, decode, describe};
pub use encode::{bodies, body, defaulted_wire_values};
pub use fingerprint::fingerprint;
pub(crate) use fingerprint::{FieldOrder, fingerprint_of, write_json, write_object};
pub use packed::{PackedBody, UnreadableBody};
pub use redact::BodyRedactor;

/// A request body, in the order of the API page.
pub type Body = Map<String, Value>;

/// Puts a value at a dotted path, making the objects on the way.
pub(crate) fn insert(body: &mut Body, path: &str, value: Value) {
    // A path is too short for a search that looks at many bytes at once.
    let dot = path.bytes().position(|byte| byte == b'.');
    match dot.and_then(|dot| Some((path.get(..dot)?, path.get(dot + 1..)?))) {
        None => {
            body.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            if let Some(inner) = last_or_any(body, head) {
                if let Value::Object(inner) = inner {
                    insert(inner, rest, value);
                }
                return;
            }
            let mut inner = Map::with_capacity(OF_AN_OBJECT);
            insert(&mut inner, rest, value);
            body.insert(head.to_owned(), Value::Object(inner));
        }
    }
}

/// So many fields most objects in a body have, at most.
const OF_AN_OBJECT: usize = 8;

/// The field of a name. The fields of one object follow one another in the table, so that mostly it is the last one.
fn last_or_any<'b>(body: &'b mut Body, name: &str) -> Option<&'b mut Value> {
    let is_last = body.keys().next_back().is_some_and(|key| key == name);
    match is_last {
        true => body.values_mut().next_back(),
        false => body.get_mut(name),
    }
}

/// The value at a dotted path.
pub(crate) fn find<'b>(body: &'b Body, path: &str) -> Option<&'b Value> {
    match path.split_once('.') {
        None => body.get(path),
        Some((head, rest)) => find(body.get(head)?.as_object()?, rest),
    }
}
