//! The wire values of one row of the table → the value as the language writes it, and as the wire should have had it.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::context::ImportContext;
use super::kdl::quoted;
use super::number::{number, switch, whole};
use crate::fields::types::{BadMoment, BadPace, BadTime, BadUrl, Moment, Pace, Seconds, TimeOfDay, WebhookUrl};
use crate::fields::{AliasKind, Choice, Dialect, FieldSpec, Json, Kind, Written};
use crate::state::Marker;

/// The most markers that are taken out of a comment; each goes through all of it.
const MOST_MARKERS: usize = 64;

/// What became of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Read {
    /// The language says it.
    Said(Said),
    /// The language says it by leaving it out, for this reason.
    LeftOut(&'static str),
    /// The language cannot say it, for this reason.
    Unsayable(String),
}

/// A value that the language says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    /// The value as source text; nothing for what is said by the rest of the node.
    pub(super) source: String,
    /// The word of a choice; empty for everything else.
    pub(super) word: &'static str,
    /// What stands at each of the row's paths.
    pub(super) wire: Vec<Option<Value>>,
    /// Why the wire's value was not taken as it was, where that is not plain to see.
    pub(super) why: Option<String>,
}

impl Said {
    fn read(source: String, wire: Value) -> Read {
        Read::Said(Self {
            source,
            word: "",
            wire: vec![Some(wire)],
            why: None,
        })
    }
}

/// The greatest number that the wire's integers hold.
const GREATEST: i64 = i32::MAX as i64;

/// Reads the values at a row's paths; none of them is null, and at least one is there.
pub(super) fn read(
    spec: &FieldSpec,
    values: &[Option<Value>],
    pool: Option<AliasKind>,
    context: &ImportContext,
) -> Read {
    if let Kind::Choice(choices) = spec.kind {
        return choice(choices, values, context);
    }
    let Some(value) = values.iter().flatten().next() else {
        return Read::LeftOut("it is not there");
    };
    match spec.kind {
        Kind::Text => text(value),
        Kind::Comment => comment(value),
        Kind::Id(kind) => id(kind, pool, value, context),
        Kind::Choice(_) | Kind::Choices(_) => choices(spec.choices(), value),
        Kind::Duration => duration(value),
        Kind::Time { end } => time(value, end),
        Kind::Moment => moment(value),
        Kind::Pace => pace(value),
        Kind::Count => count(value).map_or_else(Read::Unsayable, |count| Said::read(count.to_string(), json!(count))),
        Kind::Limit => limit(value, context.dialect),
        Kind::Url => url(value),
    }
}

fn unsayable(why: &str) -> Read {
    Read::Unsayable(why.to_owned())
}

/// What a choice is on the wire.
pub(super) fn wire_of(choice: &Choice, context: &ImportContext) -> Vec<Option<Value>> {
    let json = |wire: &Json| match wire {
        Json::True => Some(Value::Bool(true)),
        Json::False => Some(Value::Bool(false)),
        Json::Text(text) => Some(Value::from(*text)),
        Json::Configured { name, default } => Some(Value::from(context.wire_value(name).unwrap_or(default))),
        Json::Absent => None,
    };
    choice.wire.iter().map(json).collect()
}

fn choice(choices: &'static [Choice], values: &[Option<Value>], context: &ImportContext) -> Read {
    let fits = |wanted: &Option<Value>, value: &Option<Value>| match (wanted, value) {
        (None, None) => true,
        (Some(Value::Bool(wanted)), Some(value)) => switch(value) == Some(*wanted),
        (Some(Value::String(wanted)), Some(Value::String(value))) => value.trim().eq_ignore_ascii_case(wanted),
        _ => false,
    };
    let all = || choices.iter().map(|choice| (choice, wire_of(choice, context)));
    let whole = all().find(|(_, wire)| wire.iter().zip(values).all(|(wire, value)| fits(wire, value)));
    // What a choice leaves out has no effect beside it, so a value there does no harm; the caller tells of it.
    let first = || {
        all().find(|(_, wire)| {
            wire.iter()
                .zip(values)
                .all(|(wire, value)| wire.is_none() || fits(wire, value))
        })
    };
    if let Some((choice, wire)) = whole.or_else(first) {
        return Read::Said(Said {
            source: match choice.written {
                Written::Implied => String::new(),
                written => written.source(),
            },
            word: choice.written.word(),
            wire,
            why: None,
        });
    }
    let value = values.iter().flatten().next();
    let is_switch = choices.iter().any(|choice| choice.wire.first() == Some(&Json::True));
    if is_switch && value.and_then(switch) == Some(false) {
        return Read::LeftOut("what is off is left out");
    }
    if value.is_some_and(is_blank) {
        return Read::LeftOut("an empty text says nothing");
    }
    let known: Vec<String> = all()
        .flat_map(|(_, wire)| wire.into_iter().flatten())
        .map(|value| value.to_string())
        .collect();
    let is_configured = choices
        .iter()
        .any(|choice| matches!(choice.wire, [Json::Configured { .. }]));
    let hint = match is_configured {
        true => "; if the API takes this value, say what it stands for with `wire-value` in the project",
        false => "",
    };
    if values.len() > 1 && values.iter().any(Option::is_none) {
        return Read::Unsayable(format!(
            "only a part of it is there; known are {}{hint}",
            known.join(", ")
        ));
    }
    Read::Unsayable(format!("known are {}{hint}", known.join(", ")))
}

