//! The comment of a task: a text of one or several lines, in which dialform's marker is never written by hand.

use serde_json::{Value as JsonValue, json};

use super::super::types::Marker;
use super::super::{Dialect, Setting, Value};
use super::text::TextKind;
use super::{Decoded, DecodedValue, Literal, SourceText, Unreadable, ValueKind, WireContext};

/// The most markers that are taken out of a comment; each goes through all of it.
const MOST_MARKERS: usize = 64;

/// How every marker begins.
const MARKER: &str = "[dialform ";

/// [`Kind::Comment`](super::Kind::Comment)
#[derive(Clone, Copy)]
pub(super) struct TaskCommentKind;

impl ValueKind for TaskCommentKind {
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        match literal.free_text(true)? {
            text if text.contains(MARKER) => Err(Unreadable::Marker),
            text => Ok(Value::Text(text.into())),
        }
    }

    fn takes(self) -> String {
        "a text; one of several lines stands in `\"\"\"`".to_owned()
    }

    fn placeholder(self, setting: Setting) -> String {
        TextKind.placeholder(setting)
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        literal.quoted_as_is()
    }

    fn encode(self, value: &Value, context: &dyn WireContext) -> Option<JsonValue> {
        TextKind.encode(value, context)
    }

    /// The comment without the markers of the tasks that it was copied from: a new task gets its own.
    fn decode(self, value: &JsonValue, context: &dyn WireContext) -> Decoded {
        let JsonValue::String(whole) = value else {
            return TextKind.decode(value, context);
        };
        if Marker::find_in(whole).nth(MOST_MARKERS).is_some() {
            return Decoded::unsayable("it is full of dialform's own markers");
        }
        let mut words = whole.clone();
        // A comment that was copied from task to task has one marker from each.
        while let Some(rest) = Marker::strip(&words).filter(|rest| *rest != words) {
            words = rest;
        }
        if Marker::strip(&words).is_none() {
            return Decoded::LeftOut(if whole.is_empty() {
                "it is empty"
            } else {
                "it is nothing but dialform's own marker"
            });
        }
        for marker in Marker::find_in(&words.clone()) {
            words = words.replace(&marker.to_string(), "");
        }
        if words.trim().is_empty() {
            return Decoded::LeftOut("an empty text says nothing");
        }
        if words.contains(MARKER) {
            return Decoded::unsayable("it looks like dialform's own marker, which nobody may write by hand");
        }
        let why = "dialform's marker is taken out, as a new task gets one of its own";
        Decoded::Value(DecodedValue {
            word: "",
            wire: vec![Some(JsonValue::from(words.as_str()))],
            why: (words != *whole).then(|| why.to_owned()),
            source: SourceText::Quoted(words),
        })
    }

    fn wire_type(self, _: usize, _: Dialect) -> &'static str {
        "string"
    }

    fn schema(self, _: usize, _: Dialect) -> JsonValue {
        json!({ "type": "string" })
    }
}
