//! From syntax errors to findings: the rule of each kind of error, and the edit that fixes it.

use super::after_block::AfterBlock;
use super::bad_annotation::BadAnnotation;
use super::bad_escape::BadEscape;
use super::bad_multiline_string::BadMultilineString;
use super::bad_name::BadName;
use super::bad_number::BadNumber;
use super::bare_keyword::BareKeyword;
use super::bare_value::UnquotedValue;
use super::curly_quotes::CurlyQuotes;
use super::empty_slashdash::EmptySlashdash;
use super::equals_sign::EqualsSign;
use super::forbidden_character::ForbiddenCharacter;
use super::foreign_separator::{CommaBetweenSettings, ForeignSeparator};
use super::glued_punctuation::GluedPunctuation;
use super::invisible_character::InvisibleCharacter;
use super::kdl1_syntax::Kdl1Syntax;
use super::missing_brace::{BraceBelow, MissingBrace};
use super::missing_space::MissingSpace;
use super::missing_value::MissingValue;
use super::other_language::OtherLanguage;
use super::stray_brace::StrayBrace;
use super::too_deep::TooDeep;
use super::too_many_tokens::TooManyTokens;
use super::unclosed_block::UnclosedBlock;
use super::unclosed_comment::UnclosedComment;
use super::unclosed_string::UnclosedString;
use super::unexpected_character::UnexpectedCharacter;
use super::unknown_keyword::UnknownKeyword;
use super::url_cut_by_comment::UrlCutByComment;
use super::words::{closing_mark, node_at, shown, word_before};
use crate::finding::{Applicability, Finding, Fix, Severity, Sink};
use crate::project::source::{FileId, Place, Span};
use crate::syntax::{self, GluedSign, MAX_DEPTH, MAX_ERRORS, MAX_TOKENS, SyntaxError, SyntaxErrorKind};

/// Reports the syntax errors of a file, in the order of its text.
pub fn report_syntax_errors(file: FileId, text: &str, errors: &[SyntaxError], sink: &mut Sink) {
    let mut errors = errors.iter().peekable();
    while let Some(error) = errors.next() {
        let value = errors.next_if(|next| is_value_behind(error, next, text));
        report_syntax_error(file, text, error, sink);
        if let (Some(value), Some(finding)) = (value, sink.last()) {
            add_value(finding, file, text, value);
        }
    }
}

/// Whether the second error is the value behind the sign of the first: `pace: 3/s` is one mistake, a habit from elsewhere.
fn is_value_behind(sign: &SyntaxError, value: &SyntaxError, text: &str) -> bool {
    let is_sign = matches!(
        sign.kind,
        SyntaxErrorKind::GluedSign(GluedSign::ColonAfterName | GluedSign::ColonAfterProperty)
            | SyntaxErrorKind::EqualsAfterName
    );
    let is_value = matches!(
        value.kind,
        SyntaxErrorKind::BareValue(_)
            | SyntaxErrorKind::BareKeyword(_)
            | SyntaxErrorKind::UnknownKeyword(_)
            | SyntaxErrorKind::CurlyQuotes { .. }
            | SyntaxErrorKind::MixedQuotes
    );
    let between = || text.get(sign.span.end as usize..value.span.start as usize);
    is_sign && is_value && between().is_some_and(|between| between.chars().all(|c| matches!(c, ' ' | '\t')))
}

/// Adds to the finding of a sign what is wrong with the value behind it, and its edit.
fn add_value(finding: &mut Finding, file: FileId, text: &str, value: &SyntaxError) {
    let mut scratch = Sink::default();
    report_syntax_error(file, text, value, &mut scratch);
    for other in scratch.into_findings() {
        finding.label(other.place, other.label);
        finding.fix = match (finding.fix.take(), other.fix) {
            (Some(fix), Some(of_value)) => {
                let is_safe = [&fix, &of_value]
                    .iter()
                    .all(|fix| fix.applicability == Applicability::Safe);
                let applicability = if is_safe {
                    Applicability::Safe
                } else {
                    Applicability::Unsafe
                };
                let fix = fix.and(of_value.edits);
                Some(Fix { applicability, ..fix })
            }
            _ => None,
        };
    }
}

