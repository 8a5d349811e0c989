//! What a value of each kind looks like in a file and on the wire: one file a kind, each of which implements [`ValueKind`].

mod choice;
mod choices;
mod comment;
mod count;
mod duration;
mod id;
mod lenient;
mod limit;
mod literal;
mod moment;
mod names;
mod pace;
mod text;
mod time;
mod url;
mod wire;

use serde_json::Value as JsonValue;

use super::{AliasKind, Choice, Dialect, Setting, Value};

use choice::ChoiceKind;
use choices::ChoicesKind;
use comment::TaskCommentKind;
use count::CountKind;
use duration::DurationKind;
use id::IdKind;
use limit::LimitKind;
use moment::MomentKind;
use names::NamesKind;
use pace::PaceKind;
use text::TextKind;
use time::TimeKind;
use url::UrlKind;

pub(crate) use id::MADE_UP_START;
pub use id::{UUID_PATTERN, is_made_up_id, parse_uuid};
pub use literal::{Literal, Unreadable};
pub use wire::{Decoded, DecodedValue, SourceText, WireContext};

/// What values a field takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Any text but the empty one.
    Text,
    /// The comment: text in which no marker may be written by hand.
    Comment,
    /// A UUID, or an alias of this kind.
    Id(AliasKind),
    /// One of these.
    Choice(&'static [Choice]),
    /// Several of these, as words.
    Choices(&'static [Choice]),
    /// A duration with units, in seconds on the wire.
    Duration,
    /// A time of day, in seconds since midnight on the wire. `24:00` only where `end` holds.
    Time {
        /// Whether it ends a window.
        end: bool,
    },
    /// A date and time in the company's time zone.
    Moment,
    /// How fast to call.
    Pace,
    /// A positive whole number.
    Count,
    /// A positive whole number that the extended dialect wraps as `{redial: true, count}`.
    Limit,
    /// An http or https URL.
    Url,
    /// Names of environments, each an argument of its own.
    Names,
}

/// Everything that depends on the kind of a value. A new kind is a file that implements it, and a line in [`Kind`] and
/// `each_kind!`.
trait ValueKind: Copy {
    /// Parses what a file has.
    fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable>;

    /// What [`read`](Self::read) expects, in the words of a message.
    fn expected(self) -> &'static str {
        "a text"
    }

    /// What people write, with its units. Choices list themselves.
    fn takes(self) -> String;

    /// What the usage of `setting` shows for a value.
    fn placeholder(self, setting: Setting) -> String;

    /// What a value of the wire that a person wrote into a file, `1200` for a duration, is in the language; nothing where
    /// that is not certain.
    fn decode_literal(self, literal: Literal<'_>) -> Option<String>;

    /// The value at the field's one wire path.
    fn encode(self, value: &Value, context: &dyn WireContext) -> Option<JsonValue>;

    /// The value at each of the field's wire paths.
    fn encode_all(self, value: &Value, context: &dyn WireContext) -> Vec<Option<JsonValue>> {
        vec![self.encode(value, context)]
    }

    /// What the value at the field's one wire path is in the language, however somebody wrote it.
    fn decode(self, value: &JsonValue, context: &dyn WireContext) -> Decoded;

    /// The same for all of the field's wire paths.
    fn decode_all(self, values: &[Option<&JsonValue>], context: &dyn WireContext) -> Decoded {
        match values.iter().flatten().next() {
            Some(value) => self.decode(value, context),
            None => Decoded::LeftOut("it is not there"),
        }
    }

    /// The type of what is at the wire path of this index, for people.
    fn wire_type(self, index: usize, dialect: Dialect) -> &'static str;

    /// The JSON Schema of what is at the wire path of this index.
    fn schema(self, index: usize, dialect: Dialect) -> JsonValue;
}

/// Calls a method of [`ValueKind`] on the type that implements a [`Kind`].
macro_rules! each_kind {
    ($kind:expr, $method:ident($($argument:expr),*)) => {
        match $kind {
            Kind::Text => TextKind.$method($($argument),*),
            Kind::Comment => TaskCommentKind.$method($($argument),*),
            Kind::Id(alias) => IdKind(alias).$method($($argument),*),
            Kind::Choice(choices) => ChoiceKind(choices).$method($($argument),*),
            Kind::Choices(choices) => ChoicesKind(choices).$method($($argument),*),
            Kind::Duration => DurationKind.$method($($argument),*),
            Kind::Time { end } => TimeKind { end }.$method($($argument),*),
            Kind::Moment => MomentKind.$method($($argument),*),
            Kind::Pace => PaceKind.$method($($argument),*),
            Kind::Count => CountKind.$method($($argument),*),
            Kind::Limit => LimitKind.$method($($argument),*),
            Kind::Url => UrlKind.$method($($argument),*),
            Kind::Names => NamesKind.$method($($argument),*),
        }
    };
}

impl Kind {
    /// Parses what a file has.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] where it is no value of this kind.
    pub fn read(self, literal: Literal<'_>) -> Result<Value, Unreadable> {
        each_kind!(self, read(literal))
    }

    /// What [`Kind::read`] expects, in the words of a message.
    pub fn expected(self) -> &'static str {
        each_kind!(self, expected())
    }

    /// What people write, with its units. Choices list themselves.
    pub fn takes(self) -> String {
        each_kind!(self, takes())
    }

    /// What the usage of `setting` shows for a value.
    pub fn placeholder(self, setting: Setting) -> String {
        each_kind!(self, placeholder(setting))
    }

    /// What a value of the wire that a person wrote into a file is in the language; nothing where that is not certain.
    pub fn decode_literal(self, literal: Literal<'_>) -> Option<String> {
        each_kind!(self, decode_literal(literal))
    }

    /// The value at each of the field's wire paths.
    pub fn encode(self, value: &Value, context: &dyn WireContext) -> Vec<Option<JsonValue>> {
        each_kind!(self, encode_all(value, context))
    }

    /// What the values at the field's wire paths are in the language, however somebody wrote them.
    pub fn decode(self, values: &[Option<&JsonValue>], context: &dyn WireContext) -> Decoded {
        each_kind!(self, decode_all(values, context))
    }

    /// The type of what is at the wire path of this index, for people.
    pub fn wire_type(self, index: usize, dialect: Dialect) -> &'static str {
        each_kind!(self, wire_type(index, dialect))
    }

    /// The JSON Schema of what is at the wire path of this index.
    pub fn schema(self, index: usize, dialect: Dialect) -> JsonValue {
        each_kind!(self, schema(index, dialect))
    }

    /// The choices, where it takes any.
    pub const fn choices(self) -> &'static [Choice] {
        match self {
            Self::Choice(choices) | Self::Choices(choices) => choices,
            _ => &[],
        }
    }

    /// Whether a value is several of the choices.
    pub const fn takes_several(self) -> bool {
        matches!(self, Self::Choices(_))
    }

    /// Whether each of several arguments is a value of the field.
    pub const fn repeats(self) -> bool {
        matches!(self, Self::Names)
    }

    /// The kind of alias that it takes, where it takes any.
    pub const fn alias(self) -> Option<AliasKind> {
        match self {
            Self::Id(alias) => Some(alias),
            _ => None,
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::super::{FIELDS, Json};
    use super::*;

    #[test]
    fn the_wire_type_names_what_each_choice_becomes() {
        for spec in FIELDS {
            for index in 0..spec.wire.len() {
                let is_boolean = spec.kind.wire_type(index, Dialect::Classic) == "boolean";
                for wire in spec.choices().iter().filter_map(|choice| choice.wire.get(index)) {
                    let is_word = matches!(wire, Json::Text(_) | Json::Configured { .. });
                    assert!(*wire == Json::Absent || is_word != is_boolean, "{}", spec.path());
                }
            }
        }
    }
}
