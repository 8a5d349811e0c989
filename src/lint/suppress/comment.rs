//! Parses the text of one comment: `dialform: ignore[DF402, empty-window] until=2027-01-31 reason`.

use jiff::civil::Date;

use crate::project::source::Span;
use crate::util::suggest::closest;

/// What every such comment begins with, before a colon.
const MARK: &str = "dialform";
const UNTIL: &str = "until";
/// What may follow the colon.
pub(super) const WORDS: [&str; 2] = ["ignore", "file-ignore"];

/// What a comment asks for.
pub(super) struct Directive<'t> {
    /// `file-ignore`, not `ignore`.
    pub(super) whole_file: bool,
    /// The rules, as written.
    pub(super) rules: Vec<CommentWord<'t>>,
    /// The last day on which it is in force.
    pub(super) until: Option<Expiry<'t>>,
    /// Whether it has a reason.
    pub(super) has_reason: bool,
}

/// The last day of a comment.
#[derive(Clone, Copy)]
pub(super) enum Expiry<'t> {
    /// A valid day.
    Day(CommentWord<'t>, Date),
    /// No day of the calendar.
    NoDay(CommentWord<'t>),
    /// Written otherwise than `until=2027-01-31`. Read as a part of the reason, it would never expire.
    OtherForm(CommentWord<'t>),
    /// The second one.
    Twice(CommentWord<'t>),
}

/// A part of the comment.
#[derive(Clone, Copy)]
pub(super) struct CommentWord<'t> {
    pub(super) text: &'t str,
    pub(super) span: Span,
}

/// Why a comment that is meant for dialform cannot be parsed.
pub(super) enum DirectiveError<'t> {
    /// There is no colon between `dialform` and this word.
    NoColon {
        word: CommentWord<'t>,
        /// The span where the colon belongs.
        gap: Span,
    },
    /// This word is none of [`WORDS`].
    Word {
        word: CommentWord<'t>,
        suggestion: Option<&'static str>,
    },
    /// It names no rules behind this word.
    NoRules { after: CommentWord<'t> },
    /// The list of rules has no `]`.
    Unclosed { open: Span },
}

/// Parses a comment whose text, without delimiters, begins at `start`; nothing where it is not meant for dialform.
pub(super) fn parse(text: &str, start: usize) -> Option<Result<Directive<'_>, DirectiveError<'_>>> {
    let mut rest = CommentCursor { text, at: start };
    rest.skip_blanks();
    rest.skip(MARK)?;
    let gap = rest.at;
    rest.skip_blanks();
    let has_colon = rest.skip(":").is_some();
    rest.take_while(|c| c.is_whitespace() || (!has_colon && c == '-'));
    let word = rest.take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    rest.skip_blanks();
    let open = rest.at;
    let has_list = rest.skip("[").is_some();
    if !has_colon {
        // `dialform ignore[DF402]`; anything else is prose about dialform.
        let gap = Span::new(gap, word.span.start as usize);
        let is_meant = has_list && WORDS.contains(&word.text);
        return is_meant.then_some(Err(DirectiveError::NoColon { word, gap }));
    }
    if !WORDS.contains(&word.text) {
        let suggestion = closest(word.text, WORDS);
        // It may be prose about dialform.
        let is_meant = has_list || suggestion.is_some();
        return is_meant.then_some(Err(DirectiveError::Word { word, suggestion }));
    }
    if !has_list {
        return Some(Err(DirectiveError::NoRules { after: word }));
    }
    let Some(length) = rest.text.find(']') else {
        let open = Span::new(open, open + 1);
        return Some(Err(DirectiveError::Unclosed { open }));
    };
    let list = rest.take(length);
    let mut directive = Directive {
        whole_file: word.text == WORDS[1],
        rules: Vec::new(),
        until: None,
        has_reason: false,
    };
    for word in words(list, |c| c == ',' || c.is_whitespace()) {
        if !directive.take_until(word, None) {
            directive.rules.push(word);
        }
    }
    if directive.rules.is_empty() {
        return Some(Err(DirectiveError::NoRules { after: word }));
    }
    rest.skip("]");
    let tail = rest.take(rest.text.len());
    let mut tail = words(tail, char::is_whitespace).into_iter().peekable();
    while let Some(word) = tail.next() {
        let is_reason = !directive.take_until(word, tail.peek()) && word.text.contains(char::is_alphanumeric);
        directive.has_reason |= is_reason;
    }
    Some(Ok(directive))
}

impl<'t> Directive<'t> {
    /// Takes `until=2027-01-31`, or what was meant as that. `next` is the word behind it.
    fn take_until(&mut self, word: CommentWord<'t>, next: Option<&CommentWord<'t>>) -> bool {
        let Some(until) = read_until(word, next) else {
            return false;
        };
        self.until = Some(match self.until {
            Some(Expiry::Day(..)) => Expiry::Twice(word),
            Some(known) => known,
            None => until,
        });
        true
    }
}

/// Parses a last day; nothing where a word is none.
fn read_until<'t>(word: CommentWord<'t>, next: Option<&CommentWord<'t>>) -> Option<Expiry<'t>> {
    let (name, rest) = word.text.split_at_checked(UNTIL.len())?;
    if !name.eq_ignore_ascii_case(UNTIL) {
        return None;
    }
    let Some(date) = rest.strip_prefix('=').filter(|date| name == UNTIL && !date.is_empty()) else {
        // `until the gateway has a certificate` is a reason.
        let is_meant = match rest.strip_prefix(':') {
            Some("") => next.is_some_and(|next| is_day_meant(next)),
            Some(date) => date.starts_with(|c: char| c.is_ascii_digit()),
            None => rest.starts_with('=') || (rest.is_empty() && next.is_some_and(|next| is_day_meant(next))),
        };
        return is_meant.then_some(Expiry::OtherForm(word));
    };
    let date = date.trim_end_matches([',', ';', ':', '.', ')']);
    let start = word.span.start as usize;
    let span = Span::new(start, start + UNTIL.len() + 1 + date.len());
    let written = CommentWord { text: date, span };
    Some(read_day(date).map_or(Expiry::NoDay(written), |day| Expiry::Day(written, day)))
}

fn is_day_meant(next: &CommentWord<'_>) -> bool {
    next.text.starts_with(['=', ':']) || read_day(next.text.trim_end_matches([',', ';', ':', '.', ')'])).is_some()
}

/// Only this form: the parser of dates also takes `20270131`, and a time behind the day.
fn read_day(text: &str) -> Option<Date> {
    let is_plain = text.len() == "2027-01-31".len();
    text.parse().ok().filter(|_| is_plain)
}

/// The parts of a text between separators.
fn words(whole: CommentWord<'_>, is_separator: impl Fn(char) -> bool) -> Vec<CommentWord<'_>> {
    let start = whole.text.as_ptr() as usize;
    let parts = whole.text.split(is_separator).filter(|part| !part.is_empty());
    parts
        .map(|text| {
            let at = whole.span.start as usize + (text.as_ptr() as usize - start);
            let span = Span::new(at, at + text.len());
            CommentWord { text, span }
        })
        .collect()
}

/// A position in the text.
struct CommentCursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> CommentCursor<'t> {
    fn take(&mut self, length: usize) -> CommentWord<'t> {
        let (text, rest) = self.text.split_at(length);
        let span = Span::new(self.at, self.at + length);
        *self = Self {
            text: rest,
            at: self.at + length,
        };
        CommentWord { text, span }
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> CommentWord<'t> {
        let length = self.text.find(|c| !is_part(c)).unwrap_or(self.text.len());
        self.take(length)
    }

    fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Skips a sign or a word, whatever its case.
    fn skip(&mut self, sign: &str) -> Option<()> {
        let start = self.text.get(..sign.len())?;
        start.eq_ignore_ascii_case(sign).then(|| {
            self.take(sign.len());
        })
    }
}
