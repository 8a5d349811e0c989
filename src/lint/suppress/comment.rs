//! The words of one comment: `dialform: ignore[DF402, empty-window] until=2027-01-31 reason`.

use jiff::civil::Date;

use crate::project::source::Span;
use crate::util::suggest::closest;

/// What every such comment begins with, with a colon behind it.
const MARK: &str = "dialform";
const UNTIL: &str = "until";
/// What it can ask for.
pub(super) const WORDS: [&str; 2] = ["ignore", "file-ignore"];

/// A comment that asks for something.
pub(super) struct Asked<'t> {
    /// `file-ignore`, not `ignore`.
    pub(super) whole_file: bool,
    /// The rules, as they are written.
    pub(super) rules: Vec<Word<'t>>,
    /// The last day on which it holds.
    pub(super) until: Option<Until<'t>>,
    /// Whether it says why.
    pub(super) has_reason: bool,
}

/// What a comment says of its last day.
#[derive(Clone, Copy)]
pub(super) enum Until<'t> {
    /// It is this one.
    Day(Word<'t>, Date),
    /// It is none that a calendar has.
    NoDay(Word<'t>),
    /// It is not written as `until=2027-01-31`. As a part of the reason it would be passed over, and never end.
    OtherForm(Word<'t>),
    /// There are two of them.
    Twice(Word<'t>),
}

/// A part of the comment.
#[derive(Clone, Copy)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) span: Span,
}

/// Why a comment that is meant for dialform asks for nothing.
pub(super) enum Malformed<'t> {
    /// There is no colon between `dialform` and this word.
    NoColon {
        word: Word<'t>,
        /// What stands in the place of the colon.
        gap: Span,
    },
    /// This word is none of [`WORDS`].
    Word {
        word: Word<'t>,
        suggestion: Option<&'static str>,
    },
    /// It names no rule; the span is the word in front of which they are missing.
    NoRules { after: Word<'t> },
    /// The list of rules has no `]`.
    Unclosed { open: Span },
}

/// Reads a comment, whose text without its signs begins at `start`; nothing where it is not meant for dialform.
pub(super) fn parse(text: &str, start: usize) -> Option<Result<Asked<'_>, Malformed<'_>>> {
    let mut rest = Cursor { text, at: start };
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
        // `dialform ignore[DF402]`; all else are words about dialform.
        let gap = Span::new(gap, word.span.start as usize);
        let is_meant = has_list && WORDS.contains(&word.text);
        return is_meant.then_some(Err(Malformed::NoColon { word, gap }));
    }
    if !WORDS.contains(&word.text) {
        let suggestion = closest(word.text, WORDS);
        // Somebody may well write about dialform in a comment.
        let is_meant = has_list || suggestion.is_some();
        return is_meant.then_some(Err(Malformed::Word { word, suggestion }));
    }
    if !has_list {
        return Some(Err(Malformed::NoRules { after: word }));
    }
    let Some(length) = rest.text.find(']') else {
        let open = Span::new(open, open + 1);
        return Some(Err(Malformed::Unclosed { open }));
    };
    let list = rest.take(length);
    let mut asked = Asked {
        whole_file: word.text == WORDS[1],
        rules: Vec::new(),
        until: None,
        has_reason: false,
    };
    for word in words(list, |c| c == ',' || c.is_whitespace()) {
        if !asked.take_until(word, None) {
            asked.rules.push(word);
        }
    }
    if asked.rules.is_empty() {
        return Some(Err(Malformed::NoRules { after: word }));
    }
    rest.skip("]");
    let tail = rest.take(rest.text.len());
    let mut tail = words(tail, char::is_whitespace).into_iter().peekable();
    while let Some(word) = tail.next() {
        let is_reason = !asked.take_until(word, tail.peek()) && word.text.contains(char::is_alphanumeric);
        asked.has_reason |= is_reason;
    }
    Some(Ok(asked))
}

impl<'t> Asked<'t> {
    /// Takes a last day in: `until=2027-01-31`, or what was meant as one. `next` is the word behind it.
    fn take_until(&mut self, word: Word<'t>, next: Option<&Word<'t>>) -> bool {
        let Some(until) = read_until(word, next) else {
            return false;
        };
        self.until = Some(match self.until {
            Some(Until::Day(..)) => Until::Twice(word),
            Some(known) => known,
            None => until,
        });
        true
    }
}

/// Reads a last day; nothing where a word says none.
fn read_until<'t>(word: Word<'t>, next: Option<&Word<'t>>) -> Option<Until<'t>> {
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
        return is_meant.then_some(Until::OtherForm(word));
    };
    let date = date.trim_end_matches([',', ';', ':', '.', ')']);
    let start = word.span.start as usize;
    let span = Span::new(start, start + UNTIL.len() + 1 + date.len());
    let written = Word { text: date, span };
    Some(read_day(date).map_or(Until::NoDay(written), |day| Until::Day(written, day)))
}

fn is_day_meant(next: &Word<'_>) -> bool {
    next.text.starts_with(['=', ':']) || read_day(next.text.trim_end_matches([',', ';', ':', '.', ')'])).is_some()
}

/// Only this form: `20270131` and a time behind the day are dates for a computer as well.
fn read_day(text: &str) -> Option<Date> {
    let is_plain = text.len() == "2027-01-31".len();
    text.parse().ok().filter(|_| is_plain)
}

/// The parts of a text between separators.
fn words(whole: Word<'_>, is_separator: impl Fn(char) -> bool) -> Vec<Word<'_>> {
    let start = whole.text.as_ptr() as usize;
    let parts = whole.text.split(is_separator).filter(|part| !part.is_empty());
    parts
        .map(|text| {
            let at = whole.span.start as usize + (text.as_ptr() as usize - start);
            let span = Span::new(at, at + text.len());
            Word { text, span }
        })
        .collect()
}

/// Goes through a text.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn take(&mut self, length: usize) -> Word<'t> {
        let (text, rest) = self.text.split_at(length);
        let span = Span::new(self.at, self.at + length);
        *self = Self {
            text: rest,
            at: self.at + length,
        };
        Word { text, span }
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> Word<'t> {
        let length = self.text.find(|c| !is_part(c)).unwrap_or(self.text.len());
        self.take(length)
    }

    fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Goes on behind a sign or a word, in whatever case that is written.
    fn skip(&mut self, sign: &str) -> Option<()> {
        let start = self.text.get(..sign.len())?;
        start.eq_ignore_ascii_case(sign).then(|| {
            self.take(sign.len());
        })
    }
}
