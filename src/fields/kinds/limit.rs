//! A limit: a positive whole number, which the extended dialect sends in an object with its switch.

use serde_json::{Value as JsonValue, json};

use super::super::{Dialect, Setting, Value};
use super::count::CountKind;
use super::lenient::switch;
use super::{Decoded, DecodedValue, Literal, Unreadable, ValueKind, WireContext};

/// [`Kind::Limit`](super::Kind::Limit)
#[derive(Clone, Copy)]
pub(super) struct LimitKind;

impl ValueKind for LimitKind {
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        CountKind.read(literal)
    }

    fn expected(self) -> &'static str {
        CountKind.expected()
    }

    fn takes(self) -> String {
        CountKind.takes()
    }

    fn placeholder(self, setting: Setting) -> String {
        CountKind.placeholder(setting)
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        CountKind.decode_literal(literal)
    }

    fn encode(self, value: &Value, context: &dyn WireContext) -> Option<JsonValue> {
        let count = CountKind.encode(value, context)?;
        Some(in_dialect(count, context))
    }

    /// An int, or `{"redial": true, "count": int}`; both dialects' forms in either.
    fn decode(self, value: &JsonValue, context: &dyn WireContext) -> Decoded {
        let count = match value {
            JsonValue::Object(members) => {
                let on = members.get("redial").map_or(Some(true), switch);
                match (on, members.get("count")) {
                    (Some(false), _) => return Decoded::LeftOut("no limit is said by leaving it out"),
                    (Some(true), Some(count)) => count,
                    _ => return Decoded::unsayable("it has no count"),
                }
            }
            plain => plain,
        };
        match CountKind.decode(count, context) {
            Decoded::Value(count) => Decoded::Value(DecodedValue {
                wire: count
                    .wire
                    .into_iter()
                    .map(|count| Some(in_dialect(count?, context)))
                    .collect(),
                ..count
            }),
            other => other,
        }
    }

    fn wire_type(self, index: usize, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Classic => CountKind.wire_type(index, dialect),
            Dialect::Extended => "object, `{\"redial\": true, \"count\": N}`",
        }
    }

    /// In the extended dialect it is switched on with a number, or off.
    fn schema(self, index: usize, dialect: Dialect) -> JsonValue {
        let count = CountKind.schema(index, dialect);
        match dialect {
            Dialect::Classic => count,
            Dialect::Extended => json!({
                "type": "object",
                "required": ["redial"],
                "additionalProperties": false,
                "properties": { "redial": { "type": "boolean" }, "count": count },
                "if": { "required": ["redial"], "properties": { "redial": { "const": true } } },
                "then": { "required": ["count"] },
                "else": { "properties": { "count": false } },
            }),
        }
    }
}

fn in_dialect(count: JsonValue, context: &dyn WireContext) -> JsonValue {
    match context.dialect() {
        Dialect::Classic => count,
        Dialect::Extended => json!({ "redial": true, "count": count }),
    }
}
