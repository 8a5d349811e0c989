//! One value of a setting: what its kind reads, and the finding where it reads nothing.

use super::setting::SettingBuilder;
use super::{Lowering, describe, fixes};
use crate::fields::types::{BadDuration, BadMoment, BadPace, BadTime, BadUrl};
use crate::fields::{
    AliasKind, FieldSpec, IdValue, Kind, Literal, Unreadable, Value, Written, choices_beside, fields_of, usage,
};
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
use crate::rules::nil_id::NilId;
use crate::rules::number_for_text::NumberForText;
use crate::rules::unknown_value::UnknownValue;
use crate::rules::wrong_type::WrongType;
use crate::syntax::{self, Entry, Scalar};
use crate::util::suggest::closest;

impl Lowering<'_> {
    /// Reads what an entry sets a field to, and keeps it; without a value where that was reported. Says whether there is one.
    pub(super) fn value(&mut self, spec: &FieldSpec, entry: &Entry<'_>, stated: &mut SettingBuilder<'_>) -> bool {
        let value = self.read(spec, &entry.value);
        let is_read = value.is_some();
        stated.keep(spec, entry, value);
        is_read
    }

    /// Reads a value as the kind that its field takes. What it is not is reported.
    pub(super) fn read(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) -> Option<Value> {
        let Some(literal) = literal(value) else {
            self.unquoted(spec, value);
            return None;
        };
        match spec.kind.read(literal) {
            Ok(read) => {
                if let Value::Id(IdValue::Uuid(id)) = &read
                    && id.is_nil()
                {
                    let path = spec.path();
                    self.sink.report(self.place(value.span), &NilId { path: &path });
                }
                Some(read)
            }
            Err(why) => {
                self.unreadable(spec, value, &why);
                None
            }
        }
    }

    #[cold]
    pub(super) fn unreadable(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>, why: &Unreadable) {
        let place = self.place(value.span);
        let path = spec.path();
        let path = path.as_str();
        let written = match &value.scalar {
            Scalar::String(text) => text,
            Scalar::Number(number) => *number,
            _ => "",
        };
        match why {
            Unreadable::Type => {
                let violation = WrongType {
                    path,
                    found: describe(value),
                    expected: spec.kind.expected(),
                };
                self.sink.report(place, &violation);
            }
            Unreadable::Empty => drop(self.sink.report(place, &EmptyText { path })),
            Unreadable::NumberForText { is_certain } => {
                let id_of = match spec.kind {
                    Kind::Id(kind) => Some(kind),
                    _ => None,
                };
                self.number_for_text(value.span, path, id_of, *is_certain)
            }
            Unreadable::Marker => drop(self.sink.report(place, &HandwrittenMarker)),
            Unreadable::Id => {
                let violation = InvalidId {
                    path,
                    written,
                    alias: None,
                };
                self.sink.report(place, &violation).fix = fixes::uuid(value.span, written);
            }
            Unreadable::Choice => self.unknown_choice(spec, value),
            Unreadable::Duration(why) => self.no_duration(path, value, written, why),
            Unreadable::Time(why) => self.no_time(path, value.span, written, *why),
            Unreadable::Moment(why) => self.no_moment(path, value.span, written, why),
            Unreadable::Pace(why) => self.no_pace(value.span, written, why),
            Unreadable::Count => self.no_count(spec, value),
            Unreadable::Url(why) => self.no_url(value.span, written, why),
        }
    }

    /// Reports a number in the place of a text, with the groups of digits behind it: `8 800 555 35 35`.
    #[cold]
    pub(super) fn number_for_text(&mut self, number: Span, path: &str, id_of: Option<AliasKind>, is_certain: bool) {
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
        let fix = fix(span, quoted, is_certain);
        let violation = NumberForText { path, written, id_of };
        let finding = self.sink.report(self.place(span), &violation);
        if id_of.is_none() {
            finding.fix(fix);
        }
    }

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
                let of_property = || meant_of_property(spec, text, self.text.get(value.span.range())?);
                let suggestion = meant
                    .map(|word| format!("\"{word}\""))
                    .or_else(off)
                    .or_else(of_property);
                let violation = UnknownValue {
                    path: &path(),
                    value: text,
                    suggestion: suggestion.clone(),
                    known: sources,
                    takes: None,
                };
                let finding = self.sink.report(place, &violation);
                if let Some(suggestion) = suggestion {
                    finding.fix(match meant {
                        Some(word) => fixes::suggested(value.span, text, word, suggestion),
                        None => Fix::likely(value.span, suggestion),
                    });
                }
            }
            // Nobody who writes anything but a word for no wants it off.
            Scalar::Bool(_) | Scalar::String(_)
                if sources == ["#false"] && switch_like(value).is_none_or(|(switch, _)| switch == "#true") =>
            {
                let violation = UnknownValue {
                    path: &path(),
                    value: self.text.get(value.span.range()).unwrap_or_default(),
                    suggestion: None,
                    known: sources,
                    takes: Some(usage(spec.setting)),
                };
                // What it is switched on with stands behind it.
                let is_on = value.scalar == Scalar::Bool(true) || switch_like(value).is_some();
                let fix = fixes::without_switch(self.text, value.span).filter(|_| is_on);
                self.sink.report(place, &violation).fix = fix;
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
                    // Alone it may lack a property, as `record #true` does.
                    let behind = self.text.get(value.span.end as usize..).unwrap_or_default();
                    let is_alone = !behind.trim_start_matches([' ', '\t']).starts_with(char::is_alphabetic);
                    let is_sure = is_sure && !(is_alone && switch == "#true" && spec.setting.has_conditions());
                    finding.label = format!("did you mean {switch}?");
                    finding.fix(fix(value.span, switch, is_sure));
                }
            }
        }
    }

    fn no_duration(&mut self, path: &str, value: &syntax::Value<'_>, written: &str, why: &BadDuration) {
        let violation = InvalidDuration { path, written, why };
        let finding = self.sink.report(self.place(value.span), &violation);
        let has_unit = value.annotation.as_ref().is_some_and(|name| fixes::is_unit(&name.text));
        if !has_unit {
            finding.fix = fixes::duration(value.span, written);
        }
        // `12 s`, which only the blank makes no duration.
        if *why == BadDuration::Form
            && let Some(edit) = finding.fix.iter().find_map(|fix| fix.edits.first())
        {
            finding.label = format!("write {}", edit.text);
        }
    }

    fn no_time(&mut self, path: &str, span: Span, written: &str, why: BadTime) {
        let violation = InvalidTime { path, written, why };
        let finding = self.sink.report(self.place(span), &violation);
        if why == BadTime::OneDigit {
            finding.fix(Fix::safe(span, format!("\"0{written}\"")));
        }
    }

    fn no_moment(&mut self, path: &str, span: Span, written: &str, why: &BadMoment) {
        let violation = InvalidMoment { path, written, why };
        let finding = self.sink.report(self.place(span), &violation);
        if let BadMoment::Form {
            instead: Some(instead),
            is_certain,
        } = why
        {
            finding.fix(fix(span, format!("\"{instead}\""), *is_certain));
        }
    }

    fn no_pace(&mut self, span: Span, written: &str, why: &BadPace) {
        let finding = self.sink.report(self.place(span), &InvalidPace { written, why });
        let (instead, is_certain) = match why {
            // The same pace with another unit. Without one, calls a second are a guess.
            BadPace::Form { instead } => (*instead, written.contains(|c: char| c == '/' || c.is_alphabetic())),
            // `1.5` is fifty calls a second on the wire, and perhaps three in two seconds to its author.
            BadPace::Cps(instead) => (Some(*instead), false),
            BadPace::OutOfRange => (None, false),
        };
        if let Some(instead) = instead {
            finding.fix(fix(span, format!("\"{instead}\""), is_certain));
        }
    }

    fn no_count(&mut self, spec: &FieldSpec, value: &syntax::Value<'_>) {
        let place = self.place(value.span);
        let path = spec.path();
        match &value.scalar {
            Scalar::Number(written) => drop(self.sink.report(place, &InvalidCount { path: &path, written })),
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
                    expected: spec.kind.expected(),
                };
                self.sink.report(place, &violation);
            }
        }
    }

    fn no_url(&mut self, span: Span, written: &str, why: &BadUrl) {
        self.sink.report(self.place(span), &InvalidUrl { written, why });
    }
}

