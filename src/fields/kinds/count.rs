//! A positive whole number.

use serde_json::{Value as JsonValue, json};

use super::super::{Dialect, Setting, Value};
use super::lenient::{GREATEST, whole};
use super::{Decoded, Literal, SourceText, Unreadable, ValueKind, WireContext};

/// [`Kind::Count`](super::Kind::Count)
#[derive(Clone, Copy)]
pub(super) struct CountKind;

impl ValueKind for CountKind {
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        let count: Option<u32> = match literal {
            Literal::Number(number) if number.contains('_') => number.replace('_', "").parse().ok(),
            literal => literal.number(),
        };
        let count = count.filter(|count| (1..=i32::MAX as u32).contains(count));
        count.map(Value::Count).ok_or(Unreadable::Count)
    }

    fn expected(self) -> &'static str {
        "a positive whole number"
    }

    fn takes(self) -> String {
        "a whole number from 1, without quotation marks".to_owned()
    }

    fn placeholder(self, _: Setting) -> String {
        "3".to_owned()
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        match literal {
            Literal::Number(number) => Some(number.to_owned()),
            _ => None,
        }
    }

    fn encode(self, value: &Value, _: &dyn WireContext) -> Option<JsonValue> {
        match value {
            Value::Count(count) => Some(JsonValue::from(*count)),
            _ => None,
        }
    }

    fn decode(self, value: &JsonValue, _: &dyn WireContext) -> Decoded {
        match whole(value) {
            Some(count @ 1..=GREATEST) => Decoded::value(SourceText::Bare(count.to_string()), count),
            Some(0) => Decoded::unsayable("0 is no number of calls; leave it out where there is to be no limit"),
            Some(_) => Decoded::unsayable("it is no number of calls"),
            None => Decoded::unsayable("it is no whole number"),
        }
    }

    fn wire_type(self, _: usize, _: Dialect) -> &'static str {
        "integer"
    }

    fn schema(self, _: usize, _: Dialect) -> JsonValue {
        json!({ "type": "integer", "minimum": 1 })
    }
}
