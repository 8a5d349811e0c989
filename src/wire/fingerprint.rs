//! The fingerprint of a body, by which plan sees that a task is still what its campaign asks for.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Body;
use crate::util::hex;

/// A versioned hash of a body that [`comparable_body`](super::comparable_body) made and a
/// [`BodyRedactor`](super::BodyRedactor) redacted: the same for the same campaign, whatever its key, its templates or the
/// order of its settings.
pub fn fingerprint(body: &Body) -> String {
    let digest = Sha256::digest(canonical(&Value::Object(body.clone())).as_bytes());
    format!("v1:{}", hex::encode(&digest))
}

/// JSON without white space, keys in order.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let parts: Vec<String> = keys
                .iter()
                .map(|key| format!("{}:{}", json!(key), canonical(&map[key.as_str()])))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}
