//! Text that leaves while it is made, so that a long report is never held whole.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use super::{Medium, Text, shown};

/// How many bytes are gathered before they leave.
const PIECE: usize = 64 << 10;

/// A [`Text`] whose ended lines leave piece by piece.
pub struct TextStream<'o> {
    text: Text,
    out: &'o mut dyn FnMut(&str) -> io::Result<()>,
}

impl<'o> TextStream<'o> {
    /// A stream to whatever takes the pieces; all are whole lines, but for the last.
    pub fn new(out: &'o mut dyn FnMut(&str) -> io::Result<()>) -> Self {
        let text = Text::new();
        Self { text, out }
    }

    /// The text to add lines to.
    ///
    /// # Errors
    ///
    /// Where earlier lines could not leave.
    pub fn text(&mut self) -> io::Result<&mut Text> {
        if self.text.line > PIECE {
            self.pass()?;
        }
        Ok(&mut self.text)
    }

    /// Adds a value as a JSON document over several lines, with a newline at its end.
    ///
    /// # Errors
    ///
    /// Where it could not leave.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut document = DocumentStream::new(self, |line| shown(line, Medium::Json));
        let mut serializer = Serializer::with_formatter(&mut document, Indented::default());
        value.serialize(&mut serializer)?;
        document.write_all(b"\n")?;
        document.end()
    }

    /// Adds an XML document, whose words were made harmless one by one.
    ///
    /// # Errors
    ///
    /// Where it could not be written, or could not leave.
    pub fn xml(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let mut document = DocumentStream::new(self, |line| Cow::Borrowed(line));
        write(&mut document)?;
        document.end()
    }

    /// Lets the rest leave.
    ///
    /// # Errors
    ///
    /// Where it could not.
    pub fn finish(self) -> io::Result<()> {
        let rest = self.text.finish();
        match rest.is_empty() {
            true => Ok(()),
            false => (self.out)(&rest),
        }
    }

    fn pass(&mut self) -> io::Result<()> {
        let Text { out, line } = &mut self.text;
        if *line > 0 {
            (self.out)(&out[..*line])?;
            out.drain(..*line);
            *line = 0;
        }
        Ok(())
    }
}

