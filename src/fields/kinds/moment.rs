//! A date and time in the company's time zone: the same text in the language and on the wire.

use serde_json::{Value as JsonValue, json};

use super::super::types::{BadMoment, Moment};
use super::super::{Dialect, Setting, Value};
use super::{Decoded, Literal, SourceText, Unreadable, ValueKind, WireContext};

/// A day of the Gregorian calendar (leap years told by their last two digits, or the first two of a century) and a minute.
const PATTERN: &str = concat!(
    "^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))",
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)",
    " (?:[01][0-9]|2[0-3]):[0-5][0-9]$",
);

/// [`Kind::Moment`](super::Kind::Moment)
#[derive(Clone, Copy)]
pub(super) struct MomentKind;

impl ValueKind for MomentKind {
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        let moment = Moment::parse(literal.text()?);
        moment.map(Value::Moment).map_err(Unreadable::Moment)
    }

    fn expected(self) -> &'static str {
        "a date in quotes, like \"2030-12-02 10:00\""
    }

    fn takes(self) -> String {
        "a date and time as `\"YYYY-MM-DD HH:MM\"`, in the company's time zone".to_owned()
    }

    fn placeholder(self, _: Setting) -> String {
        "\"2030-12-02 10:00\"".to_owned()
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        literal.quoted_as_is()
    }

    fn encode(self, value: &Value, _: &dyn WireContext) -> Option<JsonValue> {
        match value {
            Value::Moment(moment) => Some(JsonValue::from(moment.to_string())),
            _ => None,
        }
    }

    fn decode(self, value: &JsonValue, _: &dyn WireContext) -> Decoded {
        let Some(text) = value.as_str() else {
            return Decoded::unsayable("a date is a text like \"2030-12-02 10:00\"");
        };
        if text.trim().is_empty() {
            return Decoded::LeftOut("an empty text says nothing");
        }
        let at = match Moment::parse(text.trim()) {
            Ok(at)
            | Err(BadMoment::Form {
                instead: Some(at),
                is_certain: _,
            }) => at,
            Err(BadMoment::NoTime) => return Decoded::unsayable("a date without a time"),
            Err(BadMoment::NoSuchDate) => return Decoded::unsayable("there is no such date"),
            Err(BadMoment::Form {
                instead: None,
                is_certain: _,
            }) => return Decoded::unsayable("a date is written like \"2030-12-02 10:00\""),
        };
        let at = at.to_string();
        Decoded::value(SourceText::Quoted(at.clone()), at)
    }

    fn wire_type(self, _: usize, _: Dialect) -> &'static str {
        "string, `YYYY-MM-DD HH:MM`"
    }

    fn schema(self, _: usize, _: Dialect) -> JsonValue {
        json!({ "type": "string", "pattern": PATTERN })
    }
}
