//! Source excerpts beside a finding: its lines and their neighbours, cut to the width of the terminal.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthChar;

use super::link;
use crate::project::source::{SourceFile, Span};
use crate::util::printable::{Medium, is_hidden, path, shown};

/// Context lines before and after a place.
pub(super) const CONTEXT: usize = 1;
/// A place with more lines is reduced to its first line.
const MOST_LINES: usize = 8;
/// Columns of a tab, as miette draws it.
const TAB: usize = 4;
/// The minimum width of a line.
const LEAST_ROOM: usize = 20;
/// The most characters of source text that a message quotes.
const LONGEST_QUOTE: usize = 160;
/// Marks where a line was cut.
const CUT: char = '…';

/// A part of a file as a miette source.
#[derive(Debug)]
pub(super) struct Excerpt {
    text: String,
    lines: Vec<ExcerptLine>,
    /// Each place in the excerpt, with its name for the header.
    places: Vec<(SourceSpan, String)>,
}

/// A line of the excerpt, with its end if it has one.
#[derive(Debug)]
struct ExcerptLine {
    /// Its index in the file.
    index: usize,
    start: usize,
    end: usize,
}

impl Excerpt {
    /// The excerpt that shows these places within a width. Names of places are links with `links`.
    pub(super) fn new(file: &SourceFile, spans: &[Span], width: usize, links: bool) -> Self {
        let mut shown: Vec<usize> = Vec::new();
        let mut clipped = Vec::with_capacity(spans.len());
        for span in spans {
            let (span, first, last) = clip(file, *span);
            clipped.push(span);
            shown.extend(first.saturating_sub(CONTEXT)..=(last + CONTEXT).min(file.line_count() - 1));
        }
        shown.sort_unstable();
        shown.dedup();
        let digits = shown.last().map_or(1, |last| (last + 1).to_string().len());
        // Line numbers and the frame; places over several lines are marked beside it.
        let room = width.saturating_sub(digits + 5).max(LEAST_ROOM);

        let mut cutter = Cutter::new(&clipped, room);
        let mut lines = Vec::with_capacity(shown.len());
        for index in shown {
            let Some((start, text)) = file.line(index) else {
                continue;
            };
            let begin = cutter.text.len();
            let next = file.line(index + 1).map_or(file.text().len() + 1, |(next, _)| next);
            cutter.line(start, text, next);
            if index + 1 < file.line_count() {
                cutter.text.push('\n');
            }
            lines.push(ExcerptLine {
                index,
                start: begin,
                end: cutter.text.len(),
            });
        }
        let Cutter { text, ends, .. } = cutter;
        let places = spans.iter().zip(ends).map(|(span, (start, end))| {
            let start = start.unwrap_or_default();
            let length = end.unwrap_or(start).saturating_sub(start);
            let at = file.position(span.start);
            let place = format!("{}:{}:{}", path(file.path()), at.line, at.column);
            let place = if links { link::file(file.path(), &place) } else { place };
            (SourceSpan::new(start.into(), length), place)
        });
        Self {
            places: places.collect(),
            text,
            lines,
        }
    }

    /// A place in the excerpt, by its index.
    pub(super) fn span(&self, index: usize) -> SourceSpan {
        self.places.get(index).map_or(SourceSpan::from(0), |(span, _)| *span)
    }

    /// The line of the excerpt that a byte is in.
    fn line_at(&self, byte: usize) -> usize {
        self.lines.partition_point(|line| line.start <= byte).saturating_sub(1)
    }

    /// Extends a line to the neighbouring lines that are adjacent in the file, too.
    fn grow(&self, from: usize, by: usize, step: impl Fn(usize) -> Option<usize>) -> usize {
        let mut at = from;
        for _ in 0..by {
            let neighbour = step(at).and_then(|next| Some((next, self.lines.get(next)?)));
            match neighbour {
                Some((next, line)) if line.index.abs_diff(self.lines[at].index) == 1 => at = next,
                _ => break,
            }
        }
        at
    }
}

/// A place clamped to the text and, if it has many lines, to its first; with its first and last line.
fn clip(file: &SourceFile, span: Span) -> (Span, usize, usize) {
    let index = |byte: u32| file.position(byte).line - 1;
    let first = index(span.start);
    // The end is one past the last byte, which may be the first of the next line.
    let last = index(span.end.saturating_sub(1).max(span.start));
    if last - first < MOST_LINES {
        return (span, first, last);
    }
    let end = file
        .line(first)
        .map_or(span.end as usize, |(start, text)| start + text.len());
    (
        Span::new(span.start as usize, end.max(span.start as usize)),
        first,
        first,
    )
}

/// Builds an excerpt line by line and maps the ends of places into it.
struct Cutter<'a> {
    text: String,
    room: usize,
    spans: &'a [Span],
    ends: Vec<(Option<usize>, Option<usize>)>,
}

impl<'a> Cutter<'a> {
    fn new(spans: &'a [Span], room: usize) -> Self {
        Self {
            text: String::new(),
            room,
            spans,
            ends: vec![(None, None); spans.len()],
        }
    }

    /// Adds the line of the file from `start` to `next`.
    fn line(&mut self, start: usize, text: &str, next: usize) {
        let (from, to) = self.window(start, text);
        if from > 0 {
            self.begin(start, start + from);
            self.text.push(CUT);
            self.end(start, start + from);
        }
        let shown = &text[from..to];
        if is_plain(shown) {
            self.plain(start + from, shown);
        } else {
            for (at, c) in shown.char_indices() {
                let at = start + from + at;
                self.begin(at, at + c.len_utf8());
                self.end(at, at + c.len_utf8());
                self.text.push(tame(c));
            }
        }
        // The line end belongs to the line, because a place may end behind the last character.
        self.begin(start + to, next);
        if to < text.len() {
            self.end(start + to, start + to + 1);
            self.text.push(CUT);
        }
        self.end(start + to, next);
    }