/// The whole of what is streamed.
pub fn gather(make: impl FnOnce(&mut TextStream<'_>) -> io::Result<()>) -> Text {
    let mut out = String::new();
    let mut take = |piece: &str| {
        out.push_str(piece);
        Ok(())
    };
    let mut stream = TextStream::new(&mut take);
    // Neither gathering nor a serializer of ours fails.
    let _ = make(&mut stream).and_then(|()| stream.finish());
    let line = out.rfind('\n').map_or(0, |end| end + 1);
    Text { out, line }
}

/// A document on its way out, each of whose newlines is its own.
struct DocumentStream<'s, 'o> {
    stream: &'s mut TextStream<'o>,
    /// Makes a line of it harmless in its language.
    tame: fn(&str) -> Cow<'_, str>,
    waiting: Vec<u8>,
    /// How far no end of a line is in it.
    searched: usize,
}

impl<'s, 'o> DocumentStream<'s, 'o> {
    fn new(stream: &'s mut TextStream<'o>, tame: fn(&str) -> Cow<'_, str>) -> Self {
        Self {
            stream,
            tame,
            waiting: Vec::with_capacity(2 * PIECE),
            searched: 0,
        }
    }

    /// Passes on the lines that are ended.
    fn pass(&mut self) -> io::Result<()> {
        let new = self.waiting.get(self.searched..).unwrap_or_default();
        if let Some(end) = new.iter().rposition(|byte| *byte == b'\n') {
            let end = self.searched + end + 1;
            let lines = self.waiting.get(..end).unwrap_or_default();
            let lines = str::from_utf8(lines).map_err(io::Error::other)?;
            self.stream.pass()?;
            if is_harmless(lines) && self.stream.text.is_empty() {
                (self.stream.out)(lines)?;
            } else {
                for line in lines.split_terminator('\n') {
                    self.stream.text.line((self.tame)(line));
                }
                self.stream.pass()?;
            }
            self.waiting.drain(..end);
        }
        self.searched = self.waiting.len();
        Ok(())
    }

    /// Passes on all of it. A line that it does not end stays open.
    fn end(mut self) -> io::Result<()> {
        self.pass()?;
        let rest = str::from_utf8(&self.waiting).map_err(io::Error::other)?;
        self.stream.text.push((self.tame)(rest));
        Ok(())
    }
}

impl Write for DocumentStream<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() > PIECE {
            return self.pass();
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The layout of `serde_json`'s own [`PrettyFormatter`](serde_json::ser::PrettyFormatter), whose indentation is one piece.
#[derive(Default)]
struct Indented {
    depth: usize,
    has_value: bool,
}

impl Indented {
    /// Ends the line, behind a comma or not, and begins the next.
    fn new_line<W: Write + ?Sized>(&self, out: &mut W, has_comma: bool) -> io::Result<()> {
        const LINE: &[u8] = b",\n                                ";
        let from = usize::from(!has_comma);
        match LINE.get(from..2 + 2 * self.depth) {
            Some(line) => out.write_all(line),
            None => {
                out.write_all(LINE.get(from..2).unwrap_or_default())?;
                (0..self.depth).try_for_each(|_| out.write_all(b"  "))
            }
        }
    }

    fn begin<W: Write + ?Sized>(&mut self, out: &mut W, sign: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_value = false;
        out.write_all(sign)
    }

    fn end<W: Write + ?Sized>(&mut self, out: &mut W, sign: &[u8]) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.has_value {
            self.new_line(out, false)?;
        }
        out.write_all(sign)
    }
}

impl Formatter for Indented {
    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.new_line(out, !is_first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.new_line(out, !is_first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }
}

/// Whether lines are the same in every language and in a [`Text`].
fn is_harmless(lines: &str) -> bool {
    let is_special = |byte: u8| !matches!(byte, b' '..=b'~' | b'\n') || byte == b'#';
    // Without an end before the last byte, so that many are looked at together.
    let has_special = lines.bytes().fold(false, |any, byte| any | is_special(byte));
    !has_special && !lines.contains("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Documents of several pieces, with what is to be made harmless before, on and behind their borders.
    #[test]
    fn a_streamed_document_is_the_one_made_at_once() {
        for special in [
            "a::b",
            "\n::error::x",
            "##[x",
            "имя\u{202e}",
            "👩\u{200d}👩",
            "\u{1b}[31m",
            "",
        ] {
            for many in [1, PIECE / 50, PIECE / 9] {
                let mut words = vec!["word".to_owned(); many];
                words.insert(many / 2, special.repeat(3));
                words.push(special.to_owned());
                let mut pieces = Vec::new();
                let mut take = |piece: &str| {
                    pieces.push(piece.to_owned());
                    Ok(())
                };
                let mut stream = TextStream::new(&mut take);
                stream.text().unwrap().line(special);
                stream.json(&words).unwrap();
                stream.text().unwrap().line(special);
                stream.finish().unwrap();
                let mut whole = Text::new();
                whole
                    .line(special)
                    .lines(&crate::util::printable::json(&words))
                    .line(special);
                assert_eq!(pieces.concat(), whole.finish(), "{special:?}, {many}");
                let (_, but_last) = pieces.split_last().unwrap();
                assert!(
                    but_last.iter().all(|piece| piece.ends_with('\n')),
                    "{special:?}, {many}"
                );
            }
        }
    }

    #[test]
    fn a_document_is_laid_out_as_the_library_does() {
        let deep = (0..40).fold(
            serde_json::json!(1),
            |inner, _| serde_json::json!([{ "a": inner, "b": [] }, {}]),
        );
        for value in [
            deep,
            serde_json::json!([]),
            serde_json::json!({}),
            serde_json::json!([1, "x"]),
        ] {
            let library = serde_json::to_string_pretty(&value).unwrap() + "\n";
            assert_eq!(gather(|out| out.json(&value)).finish(), library);
        }
    }

    #[test]
    fn a_line_longer_than_a_piece_stays_one() {
        let word = "x".repeat(3 * PIECE);
        let text = gather(|out| out.json(&[&word, &word]));
        assert_eq!(text.finish(), crate::util::printable::json(&[&word, &word]));
    }

    #[test]
    fn what_cannot_leave_ends_it() {
        let mut calls = 0;
        let mut refuse = |_: &str| {
            calls += 1;
            Err(io::ErrorKind::BrokenPipe.into())
        };
        let mut stream = TextStream::new(&mut refuse);
        let words = vec!["word"; PIECE];
        assert_eq!(stream.json(&words).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(calls, 1);
    }
}
