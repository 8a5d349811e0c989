//! A duration: units in the language, whole seconds on the wire.

use serde_json::{Value as JsonValue, json};

use super::super::types::Seconds;
use super::super::{Dialect, Setting, Value};
use super::lenient::{GREATEST, whole};
use super::{Decoded, DecodedValue, Literal, SourceText, Unreadable, ValueKind, WireContext, quoted};

/// [`Kind::Duration`](super::Kind::Duration)
#[derive(Clone, Copy)]
pub(super) struct DurationKind;

impl ValueKind for DurationKind {
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        let text = literal.text_or_number()?;
        Seconds::parse(text).map(Value::Duration).map_err(Unreadable::Duration)
    }

    fn expected(self) -> &'static str {
        "a duration in quotes, like \"20m\""
    }

    fn takes(self) -> String {
        "a duration in `d`, `h`, `m` and `s`, the largest unit first: `\"12s\"`, `\"20m\"`, `\"1h30m\"`, `\"0s\"`"
            .to_owned()
    }

    /// Redials wait for minutes; most else that takes a duration is a matter of seconds.
    fn placeholder(self, setting: Setting) -> String {
        match setting.spec().parent {
            Some(_) => "\"20m\"".to_owned(),
            None => "\"12s\"".to_owned(),
        }
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        match literal {
            Literal::Text(text) => Seconds::parse(text).ok().map(|_| quoted(text)),
            number => number.number().map(|seconds| quoted(&Seconds(seconds).to_string())),
        }
    }

    fn encode(self, value: &Value, _: &dyn WireContext) -> Option<JsonValue> {
        match value {
            Value::Duration(seconds) => Some(JsonValue::from(seconds.0)),
            _ => None,
        }
    }

    fn decode(self, value: &JsonValue, _: &dyn WireContext) -> Decoded {
        let (seconds, why) = match (value, whole(value)) {
            (_, Some(seconds)) => (seconds, None),
            (JsonValue::Bool(on), _) => (
                i64::from(*on),
                Some("a number of seconds belongs here; as a number, true counts as 1 and false as 0".to_owned()),
            ),
            (JsonValue::String(text), _) => match Seconds::parse(text.trim()) {
                Ok(seconds) => (seconds.0.into(), None),
                Err(_) => return Decoded::unsayable("it is no number of seconds"),
            },
            _ => return Decoded::unsayable("it is no whole number of seconds"),
        };
        match u32::try_from(seconds) {
            Ok(whole) if seconds <= GREATEST => Decoded::Value(DecodedValue {
                source: SourceText::Quoted(Seconds(whole).to_string()),
                word: "",
                wire: vec![Some(JsonValue::from(whole))],
                why,
            }),
            _ => Decoded::unsayable("no duration is that long, or less than nothing"),
        }
    }

    fn wire_type(self, _: usize, _: Dialect) -> &'static str {
        "integer, seconds"
    }

    fn schema(self, _: usize, _: Dialect) -> JsonValue {
        json!({ "type": "integer", "minimum": 0 })
    }
}
