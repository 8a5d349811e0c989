//! Several of the choices that the table lists: the events of a webhook.

use serde_json::{Map, Value as JsonValue, json};

use super::super::{Choice, Dialect, Json, Setting, Value};
use super::choice::ChoiceKind;
use super::lenient::switch;
use super::{Decoded, Literal, SourceText, Unreadable, ValueKind, WireContext};

/// [`Kind::Choices`](super::Kind::Choices)
#[derive(Clone, Copy)]
pub(super) struct ChoicesKind(pub(super) &'static [Choice]);

impl ValueKind for ChoicesKind {
    /// Reads one of them.
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        ChoiceKind(self.0).read(literal)
    }

    fn takes(self) -> String {
        "one or more of these, with blanks between them".to_owned()
    }

    fn placeholder(self, _: Setting) -> String {
        let first = self.0.first();
        first.map(|choice| choice.written.source()).unwrap_or_default()
    }

    fn decode_literal(self, _: Literal<'_>) -> Option<String> {
        None
    }

    fn encode(self, value: &Value, context: &dyn WireContext) -> Option<JsonValue> {
        let Value::Choices(indices) = value else { return None };
        let chosen = indices.iter().filter_map(|index| self.0.get(usize::from(*index)));
        let names = chosen.flat_map(|choice| choice.encode(context)).flatten();
        let events = names.filter_map(|name| name.as_str().map(event));
        Some(JsonValue::Object(events.collect()))
    }

    /// `{NAME: {"name": NAME, "value": true}}`, or a list of names.
    fn decode(self, value: &JsonValue, _: &dyn WireContext) -> Decoded {
        let mut names: Vec<(&str, bool)> = Vec::new();
        match value {
            JsonValue::Object(members) => {
                for (name, member) in members {
                    let on = match member {
                        JsonValue::Object(inner) => inner.get("value").map_or(Some(true), switch),
                        plain => switch(plain),
                    };
                    let Some(on) = on else {
                        return Decoded::unsayable("one of these is neither on nor off");
                    };
                    names.push((name, on));
                }
            }
            JsonValue::Array(items) => {
                for item in items {
                    match item.as_str() {
                        Some(name) => names.push((name, true)),
                        None => return Decoded::unsayable("it is no list of names"),
                    }
                }
            }
            _ => return Decoded::unsayable("it is neither an object nor a list"),
        }
        if names.is_empty() {
            return Decoded::LeftOut("where none is named, all are sent");
        }
        let mut words: Vec<String> = Vec::new();
        let mut wire = Map::new();
        for (name, on) in names {
            let known = self.0.iter().find_map(|choice| match choice.wire {
                [Json::Text(text)] if text.eq_ignore_ascii_case(name.trim()) => Some((choice, *text)),
                _ => None,
            });
            let Some((choice, name)) = known else {
                return Decoded::unsayable("one of these is not known");
            };
            let (name, event) = event(name);
            if on && wire.insert(name, event).is_none() {
                words.push(choice.written.source());
            }
        }
        if words.is_empty() {
            return Decoded::unsayable("all of these are off, and the language only says which are on");
        }
        Decoded::value(SourceText::Bare(words.join(" ")), wire)
    }

    fn wire_type(self, _: usize, _: Dialect) -> &'static str {
        "object, each event that is named as `{\"name\": …, \"value\": true}`"
    }

    /// `{NAME: {name: NAME, value: bool}}`
    fn schema(self, _: usize, _: Dialect) -> JsonValue {
        let wires = self.0.iter().filter_map(|choice| choice.wire.first()?.constant());
        let properties = wires.filter_map(|name| {
            let event = json!({
                "type": "object",
                "required": ["name", "value"],
                "additionalProperties": false,
                "properties": { "name": { "const": name }, "value": { "type": "boolean" } },
            });
            name.as_str().map(|name| (name.to_owned(), event))
        });
        let properties: Map<String, JsonValue> = properties.collect();
        json!({ "type": "object", "additionalProperties": false, "properties": properties })
    }
}

/// An event that is on, as a member of the object.
fn event(name: &str) -> (String, JsonValue) {
    (name.to_owned(), json!({ "name": name, "value": true }))
}
