//! An id: a UUID, or the name of an alias for one.

use serde_json::{Value as JsonValue, json};
use uuid::Uuid;

use super::super::{AliasKind, Dialect, IdValue, Setting, Value};
use super::{Decoded, Literal, SourceText, Unreadable, ValueKind, WireContext};

/// The pattern of a UUID in JSON Schemas.
pub const UUID_PATTERN: &str = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";

/// [`Kind::Id`](super::Kind::Id)
#[derive(Clone, Copy)]
pub(super) struct IdKind(pub(super) AliasKind);

impl ValueKind for IdKind {
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        // In quotes a number is a text; whether it is an alias as well, nobody knows.
        let text = literal.free_text(false)?;
        match parse_uuid(text) {
            Some(id) => Ok(Value::Id(IdValue::Uuid(id))),
            None if looks_like_uuid(text) => Err(Unreadable::Id),
            None => Ok(Value::Id(IdValue::Alias(text.into()))),
        }
    }

    fn expected(self) -> &'static str {
        "a UUID or the name of an alias, in quotes"
    }

    fn takes(self) -> String {
        match self.0 {
            AliasKind::NumberOrPool => {
                "a UUID, or the name of an alias: `number` or `pool`, as the argument says".to_owned()
            }
            kind => format!("a UUID, or the name of a `{}` alias", kind.word()),
        }
    }

    fn placeholder(self, _: Setting) -> String {
        "\"UUID or alias\"".to_owned()
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        literal.quoted_as_is()
    }

    fn encode(self, value: &Value, context: &dyn WireContext) -> Option<JsonValue> {
        match value {
            Value::Id(IdValue::Uuid(id)) => Some(JsonValue::from(id.hyphenated().to_string())),
            Value::Id(IdValue::Alias(name)) => Some(JsonValue::from(context.alias_id(self.0, name).unwrap_or(name))),
            _ => None,
        }
    }

    /// Takes every form that the crate takes: in braces, without hyphens, in capitals.
    fn decode(self, value: &JsonValue, context: &dyn WireContext) -> Decoded {
        let JsonValue::String(text) = value else {
            return Decoded::unsayable("an id is a UUID in quotes");
        };
        let text = text.trim();
        if text.is_empty() {
            return Decoded::LeftOut("an empty text says nothing");
        }
        let Ok(id) = Uuid::try_parse(text) else {
            return Decoded::unsayable("an id is a UUID");
        };
        let id = id.hyphenated().to_string();
        let written = context.alias_name(self.0, &id).unwrap_or(&id);
        Decoded::value(SourceText::Quoted(written.to_owned()), id.as_str())
    }

    fn wire_type(self, _: usize, _: Dialect) -> &'static str {
        "string, a UUID"
    }

    fn schema(self, _: usize, _: Dialect) -> JsonValue {
        json!({ "type": "string", "pattern": UUID_PATTERN })
    }
}

/// A UUID in its usual form. The crate takes others as well, all of another length.
pub fn parse_uuid(text: &str) -> Option<Uuid> {
    const HYPHENATED: usize = 36;
    (text.len() == HYPHENATED).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// What every made-up id begins with.
pub(crate) const MADE_UP_START: &str = "00000000-0000-";

/// The ids of the project that `dialform init` writes begin so: they are nobody's.
const MADE_UP: &str = "00000000-0000-4000-8000-";

/// Whether a UUID in its usual form stands for nothing: that of zeros, or one that `dialform init` made up.
pub fn is_made_up_id(id: &str) -> bool {
    id.starts_with(MADE_UP) || parse_uuid(id).is_some_and(|id| id.is_nil())
}

/// Long, and made of what UUIDs are made of: nobody means an alias by it.
fn looks_like_uuid(text: &str) -> bool {
    let text = text.trim().trim_start_matches('{').trim_end_matches('}');
    let hex = text.chars().filter(char::is_ascii_hexdigit).count();
    let others = text.chars().filter(|c| !c.is_ascii_hexdigit() && *c != '-').count();
    let dashes = text.matches('-').count();
    hex >= 20 && others <= 3 && (dashes >= 2 || hex == 32)
}
