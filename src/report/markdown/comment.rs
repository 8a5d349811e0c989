//! A comment within GitHub's limit of characters: whole items are added until the limit is reached.

/// The most characters that are written. GitHub takes 65,536.
const LIMIT: usize = 65_000;

/// Characters reserved for headings, closing tags, and the lines that count what was left out.
const RESERVE: usize = 2_000;

/// A comment that grows by whole items.
pub(super) struct CommentBuilder {
    text: String,
    left: usize,
}

impl CommentBuilder {
    pub(super) fn new() -> Self {
        Self {
            text: String::new(),
            left: LIMIT - RESERVE,
        }
    }

    /// Adds items in order up to the first that does not fit; returns how many were left out.
    pub(super) fn push_all(&mut self, items: &[String]) -> usize {
        for (index, item) in items.iter().enumerate() {
            let size = size(item);
            if size > self.left {
                // A smaller item that comes later must not look like the last one.
                self.left = 0;
                return items.len() - index;
            }
            self.left -= size;
            self.text.push_str(item);
        }
        0
    }

    /// Adds text from the reserve.
    pub(super) fn end(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn text(self) -> String {
        self.text
    }
}

/// GitHub counts characters, an editor in a browser UTF-16 units. The units are never fewer, so that they fit either way.
fn size(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
