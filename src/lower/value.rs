//! One value against the kind that its row takes.

use uuid::Uuid;

use super::setting::SettingBuilder;
use super::{Lowering, describe, fixes};
use crate::fields::types::{BadDuration, BadMoment, BadPace, BadTime, Moment, Pace, Seconds, TimeOfDay, WebhookUrl};
use crate::fields::{FieldSpec, IdValue, Kind, Value, Written};
use crate::finding::Fix;
use crate::project::source::Span;
use crate::rules::bad_count::InvalidCount;
use crate::rules::bad_date::InvalidMoment;
use crate::rules::bad_duration::InvalidDuration;
use crate::rules::bad_id::InvalidId;
use crate::rules::bad_pace::InvalidPace;
use crate::rules::bad_time::InvalidTime;
use crate::rules::bad_url::InvalidUrl;
use crate::rules::empty_text::EmptyText;
use crate::rules::handwritten_marker::HandwrittenMarker;
use crate::rules::number_for_text::NumberForText;
use crate::rules::unknown_value::UnknownValue;
use crate::rules::wrong_type::WrongType;
use crate::syntax::{self, Entry, Scalar};
use crate::util::suggest::closest;

impl Lowering<'_> {
    /// Reads what an entry says of a field, and keeps it; without a value where that was reported.
    pub(super) fn value(&mut self, spec: &FieldSpec, entry: &Entry<'_>, stated: &mut SettingBuilder<'_>) {
        let value = &entry.value;
        match spec.kind {
            Kind::Text => stated.keep(spec, entry, self.text(spec, value).map(|text| Value::Text(text.into()))),
            Kind::Comment => stated.keep(
                spec,
                entry,
                self.comment(spec, value).map(|text| Value::Text(text.into())),
            ),
            // Each kind on its own, so that the bytes of a UUID are not moved once more.
            Kind::Id(_) => match self.id(spec, value) {
                Some(IdValue::Uuid(id)) => stated.keep(spec, entry, Some(Value::Id(IdValue::Uuid(id)))),
                Some(alias) => stated.keep(spec, entry, Some(Value::Id(alias))),
                None => stated.keep(spec, entry, None),
            },
            Kind::Choice(_) | Kind::Choices(_) => {
                stated.keep(spec, entry, self.choice(spec, value).map(Value::Choice));
            }
            Kind::Duration => stated.keep(spec, entry, self.duration(spec, value).map(Value::Duration)),
            Kind::Time { end } => stated.keep(spec, entry, self.time(spec, value, end).map(Value::Time)),
            Kind::Moment => stated.keep(spec, entry, self.moment(spec, value).map(Value::Moment)),
            Kind::Pace => stated.keep(spec, entry, self.pace(spec, value).map(Value::Pace)),
            Kind::Count | Kind::Limit => stated.keep(spec, entry, self.count(spec, value).map(Value::Count)),
            Kind::Url => stated.keep(spec, entry, self.url(spec, value).map(Value::Url)),
        }
    }

    /// Reports a number in the place of a text, with the groups of digits behind it: `8 800 555 35 35`.
    #[cold]
    pub(super) fn number_for_text(&mut self, number: Span, path: &str, is_sure: bool) {
        let is_end = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n', ';', '}', '/']);
        let mut end = number.end as usize;
        let is_whole = |end: usize| self.text.get(end..).is_some_and(is_end);
        while let Some(rest) = self.text.get(end..) {
            let group = rest.trim_start_matches([' ', '\t']);
            let behind = group.trim_start_matches(|c: char| c.is_ascii_digit());
            let next = self.text.len() - behind.len();
            if group.len() == rest.len() || group.len() == behind.len() || !is_whole(next) {
                break;
            }
            end = next;
        }
        let span = Span::new(number.start as usize, end);
        let written = self.text.get(span.range()).unwrap_or_default();
        let quoted = format!("\"{written}\"");
        let fix = if is_sure {
            Fix::safe(span, quoted)
        } else {
            Fix::likely(span, quoted)
        };
        self.sink
            .report(self.place(span), &NumberForText { path, written })
            .fix(fix);
    }

    /// A string that is not empty.
    #[inline(always)]
    fn text<'v>(&mut self, spec: &FieldSpec, value: &'v syntax::Value<'_>) -> Option<&'v str> {
        match &value.scalar {
            Scalar::String(text) if !is_blank(text) => Some(text),
            _ => {
                self.no_text(spec, value);
                None
            }
        }
    }

    #[cold]
    fn no_text(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) {
        let place = self.place(value.span);
        let path = spec.path();
        match &value.scalar {
            Scalar::Invalid => {}
            Scalar::String(_) => drop(self.sink.report(place, &EmptyText { path: &path })),
            Scalar::Number(_) if matches!(spec.kind, Kind::Text | Kind::Comment | Kind::Id(_)) => {
                // In quotes it is the text that was meant; whether it is an alias as well, nobody knows.
                self.number_for_text(value.span, &path, !matches!(spec.kind, Kind::Id(_)));
            }
            _ => {
                let violation = WrongType {
                    path: &path,
                    found: describe(value),
                    expected: expected(spec),
                };
                self.sink.report(place, &violation);
            }
        }
    }

    fn comment<'v>(&mut self, spec: &FieldSpec, value: &'v syntax::Value<'_>) -> Option<&'v str> {
        let text = self.text(spec, value)?;
        if text.contains('[') && text.contains("[dialform ") {
            self.sink.report(self.place(value.span), &HandwrittenMarker);
            return None;
        }
        Some(text)
    }

    fn id(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) -> Option<IdValue> {
        let text = self.text(spec, value)?;
        match read_uuid(text) {
            Some(id) => Some(IdValue::Uuid(id)),
            None => self.alias(spec, value, text),
        }
    }

    #[inline(never)]
    fn alias(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>, text: &str) -> Option<IdValue> {
        if looks_like_uuid(text) {
            let violation = InvalidId {
                path: &spec.path(),
                written: text,
                is_alias: false,
            };
            self.sink.report(self.place(value.span), &violation).fix = fixes::uuid(value.span, text);
            return None;
        }
        Some(IdValue::Alias(text.into()))
    }

    /// The index of the choice that stands there.
    pub(super) fn choice(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) -> Option<u8> {
        let choices = spec.choices();
        let written = match &value.scalar {
            Scalar::Invalid => return None,
            Scalar::String(text) => choices
                .iter()
                .position(|choice| matches!(choice.written, Written::Word(word) if word == text)),
            Scalar::Bool(is_true) => {
                let wanted = if *is_true { Written::True } else { Written::False };
                choices.iter().position(|choice| choice.written == wanted)
            }
            Scalar::Number(_) | Scalar::Null => None,
        };
        if let Some(index) = written {
            return u8::try_from(index).ok();
        }
        self.unknown_choice(spec, value);
        None
    }

    #[cold]
    fn unknown_choice(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) {
        if let Scalar::String(text) = &value.scalar
            && self.wire_value(spec, text, value.span)
        {
            return;
        }
        let place = self.place(value.span);
        let path = || spec.path();
        let sources: Vec<String> = spec
            .choices()
            .iter()
            .filter(|choice| choice.written != Written::Implied)
            .map(|choice| choice.written.source())
            .collect();
        let words = spec.choices().iter().filter_map(|choice| match choice.written {
            Written::Word(word) => Some(word),
            _ => None,
        });
        let is_switch = words.clone().next().is_none();
        match &value.scalar {
            Scalar::String(text) if !is_switch => {
                let meant = closest(text, words);
                let off = || {
                    let (switch, _) = switch_like(value)?;
                    sources.iter().find(|known| *known == switch).cloned()
                };
                let suggestion = meant.map(|word| format!("\"{word}\"")).or_else(off);
                let violation = UnknownValue {
                    path: &path(),
                    value: text,
                    suggestion: suggestion.clone(),
                    known: sources,
                };
                let finding = self.sink.report(place, &violation);
                if let Some(suggestion) = suggestion {
                    finding.fix(match meant {
                        Some(word) => fixes::suggested(value.span, text, word, suggestion),
                        None => Fix::likely(value.span, suggestion),
                    });
                }
            }
            Scalar::Bool(true) if sources == ["#false"] => {
                let known = vec!["#false".to_owned(), "nothing, to switch it on".to_owned()];
                let violation = UnknownValue {
                    path: &path(),
                    value: "#true",
                    suggestion: None,
                    known,
                };
                self.sink.report(place, &violation);
            }
            _ => {
                let violation = WrongType {
                    path: &path(),
                    found: describe(value),
                    expected: &sources.join(" or "),
                };
                let finding = self.sink.report(place, &violation);
                if let Some((switch, is_sure)) = switch_like(value)
                    && sources.iter().any(|known| known == switch)
                {
                    finding.fix(match is_sure {
                        true => Fix::safe(value.span, switch),
                        false => Fix::likely(value.span, switch),
                    });
                }
            }
        }
    }

    #[inline]
    fn duration(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) -> Option<Seconds> {
        // `after=20` has the same answer as `after="20"`: the unit is missing.
        let text = match &value.scalar {
            Scalar::Number(number) => number,
            _ => self.text(spec, value)?,
        };
        match Seconds::parse(text) {
            Ok(seconds) => Some(seconds),
            Err(why) => {
                self.no_duration(spec, value, text, &why);
                None
            }
        }
    }

    #[cold]
    fn no_duration(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>, written: &str, why: &BadDuration) {
        let path = spec.path();
        let violation = InvalidDuration {
            path: &path,
            written,
            why,
        };
        let finding = self.sink.report(self.place(value.span), &violation);
        let has_unit = value.annotation.as_ref().is_some_and(|name| fixes::is_unit(&name.text));
        if !has_unit {
            finding.fix = fixes::duration(value.span, written);
        }
    }

    fn time(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>, end: bool) -> Option<TimeOfDay> {
        let text = self.text(spec, value)?;
        match TimeOfDay::parse(text, end) {
            Ok(time) => Some(time),
            Err(why) => {
                self.no_time(spec, value, text, why);
                None
            }
        }
    }

    #[cold]
    fn no_time(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>, written: &str, why: BadTime) {
        let path = spec.path();
        let violation = InvalidTime {
            path: &path,
            written,
            why,
        };
        let finding = self.sink.report(self.place(value.span), &violation);
        if why == BadTime::OneDigit {
            finding.fix(Fix::safe(value.span, format!("\"0{written}\"")));
        }
    }

    fn moment(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) -> Option<Moment> {
        let text = self.text(spec, value)?;
        match Moment::parse(text) {
            Ok(moment) => Some(moment),
            Err(why) => {
                let violation = InvalidMoment {
                    path: &spec.path(),
                    written: text,
                    why: &why,
                };
                let finding = self.sink.report(self.place(value.span), &violation);
                if let BadMoment::Form {
                    instead: Some(instead),
                    is_certain,
                } = why
                {
                    let written = format!("\"{instead}\"");
                    finding.fix(match is_certain {
                        true => Fix::safe(value.span, written),
                        false => Fix::likely(value.span, written),
                    });
                }
                None
            }
        }
    }

    fn pace(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) -> Option<Pace> {
        let text = match &value.scalar {
            Scalar::Number(number) => number,
            _ => self.text(spec, value)?,
        };
        match Pace::parse(text) {
            Ok(pace) => Some(pace),
            Err(why) => {
                let finding = self.sink.report(
                    self.place(value.span),
                    &InvalidPace {
                        written: text,
                        why: &why,
                    },
                );
                match why {
                    // The same pace with another unit. Without one, calls a second are a guess.
                    BadPace::Form { instead: Some(instead) } if text.contains('/') => {
                        finding.fix(Fix::safe(value.span, format!("\"{instead}\"")));
                    }
                    // `1.5` is fifty calls a second on the wire, and perhaps three in two seconds to who wrote it.
                    BadPace::Form { instead: Some(instead) } | BadPace::Cps(instead) => {
                        finding.fix(Fix::likely(value.span, format!("\"{instead}\"")));
                    }
                    BadPace::Form { instead: None } | BadPace::OutOfRange => {}
                }
                None
            }
        }
    }

    #[inline]
    fn count(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) -> Option<u32> {
        let count = match value.scalar {
            Scalar::Number(number) if number.contains('_') => number.replace('_', "").parse().ok(),
            Scalar::Number(number) => number.parse().ok(),
            _ => None,
        };
        let count = count.filter(|count| (1..=i32::MAX as u32).contains(count));
        if count.is_none() {
            self.no_count(spec, value);
        }
        count
    }

    #[cold]
    fn no_count(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) {
        let place = self.place(value.span);
        let path = spec.path();
        match &value.scalar {
            Scalar::Number(written) => drop(self.sink.report(place, &InvalidCount { path: &path, written })),
            Scalar::Invalid => {}
            Scalar::String(text) if text.parse::<u32>().is_ok_and(|count| count > 0) => {
                let violation = WrongType {
                    path: &path,
                    found: "a text",
                    expected: "a number without quotes",
                };
                self.sink
                    .report(place, &violation)
                    .fix(Fix::safe(value.span, text.as_ref()));
            }
            _ => {
                let violation = WrongType {
                    path: &path,
                    found: describe(value),
                    expected: "a positive whole number",
                };
                self.sink.report(place, &violation);
            }
        }
    }

    fn url(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) -> Option<Box<WebhookUrl>> {
        let text = self.text(spec, value)?;
        match WebhookUrl::parse(text) {
            Ok(url) => Some(Box::new(url)),
            Err(why) => {
                self.sink.report(
                    self.place(value.span),
                    &InvalidUrl {
                        written: text,
                        why: &why,
                    },
                );
                None
            }
        }
    }
}

