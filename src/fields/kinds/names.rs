//! Names of environments, each an argument of its own: `only "staging" "production"`. They are never sent.

use serde_json::{Value as JsonValue, json};

use super::super::{Dialect, Setting, Value};
use super::{Decoded, Literal, Unreadable, ValueKind, WireContext};

/// [`Kind::Names`](super::Kind::Names)
#[derive(Clone, Copy)]
pub(super) struct NamesKind;

impl ValueKind for NamesKind {
    /// Reads one of them.
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        literal.free_text(true).map(|text| Value::Text(text.into()))
    }

    fn takes(self) -> String {
        "names of environments, with blanks between them".to_owned()
    }

    fn placeholder(self, _: Setting) -> String {
        "\"NAME\"".to_owned()
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        literal.quoted_as_is()
    }

    fn encode(self, _: &Value, _: &dyn WireContext) -> Option<JsonValue> {
        None
    }

    fn decode(self, _: &JsonValue, _: &dyn WireContext) -> Decoded {
        Decoded::unsayable("it is never sent")
    }

    fn wire_type(self, _: usize, _: Dialect) -> &'static str {
        "string"
    }

    fn schema(self, _: usize, _: Dialect) -> JsonValue {
        json!({ "type": "string", "pattern": "\\S" })
    }
}
