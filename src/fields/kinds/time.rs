//! A time of day: a clock's in the language, seconds since midnight on the wire.

use serde_json::{Value as JsonValue, json};

use super::super::types::{BadTime, TimeOfDay};
use super::super::{Dialect, Setting, Value};
use super::lenient::whole;
use super::{Decoded, Literal, SourceText, Unreadable, ValueKind, WireContext, quoted};

/// [`Kind::Time`](super::Kind::Time)
#[derive(Clone, Copy)]
pub(super) struct TimeKind {
    /// Whether it ends a window, so that `24:00` is one of its values.
    pub(super) end: bool,
}

impl ValueKind for TimeKind {
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        let time = TimeOfDay::parse(literal.text()?, self.end);
        time.map(Value::Time).map_err(Unreadable::Time)
    }

    fn expected(self) -> &'static str {
        "a time in quotes, like \"09:10\""
    }

    fn takes(self) -> String {
        match self.end {
            false => "a time of day: `\"09:10\"` or `\"09:10:30\"`".to_owned(),
            true => "a time of day: `\"19:50\"` or `\"19:50:30\"`; `\"24:00\"` is the end of the day".to_owned(),
        }
    }

    fn placeholder(self, _: Setting) -> String {
        match self.end {
            false => "\"09:10\"".to_owned(),
            true => "\"19:50\"".to_owned(),
        }
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        let time = TimeOfDay::from_seconds(literal.number()?)?.to_string();
        TimeOfDay::parse(&time, self.end).ok().map(|_| quoted(&time))
    }

    fn encode(self, value: &Value, _: &dyn WireContext) -> Option<JsonValue> {
        match value {
            Value::Time(time) => Some(JsonValue::from(time.seconds())),
            _ => None,
        }
    }

    fn decode(self, value: &JsonValue, _: &dyn WireContext) -> Decoded {
        const DAY: u64 = 86_400;
        let written = value.as_str().map(str::trim);
        let time = match (whole(value), written) {
            (Some(seconds), _) => match u64::try_from(seconds) {
                Ok(DAY) if self.end => TimeOfDay::from_seconds(DAY - 1),
                Ok(seconds) => TimeOfDay::from_seconds(seconds),
                Err(_) => None,
            },
            (None, Some(text)) => match TimeOfDay::parse(text, self.end) {
                Err(BadTime::OneDigit) => TimeOfDay::parse(&format!("0{text}"), self.end).ok(),
                read => read.ok(),
            },
            _ => None,
        };
        let Some(time) = time else {
            return Decoded::unsayable("it is no number of seconds since midnight, of which a day has 86400");
        };
        // The end of the day has a name only where a window ends.
        let source = match (time.to_string(), self.end) {
            (name, false) if TimeOfDay::parse(&name, false).is_err() => "23:59:59".to_owned(),
            (name, _) => name,
        };
        Decoded::value(SourceText::Quoted(source), time.seconds())
    }

    fn wire_type(self, _: usize, _: Dialect) -> &'static str {
        match self.end {
            false => "integer, seconds since midnight",
            true => "integer, seconds since midnight; `\"24:00\"` becomes 86399",
        }
    }

    fn schema(self, _: usize, _: Dialect) -> JsonValue {
        json!({ "type": "integer", "minimum": 0, "maximum": 86399 })
    }
}