/// The switch that a word of another language stands for, and whether it is certain: `ture` is only close to one.
fn switch_like(value: &syntax::Value<'_>) -> Option<(&'static str, bool)> {
    let Scalar::String(text) = &value.scalar else {
        return None;
    };
    let word = text.to_lowercase();
    let word = word.strip_prefix('#').unwrap_or(&word);
    match word {
        "true" | "yes" | "on" | "да" => Some(("#true", true)),
        "false" | "no" | "off" | "нет" => Some(("#false", true)),
        _ => match closest(word, ["true", "false"])? {
            "true" => Some(("#true", false)),
            _ => Some(("#false", false)),
        },
    }
}

/// Whether a text says nothing. Nearly every one is told by its first letter.
#[inline]
fn is_blank(text: &str) -> bool {
    let is_plain = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
    !is_plain && text.chars().all(char::is_whitespace)
}

/// A UUID in its usual form. The crate takes others as well, which are all of another length.
pub(super) fn read_uuid(text: &str) -> Option<Uuid> {
    const HYPHENATED: usize = 36;
    (text.len() == HYPHENATED).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// Long, and made of what UUIDs are made of: nobody means an alias by it.
fn looks_like_uuid(text: &str) -> bool {
    let text = text.trim().trim_start_matches('{').trim_end_matches('}');
    let hex = text.chars().filter(char::is_ascii_hexdigit).count();
    let others = text.chars().filter(|c| !c.is_ascii_hexdigit() && *c != '-').count();
    let dashes = text.matches('-').count();
    hex >= 20 && others <= 3 && (dashes >= 2 || hex == 32)
}

fn expected(spec: &FieldSpec) -> &'static str {
    match spec.kind {
        Kind::Duration => "a duration in quotes, like \"20m\"",
        Kind::Time { .. } => "a time in quotes, like \"09:10\"",
        Kind::Moment => "a date in quotes, like \"2030-12-02 10:00\"",
        Kind::Pace => "a pace in quotes, like \"3/s\"",
        Kind::Url => "a URL in quotes",
        Kind::Id(_) => "a UUID or the name of an alias, in quotes",
        _ => "a text",
    }
}