/// `{NAME: {"name": NAME, "value": true}}`, or a list of names.
fn choices(choices: &'static [Choice], value: &Value) -> Read {
    let mut names: Vec<(&str, bool)> = Vec::new();
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let on = match member {
                    Value::Object(inner) => inner.get("value").map_or(Some(true), switch),
                    plain => switch(plain),
                };
                let Some(on) = on else {
                    return unsayable("one of these is neither on nor off");
                };
                names.push((name, on));
            }
        }
        Value::Array(items) => {
            for item in items {
                match item.as_str() {
                    Some(name) => names.push((name, true)),
                    None => return unsayable("it is no list of names"),
                }
            }
        }
        _ => return unsayable("it is neither an object nor a list"),
    }
    if names.is_empty() {
        return Read::LeftOut("where none is named, all are sent");
    }
    let mut words: Vec<String> = Vec::new();
    let mut wire = Map::new();
    for (name, on) in names {
        let known = choices.iter().find_map(|choice| match choice.wire {
            [Json::Text(text)] if text.eq_ignore_ascii_case(name.trim()) => Some((choice, *text)),
            _ => None,
        });
        let Some((choice, name)) = known else {
            return unsayable("one of these is not known");
        };
        if on
            && wire
                .insert(name.to_owned(), json!({ "name": name, "value": true }))
                .is_none()
        {
            words.push(choice.written.source());
        }
    }
    if words.is_empty() {
        return unsayable("all of these are off, and the language only says which are on");
    }
    Said::read(words.join(" "), Value::Object(wire))
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn text(value: &Value) -> Read {
    match value {
        _ if is_blank(value) => unsayable("it is empty"),
        Value::String(text) => Said::read(quoted(text), value.clone()),
        Value::Number(number) => Said::read(quoted(&number.to_string()), Value::from(number.to_string())),
        _ => unsayable("it is no text"),
    }
}

fn comment(value: &Value) -> Read {
    let Value::String(whole) = value else {
        return text(value);
    };
    if Marker::find_in(whole).nth(MOST_MARKERS).is_some() {
        return unsayable("it is full of dialform's own markers");
    }
    let mut words = whole.clone();
    // A comment that was copied from task to task has gathered one from each.
    while let Some(rest) = Marker::strip(&words).filter(|rest| *rest != words) {
        words = rest;
    }
    if Marker::strip(&words).is_none() {
        return Read::LeftOut(if whole.is_empty() {
            "it is empty"
        } else {
            "it is nothing but dialform's own marker"
        });
    }
    for marker in Marker::find_in(&words.clone()) {
        words = words.replace(&marker.to_string(), "");
    }
    if words.trim().is_empty() {
        return Read::LeftOut("an empty text says nothing");
    }
    if words.contains("[dialform ") {
        return unsayable("it looks like dialform's own marker, which nobody may write by hand");
    }
    let why = (words != *whole).then(|| "dialform's marker is taken out, as a new task gets one of its own".to_owned());
    Read::Said(Said {
        source: quoted(&words),
        word: "",
        wire: vec![Some(Value::from(words))],
        why,
    })
}

fn id(kind: AliasKind, narrowed: Option<AliasKind>, value: &Value, context: &ImportContext) -> Read {
    let Value::String(text) = value else {
        return unsayable("an id is a UUID in quotes");
    };
    let text = text.trim();
    if text.is_empty() {
        return Read::LeftOut("an empty text says nothing");
    }
    // All forms that the crate takes: in braces, without hyphens, in capitals.
    let Ok(id) = Uuid::try_parse(text) else {
        return unsayable("an id is a UUID");
    };
    let id = id.hyphenated().to_string();
    let alias = context.alias(narrowed.unwrap_or(kind), kind, &id);
    Said::read(quoted(alias.unwrap_or(&id)), Value::from(id.clone()))
}

fn duration(value: &Value) -> Read {
    let (seconds, why) = match (value, whole(value)) {
        (_, Some(seconds)) => (seconds, None),
        (Value::Bool(on), _) => (
            i64::from(*on),
            Some("a number of seconds belongs here; as a number, true counts as 1 and false as 0".to_owned()),
        ),
        (Value::String(text), _) => match Seconds::parse(text.trim()) {
            Ok(seconds) => (seconds.0.into(), None),
            Err(_) => return unsayable("it is no number of seconds"),
        },
        _ => return unsayable("it is no whole number of seconds"),
    };
    match u32::try_from(seconds) {
        Ok(whole) if seconds <= GREATEST => Read::Said(Said {
            source: quoted(&Seconds(whole).to_string()),
            word: "",
            wire: vec![Some(json!(whole))],
            why,
        }),
        _ => unsayable("no duration is that long, or less than nothing"),
    }
}

