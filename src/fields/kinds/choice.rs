//! One of the choices that the table lists: a word, or a switch.

use serde_json::{Value as JsonValue, json};

use super::super::{Choice, Dialect, Json, Setting, Value, Written};
use super::lenient::switch;
use super::wire::is_blank;
use super::{Decoded, DecodedValue, Literal, SourceText, Unreadable, ValueKind, WireContext};

/// [`Kind::Choice`](super::Kind::Choice)
#[derive(Clone, Copy)]
pub(super) struct ChoiceKind(pub(super) &'static [Choice]);

impl ValueKind for ChoiceKind {
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        let index = self.0.iter().position(|choice| choice.is_written_as(literal));
        let index = index.and_then(|index| u8::try_from(index).ok());
        index.map(Value::Choice).ok_or(Unreadable::Choice)
    }

    fn takes(self) -> String {
        "one of these".to_owned()
    }

    fn placeholder(self, _: Setting) -> String {
        let written = self.0.iter().map(|choice| choice.written);
        let written = written.filter(|written| *written != Written::Implied);
        written.map(Written::source).collect::<Vec<_>>().join("|")
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        let own = || self.0.iter().find(|choice| choice.is_written_as(literal));
        let json = match literal {
            Literal::Text(text) => {
                let sent = self.0.iter().find(|choice| choice.sends(text));
                return sent.or_else(own).map(|choice| choice.written.source());
            }
            Literal::Bool(true) => Json::True,
            Literal::Bool(false) => Json::False,
            Literal::Number(_) | Literal::Null => return None,
        };
        // `useTr` is on or off on the wire, and has words here. Where several are on, nobody knows which.
        let sent = || {
            let mut sent = self.0.iter().filter(|choice| choice.wire.contains(&json));
            sent.next().filter(|_| sent.next().is_none())
        };
        own().or_else(sent).map(|choice| choice.written.source())
    }

    fn encode(self, value: &Value, context: &dyn WireContext) -> Option<JsonValue> {
        self.encode_all(value, context).into_iter().next().flatten()
    }

    fn encode_all(self, value: &Value, context: &dyn WireContext) -> Vec<Option<JsonValue>> {
        let choice = match value {
            Value::Choice(index) => self.0.get(usize::from(*index)),
            _ => None,
        };
        choice.map(|choice| choice.encode(context)).unwrap_or_default()
    }

    fn decode(self, value: &JsonValue, context: &dyn WireContext) -> Decoded {
        self.decode_all(&[Some(value)], context)
    }

    fn decode_all(self, values: &[Option<&JsonValue>], context: &dyn WireContext) -> Decoded {
        let fits = |wanted: &Option<JsonValue>, value: &Option<&JsonValue>| match (wanted, value) {
            (None, None) => true,
            (Some(JsonValue::Bool(wanted)), Some(value)) => switch(value) == Some(*wanted),
            (Some(JsonValue::String(wanted)), Some(JsonValue::String(value))) => {
                value.trim().eq_ignore_ascii_case(wanted)
            }
            _ => false,
        };
        let all = || self.0.iter().map(|choice| (choice, choice.encode(context)));
        let exact = all().find(|(_, wire)| wire.iter().zip(values).all(|(wire, value)| fits(wire, value)));
        // What a choice leaves out has no effect beside it, so a value there does no harm; the caller reports it.
        let loose = || {
            all().find(|(_, wire)| {
                wire.iter()
                    .zip(values)
                    .all(|(wire, value)| wire.is_none() || fits(wire, value))
            })
        };
        if let Some((choice, _)) = exact.or_else(loose) {
            return Decoded::Value(DecodedValue::of_choice(choice, context));
        }
        let value = values.iter().flatten().next();
        let is_switch = self.0.iter().any(|choice| choice.wire.first() == Some(&Json::True));
        if is_switch && value.and_then(|value| switch(value)) == Some(false) {
            return Decoded::LeftOut("what is off is left out");
        }
        if value.is_some_and(|value| is_blank(value)) {
            return Decoded::LeftOut("an empty text says nothing");
        }
        let known: Vec<String> = all()
            .flat_map(|(_, wire)| wire.into_iter().flatten())
            .map(|value| value.to_string())
            .collect();
        let is_configured = self
            .0
            .iter()
            .any(|choice| matches!(choice.wire, [Json::Configured { .. }]));
        let hint = match is_configured {
            true => "; if the API takes this value, say what it stands for with `wire-value` in the project",
            false => "",
        };
        let part = match values.len() > 1 && values.iter().any(Option::is_none) {
            true => "only a part of it is there; ",
            false => "",
        };
        Decoded::Unsayable(format!("{part}known are {}{hint}", known.join(", ")))
    }

    fn wire_type(self, index: usize, _: Dialect) -> &'static str {
        match self.wires(index).all(|wire| matches!(wire, Json::True | Json::False)) {
            true => "boolean",
            false => "string",
        }
    }

    fn schema(self, index: usize, _: Dialect) -> JsonValue {
        if self.wires(index).any(|wire| matches!(wire, Json::Configured { .. })) {
            // Not public, so that any word may be the right one.
            return json!({ "type": "string", "pattern": "\\S" });
        }
        let mut values: Vec<JsonValue> = Vec::new();
        for value in self.wires(index).filter_map(Json::constant) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        match values.as_slice() {
            [one] => json!({ "const": one }),
            [JsonValue::Bool(_), JsonValue::Bool(_)] => json!({ "type": "boolean" }),
            _ => json!({ "enum": values }),
        }
    }
}

impl ChoiceKind {
    /// What the choices are at the wire path of this index.
    fn wires(self, index: usize) -> impl Iterator<Item = Json> {
        self.0.iter().filter_map(move |choice| choice.wire.get(index).copied())
    }
}

impl Choice {
    fn is_written_as(&self, literal: Literal<'_>) -> bool {
        match (literal, self.written) {
            (Literal::Text(text), Written::Word(word)) => text == word,
            (Literal::Bool(true), Written::True) | (Literal::Bool(false), Written::False) => true,
            _ => false,
        }
    }

    /// Whether it is this string on the wire.
    pub fn sends(&self, text: &str) -> bool {
        self.wire
            .iter()
            .any(|wire| matches!(wire, Json::Text(own) if *own == text))
    }
}

impl From<Written> for SourceText {
    fn from(written: Written) -> Self {
        match written {
            Written::Implied => Self::Implied,
            Written::Word(word) => Self::Quoted(word.to_owned()),
            switch @ (Written::True | Written::False) => Self::Bare(switch.source()),
        }
    }
}
