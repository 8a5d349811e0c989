//! The documents that the client has open.

use std::path::{Path, PathBuf};

use gen_lsp_types::{Position, Range, TextDocumentContentChangeEvent, Uri};

use super::position::{Encoding, Lines};
use super::uri;
use crate::lint::engine::Overlay;
use crate::project::source::Span;

/// A document, with the text that the client has.
#[derive(Debug)]
pub(super) struct Document {
    /// As the client writes it.
    pub(super) uri: Uri,
    /// The file, absolute and without links; made up for a document that is no file.
    pub(super) path: PathBuf,
    /// The version of the text, where the client says one.
    pub(super) version: Option<i32>,
    /// Another number after each change.
    pub(super) edition: u64,
    text: String,
    lines: Lines,
}

impl Document {
    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The byte at a position.
    pub(super) fn byte(&self, position: Position, encoding: Encoding) -> usize {
        self.lines.byte(&self.text, position, encoding)
    }

    /// The span of a range.
    pub(super) fn span(&self, range: Range, encoding: Encoding) -> Span {
        let (start, end) = (self.byte(range.start, encoding), self.byte(range.end, encoding));
        Span::new(start.min(end), end.max(start))
    }

    /// The range of a span.
    pub(super) fn range(&self, span: Span, encoding: Encoding) -> Range {
        self.lines.range(&self.text, span, encoding)
    }

    fn set(&mut self, text: String) {
        self.lines = Lines::of(&text);
        self.text = text;
    }

    fn change(&mut self, change: TextDocumentContentChangeEvent, encoding: Encoding) {
        match change {
            TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
                let span = self.span(change.range, encoding);
                let mut text = std::mem::take(&mut self.text);
                text.replace_range(span.range(), &change.text);
                self.set(text);
            }
            TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => self.set(change.text),
        }
    }
}

/// Every open document, and its text in the place of its file's. The one that was changed last comes first: of two that are one
/// file, as by a link, its text counts.
#[derive(Debug, Default)]
pub(super) struct Documents {
    documents: Vec<Document>,
    /// In the same order.
    overlays: Vec<Overlay>,
    /// How many editions there were of all of them.
    editions: u64,
}

impl Documents {
    /// Opens a document, or opens it again with another text.
    pub(super) fn open(&mut self, uri: Uri, version: Option<i32>, text: String) -> &Document {
        self.close(&uri);
        let path = uri::document_path(&uri);
        let overlay = Overlay {
            path: path.clone(),
            content: text.as_bytes().to_vec(),
        };
        let lines = Lines::of(&text);
        let document = Document {
            uri,
            path,
            version,
            edition: self.next_edition(),
            text,
            lines,
        };
        self.overlays.insert(0, overlay);
        self.documents.insert(0, document);
        &self.documents[0]
    }

    /// Changes a document. Returns nothing where it was never opened.
    pub(super) fn change(
        &mut self,
        uri: &Uri,
        version: Option<i32>,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Option<&Document> {
        let index = self.index(uri)?;
        let edition = self.next_edition();
        self.documents[..=index].rotate_right(1);
        self.overlays[..=index].rotate_right(1);
        let document = &mut self.documents[0];
        for change in changes {
            document.change(change, encoding);
        }
        document.version = version;
        document.edition = edition;
        let content = &mut self.overlays[0].content;
        content.clear();
        content.extend_from_slice(document.text.as_bytes());
        Some(document)
    }

    /// Closes a document.
    pub(super) fn close(&mut self, uri: &Uri) -> Option<Document> {
        let index = self.index(uri)?;
        self.overlays.remove(index);
        Some(self.documents.remove(index))
    }

    /// The document of a name.
    pub(super) fn get(&self, uri: &Uri) -> Option<&Document> {
        self.index(uri).map(|index| &self.documents[index])
    }

    /// The document of a file whose text counts.
    pub(super) fn at(&self, path: &Path) -> Option<&Document> {
        self.all_at(path).next()
    }

    /// Every document of a file, first the one whose text counts.
    pub(super) fn all_at(&self, path: &Path) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(move |document| document.path == path)
    }

    /// Every document.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter()
    }

    /// Their texts, in the place of those of files.
    pub(super) fn overlays(&self) -> &[Overlay] {
        &self.overlays
    }

    fn next_edition(&mut self) -> u64 {
        self.editions += 1;
        self.editions
    }

    fn index(&self, uri: &Uri) -> Option<usize> {
        self.documents.iter().position(|document| document.uri == *uri)
    }
}