/// The choice beside which a text is the value of a property, with that property: `start "2030-12-02 10:00"` is
/// `start "time" at="2030-12-02 10:00"`.
fn meant_of_property(spec: &FieldSpec, text: &str, written: &str) -> Option<String> {
    let setting = spec.setting;
    let takes = |field: &&FieldSpec| matches!(field.kind, Kind::Moment) && field.kind.read(Literal::Text(text)).is_ok();
    let property = fields_of(setting).find(takes)?;
    match choices_beside(setting, &[property.id]).as_slice() {
        [only] => Some(format!("{} {}={written}", only.written.source(), property.property()?)),
        _ => None,
    }
}

/// The value as kinds read it; nothing where a syntax error was reported.
pub(super) fn literal<'v>(value: &'v syntax::Value<'_>) -> Option<Literal<'v>> {
    match &value.scalar {
        Scalar::String(text) => Some(Literal::Text(text)),
        Scalar::Number(number) => Some(Literal::Number(number)),
        Scalar::Bool(is_true) => Some(Literal::Bool(*is_true)),
        Scalar::Null => Some(Literal::Null),
        Scalar::Invalid => None,
    }
}

fn fix(span: Span, text: impl Into<String>, is_certain: bool) -> Fix {
    match is_certain {
        true => Fix::safe(span, text),
        false => Fix::likely(span, text),
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
