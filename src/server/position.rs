//! Lines and columns as the client counts them, and bytes.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

use crate::project::source::{SourceFile, Span, floor_boundary, line_starts};

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16, as every client does unless it offers more.
    Utf16,
}

impl Encoding {
    /// The protocol's name.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    /// The length of a text on one line.
    fn length(self, text: &str) -> u32 {
        let length = match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
        };
        u32::try_from(length).unwrap_or(u32::MAX)
    }
}

/// Where each line of a text begins.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines(Vec<u32>);

impl Lines {
    /// The lines of a text.
    pub(super) fn of(text: &str) -> Self {
        Self(line_starts(text))
    }

    fn start(&self, line: usize) -> Option<usize> {
        self.0.get(line).map(|start| *start as usize)
    }

    /// The byte at a position. One past the end of its line or of the text is at that end; one inside a character at its
    /// beginning.
    pub(super) fn byte(&self, text: &str, position: Position, encoding: Encoding) -> usize {
        let line = position.line as usize;
        let Some(start) = self.start(line) else {
            return text.len();
        };
        let end = self.start(line + 1).unwrap_or(text.len());
        let line = text.get(start..end).unwrap_or_default();
        let line = line.trim_end_matches(['\r', '\n']);
        let mut left = position.character as usize;
        for (at, c) in line.char_indices() {
            let width = match encoding {
                Encoding::Utf8 => c.len_utf8(),
                Encoding::Utf16 => c.len_utf16(),
            };
            if left < width {
                return start + at;
            }
            left -= width;
        }
        start + line.len()
    }

    /// The position of a byte.
    pub(super) fn position(&self, text: &str, byte: usize, encoding: Encoding) -> Position {
        let byte = floor_boundary(text, byte);
        let lines = self.0.partition_point(|start| *start as usize <= byte);
        let line = lines.saturating_sub(1);
        let start = self.start(line).unwrap_or_default();
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            character: encoding.length(text.get(start..byte).unwrap_or_default()),
        }
    }

    /// The range of a span.
    pub(super) fn range(&self, text: &str, span: Span, encoding: Encoding) -> Range {
        Range {
            start: self.position(text, span.start as usize, encoding),
            end: self.position(text, span.end as usize, encoding),
        }
    }
}

/// How the lines of a text end: new ones end alike.
pub(super) fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// A text whose lines end as those of another one.
pub(super) fn with_line_ends_of(text: &str, inserted: &str) -> String {
    let plain = inserted.replace("\r\n", "\n");
    match line_end(text) {
        "\n" => plain,
        end => plain.replace('\n', end),
    }
}

/// The range of a span in a file. An open one has the text that the client sent; of any other the client counts no byte order
/// mark, which it does not show.
pub(super) fn range_in(file: &SourceFile, span: Span, encoding: Encoding, is_open: bool) -> Range {
    let has_mark = file.text().starts_with('\u{FEFF}');
    let position = |byte: u32| {
        let at = file.position(byte);
        let mut column = match encoding {
            Encoding::Utf8 => at.column_utf8 - 1,
            Encoding::Utf16 => at.column_utf16 - 1,
        };
        if has_mark && at.line == 1 {
            // Among the columns of UTF-16 the mark is none, unlike its bytes.
            column = match (encoding, is_open) {
                (Encoding::Utf8, true) | (Encoding::Utf16, false) => column,
                (Encoding::Utf8, false) => column.saturating_sub(MARK),
                (Encoding::Utf16, true) => column + usize::from(at.byte >= MARK),
            };
        }
        Position {
            line: u32::try_from(at.line - 1).unwrap_or(u32::MAX),
            character: u32::try_from(column).unwrap_or(u32::MAX),
        }
    };
    Range {
        start: position(span.start),
        end: position(span.end),
    }
}

/// The bytes of a byte order mark.
const MARK: usize = 3;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::project::source::Sources;

    const TEXT: &str = "имя \"😀x\"\r\n\tb\rпоследняя";

    #[test]
    fn every_byte_goes_to_a_position_and_back() {
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let lines = Lines::of(TEXT);
            for (byte, c) in TEXT.char_indices() {
                let position = lines.position(TEXT, byte, encoding);
                // The end of a line has one position.
                if !matches!(c, '\r' | '\n') {
                    assert_eq!(lines.byte(TEXT, position, encoding), byte, "{position:?}");
                }
            }
        }
        let lines = Lines::of(TEXT);
        let at = |line, character| Position { line, character };
        assert_eq!(lines.byte(TEXT, at(0, 99), Encoding::Utf16), TEXT.find('\r').unwrap());
        assert_eq!(lines.byte(TEXT, at(99, 0), Encoding::Utf16), TEXT.len());
        // Inside the emoji, and inside a letter.
        assert_eq!(lines.byte(TEXT, at(0, 6), Encoding::Utf16), TEXT.find('😀').unwrap());
        assert_eq!(lines.byte(TEXT, at(0, 1), Encoding::Utf8), 0);
        assert_eq!(
            lines.byte(TEXT, at(0, u32::MAX), Encoding::Utf8),
            TEXT.find('\r').unwrap()
        );
    }

    #[test]
    fn a_byte_order_mark_counts_in_the_text_of_the_client_only() {
        let mut sources = Sources::default();
        let text = "\u{FEFF}ab\nc";
        let id = sources.put(Path::new("a.kdl"), text);
        let columns = |encoding, is_open| {
            let range = range_in(sources.file(id), Span::new(3, 4), encoding, is_open);
            (range.start.character, range.end.character)
        };
        assert_eq!(columns(Encoding::Utf8, false), (0, 1));
        assert_eq!(columns(Encoding::Utf16, false), (0, 1));
        assert_eq!(columns(Encoding::Utf8, true), (3, 4));
        assert_eq!(columns(Encoding::Utf16, true), (1, 2));
        let range = range_in(sources.file(id), Span::new(6, 7), Encoding::Utf16, true);
        assert_eq!((range.start.line, range.start.character), (1, 0));
        for is_open in [true, false] {
            let start = range_in(sources.file(id), Span::new(0, 0), Encoding::Utf16, is_open).start;
            assert_eq!((start.line, start.character), (0, 0));
        }
    }
}