/// Reports one syntax error; `text` is the whole file.
fn report_syntax_error(file: FileId, text: &str, error: &SyntaxError, sink: &mut Sink) {
    let span = error.span;
    let place = Place::new(file, span);
    let here = text.get(span.range()).unwrap_or_default();
    let finding = match &error.kind {
        SyntaxErrorKind::BareKeyword(right) => sink.report(place, &BareKeyword { right }),
        SyntaxErrorKind::UnknownKeyword(word) => sink.report(
            place,
            &UnknownKeyword {
                word: shown(word),
                meant: keyword_meant(word),
            },
        ),
        SyntaxErrorKind::Kdl1RawString => sink.report(place, &Kdl1Syntax::RawString),
        SyntaxErrorKind::Kdl1Version => sink.report(place, &Kdl1Syntax::Version),
        SyntaxErrorKind::BareValue(syntax::BareValue::Url) => sink.report(
            place,
            &UrlCutByComment {
                url: shown(UnquotedText::of(here).text),
            },
        ),
        SyntaxErrorKind::BareValue(kind) => sink.report(
            place,
            &UnquotedValue {
                kind: *kind,
                text: shown(UnquotedText::of(here).text),
            },
        ),
        SyntaxErrorKind::BadName => sink.report(place, &BadName { text: shown(here) }),
        SyntaxErrorKind::CurlyQuotes { .. } | SyntaxErrorKind::MixedQuotes => sink.report(
            place,
            &CurlyQuotes {
                open: here.chars().next().unwrap_or('“'),
            },
        ),
        SyntaxErrorKind::UnclosedString => sink.report(place, &unclosed_string(here, false)),
        SyntaxErrorKind::UnclosedLongString => sink.report(place, &unclosed_string(here, true)),
        SyntaxErrorKind::UnclosedComment => sink.report(place, &UnclosedComment),
        SyntaxErrorKind::BadAnnotation => sink.report(place, &BadAnnotation),
        SyntaxErrorKind::UnclosedBlock => sink.report(
            place,
            &UnclosedBlock {
                node: node_at(text, error.related.unwrap_or(span)),
            },
        ),
        SyntaxErrorKind::MissingBrace => sink.report(
            place,
            &MissingBrace {
                node: node_at(text, span),
            },
        ),
        SyntaxErrorKind::BraceBelow { head } => sink.report(
            place,
            &BraceBelow {
                node: node_at(text, Span::point(*head as usize)),
            },
        ),
        SyntaxErrorKind::StrayBrace => sink.report(place, &StrayBrace),
        SyntaxErrorKind::BadEscape => sink.report(place, &BadEscape { escape: shown(here) }),
        SyntaxErrorKind::LongStringOnOneLine => sink.report(place, &BadMultilineString::OneLine),
        SyntaxErrorKind::BadIndentation => sink.report(place, &BadMultilineString::Indentation),
        SyntaxErrorKind::TextBeforeClose => sink.report(place, &BadMultilineString::TextBeforeClose),
        SyntaxErrorKind::BadNumber => sink.report(place, &BadNumber { text: shown(here) }),
        SyntaxErrorKind::Separator(sign, _) => sink.report(place, &ForeignSeparator { sign: *sign }),
        SyntaxErrorKind::CommaBetweenNodes(_) => sink.report(place, &CommaBetweenSettings),
        SyntaxErrorKind::GluedSign(sign) => sink.report(place, &glued(text, span, *sign)),
        SyntaxErrorKind::EqualsAfterName => sink.report(
            place,
            &EqualsSign {
                setting: word_before(text, span),
            },
        ),
        SyntaxErrorKind::MissingValue => sink.report(
            place,
            &MissingValue {
                property: word_before(text, span),
            },
        ),
        SyntaxErrorKind::MissingSpace => sink.report(
            place,
            &MissingSpace {
                at_quote: is_at_quote(text, span),
            },
        ),
        SyntaxErrorKind::AfterBlock => sink.report(place, &AfterBlock::Setting),
        SyntaxErrorKind::EntryAfterBlock => sink.report(place, &AfterBlock::Value),
        SyntaxErrorKind::SecondBlock => sink.report(place, &AfterBlock::Block),
        SyntaxErrorKind::EmptySlashdash => sink.report(place, &EmptySlashdash),
        SyntaxErrorKind::OtherLanguage(language) => sink.report(place, &OtherLanguage { language }),
        SyntaxErrorKind::Nul => sink.report(place, &ForbiddenCharacter { character: '\0' }),
        SyntaxErrorKind::Disallowed(character) => sink.report(place, &ForbiddenCharacter { character: *character }),
        SyntaxErrorKind::Invisible(character) => sink.report(place, &InvisibleCharacter { character: *character }),
        SyntaxErrorKind::InvisibleInComment(character) => {
            let finding = sink.report(place, &InvisibleCharacter { character: *character });
            finding.severity = Severity::Warning;
            finding
        }
        SyntaxErrorKind::Unexpected(character) => sink.report(place, &UnexpectedCharacter { character: *character }),
        SyntaxErrorKind::TooDeep => sink.report(place, &TooDeep { limit: MAX_DEPTH }),
        SyntaxErrorKind::TooManyTokens => sink.report(place, &TooManyTokens::Pieces(MAX_TOKENS)),
        SyntaxErrorKind::TooManyErrors => sink.report(place, &TooManyTokens::Mistakes(MAX_ERRORS)),
    };
    if let Some(related) = error.related {
        finding.label(Place::new(file, related), "this brace stays open");
    }
    add_fix(finding, text, error);
}