    /// Adds what is shown as it is: each byte is a character of one column.
    fn plain(&mut self, start: usize, text: &str) {
        let here = self.text.len();
        let mapped = |byte: u32| {
            let into = (byte as usize).checked_sub(start).filter(|into| *into < text.len());
            into.map(|into| here + into)
        };
        for (span, (first, last)) in self.spans.iter().zip(&mut self.ends) {
            *first = first.or_else(|| mapped(span.start));
            *last = last.or_else(|| mapped(span.end));
        }
        self.text.push_str(text);
    }

    /// Maps the starts of places in these bytes of the file.
    fn begin(&mut self, from: usize, to: usize) {
        let here = self.text.len();
        for (span, (start, _)) in self.spans.iter().zip(&mut self.ends) {
            if (from..to).contains(&(span.start as usize)) {
                start.get_or_insert(here);
            }
        }
    }

    /// Maps the ends of places in these bytes of the file.
    fn end(&mut self, from: usize, to: usize) {
        let here = self.text.len();
        for (span, (_, end)) in self.spans.iter().zip(&mut self.ends) {
            if (from..to).contains(&(span.end as usize)) {
                end.get_or_insert(here);
            }
        }
    }

    /// The bytes of a line that fit the width, around the first place in it.
    fn window(&self, start: usize, text: &str) -> (usize, usize) {
        // A line may have megabytes and a thousand findings, so only the surroundings of the place are read.
        let is_here = |span: &&Span| (start..=start + text.len()).contains(&(span.start as usize));
        let place = self
            .spans
            .iter()
            .find(is_here)
            .map_or(0, |span| span.start as usize - start);
        let mut from = place.saturating_sub(8 * self.room);
        while !text.is_char_boundary(from) {
            from -= 1;
        }
        let mut to = text.len().min(place + 16 * self.room);
        while !text.is_char_boundary(to) {
            to += 1;
        }
        let (first, last) = self.window_of(start + from, &text[from..to]);
        (from + first, from + last)
    }

    /// The same of a part of a line.
    fn window_of(&self, start: usize, text: &str) -> (usize, usize) {
        if text.len() <= self.room && is_plain(text) {
            return (0, text.len());
        }
        // Characters of no width count as one column, to bound the line.
        let mut columns = 0;
        let mut places = Vec::new();
        for (at, c) in text.char_indices() {
            places.push((columns, at));
            columns += if c == '\t' {
                TAB
            } else {
                tame(c).width().unwrap_or(0).max(1)
            };
        }
        if columns <= self.room {
            return (0, text.len());
        }
        let column_of = |byte: usize| {
            let index = places.partition_point(|(_, at)| *at < byte);
            places.get(index).map_or(columns, |(column, _)| *column)
        };
        let byte_of = |column: usize| {
            let index = places.partition_point(|(at, _)| *at < column);
            places.get(index).map_or(text.len(), |(_, byte)| *byte)
        };
        let is_here = |span: &&Span| (start..=start + text.len()).contains(&(span.start as usize));
        let room = self.room - 2;
        let first = match self.spans.iter().find(is_here) {
            Some(span) => {
                let (from, to) = (span.start as usize - start, (span.end as usize).saturating_sub(start));
                if column_of(to) <= room {
                    0
                } else {
                    column_of(from).saturating_sub(room / 4).min(columns - room)
                }
            }
            None => 0,
        };
        (byte_of(first), byte_of(first + room))
    }
}

/// Whether every byte is a character that is shown as it is.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A character of a line, escaped if it is invisible or a control character.
fn tame(c: char) -> char {
    match c {
        '\t' => c,
        '\0'..='\u{1f}' => char::from_u32(u32::from(c) + 0x2400).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // Joiners are parts of emoji, so they are kept.
        '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' => c,
        c if is_hidden(c, ' ', None) => '\u{fffd}',
        c => c,
    }
}

/// Shortens long quotes (between backticks) in a message; the excerpt shows them in full.
pub(super) fn quoting(words: &str) -> String {
    if words.len() <= LONGEST_QUOTE {
        return shown(words, Medium::Line).into_owned();
    }
    let mut out = String::with_capacity(words.len());
    for (index, part) in words.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        let cut = part.char_indices().nth(LONGEST_QUOTE).filter(|_| index % 2 == 1);
        match cut {
            Some((at, _)) => {
                out.push_str(&shown(&part[..at], Medium::Line));
                out.push(CUT);
            }
            None => out.push_str(&shown(part, Medium::Line)),
        }
    }
    out
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_before: usize,
        context_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let first = self.line_at(span.offset());
        let last_byte = (span.offset() + span.len()).saturating_sub(1).max(span.offset());
        let last = self.line_at(last_byte);
        let first = self.grow(first, context_before, |at| at.checked_sub(1));
        let last = self.grow(last, context_after, |at| at.checked_add(1));
        let (Some(begin), Some(end)) = (self.lines.get(first), self.lines.get(last)) else {
            return Err(MietteError::OutOfBounds);
        };
        // Two places that are far apart are not shown as one.
        if end.index - begin.index != last - first {
            return Err(MietteError::OutOfBounds);
        }
        let named = self.places.iter().find(|(place, _)| place == span);
        let name = named.map_or_else(String::new, |(_, name)| name.clone());
        let data = self.text.get(begin.start..end.end).unwrap_or_default().as_bytes();
        let range = SourceSpan::new(begin.start.into(), data.len());
        let count = end.index - begin.index + 1;
        Ok(Box::new(MietteSpanContents::new_named(
            name,
            data,
            range,
            begin.index,
            0,
            count,
        )))
    }
}