fn time(value: &Value, end: bool) -> Read {
    const DAY: u64 = 86_400;
    let written = value.as_str().map(str::trim);
    let time = match (whole(value), written) {
        (Some(seconds), _) => match u64::try_from(seconds) {
            Ok(DAY) if end => TimeOfDay::from_seconds(DAY - 1),
            Ok(seconds) => TimeOfDay::from_seconds(seconds),
            Err(_) => None,
        },
        (None, Some(text)) => match TimeOfDay::parse(text, end) {
            Err(BadTime::OneDigit) => TimeOfDay::parse(&format!("0{text}"), end).ok(),
            read => read.ok(),
        },
        _ => None,
    };
    let Some(time) = time else {
        return unsayable("it is no number of seconds since midnight, of which a day has 86400");
    };
    // The end of the day has a name only where a window ends.
    let source = match (time.to_string(), end) {
        (name, false) if TimeOfDay::parse(&name, false).is_err() => "23:59:59".to_owned(),
        (name, _) => name,
    };
    Said::read(quoted(&source), json!(time.seconds()))
}

fn moment(value: &Value) -> Read {
    let Some(text) = value.as_str() else {
        return unsayable("a date is a text like \"2030-12-02 10:00\"");
    };
    if text.trim().is_empty() {
        return Read::LeftOut("an empty text says nothing");
    }
    let at = match Moment::parse(text.trim()) {
        Ok(at)
        | Err(BadMoment::Form {
            instead: Some(at),
            is_certain: _,
        }) => at,
        Err(BadMoment::NoTime) => return unsayable("a date without a time"),
        Err(BadMoment::NoSuchDate) => return unsayable("there is no such date"),
        Err(BadMoment::Form {
            instead: None,
            is_certain: _,
        }) => return unsayable("a date is written like \"2030-12-02 10:00\""),
    };
    let at = at.to_string();
    Said::read(quoted(&at), Value::from(at.as_str()))
}

fn pace(value: &Value) -> Read {
    let written = value.as_str().map(|text| Pace::parse(text.trim()));
    let pace = match (number(value), written) {
        (Some(cps), _) => match Pace::from_cps(cps) {
            Some(pace) => pace,
            None if cps == 1.0 => {
                return unsayable(
                    "1 encodes no rate: N calls a second is 1 + N/100, one call in N seconds is 1 - N/100; nobody can guess \
                     which was meant, so write the `pace` yourself",
                );
            }
            None => {
                return unsayable(
                    "it encodes no rate: N calls a second is 1 + N/100, one call in N seconds is 1 - N/100, with N from 1 to \
                     99; write the `pace` yourself",
                );
            }
        },
        (None, Some(Ok(pace) | Err(BadPace::Form { instead: Some(pace) } | BadPace::Cps(pace)))) => pace,
        _ => return unsayable("it is no number; write the `pace` yourself"),
    };
    Said::read(quoted(&pace.to_string()), json!(pace.cps()))
}

fn count(value: &Value) -> Result<i64, String> {
    match whole(value) {
        Some(count @ 1..=GREATEST) => Ok(count),
        Some(0) => Err("0 is no number of calls; leave it out where there is to be no limit".to_owned()),
        Some(_) => Err("it is no number of calls".to_owned()),
        None => Err("it is no whole number".to_owned()),
    }
}

/// An int, or `{"redial": true, "count": int}`; both dialects' forms in either.
fn limit(value: &Value, dialect: Dialect) -> Read {
    let plain = match value {
        Value::Object(members) => {
            let on = members.get("redial").map_or(Some(true), switch);
            match (on, members.get("count")) {
                (Some(false), _) => return Read::LeftOut("no limit is said by leaving it out"),
                (Some(true), Some(count)) => count,
                _ => return unsayable("it has no count"),
            }
        }
        plain => plain,
    };
    let count = match count(plain) {
        Ok(count) => count,
        Err(why) => return Read::Unsayable(why),
    };
    let wire = match dialect {
        Dialect::Classic => json!(count),
        Dialect::Extended => json!({ "redial": true, "count": count }),
    };
    Said::read(count.to_string(), wire)
}

fn url(value: &Value) -> Read {
    let Some(text) = value.as_str() else {
        return unsayable("it is no address");
    };
    match WebhookUrl::parse(text.trim()) {
        Ok(url) => Said::read(quoted(url.as_str()), Value::from(url.as_str())),
        Err(BadUrl::Unclear { what, instead: None }) => unsayable(&what.to_string()),
        // The same address, as every program writes it before it sends.
        Err(BadUrl::Unclear {
            what: _,
            instead: Some(instead),
        }) => Said::read(quoted(&instead), Value::from(instead.as_str())),
        Err(why) => unsayable(match why {
            BadUrl::Unclear { .. } => "programs read it in two ways",
            BadUrl::NoScheme => "it does not begin with https://",
            BadUrl::Scheme(_) => "only http and https can be called",
            BadUrl::NoHost => "it names no host",
            BadUrl::WhiteSpace => "there is white space in it",
            BadUrl::Port => "its port is none",
        }),
    }
}
