//! JSON held against its schema.

use jsonschema::Validator;
use serde_json::Value;

/// Fails with what the schema has against the value, if it has anything.
#[track_caller]
pub(crate) fn assert_valid(validator: &Validator, value: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
}
