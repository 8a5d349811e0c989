//! The memory of one text's tree, reused for the next.

use super::Parsed;
use super::tree::{Comment, Entry, NodeData, Tree};

/// Memory for a tree, reused from text to text: one of these per thread.
#[derive(Debug, Default)]
pub struct ParseBuffers {
    nodes: Vec<NodeData<'static>>,
    entries: Vec<Entry<'static>>,
    comments: Vec<Comment>,
}

/// A tree with room for more nodes than this is not kept: one large file would hold on to its memory for good.
const MOST_KEPT: usize = 4_096;

impl ParseBuffers {
    /// An empty tree with room for what a text of so many bytes usually holds.
    pub(super) fn tree<'s>(&mut self, bytes: usize) -> Tree<'s> {
        let mut nodes: Vec<NodeData<'s>> = std::mem::take(&mut self.nodes);
        let mut entries: Vec<Entry<'s>> = std::mem::take(&mut self.entries);
        nodes.reserve(bytes / 36 + 4);
        entries.reserve(bytes / 28 + 4);
        Tree {
            nodes,
            entries,
            comments: std::mem::take(&mut self.comments),
            is_annotated: false,
            has_null: false,
        }
    }

    /// Takes back the memory of a tree that is no longer needed.
    pub fn recycle(&mut self, parsed: Parsed<'_>) {
        let Tree {
            mut nodes,
            mut entries,
            mut comments,
            ..
        } = parsed.tree;
        if nodes.capacity() > MOST_KEPT {
            return;
        }
        nodes.clear();
        entries.clear();
        comments.clear();
        // Nothing is left that could borrow from the text. Collecting nothing keeps the memory.
        self.nodes = nodes.into_iter().map_while(|_| None).collect();
        self.entries = entries.into_iter().map_while(|_| None).collect();
        self.comments = comments;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{parse, parse_in};

    #[test]
    fn the_next_text_is_read_into_the_same_memory() {
        let mut buffers = ParseBuffers::default();
        for text in ["a b=c // d\n", "e {\n    f g\n}\n", ""] {
            let parsed = parse_in(text, &mut buffers);
            assert_eq!(parsed.tree, parse(text).tree);
            let place = parsed.tree.nodes.as_ptr().addr();
            buffers.recycle(parsed);
            assert_eq!(buffers.nodes.as_ptr().addr(), place);
        }
    }
}
