//! Values of the wire: what encoding needs to know of the project, and what decoding makes of a value.

use serde_json::Value as JsonValue;

use super::super::{AliasKind, Choice, Dialect, Json};

/// What a project says about how its values are written on the wire.
pub trait WireContext {
    /// The form of the request.
    fn dialect(&self) -> Dialect;

    /// The string that stands for a `wire-value` of this name.
    fn wire_value<'a>(&'a self, name: &'a str, default: &'a str) -> &'a str;

    /// The UUID that an alias stands for.
    fn alias_id(&self, _kind: AliasKind, _name: &str) -> Option<&str> {
        None
    }

    /// The alias that stands for a UUID in a field that takes aliases of this kind.
    fn alias_name(&self, _kind: AliasKind, _id: &str) -> Option<&str> {
        None
    }
}

/// What the language makes of the values at a field's wire paths.
#[derive(Clone, Debug, PartialEq)]
pub enum Decoded {
    /// This value.
    Value(DecodedValue),
    /// Nothing: the language leaves it out, for this reason.
    LeftOut(&'static str),
    /// The language has no way to write it, for this reason.
    Unsayable(String),
}

/// A value of the language, and what it is on the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedValue {
    /// How it is written.
    pub source: SourceText,
    /// The word of a choice; empty for everything else.
    pub word: &'static str,
    /// What [`Kind::encode`](super::Kind::encode) makes of it.
    pub wire: Vec<Option<JsonValue>>,
    /// Why the wire had something else, where that is not plain to see.
    pub why: Option<String>,
}

/// How a value is written in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceText {
    /// Not at all: the rest of the node implies it.
    Implied,
    /// As a string that holds this text.
    Quoted(String),
    /// Just so.
    Bare(String),
}

impl Decoded {
    pub(super) fn value(source: SourceText, wire: impl Into<JsonValue>) -> Self {
        Self::Value(DecodedValue {
            source,
            word: "",
            wire: vec![Some(wire.into())],
            why: None,
        })
    }

    pub(super) fn unsayable(why: &str) -> Self {
        Self::Unsayable(why.to_owned())
    }
}

impl DecodedValue {
    /// A choice of a table's row.
    pub fn of_choice(choice: &Choice, context: &dyn WireContext) -> Self {
        Self {
            source: choice.written.into(),
            word: choice.written.word(),
            wire: choice.encode(context),
            why: None,
        }
    }
}

impl Choice {
    /// The value at each of the field's wire paths.
    pub fn encode(&self, context: &dyn WireContext) -> Vec<Option<JsonValue>> {
        self.wire.iter().map(|wire| wire.encode(context)).collect()
    }
}

impl Json {
    /// The value in a body; nothing where the field is left out.
    fn encode(self, context: &dyn WireContext) -> Option<JsonValue> {
        match self {
            Self::Configured { name, default } => Some(JsonValue::from(context.wire_value(name, default))),
            other => other.constant(),
        }
    }

    /// The value in a body, where it is the same in every project.
    pub fn constant(self) -> Option<JsonValue> {
        match self {
            Self::True => Some(JsonValue::Bool(true)),
            Self::False => Some(JsonValue::Bool(false)),
            Self::Text(text) => Some(JsonValue::from(text)),
            Self::Configured { .. } | Self::Absent => None,
        }
    }

    /// The value in a body of a project that sets no `wire-value`, as JSON; nothing where the field is left out.
    pub fn source(self) -> Option<String> {
        match self {
            Self::True => Some("true".to_owned()),
            Self::False => Some("false".to_owned()),
            Self::Text(text) | Self::Configured { default: text, .. } => Some(super::quoted(text)),
            Self::Absent => None,
        }
    }
}

/// Whether a value is a text that says nothing.
pub(super) fn is_blank(value: &JsonValue) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}