/// Adds the edit that fixes the error, if there is one.
fn add_fix(finding: &mut Finding, text: &str, error: &SyntaxError) {
    let span = error.span;
    let here = text.get(span.range()).unwrap_or_default();
    finding.fix = match &error.kind {
        // Valid numbers in KDL, but no setting takes them.
        SyntaxErrorKind::BareKeyword(right @ ("#inf" | "#-inf" | "#nan")) => Some(Fix::likely(span, *right)),
        SyntaxErrorKind::BareKeyword(right) => Some(Fix::safe(span, *right)),
        SyntaxErrorKind::UnknownKeyword(word) => keyword_meant(word).map(|right| Fix::likely(span, right)),
        SyntaxErrorKind::Kdl1RawString => raw_string(here).map(|right| Fix::safe(span, right)),
        SyntaxErrorKind::Kdl1Version => Some(Fix::likely(span, "2")),
        // Quoted it is valid KDL, but no date that the API reads.
        SyntaxErrorKind::BareValue(syntax::BareValue::Date) if !is_moment(here) => {
            quoted(here).map(|right| Fix::likely(span, right))
        }
        SyntaxErrorKind::BareValue(_) => {
            let value = UnquotedText::of(here);
            let comment = text
                .get(span.end as usize..)
                .filter(|behind| ["/*", "//"].iter().any(|mark| behind.starts_with(mark)));
            quoted(value.text).map(|right| match (value.comment, value.is_certain) {
                // The two characters may be part of the address.
                ("", _) if comment.is_some() => Fix::likely(span, right + " "),
                ("", true) => Fix::safe(span, right),
                ("", false) => Fix::likely(span, right),
                (comment, _) => Fix::likely(span, format!("{right} {comment}")),
            })
        }
        SyntaxErrorKind::CurlyQuotes { .. } | SyntaxErrorKind::MixedQuotes => {
            straight(here).map(|right| Fix::safe(span, right))
        }
        SyntaxErrorKind::UnclosedString if here.contains(['\n', '\r']) => {
            on_one_line(here).map(|right| Fix::likely(span, right))
        }
        SyntaxErrorKind::BraceBelow { head } => Some(brace_up(text, *head as usize, span)),
        SyntaxErrorKind::CommaBetweenNodes(places) => {
            let mut fix = Fix::safe(span, "");
            fix.edits = places.iter().flat_map(|place| Fix::safe(*place, ";").edits).collect();
            Some(fix)
        }
        SyntaxErrorKind::UnclosedString => {
            let close = closing_mark(here);
            Some(Fix::likely(Span::point(span.end as usize), close))
        }
        SyntaxErrorKind::MissingBrace => Some(Fix::likely(span, " {")),
        SyntaxErrorKind::BadEscape if !here.starts_with("\\u") => Some(Fix::likely(span, format!("\\{here}"))),
        SyntaxErrorKind::LongStringOnOneLine => {
            let inside = here.strip_prefix("\"\"\"").and_then(|rest| rest.strip_suffix("\"\"\""));
            inside.and_then(quoted).map(|right| Fix::likely(span, right))
        }
        SyntaxErrorKind::Separator(_, places) => {
            let mut fix = Fix::safe(span, "");
            fix.edits = places
                .iter()
                .flat_map(|place| Fix::safe(*place, blank_for(text, *place)).edits)
                .collect();
            Some(fix)
        }
        SyntaxErrorKind::GluedSign(GluedSign::ColonAfterProperty) => {
            let whole = Span::new(span.start as usize, span.end as usize + blanks_at(text, span.end));
            Some(Fix::likely(whole, "="))
        }
        SyntaxErrorKind::GluedSign(GluedSign::ColonAfterName | GluedSign::Comma) => {
            Some(Fix::safe(span, blank_for(text, span)))
        }
        SyntaxErrorKind::EqualsAfterName => {
            // One blank is enough.
            let is_behind_blank = text
                .get(..span.start as usize)
                .is_some_and(|before| before.ends_with([' ', '\t']));
            let blanks = if is_behind_blank { blanks_at(text, span.end) } else { 0 };
            let whole = Span::new(span.start as usize, span.end as usize + blanks);
            Some(Fix::safe(whole, blank_for(text, whole)))
        }
        SyntaxErrorKind::MissingSpace if !is_at_quote(text, span) => {
            Some(Fix::likely(Span::point(span.start as usize), " "))
        }
        SyntaxErrorKind::Unexpected('#') if is_comment(text, span) => Some(Fix::safe(span, "//")),
        SyntaxErrorKind::Nul | SyntaxErrorKind::Invisible(_) | SyntaxErrorKind::InvisibleInComment(_) => {
            Some(Fix::safe(span, ""))
        }
        SyntaxErrorKind::Disallowed(_) | SyntaxErrorKind::StrayBrace | SyntaxErrorKind::EmptySlashdash => {
            Some(Fix::likely(span, ""))
        }
        SyntaxErrorKind::AfterBlock => {
            let before = text.get(..span.start as usize).unwrap_or_default();
            let blanks = Span::new(before.trim_end_matches([' ', '\t']).len(), span.start as usize);
            Some(Fix::likely(blanks, "\n"))
        }
        SyntaxErrorKind::BadName
        | SyntaxErrorKind::UnclosedLongString
        | SyntaxErrorKind::UnclosedComment
        | SyntaxErrorKind::BadAnnotation
        | SyntaxErrorKind::UnclosedBlock
        | SyntaxErrorKind::BadEscape
        | SyntaxErrorKind::BadIndentation
        | SyntaxErrorKind::TextBeforeClose
        | SyntaxErrorKind::BadNumber
        | SyntaxErrorKind::MissingValue
        | SyntaxErrorKind::MissingSpace
        | SyntaxErrorKind::EntryAfterBlock
        | SyntaxErrorKind::SecondBlock
        | SyntaxErrorKind::OtherLanguage(_)
        | SyntaxErrorKind::Unexpected(_)
        | SyntaxErrorKind::TooDeep
        | SyntaxErrorKind::TooManyTokens
        | SyntaxErrorKind::TooManyErrors => None,
    };
}

