//! The schema of the plan as JSON, whose form `plan::view` writes.

use serde_json::{Value, json};

/// What `plan --output-format json` prints.
pub(super) fn plan() -> Value {
    json!({ "type": "object" })
}
