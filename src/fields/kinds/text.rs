//! A text: any but the empty one.

use serde_json::{Value as JsonValue, json};

use super::super::{Dialect, Setting, Value};
use super::wire::is_blank;
use super::{Decoded, Literal, SourceText, Unreadable, ValueKind, WireContext};

/// [`Kind::Text`](super::Kind::Text)
#[derive(Clone, Copy)]
pub(super) struct TextKind;

impl ValueKind for TextKind {
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        literal.free_text(true).map(|text| Value::Text(text.into()))
    }

    fn takes(self) -> String {
        "a text; quotation marks can be left out where it is one plain word".to_owned()
    }

    fn placeholder(self, _: Setting) -> String {
        "\"…\"".to_owned()
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        literal.quoted_as_is()
    }

    fn encode(self, value: &Value, _: &dyn WireContext) -> Option<JsonValue> {
        match value {
            Value::Text(text) => Some(JsonValue::from(&**text)),
            _ => None,
        }
    }

    fn decode(self, value: &JsonValue, _: &dyn WireContext) -> Decoded {
        match value {
            _ if is_blank(value) => Decoded::unsayable("it is empty"),
            JsonValue::String(text) => Decoded::value(SourceText::Quoted(text.clone()), text.as_str()),
            JsonValue::Number(number) => Decoded::value(SourceText::Quoted(number.to_string()), number.to_string()),
            _ => Decoded::unsayable("it is no text"),
        }
    }

    fn wire_type(self, _: usize, _: Dialect) -> &'static str {
        "string"
    }

    fn schema(self, _: usize, _: Dialect) -> JsonValue {
        json!({ "type": "string", "pattern": "\\S" })
    }
}