fn unclosed_string(here: &str, is_long: bool) -> UnclosedString {
    UnclosedString {
        close: closing_mark(here),
        is_long,
    }
}

fn glued(text: &str, span: Span, sign: GluedSign) -> GluedPunctuation {
    let is_alone = text
        .get(..span.start as usize)
        .is_none_or(|before| before.ends_with(char::is_whitespace));
    GluedPunctuation {
        sign: if sign == GluedSign::Comma { ',' } else { ':' },
        word: if is_alone {
            String::new()
        } else {
            word_before(text, span)
        },
        is_property: sign == GluedSign::ColonAfterProperty,
    }
}

/// The keyword that a word behind `#` stands for in other languages.
fn keyword_meant(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => "#true",
        "false" | "no" | "off" => "#false",
        "null" | "none" | "nil" => "#null",
        _ => return None,
    })
}

/// `r"…"` and `r#"…"#` as KDL 2 writes them.
fn raw_string(text: &str) -> Option<String> {
    let raw = text.strip_prefix('r')?;
    if raw.starts_with('#') {
        return raw.ends_with("\"#").then(|| raw.to_owned());
    }
    let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
    Some(format!("#\"{inside}\"#"))
}

/// A text over several lines, on one.
fn on_one_line(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    (!text.contains('\\')).then(|| lines.join(" "))
}

