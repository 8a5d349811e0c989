//! Source files: text, ids, byte spans, lines and columns.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use foldhash::HashMap;
use memchr::memchr2_iter;

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte, 0-based.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span over `start..end`. Files are limited to 8 MiB, so 32 bits always suffice.
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start: clamp(start),
            end: clamp(end),
        }
    }

    /// The empty span in front of `at`.
    pub fn point(at: usize) -> Self {
        Self::new(at, at)
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The range for slicing the text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Names one file of a [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// The file of this index.
    pub(crate) fn at(index: usize) -> Self {
        Self(clamp(index))
    }

    /// Its index among the files of its collection, in the order in which they were added.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A span in a particular file: where a finding points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub span: Span,
}

impl Place {
    /// A place in `file`.
    pub fn new(file: FileId, span: Span) -> Self {
        Self { file, span }
    }

    /// Whether `other` lies in it.
    pub fn contains(self, other: Self) -> bool {
        self.file == other.file && self.span.start <= other.span.start && other.span.end <= self.span.end
    }
}

/// A position as people and editors count it: to them a byte order mark is no column. Where bytes are counted, it is three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, 1-based.
    pub line: usize,
    /// Column in Unicode scalar values, 1-based.
    pub column: usize,
    /// Column in UTF-16 code units, 1-based.
    pub column_utf16: usize,
    /// Column in UTF-8 bytes, 1-based.
    pub column_utf8: usize,
    /// Byte offset in the file, 0-based.
    pub byte: usize,
}

/// One file that was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    path: Arc<OsStr>,
    text: Arc<str>,
    lines: OnceLock<Vec<u32>>,
    /// How many characters and UTF-16 units stand before each [`BLOCK`] of the text, for long lines.
    blocks: OnceLock<Vec<(usize, usize)>>,
}

/// Bytes. Columns of longer lines are counted from the nearest of such blocks, not from the line's start.
const BLOCK: usize = 1024;

impl SourceFile {
    /// The path as it was given or found, for messages.
    pub fn path(&self) -> &Path {
        Path::new(&self.path)
    }

    /// The text. Where the bytes were not UTF-8, everything before the first bad byte is exact.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text under a span; empty where the span does not fit the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Line and columns of a byte offset. Offsets past the end count as the end.
    pub fn position(&self, byte: u32) -> Position {
        let byte = floor_boundary(&self.text, byte as usize);
        let lines = self.starts();
        let index = lines.partition_point(|start| *start as usize <= byte).saturating_sub(1);
        let start = lines.get(index).map_or(0, |start| *start as usize);
        let before = self.text.get(start..byte).unwrap_or("");
        let (chars, units) = if before.len() > BLOCK {
            let (until, from) = (self.counted_before(byte), self.counted_before(start));
            (until.0 - from.0, until.1 - from.1)
        } else {
            counted(before)
        };
        // Counted as a character so far.
        let mark = usize::from(start == 0 && before.starts_with('\u{FEFF}'));
        Position {
            line: index + 1,
            column: chars - mark + 1,
            column_utf16: units - mark + 1,
            column_utf8: before.len() + 1,
            byte,
        }
    }

    /// How many lines there are; an empty text has one.
    pub fn line_count(&self) -> usize {
        self.starts().len()
    }

    /// A line by its index, 0-based, without its end: the byte at which it begins, and its text.
    pub fn line(&self, index: usize) -> Option<(usize, &str)> {
        let starts = self.starts();
        let start = *starts.get(index)? as usize;
        let end = starts.get(index + 1).map_or(self.text.len(), |next| *next as usize);
        let line = self.text.get(start..end)?;
        Some((start, line.trim_end_matches(['\r', '\n'])))
    }

    /// How many characters and UTF-16 units stand before a byte, which begins a character.
    fn counted_before(&self, byte: usize) -> (usize, usize) {
        let text = &self.text;
        let blocks = self.blocks.get_or_init(|| {
            let mut blocks = vec![(0, 0)];
            let mut at = 0;
            for next in (BLOCK..=text.len()).step_by(BLOCK) {
                let next = floor_boundary(text, next);
                let (chars, units) = counted(text.get(at..next).unwrap_or_default());
                let (before, units_before) = blocks.last().copied().unwrap_or_default();
                blocks.push((before + chars, units_before + units));
                at = next;
            }
            blocks
        });
        let block = byte / BLOCK;
        let (chars, units) = counted(text.get(floor_boundary(text, block * BLOCK)..byte).unwrap_or_default());
        let (before, units_before) = blocks.get(block).copied().unwrap_or_default();
        (before + chars, units_before + units)
    }

