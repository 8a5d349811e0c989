//! Strict parsing of a JSON body: fields are read once, and complaints are collected under their dotted paths.
//!
//! Nothing is converted: `1.0` is no integer and `"5"` no number. What is never asked for is an unknown field.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

/// What is wrong with a body, by dotted field path, in the order in which it was found.
#[derive(Debug, Default)]
pub(super) struct Complaints(Map<String, Value>);

impl Complaints {
    pub(super) fn add(&mut self, path: &str, text: impl Into<String>) {
        let said = self.0.entry(path).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(said) = said {
            said.push(Value::String(text.into()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One line that names every wrong field, for clients that show only the message.
    pub(super) fn summary(&self) -> String {
        let each = self.0.iter().map(|(path, said)| {
            let said: Vec<&str> = said
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            format!("{path} {}", said.join(", "))
        });
        each.collect::<Vec<_>>().join("; ")
    }

    /// The vendor's `errors`: `{"additionalOptions.fullListTime": ["…"]}`.
    pub(super) fn into_errors(self) -> Map<String, Value> {
        self.0
    }
}

/// The result of reading a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen<T> {
    /// It is not there, and need not be.
    Absent,
    /// It is wrong, or missing though required; the complaint has been made.
    Wrong,
    /// Its value.
    Is(T),
}

impl<T> Seen<T> {
    /// Whether the condition holds of the value: no for an absent field, and unknown for a wrong one, so that one
    /// mistake draws one complaint.
    pub(super) fn holds(self, condition: impl FnOnce(T) -> bool) -> Option<bool> {
        match self {
            Self::Absent => Some(false),
            Self::Wrong => None,
            Self::Is(value) => Some(condition(value)),
        }
    }

    /// The value, if there is one.
    pub(super) fn value(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Wrong => None,
        }
    }
}

/// Whether a field has to be there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Presence<'w> {
    /// «да».
    Required,
    /// «нет».
    Optional,
    /// «да, если …»: required if the condition holds, without effect and so refused if it does not, and either if that is unknown.
    If(Option<bool>, &'w str),
}

/// One JSON object of a body, being read.
pub(super) struct Fields<'a, 'c> {
    object: &'a Map<String, Value>,
    path: String,
    asked: Vec<&'a str>,
    complaints: &'c mut Complaints,
}

impl<'a> Fields<'a, '_> {
    /// Reads a whole body, and complains of the fields that `read` did not ask for.
    pub(super) fn read_all(
        object: &'a Map<String, Value>,
        complaints: &mut Complaints,
        read: impl FnOnce(&mut Fields<'a, '_>),
    ) {
        Fields::read_under(object, String::new(), complaints, read);
    }

    fn read_under(
        object: &'a Map<String, Value>,
        path: String,
        complaints: &mut Complaints,
        read: impl FnOnce(&mut Fields<'a, '_>),
    ) {
        let mut fields = Fields {
            object,
            path,
            asked: Vec::new(),
            complaints,
        };
        read(&mut fields);
        for name in object.keys().filter(|name| !fields.asked.contains(&name.as_str())) {
            fields
                .complaints
                .add(&fields.path_of(name), "is not a field of this method");
        }
    }

    /// The names of the object's fields, for an object whose fields are a set.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.object.keys().map(String::as_str)
    }

    /// Accepts all fields, for an object with arbitrary fields.
    pub(super) fn take_all(&mut self) {
        self.asked.extend(self.names());
    }

    /// Complains of a field by name.
    pub(super) fn complain(&mut self, name: &str, text: impl Into<String>) {
        let path = self.path_of(name);
        self.complaints.add(&path, text);
    }

    /// Whether the field is there, whatever its value; counts as asking for it.
    pub(super) fn has(&mut self, name: &'a str) -> bool {
        self.take(name).is_some()
    }

    /// Whether the field is `null`; counts as asking for it. For the few fields that the page lets be null.
    pub(super) fn is_null(&mut self, name: &'a str) -> bool {
        self.take(name).is_some_and(Value::is_null)
    }

