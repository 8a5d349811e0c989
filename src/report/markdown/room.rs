//! The room that a comment has, and that nothing is cut in its middle.

/// What is written at most. GitHub takes 65,536 characters.
const LIMIT: usize = 65_000;

/// What stays free for headings, for ends of what is folded, and for the lines that say what was left out.
const RESERVE: usize = 2_000;

/// A comment that grows by whole items.
pub(super) struct Room {
    text: String,
    left: usize,
}

impl Room {
    pub(super) fn new() -> Self {
        Self {
            text: String::new(),
            left: LIMIT - RESERVE,
        }
    }

    /// Adds items in their order up to the first that does not fit; gives how many were left out.
    pub(super) fn push_all(&mut self, items: &[String]) -> usize {
        for (index, item) in items.iter().enumerate() {
            let size = size(item);
            if size > self.left {
                // Nothing smaller that comes later may look as if it were the end.
                self.left = 0;
                return items.len() - index;
            }
            self.left -= size;
            self.text.push_str(item);
        }
        0
    }

    /// Adds what must be there in any case, out of the reserve.
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
