//! What each kind of value looks like, in the language and on the wire, in words.

use super::{AliasKind, Dialect, Json, Kind};

impl Kind {
    /// What is written, with its units. Choices say it themselves.
    pub fn takes(self) -> String {
        match self {
            Self::Text => "a text; quotation marks can be left out where it is one plain word".to_owned(),
            Self::Comment => "a text; one of several lines stands in `\"\"\"`".to_owned(),
            Self::Id(AliasKind::NumberOrPool) => {
                "a UUID, or the name of an alias: `number` or `pool`, as the argument says".to_owned()
            }
            Self::Id(kind) => format!("a UUID, or the name of a `{}` alias", kind.word()),
            Self::Choice(_) => "one of these".to_owned(),
            Self::Choices(_) => "one or more of these, with blanks between them".to_owned(),
            Self::Duration => {
                "a duration in `d`, `h`, `m` and `s`, the largest unit first: `\"12s\"`, `\"20m\"`, `\"1h30m\"`, `\"0s\"`"
                    .to_owned()
            }
            Self::Time { end: false } => "a time of day: `\"09:10\"` or `\"09:10:30\"`".to_owned(),
            Self::Time { end: true } => {
                "a time of day: `\"19:50\"` or `\"19:50:30\"`; `\"24:00\"` is the end of the day".to_owned()
            }
            Self::Moment => "a date and time as `\"YYYY-MM-DD HH:MM\"`, in the company's time zone".to_owned(),
            Self::Pace => "`\"N/s\"` for N calls a second, or `\"1/Ns\"` for one call in N seconds, with N from 1 to 99; \
                           `\"1/min\"` is `\"1/60s\"`"
                .to_owned(),
            Self::Count | Self::Limit => "a whole number from 1, without quotation marks".to_owned(),
            Self::Url => "an http or https address with a host, in quotation marks".to_owned(),
        }
    }

    /// What stands at the wire path of this index.
    pub fn wire_type(self, index: usize, dialect: Dialect) -> &'static str {
        match self {
            Self::Text | Self::Comment | Self::Url => "string",
            Self::Id(_) => "string, a UUID",
            Self::Choice(choices) => {
                let mut wires = choices.iter().filter_map(|choice| choice.wire.get(index));
                match wires.all(|wire| matches!(wire, Json::True | Json::False)) {
                    true => "boolean",
                    false => "string",
                }
            }
            Self::Choices(_) => "object, each event that is named as `{\"name\": …, \"value\": true}`",
            Self::Duration => "integer, seconds",
            Self::Time { end: false } => "integer, seconds since midnight",
            Self::Time { end: true } => "integer, seconds since midnight; `\"24:00\"` becomes 86399",
            Self::Moment => "string, `YYYY-MM-DD HH:MM`",
            Self::Pace => "number: 1 + N/100 for `\"N/s\"`, 1 - N/100 for `\"1/Ns\"`",
            Self::Count => "integer",
            Self::Limit if dialect == Dialect::Classic => "integer",
            Self::Limit => "object, `{\"redial\": true, \"count\": N}`",
        }
    }
}

impl Json {
    /// The value as it stands in a body; nothing where the field is left out.
    pub fn source(self) -> Option<String> {
        match self {
            Self::True => Some("true".to_owned()),
            Self::False => Some("false".to_owned()),
            Self::Text(text) | Self::Configured { default: text, .. } => Some(format!("\"{text}\"")),
            Self::Absent => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::FIELDS;
    use super::*;

    #[test]
    fn the_wire_type_tells_what_each_choice_becomes() {
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
