//! The words of one comment: `dialform: ignore[DF402, empty-window] until=2027-01-31 reason`.

use jiff::civil::Date;

use crate::names::closest;
use crate::source::Span;

/// What every such comment begins with.
const MARK: &str = "dialform:";
const UNTIL: &str = "until=";
/// What it can ask for.
pub(super) const WORDS: [&str; 2] = ["ignore", "file-ignore"];

/// A comment that asks for something.
pub(super) struct Asked<'t> {
    /// `file-ignore`, not `ignore`.
    pub(super) whole_file: bool,
    /// The rules, as they are written.
    pub(super) rules: Vec<Word<'t>>,
    /// The last day on which it holds.
    pub(super) until: Option<(Word<'t>, Option<Date>)>,
    /// Whether it says why.
    pub(super) has_reason: bool,
}

/// A part of the comment.
#[derive(Clone, Copy)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) span: Span,
}

/// Why a comment that is meant for dialform asks for nothing.
pub(super) enum Malformed<'t> {
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
    rest.skip_blanks();
    let word = rest.take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    rest.skip_blanks();
    let open = rest.at;
    let has_list = rest.skip("[").is_some();
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
        if !asked.take_until(word) {
            asked.rules.push(word);
        }
    }
    if asked.rules.is_empty() {
        return Some(Err(Malformed::NoRules { after: word }));
    }
    rest.skip("]");
    let tail = rest.take(rest.text.len());
    for word in words(tail, char::is_whitespace) {
        let is_reason = !asked.take_until(word) && word.text.contains(char::is_alphanumeric);
        asked.has_reason |= is_reason;
    }
    Some(Ok(asked))
}

impl<'t> Asked<'t> {
    /// Takes `until=2027-01-31` in; nothing else.
    fn take_until(&mut self, word: Word<'t>) -> bool {
        let Some(date) = word.text.strip_prefix(UNTIL) else {
            return false;
        };
        let date = date.trim_end_matches([',', ';', ':', '.', ')']);
        let span = Span::new(
            word.span.start as usize,
            word.span.start as usize + UNTIL.len() + date.len(),
        );
        // Only this form: `20270131` and a time behind the day are dates for a computer as well.
        let is_plain = date.len() == "2027-01-31".len();
        let day = date.parse().ok().filter(|_| is_plain);
        self.until = Some((Word { text: date, span }, day));
        true
    }
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
        self.take_while(|c| matches!(c, ' ' | '\t'));
    }

    fn skip(&mut self, sign: &str) -> Option<()> {
        self.text.starts_with(sign).then(|| {
            self.take(sign.len());
        })
    }
}
