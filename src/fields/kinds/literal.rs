//! A value as a file has it, and why a kind of value cannot read it. Lowering makes findings of these.

use super::super::types::{BadDuration, BadMoment, BadPace, BadTime, BadUrl};

/// A value as a file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal<'a> {
    /// A string, bare or quoted.
    Text(&'a str),
    /// A number, as it was written.
    Number(&'a str),
    /// `#true` or `#false`.
    Bool(bool),
    /// `#null`.
    Null,
}

/// Why a literal is no value of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is of another type.
    Type,
    /// It is an empty text.
    Empty,
    /// It is a number where a text belongs.
    NumberForText {
        /// Whether the same digits in quotes are what was meant.
        is_certain: bool,
    },
    /// It holds a marker, which nobody may write by hand.
    Marker,
    /// It looks like a UUID, and is none.
    Id,
    /// It is none of the choices.
    Choice,
    /// It is no duration.
    Duration(BadDuration),
    /// It is no time of day.
    Time(BadTime),
    /// It is no date and time.
    Moment(BadMoment),
    /// It is no pace.
    Pace(BadPace),
    /// It is no positive whole number.
    Count,
    /// It is no URL.
    Url(BadUrl),
}

impl<'a> Literal<'a> {
    /// A text that is not empty.
    pub(super) fn text(self) -> Result<&'a str, Unreadable> {
        match self {
            Self::Text(text) if !is_blank(text) => Ok(text),
            Self::Text(_) => Err(Unreadable::Empty),
            _ => Err(Unreadable::Type),
        }
    }

    /// A text that is not empty and may consist of digits, so that its quotes are easily forgotten.
    pub(super) fn free_text(self, is_certain: bool) -> Result<&'a str, Unreadable> {
        match self {
            Self::Number(_) => Err(Unreadable::NumberForText { is_certain }),
            other => other.text(),
        }
    }

    /// A text that is not empty, or a number as it was written: what lacks its unit gets the same answer with quotes and
    /// without.
    pub(super) fn text_or_number(self) -> Result<&'a str, Unreadable> {
        match self {
            Self::Number(number) => Ok(number),
            other => other.text(),
        }
    }

    /// A text that stays itself between quotes, with them.
    pub(super) fn quoted_as_is(self) -> Option<String> {
        match self {
            Self::Text(text) if !text.contains(['"', '\\']) && !text.contains(char::is_control) => {
                (!text.trim().is_empty()).then(|| super::quoted(text))
            }
            _ => None,
        }
    }

    /// A number, parsed.
    pub(super) fn number<T: std::str::FromStr>(self) -> Option<T> {
        match self {
            Self::Number(number) => number.parse().ok(),
            _ => None,
        }
    }
}

/// Whether a text says nothing. Most texts need only their first letter looked at.
fn is_blank(text: &str) -> bool {
    let is_plain = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
    !is_plain && text.chars().all(char::is_whitespace)
}
