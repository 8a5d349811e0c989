//! A value of a field, read and checked.

use uuid::Uuid;

use super::types::{Moment, Pace, Seconds, TimeOfDay, WebhookUrl};
use super::{Choice, FieldSpec};

/// What a field was set to.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum Value {
    /// Free text.
    Text(Box<str>),
    /// A UUID or the name of an alias.
    Id(IdValue),
    /// Index into the row's choices.
    Choice(u8),
    /// Indices into the row's choices.
    Choices(Box<[u8]>),
    /// A duration.
    Duration(Seconds),
    /// A time of day.
    Time(TimeOfDay),
    /// A date and time.
    Moment(Moment),
    /// A pace.
    Pace(Pace),
    /// A positive number.
    Count(u32),
    /// A webhook's URL.
    Url(Box<WebhookUrl>),
}

/// An id as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum IdValue {
    /// A UUID.
    Uuid(Uuid),
    /// The name of an alias, which may or may not exist.
    Alias(Box<str>),
}

impl Value {
    /// The word of a choice; empty for everything else.
    pub fn word(&self, spec: &FieldSpec) -> &'static str {
        self.choice(spec).map_or("", |choice| choice.written.word())
    }

    /// The choice behind a [`Value::Choice`].
    pub fn choice(&self, spec: &FieldSpec) -> Option<&'static Choice> {
        match self {
            Self::Choice(index) => spec.choices().get(usize::from(*index)),
            _ => None,
        }
    }
}
