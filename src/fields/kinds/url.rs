//! The address of a webhook: the same text in the language and on the wire.

use serde_json::{Value as JsonValue, json};

use super::super::types::{BadUrl, WebhookUrl};
use super::super::{Dialect, Setting, Value};
use super::{Decoded, Literal, SourceText, Unreadable, ValueKind, WireContext};

/// Scheme, perhaps user info, a host, perhaps a port and the rest; no white space.
const PATTERN: &str = concat!(
    r"^[hH][tT][tT][pP][sS]?://(?:[^/?#\\\s]*@)?",
    r"(?:\[[0-9A-Fa-f:.]+\]|[^/?#\\@:\[\]\s]+)(?::[0-9]{1,5})?(?:[/?#][^\s]*)?$",
);

/// [`Kind::Url`](super::Kind::Url)
#[derive(Clone, Copy)]
pub(super) struct UrlKind;

impl ValueKind for UrlKind {
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        let url = WebhookUrl::parse(literal.text()?);
        url.map(|url| Value::Url(Box::new(url))).map_err(Unreadable::Url)
    }

    fn expected(self) -> &'static str {
        "a URL in quotes"
    }

    fn takes(self) -> String {
        "an http or https address with a host, in quotation marks".to_owned()
    }

    fn placeholder(self, _: Setting) -> String {
        "\"https://example.com/hook\"".to_owned()
    }

    fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        literal.quoted_as_is()
    }

    fn encode(self, value: &Value, _: &dyn WireContext) -> Option<JsonValue> {
        match value {
            Value::Url(url) => Some(JsonValue::from(url.as_str())),
            _ => None,
        }
    }

    fn decode(self, value: &JsonValue, _: &dyn WireContext) -> Decoded {
        let Some(text) = value.as_str() else {
            return Decoded::unsayable("it is no address");
        };
        match WebhookUrl::parse(text.trim()) {
            Ok(url) => Decoded::value(SourceText::Quoted(url.as_str().to_owned()), url.as_str()),
            Err(BadUrl::Unclear { what, instead: None }) => Decoded::Unsayable(what.to_string()),
            // The same address, as every program writes it before it sends.
            Err(BadUrl::Unclear {
                what: _,
                instead: Some(instead),
            }) => Decoded::value(SourceText::Quoted(instead.clone()), instead),
            Err(BadUrl::NoScheme) => Decoded::unsayable("it does not begin with https://"),
            Err(BadUrl::Scheme(_)) => Decoded::unsayable("only http and https can be called"),
            Err(BadUrl::NoHost) => Decoded::unsayable("it names no host"),
            Err(BadUrl::WhiteSpace) => Decoded::unsayable("there is white space in it"),
            Err(BadUrl::Port) => Decoded::unsayable("its port is none"),
        }
    }

    fn wire_type(self, _: usize, _: Dialect) -> &'static str {
        "string"
    }

    fn schema(self, _: usize, _: Dialect) -> JsonValue {
        json!({ "type": "string", "pattern": PATTERN })
    }
}