    fn starts(&self) -> &[u32] {
        self.lines.get_or_init(|| line_starts(&self.text))
    }
}

/// How many characters and UTF-16 units a text has.
fn counted(text: &str) -> (usize, usize) {
    let units = text.chars().map(char::len_utf16);
    units.fold((0, 0), |(chars, all), units| (chars + 1, all + units))
}

/// The beginning of the character that a byte is in; the end of the text for what lies behind it.
pub(crate) fn floor_boundary(text: &str, mut byte: usize) -> usize {
    byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

/// Lines end as editors end them: LF, CRLF, or a lone CR.
pub(crate) fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let is_first_of_two = |at: usize| bytes.get(at..at + 2) == Some(b"\r\n");
    let ends = memchr2_iter(b'\n', b'\r', bytes).filter(|at| !is_first_of_two(*at));
    std::iter::once(0).chain(ends.map(|at| clamp(at + 1))).collect()
}

/// All files of a run. An id stays with its path when the text is replaced, so that `watch` can keep findings apart.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    /// By the text of the path, which is compared and hashed faster than the path's parts.
    ids: HashMap<Arc<OsStr>, FileId>,
}

impl Sources {
    /// Makes room for so many files more.
    pub fn reserve(&mut self, files: usize) {
        self.files.reserve(files);
        self.ids.reserve(files);
    }

    /// Adds a file, or gives the file of that path a new text.
    pub fn put(&mut self, path: &Path, text: impl Into<Arc<str>>) -> FileId {
        let id = self.id(path);
        self.put_text(id, text);
        id
    }

    /// Gives a file of this collection a new text.
    pub fn put_text(&mut self, id: FileId, text: impl Into<Arc<str>>) {
        let file = &mut self.files[id.0 as usize];
        file.text = text.into();
        file.lines = OnceLock::new();
        file.blocks = OnceLock::new();
    }

    /// The id of a path that has one.
    pub fn known_id(&self, path: &Path) -> Option<FileId> {
        self.ids.get(path.as_os_str()).copied()
    }

    /// The id of a path; a new one has an empty text until [`Sources::put`] gives it one.
    pub fn id(&mut self, path: &Path) -> FileId {
        if let Some(id) = self.ids.get(path.as_os_str()) {
            return *id;
        }
        let id = FileId::at(self.files.len());
        let path: Arc<OsStr> = Arc::from(path.as_os_str());
        self.ids.insert(Arc::clone(&path), id);
        self.files.push(SourceFile {
            path,
            text: Arc::default(),
            lines: OnceLock::new(),
            blocks: OnceLock::new(),
        });
        id
    }

    /// The file behind an id of this collection.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The text under a place.
    pub fn slice(&self, place: Place) -> &str {
        self.file(place.file).slice(place.span)
    }

    /// Every file, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (FileId::at(index), file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_scalars_utf16_units_and_bytes() {
        let mut sources = Sources::default();
        let id = sources.put(Path::new("a.kdl"), "имя 😀x\r\ny");
        let file = sources.file(id);
        let at = file.position(file.text().find('x').unwrap() as u32);
        assert_eq!((at.line, at.column, at.column_utf16, at.byte), (1, 6, 7, 11));
        assert_eq!(at.column_utf8, 12);
        let at = file.position(file.text().find('y').unwrap() as u32);
        assert_eq!((at.line, at.column), (2, 1));
    }

    #[test]
    fn columns_of_long_lines_are_those_of_short_ones() {
        let mut sources = Sources::default();
        let text = format!("\u{FEFF}{}\n{}", "aж😀€ ".repeat(1_000), "😀b".repeat(1_000));
        let id = sources.put(Path::new("a.kdl"), text.clone());
        for (byte, _) in text.char_indices() {
            let before = text[..byte]
                .rsplit('\n')
                .next()
                .unwrap_or_default()
                .trim_start_matches('\u{FEFF}');
            let at = sources.file(id).position(byte as u32);
            assert_eq!(at.column, before.chars().count() + 1, "{byte}");
            assert_eq!(at.column_utf16, before.encode_utf16().count() + 1, "{byte}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let mut sources = Sources::default();
        let id = sources.put(Path::new("a.kdl"), "\u{FEFF}ab\n\u{FEFF}c");
        let at = |byte| {
            let at = sources.file(id).position(byte);
            (at.line, at.column, at.column_utf16, at.column_utf8, at.byte)
        };
        assert_eq!(at(0), (1, 1, 1, 1, 0));
        assert_eq!(at(3), (1, 1, 1, 4, 3));
        assert_eq!(at(4), (1, 2, 2, 5, 4));
        // Elsewhere it is a character.
        assert_eq!(at(9), (2, 2, 2, 4, 9));
    }
}
