//! A pace: calls a second or seconds a call in the language, `cps` on the wire.

use serde_json::{Number, Value as JsonValue, json};

use super::super::types::{BadPace, Pace};
use super::super::{Dialect, Setting, Value};
use super::lenient::number;
use super::{Decoded, Literal, SourceText, Unreadable, ValueKind, WireContext, quoted};

/// [`Kind::Pace`](super::Kind::Pace)
#[derive(Clone, Copy)]
pub(super) struct PaceKind;

impl ValueKind for PaceKind {
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        let pace = Pace::parse(literal.text_or_number()?);
        pace.map(Value::Pace).map_err(Unreadable::Pace)
    }

    fn expected(self) -> &'static str {
        "a pace in quotes, like \"3/s\""
    }

    fn takes(self) -> String {
        "`\"N/s\"` for N calls a second, or `\"1/Ns\"` for one call in N seconds, with N from 1 to 99; `\"1/min\"` is \
         `\"1/60s\"`"
            .to_owned()
    }

    fn placeholder(self, _: Setting) -> String {
        "\"3/s\"".to_owned()
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        Some(quoted(&Pace::from_cps(literal.number()?)?.to_string()))
    }

    fn encode(self, value: &Value, _: &dyn WireContext) -> Option<JsonValue> {
        match value {
            Value::Pace(pace) => Number::from_f64(pace.cps()).map(JsonValue::Number),
            _ => None,
        }
    }

    fn decode(self, value: &JsonValue, _: &dyn WireContext) -> Decoded {
        let written = value.as_str().map(|text| Pace::parse(text.trim()));
        let pace = match (number(value), written) {
            (Some(cps), _) => match Pace::from_cps(cps) {
                Some(pace) => pace,
                None if cps == 1.0 => {
                    return Decoded::unsayable(
                        "1 encodes no rate: N calls a second is 1 + N/100, one call in N seconds is 1 - N/100; nobody can \
                         guess which was meant, so write the `pace` yourself",
                    );
                }
                None => {
                    return Decoded::unsayable(
                        "it encodes no rate: N calls a second is 1 + N/100, one call in N seconds is 1 - N/100, with N \
                         from 1 to 99; write the `pace` yourself",
                    );
                }
            },
            (None, Some(Ok(pace) | Err(BadPace::Form { instead: Some(pace) } | BadPace::Cps(pace)))) => pace,
            _ => return Decoded::unsayable("it is no number; write the `pace` yourself"),
        };
        Decoded::value(SourceText::Quoted(pace.to_string()), pace.cps())
    }

    fn wire_type(self, _: usize, _: Dialect) -> &'static str {
        "number: 1 + N/100 for `\"N/s\"`, 1 - N/100 for `\"1/Ns\"`"
    }

    /// Every pace by name: `multipleOf: 0.01` means something else to each validator that reckons in binary fractions.
    fn schema(self, _: usize, _: Dialect) -> JsonValue {
        let each_way = [Pace::EverySeconds as fn(u8) -> Pace, Pace::PerSecond];
        let mut paces: Vec<Pace> = each_way.iter().flat_map(|way| (1..=99).map(way)).collect();
        paces.sort_unstable_by_key(|pace| pace.hundredths());
        let cps: Vec<f64> = paces.into_iter().map(Pace::cps).collect();
        json!({ "type": "number", "enum": cps })
    }
}