/// Moves a `{` to the end of its node, which is at `head`; comments between them stay where they are.
fn brace_up(text: &str, head: usize, brace: Span) -> Fix {
    let start = brace.start as usize;
    let before = text.get(..start).unwrap_or_default();
    let behind = text.get(brace.end as usize..).unwrap_or_default();
    if before.get(head..).is_some_and(|between| between.trim().is_empty()) {
        return Fix::safe(Span::new(head, brace.end as usize), " {");
    }
    let is_alone = behind.trim_start_matches([' ', '\t']).starts_with(['\r', '\n']);
    let from = if is_alone { before.trim_end().len() } else { start };
    let removed = Fix::safe(Span::new(from, brace.end as usize), "");
    Fix::safe(Span::point(head), " {").and(removed.edits)
}

/// `2026-12-02 10:00`
fn is_moment(text: &str) -> bool {
    let form = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    form.eq(*b"0000-00-00 00:00")
}

/// A value without quotation marks, and what belongs to the sentence or the line around it.
struct UnquotedText<'t> {
    text: &'t str,
    /// A comment that was glued to it.
    comment: &'t str,
    /// Whether nothing but a comma was behind it.
    is_certain: bool,
}

impl<'t> UnquotedText<'t> {
    fn of(written: &'t str) -> Self {
        let start = written.find("://").map_or(0, |at| at + 3);
        let comment = ["//", "/*"].iter().filter_map(|mark| written[start..].find(mark)).min();
        let (text, comment) = written.split_at(comment.map_or(written.len(), |at| start + at));
        let text = text.trim_end_matches(',');
        let without_stop = text.trim_end_matches('.');
        Self {
            text: if without_stop.is_empty() { text } else { without_stop },
            comment,
            is_certain: without_stop.len() == text.len(),
        }
    }
}

/// A value without quotation marks, without what belongs to the sentence or the line around it.
pub(crate) fn unquoted_text(written: &str) -> &str {
    UnquotedText::of(written).text
}

/// The text in quotation marks, if nothing in it needs a backslash.
fn quoted(text: &str) -> Option<String> {
    (!text.contains(['"', '\\'])).then(|| format!("\"{text}\""))
}

/// A text in typographic quotation marks with straight ones.
fn straight(text: &str) -> Option<String> {
    let mut inside = text.chars();
    inside.next()?;
    let close = inside.next_back()?;
    matches!(close, '”' | '“' | '’' | '‘' | '»' | '"' | '\'')
        .then(|| quoted(inside.as_str()))
        .flatten()
}

/// How many blanks stand at a place.
fn blanks_at(text: &str, at: u32) -> usize {
    text.get(at as usize..)
        .map_or(0, |behind| behind.len() - behind.trim_start_matches([' ', '\t']).len())
}

/// The replacement of a removed sign: a blank, if the words at its sides would touch otherwise.
fn blank_for(text: &str, span: Span) -> &'static str {
    let before = text
        .get(..span.start as usize)
        .and_then(|text| text.chars().next_back());
    let behind = text.get(span.end as usize..).and_then(|text| text.chars().next());
    let touches = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
    if touches(before) && touches(behind) { " " } else { "" }
}

/// Whether a `#` begins what is a comment in other languages.
fn is_comment(text: &str, span: Span) -> bool {
    let behind = text.get(span.end as usize..);
    behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(|c: char| c.is_whitespace() || c == '#'))
}

fn is_at_quote(text: &str, span: Span) -> bool {
    let before = text.get(..span.start as usize).is_some_and(|text| text.ends_with('"'));
    before || text.get(span.range()) == Some("\"")
}

#[cfg(test)]
#[path = "syntax_tests.rs"]
mod tests;