    /// The raw field, if it is there; complains as the presence asks.
    pub(super) fn value(&mut self, name: &'a str, presence: Presence<'_>) -> Seen<&'a Value> {
        match (self.take(name), presence) {
            (Some(_), Presence::If(Some(false), unless)) => {
                self.complain(name, format!("has no effect unless {unless}"));
                Seen::Wrong
            }
            (Some(value), _) => Seen::Is(value),
            (None, Presence::Required) => {
                self.complain(name, "is required");
                Seen::Wrong
            }
            (None, Presence::If(Some(true), when)) => {
                self.complain(name, format!("is required when {when}"));
                Seen::Wrong
            }
            (None, Presence::Optional | Presence::If(..)) => Seen::Absent,
        }
    }

    /// A string, possibly empty.
    pub(super) fn string(&mut self, name: &'a str, presence: Presence<'_>) -> Seen<&'a str> {
        self.typed(name, presence, "must be a string", Value::as_str)
    }

    /// A string with something in it.
    pub(super) fn filled(&mut self, name: &'a str, presence: Presence<'_>) -> Seen<&'a str> {
        let string = self.string(name, presence);
        self.check(name, string, |text| {
            (text.trim().is_empty()).then(|| "must not be empty".to_owned())
        })
    }

    /// A UUID.
    pub(super) fn uuid(&mut self, name: &'a str, presence: Presence<'_>) -> Seen<&'a str> {
        let string = self.string(name, presence);
        self.check(name, string, |text| {
            super::values::uuid(text).is_none().then(|| "must be a UUID".to_owned())
        })
    }

    /// One of the words.
    pub(super) fn one_of(&mut self, name: &'a str, presence: Presence<'_>, words: &[&str]) -> Seen<&'a str> {
        let string = self.string(name, presence);
        self.check(name, string, |text| {
            (!words.contains(&text)).then(|| match words {
                [only] => format!("must be {only}"),
                _ => format!("must be one of {}", words.join(", ")),
            })
        })
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, name: &'a str, presence: Presence<'_>) -> Seen<bool> {
        self.typed(name, presence, "must be true or false", Value::as_bool)
    }

    /// An integer within the range.
    pub(super) fn integer(&mut self, name: &'a str, presence: Presence<'_>, range: RangeInclusive<u64>) -> Seen<u64> {
        let number = self.typed(name, presence, "must be an integer", |value| {
            (value.is_u64() || value.is_i64()).then_some(value)
        });
        match number {
            Seen::Is(value) => match value.as_u64().filter(|number| range.contains(number)) {
                Some(number) => Seen::Is(number),
                None => {
                    let (least, most) = range.into_inner();
                    self.complain(
                        name,
                        if most == u64::MAX {
                            format!("must be {least} or more")
                        } else {
                            format!("must be from {least} to {most}")
                        },
                    );
                    Seen::Wrong
                }
            },
            Seen::Absent => Seen::Absent,
            Seen::Wrong => Seen::Wrong,
        }
    }

    /// An object, whose own fields `read` asks for.
    pub(super) fn object(&mut self, name: &'a str, presence: Presence<'_>, read: impl FnOnce(&mut Fields<'a, '_>)) {
        if let Seen::Is(object) = self.typed(name, presence, "must be an object", Value::as_object) {
            let path = self.path_of(name);
            Fields::read_under(object, path, self.complaints, read);
        }
    }

    /// An array; `read` is given each element with its place as a name, and the fields of `self` to complain to.
    pub(super) fn elements(
        &mut self,
        name: &'a str,
        presence: Presence<'_>,
        mut read: impl FnMut(&mut Element<'a, '_>),
    ) -> Seen<usize> {
        match self.typed(name, presence, "must be an array", Value::as_array) {
            Seen::Is(array) => {
                for (place, value) in array.iter().enumerate() {
                    let path = format!("{}.{place}", self.path_of(name));
                    read(&mut Element {
                        value,
                        path,
                        complaints: self.complaints,
                    });
                }
                Seen::Is(array.len())
            }
            Seen::Absent => Seen::Absent,
            Seen::Wrong => Seen::Wrong,
        }
    }

    fn typed<T>(
        &mut self,
        name: &'a str,
        presence: Presence<'_>,
        must: &str,
        as_type: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Seen<T> {
        match self.value(name, presence) {
            Seen::Is(value) => match as_type(value) {
                Some(typed) => Seen::Is(typed),
                None => {
                    self.complain(name, must);
                    Seen::Wrong
                }
            },
            Seen::Absent => Seen::Absent,
            Seen::Wrong => Seen::Wrong,
        }
    }

    /// Complains of a value that has a fault.
    fn check<T: Copy>(&mut self, name: &str, seen: Seen<T>, fault: impl FnOnce(T) -> Option<String>) -> Seen<T> {
        if let Seen::Is(value) = seen
            && let Some(fault) = fault(value)
        {
            self.complain(name, fault);
            return Seen::Wrong;
        }
        seen
    }

    fn take(&mut self, name: &'a str) -> Option<&'a Value> {
        self.asked.push(name);
        self.object.get(name)
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }
}

/// One element of an array of a body.
pub(super) struct Element<'a, 'c> {
    value: &'a Value,
    path: String,
    complaints: &'c mut Complaints,
}

impl<'a> Element<'a, '_> {
    /// The raw element.
    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    /// Complains of the element.
    pub(super) fn complain(&mut self, text: impl Into<String>) {
        self.complaints.add(&self.path, text);
    }

    /// Reads the element as an object.
    pub(super) fn object(&mut self, read: impl FnOnce(&mut Fields<'a, '_>)) {
        match self.value.as_object() {
            Some(object) => Fields::read_under(object, self.path.clone(), self.complaints, read),
            None => self.complain("must be an object"),
        }
    }
}
