//! Schemas of our own reports and of the state, derived from the types that are serialized.

use schemars::JsonSchema;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Value;

/// The schema of what a type serializes to, without its title and without the address of the draft.
pub(super) fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with_transform(RecursiveTransform(simplify));
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.remove("$schema");
    schema.remove("title");
    schema.to_value()
}

/// Joins the lines of descriptions, drops the sizes of Rust's numbers, and closes objects in the older, simpler way.
fn simplify(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
    if schema.get("type").is_some_and(|kind| kind == "integer") {
        schema.remove("format");
    }
    // Flattened fields are in `properties`, so there is nothing else to evaluate.
    if let Some(closed) = schema.remove("unevaluatedProperties") {
        schema.insert("additionalProperties".to_owned(), closed);
    }
}
