//! The JSON Schema of one wire value, from the kind of its row.

use serde_json::{Value, json};

use super::UUID;
use crate::fields::types::Pace;
use crate::fields::{Choice, Dialect, Json, Kind};

/// A day of the Gregorian calendar (leap years told by their last two digits, or the first two of a century) and a minute.
const MOMENT: &str = concat!(
    "^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))",
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)",
    " (?:[01][0-9]|2[0-3]):[0-5][0-9]$",
);

/// Scheme, perhaps user info, a host, perhaps a port and the rest; no white space.
const URL: &str = concat!(
    r"^[hH][tT][tT][pP][sS]?://(?:[^/?#\\\s]*@)?",
    r"(?:\[[0-9A-Fa-f:.]+\]|[^/?#\\@:\[\]\s]+)(?::[0-9]{1,5})?(?:[/?#][^\s]*)?$",
);

/// What a row's `path`, the one of this index, holds.
pub(super) fn value(kind: Kind, index: usize, dialect: Dialect) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string", "pattern": "\\S" }),
        Kind::Comment => json!({ "type": "string" }),
        Kind::Id(_) => json!({ "type": "string", "pattern": UUID }),
        Kind::Choice(choices) => choice(choices, index),
        Kind::Choices(choices) => events(choices),
        Kind::Duration => json!({ "type": "integer", "minimum": 0 }),
        Kind::Time { .. } => json!({ "type": "integer", "minimum": 0, "maximum": 86399 }),
        Kind::Moment => json!({ "type": "string", "pattern": MOMENT }),
        Kind::Pace => paces(),
        Kind::Count => count(),
        Kind::Limit => match dialect {
            Dialect::Classic => count(),
            Dialect::Extended => limit(),
        },
        Kind::Url => json!({ "type": "string", "pattern": URL }),
    }
}

fn count() -> Value {
    json!({ "type": "integer", "minimum": 1 })
}

/// A limit of the extended dialect: switched on with a number, or off.
fn limit() -> Value {
    json!({
        "type": "object",
        "required": ["redial"],
        "additionalProperties": false,
        "properties": { "redial": { "type": "boolean" }, "count": count() },
        "if": { "required": ["redial"], "properties": { "redial": { "const": true } } },
        "then": { "required": ["count"] },
        "else": { "properties": { "count": false } },
    })
}

/// Every pace by name: `multipleOf: 0.01` means something else to each validator that reckons in binary fractions.
fn paces() -> Value {
    let each_way = [Pace::EverySeconds as fn(u8) -> Pace, Pace::PerSecond];
    let mut hundredths: Vec<u8> = each_way
        .iter()
        .flat_map(|way| (1..=99).map(|n| way(n).hundredths()))
        .collect();
    hundredths.sort_unstable();
    let cps: Vec<f64> = hundredths
        .into_iter()
        .map(|hundredths| f64::from(hundredths) / 100.0)
        .collect();
    json!({ "type": "number", "enum": cps })
}

fn choice(choices: &[Choice], index: usize) -> Value {
    if wires(choices, index).any(|wire| matches!(wire, Json::Configured { .. })) {
        // Not public, so that any word may be the right one.
        return json!({ "type": "string", "pattern": "\\S" });
    }
    let mut values: Vec<Value> = Vec::new();
    for value in wires(choices, index).filter_map(constant) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    match values.as_slice() {
        [one] => json!({ "const": one }),
        [Value::Bool(_), Value::Bool(_)] => json!({ "type": "boolean" }),
        _ => json!({ "enum": values }),
    }
}

fn wires(choices: &[Choice], index: usize) -> impl Iterator<Item = Json> {
    choices.iter().filter_map(move |choice| choice.wire.get(index).copied())
}

/// `{NAME: {name: NAME, value: bool}}`
fn events(choices: &[Choice]) -> Value {
    let names = wires(choices, 0).filter_map(constant);
    let properties = names
        .filter_map(|name| {
            let event = json!({
                "type": "object",
                "required": ["name", "value"],
                "additionalProperties": false,
                "properties": { "name": { "const": name }, "value": { "type": "boolean" } },
            });
            name.as_str().map(|name| (name.to_owned(), event))
        })
        .collect();
    json!({ "type": "object", "additionalProperties": false, "properties": Value::Object(properties) })
}

/// The value that a choice has on the wire, where the table knows it.
pub(super) fn constant(wire: Json) -> Option<Value> {
    match wire {
        Json::True => Some(Value::Bool(true)),
        Json::False => Some(Value::Bool(false)),
        Json::Text(text) => Some(Value::String(text.to_owned())),
        Json::Configured { .. } | Json::Absent => None,
    }
}
