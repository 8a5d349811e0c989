//! Finds the suppressions among the comments of one file, and reports what is wrong with them.

use super::comment::{CommentWord, Directive, DirectiveError, Expiry, parse};
use crate::finding::{Fix, Sink};
use crate::model::{Spanned, Suppression};
use crate::project::source::{FileId, Place, Span};
use crate::rules::bad_suppression::BadSuppression;
use crate::rules::suppression_without_reason::SuppressionWithoutReason;
use crate::rules::unknown_suppressed_rule::UnknownSuppressedRule;
use crate::rules::{RULES, looks_like_code, selects_any};
use crate::syntax::{Comment, CommentKind, CommentLines, Parsed};
use crate::util::suggest::closest;

/// The suppressions of a file.
pub fn read(file: FileId, parsed: &Parsed<'_>, sink: &mut Sink) -> Box<[Suppression]> {
    let mut lines = None;
    let mut found = Vec::new();
    for comment in &parsed.tree.comments {
        let Some((inner, start)) = inner(parsed.text, *comment) else {
            continue;
        };
        let Some(directive) = parse(inner, start) else { continue };
        let reader = SuppressionReader {
            file,
            comment: *comment,
        };
        match directive {
            Ok(directive) => {
                // Only now: few files have any, and this goes through every node.
                let lines = lines.get_or_insert_with(|| CommentLines::new(parsed.text, &parsed.tree));
                found.extend(reader.suppression(&directive, lines, sink));
            }
            Err(why) => reader.refuse(&why, sink),
        }
    }
    found.into()
}

/// The text of a comment without its delimiters, and where it begins.
fn inner(text: &str, comment: Comment) -> Option<(&str, usize)> {
    let whole = text.get(comment.span.range())?;
    let inner = match comment.kind {
        CommentKind::Line => whole.trim_start_matches('/'),
        // The lines of a long comment may begin with stars.
        CommentKind::Block => whole
            .strip_prefix("/*")?
            .trim_start_matches(|c: char| c == '*' || c.is_whitespace()),
        CommentKind::Slashdash => return None,
    };
    let start = comment.span.start as usize + (whole.len() - inner.len());
    let end = match comment.kind {
        CommentKind::Block => "*/",
        _ => "",
    };
    Some((inner.strip_suffix(end).unwrap_or(inner), start))
}

/// One comment and its file.
struct SuppressionReader {
    file: FileId,
    comment: Comment,
}

impl SuppressionReader {
    fn place(&self, span: Span) -> Place {
        Place::new(self.file, span)
    }

    fn refuse(&self, why: &DirectiveError<'_>, sink: &mut Sink) {
        match why {
            DirectiveError::NoColon { word, gap } => {
                let violation = BadSuppression::NoColon { word: word.text };
                let whole = gap.to(word.span);
                let finding = sink.report(self.place(whole), &violation);
                finding.fix(Fix::likely(*gap, ": "));
            }
            DirectiveError::Word { word, suggestion } => {
                let violation = BadSuppression::Word {
                    word: word.text,
                    suggestion: *suggestion,
                };
                let at = if word.text.is_empty() {
                    self.comment.span
                } else {
                    word.span
                };
                let finding = sink.report(self.place(at), &violation);
                if let (Some(suggestion), false) = (suggestion, word.text.is_empty()) {
                    finding.fix(Fix::likely(word.span, *suggestion));
                }
            }
            DirectiveError::NoRules { after } => {
                sink.report(self.place(after.span), &BadSuppression::NoRules { word: after.text });
            }
            DirectiveError::Unclosed { open } => {
                sink.report(self.place(*open), &BadSuppression::Unclosed);
            }
        }
    }

    /// Nothing where no part of it is valid.
    fn suppression(
        &self,
        directive: &Directive<'_>,
        lines: &mut CommentLines<'_>,
        sink: &mut Sink,
    ) -> Option<Suppression> {
        let until = match directive.until {
            Some(Expiry::Day(word, day)) => Some(Spanned::new(day, self.place(word.span))),
            Some(Expiry::NoDay(word)) => {
                return self.refuse_day(word, &BadSuppression::Date { written: word.text }, sink);
            }
            Some(Expiry::OtherForm(word)) => return self.refuse_day(word, &BadSuppression::Until, sink),
            Some(Expiry::Twice(word)) => return self.refuse_day(word, &BadSuppression::TwoDates, sink),
            None => None,
        };
        let mut rules = Vec::new();
        let mut without = Vec::new();
        for (index, rule) in directive.rules.iter().enumerate() {
            if selects_any(rule.text) {
                rules.push(Spanned::new(rule.text.into(), self.place(rule.span)));
                without.push(cut(&directive.rules, index));
            } else {
                self.refuse_rule(*rule, sink);
            }
        }
        if rules.is_empty() {
            return None;
        }
        if !directive.has_reason {
            sink.report(self.place(self.comment.span), &SuppressionWithoutReason);
        }
        let unknown = directive.rules.len() - rules.len();
        Some(Suppression {
            place: self.place(self.comment.span),
            rules: rules.into(),
            until,
            whole_file: directive.whole_file,
            covers: lines.covered(self.comment),
            removal: (unknown == 0).then(|| lines.removal(self.comment)),
            without: without.into(),
        })
    }

    /// Reports a last day that cannot be read: then the comment hides nothing.
    fn refuse_day<T>(&self, word: CommentWord<'_>, why: &BadSuppression<'_>, sink: &mut Sink) -> Option<T> {
        sink.report(self.place(word.span), why);
        None
    }

    fn refuse_rule(&self, rule: CommentWord<'_>, sink: &mut Sink) {
        let known = RULES.iter().flat_map(|known| [known.code, known.name]);
        let by_case = RULES.iter().find(|known| known.code.eq_ignore_ascii_case(rule.text));
        let suggestion = by_case.map(|known| known.code).or_else(|| closest(rule.text, known));
        let violation = UnknownSuppressedRule {
            name: rule.text,
            // A misspelt code is as likely any other as the nearest one.
            suggestion: suggestion.filter(|_| by_case.is_some() || !looks_like_code(rule.text)),
        };
        let suggestion = violation.suggestion;
        let finding = sink.report(self.place(rule.span), &violation);
        if let Some(suggestion) = suggestion {
            finding.fix(Fix::likely(rule.span, suggestion));
        }
    }
}

/// The span that removes one of several rules: it and the comma between it and its neighbour.
fn cut(rules: &[CommentWord<'_>], index: usize) -> Span {
    let own = rules[index].span;
    match (
        index.checked_sub(1).map(|before| rules[before].span),
        rules.get(index + 1),
    ) {
        (Some(before), _) => Span {
            start: before.end,
            end: own.end,
        },
        (None, Some(after)) => Span {
            start: own.start,
            end: after.span.start,
        },
        (None, None) => own,
    }
}
