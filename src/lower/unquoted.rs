//! Values that are no KDL: what was meant by them, and whether their field takes that; and values with blanks in them.

use std::borrow::Cow;

use super::{Lowering, fixes};
use crate::fields::types::BadPace;
use crate::fields::{AliasKind, FieldSpec, Kind, Literal, Slot, Unreadable, parse_uuid};
use crate::finding::Fix;
use crate::project::source::Span;
use crate::rules::bad_id::InvalidId;
use crate::rules::misused_null::{MisusedNull, NullMistake};
use crate::rules::number_for_text::{NumberForText, is_number};
use crate::rules::{bad_number, bare_keyword, bare_value, unquoted_text, url_cut_by_comment};
use crate::syntax::{Entry, Scalar, Value};

/// A value as it is meant: the word or the keyword.
enum Meant<'t> {
    Text(&'t str),
    Keyword(Scalar<'t>),
}

/// Half of a UUID: fewer letters and digits may be a name.
const ID_LENGTH: usize = 16;

impl Lowering<'_> {
    /// What was meant by a value that KDL cannot read, and the number of the finding that says how to write it.
    fn meant<'t>(&self, span: Span, text: &'t str) -> Option<(usize, Meant<'t>)> {
        let (index, code) = self.sink.find_at(span, self.syntax_findings)?;
        let written = text.get(span.range())?;
        let of_text = [&bare_value::RULE, &bad_number::RULE, &url_cut_by_comment::RULE];
        if of_text.iter().any(|rule| rule.code == code) {
            return Some((index, Meant::Text(unquoted_text(written))));
        }
        let keyword = match written {
            "true" => Scalar::Bool(true),
            "false" => Scalar::Bool(false),
            "null" => Scalar::Null,
            _ => return None,
        };
        (code == bare_keyword::RULE.code).then_some((index, Meant::Keyword(keyword)))
    }

    /// Reads a value that KDL cannot read as it is meant. Where the field refuses that as well, the finding says what the field
    /// takes: whoever only adds the quotation marks would be told the next time.
    #[cold]
    pub(super) fn unquoted(&mut self, spec: &FieldSpec, value: &Value<'_>) {
        let text = self.text;
        let Some((index, meant)) = self.meant(value.span, text) else {
            return;
        };
        // `5.`, where a number belongs: what is wrong with it is said already.
        let is_digits = |written: &str| {
            written
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | '_' | '+' | '-'))
        };
        if matches!((spec.kind, &meant), (Kind::Count | Kind::Limit, Meant::Text(written)) if is_digits(written)) {
            return;
        }
        if let (Kind::Id(kind), Meant::Text(written)) = (spec.kind, &meant) {
            let path = spec.path();
            self.unquoted_id(index, written, value.span, &path, (kind, None));
            return;
        }
        if matches!(meant, Meant::Keyword(Scalar::Null)) {
            // With its `#`, it says that the setting is not sent.
            if spec.setting.is_required() || spec.slot != Slot::Argument {
                let (path, name) = (spec.path(), spec.setting.spec().name);
                let what = match spec.slot {
                    Slot::Argument => NullMistake::Required(name),
                    _ => NullMistake::Property(&path),
                };
                self.sink.report(self.place(value.span), &MisusedNull { what });
                self.sink.replace_by_last(index);
            }
            return;
        }
        let (scalar, literal) = match meant {
            Meant::Text(written) => (Scalar::String(Cow::Borrowed(written)), Literal::Text(written)),
            Meant::Keyword(scalar) => {
                let literal = Literal::Bool(scalar == Scalar::Bool(true));
                (scalar, literal)
            }
        };
        let Err(why) = spec.kind.read(literal) else {
            return;
        };
        let span = value.span;
        let meant = Value {
            scalar,
            annotation: None,
            span,
        };
        let reported = self.sink.len();
        self.unreadable(spec, &meant, &why);
        // A word that is a text, and no switch.
        let word = text.get(span.range()).unwrap_or_default();
        if matches!(literal, Literal::Bool(_))
            && spec.kind.read(Literal::Text(word)).is_ok()
            && let Some(finding) = self.sink.last()
        {
            finding.label = format!("write \"{word}\"");
            finding.fix = Some(Fix::likely(span, format!("\"{word}\"")));
        }
        if self.sink.len() == reported + 1 {
            self.sink.replace_by_last(index);
        }
    }

    /// The same for the id of an alias.
    #[cold]
    pub(super) fn unquoted_alias(&mut self, alias: AliasKind, span: Span) {
        let text = self.text;
        if let Some((index, Meant::Text(written))) = self.meant(span, text) {
            self.unquoted_id(index, written, span, alias.word(), (alias, Some(alias)));
        }
    }

    /// Digits in the place of an id: people write the telephone number, with blanks and brackets. Quotation marks do not help.
    fn unquoted_id(
        &mut self,
        index: usize,
        written: &str,
        span: Span,
        path: &str,
        (kind, alias): (AliasKind, Option<AliasKind>),
    ) {
        let is_hex = |c: char| c.is_ascii_hexdigit() || c == '-';
        let place = self.place(span);
        if parse_uuid(written).is_some() {
            return;
        }
        if is_number(written) {
            let violation = NumberForText {
                path,
                written,
                id_of: Some(kind),
            };
            self.sink.report(place, &violation);
        } else if written.len() >= ID_LENGTH && written.chars().all(is_hex) {
            self.sink.report(place, &InvalidId { path, written, alias }).fix = fixes::uuid(span, written);
        } else {
            return;
        }
        self.sink.replace_by_last(index);
    }

    /// `after=5 m`, `pace 2 per second`: a value that blanks split, of which the first part was reported. Reports the whole, and
    /// returns the entries behind it.
    #[cold]
    pub(super) fn split_value<'n, 't>(
        &mut self,
        spec: &FieldSpec,
        first: &Entry<'t>,
        behind: &'n [Entry<'t>],
    ) -> &'n [Entry<'t>] {
        /// `1 h 30 m` has as many parts behind the first.
        const MAX_PARTS: usize = 4;
        if !matches!(spec.kind, Kind::Duration | Kind::Pace) {
            return behind;
        }
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '\t' | '/');
        let parts = behind.iter().take(MAX_PARTS).take_while(|entry| entry.name.is_none());
        for count in (1..=parts.count()).rev() {
            let Some((last, rest)) = behind.get(count - 1).zip(behind.get(count..)) else {
                continue;
            };
            let span = first.value.span.to(last.value.span);
            let text = self.text;
            let written = text.get(span.range()).unwrap_or_default();
            if !written.ends_with(char::is_alphabetic) || !written.chars().all(is_part) {
                continue;
            }
            let Err(why) = spec.kind.read(Literal::Text(written)) else {
                continue;
            };
            let is_meant = match &why {
                Unreadable::Duration(_) => fixes::duration(span, written).is_some(),
                Unreadable::Pace(BadPace::Form { instead }) => instead.is_some(),
                _ => false,
            };
            if is_meant && self.sink.take_last_at(first.value.span).is_some() {
                let whole = Value {
                    scalar: Scalar::String(Cow::Borrowed(written)),
                    annotation: None,
                    span,
                };
                self.unreadable(spec, &whole, &why);
                return rest;
            }
        }
        behind
    }
}
