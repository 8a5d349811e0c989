//! The tree that parsing gives: flat, in the order of the text, borrowing names and plain strings from it.

use std::borrow::Cow;

use crate::project::source::Span;

/// A name or string and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Text<'s> {
    /// The text, unescaped.
    pub text: Cow<'s, str>,
    /// Its place, quotes included.
    pub span: Span,
}

/// What a value says.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'s> {
    /// A string, bare or quoted or raw.
    String(Cow<'s, str>),
    /// A number, as it was written.
    Number(&'s str),
    /// `#true` or `#false`.
    Bool(bool),
    /// `#null`.
    Null,
    /// Something that was reported already; every later reader keeps silent about it.
    Invalid,
}

/// A value with its place and type annotation.
#[derive(Clone, Debug, PartialEq)]
pub struct Value<'s> {
    /// What it says.
    pub scalar: Scalar<'s>,
    /// `(type)` before it.
    pub annotation: Option<Box<Text<'s>>>,
    /// The place of the value, without its annotation.
    pub span: Span,
}

/// An argument or a property of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'s> {
    /// The property's name; an argument has none.
    pub name: Option<Text<'s>>,
    /// The value.
    pub value: Value<'s>,
}

impl Entry<'_> {
    /// Where the whole entry begins.
    pub fn start(&self) -> u32 {
        match &self.name {
            Some(name) => name.span.start,
            None => self.value.span.start,
        }
    }

    /// The whole entry: `name=value`, or the value alone.
    pub fn span(&self) -> Span {
        match &self.name {
            Some(name) => name.span.to(self.value.span),
            None => self.value.span,
        }
    }
}

/// The braces of a children block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The opening brace.
    pub open: Span,
    /// The closing brace, empty where it is missing.
    pub close: Span,
}

/// One node, as it lies in the tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NodeData<'s> {
    pub(super) name: Text<'s>,
    pub(super) annotation: Option<Box<Text<'s>>>,
    pub(super) entries: (u32, u32),
    pub(super) block: Option<Block>,
    /// Index past the last descendant.
    pub(super) end: u32,
    pub(super) damaged: bool,
    /// End of the node's header: name, arguments and properties.
    pub(super) head_end: u32,
}

/// A comment, or something switched off with `/-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its kind.
    pub kind: CommentKind,
    /// All of it, markers included, the line's end not.
    pub span: Span,
}

/// The three ways to say something that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentKind {
    /// `// …`
    Line,
    /// `/* … */`
    Block,
    /// `/-` and what it switches off.
    Slashdash,
}

/// A parsed document.
#[derive(Clone, Debug, Default)]
pub struct Tree<'s> {
    pub(super) nodes: Vec<NodeData<'s>>,
    pub(super) entries: Vec<Entry<'s>>,
    /// Every comment, in the order of the text.
    pub comments: Vec<Comment>,
    /// Whether any node or value has an annotation.
    pub(super) is_annotated: bool,
    /// Whether any value is `#null`.
    pub(super) has_null: bool,
}

impl PartialEq for Tree<'_> {
    fn eq(&self, other: &Self) -> bool {
        // On which way it was read makes no difference.
        (&self.nodes, &self.entries, &self.comments) == (&other.nodes, &other.entries, &other.comments)
    }
}

impl<'s> Tree<'s> {
    /// The nodes at the top.
    pub fn roots(&self) -> Nodes<'_, 's> {
        Nodes {
            tree: self,
            next: 0,
            end: u32::try_from(self.nodes.len()).unwrap_or(u32::MAX),
        }
    }
}

/// A node of a [`Tree`].
#[derive(Clone, Copy, Debug)]
pub struct Node<'t, 's> {
    tree: &'t Tree<'s>,
    data: &'t NodeData<'s>,
    index: u32,
}

impl<'t, 's> Node<'t, 's> {
    /// The node's name.
    pub fn name(&self) -> &'t Text<'s> {
        &self.data.name
    }

    /// Whether the node or any of its values may have an annotation: nearly no text has any.
    pub fn may_be_annotated(&self) -> bool {
        self.tree.is_annotated
    }

    /// Whether any value of the node or of the others in its tree may be `#null`: most texts have none.
    pub fn may_be_null(&self) -> bool {
        self.tree.has_null
    }

    /// `(type)` before the name.
    pub fn annotation(&self) -> Option<&'t Text<'s>> {
        self.data.annotation.as_deref()
    }

    /// Arguments and properties in the order of the text.
    pub fn entries(&self) -> &'t [Entry<'s>] {
        let (start, end) = self.data.entries;
        &self.tree.entries[start as usize..end as usize]
    }

    /// The arguments.
    pub fn arguments(&self) -> impl Iterator<Item = &'t Value<'s>> + use<'t, 's> {
        self.entries()
            .iter()
            .filter(|entry| entry.name.is_none())
            .map(|entry| &entry.value)
    }

    /// The braces, where the node has a block.
    pub fn block(&self) -> Option<Block> {
        self.data.block
    }

    /// Whether a part of the node, or a whole node of its block, could not be read, so that what is missing may have been
    /// meant.
    pub fn is_damaged(&self) -> bool {
        self.data.damaged
    }

    /// Name, arguments and properties, without the block.
    pub fn head(&self) -> Span {
        let data = self.data;
        Span {
            start: data.name.span.start,
            end: data.head_end.max(data.name.span.end),
        }
    }

    /// How many nodes are in its block and the blocks in that.
    pub fn descendants(&self) -> usize {
        (self.data.end - self.index) as usize - 1
    }

    /// How many arguments and properties those nodes have.
    pub fn entries_below(&self) -> usize {
        let last = self.tree.nodes.get(self.data.end as usize - 1);
        last.map_or(0, |last| last.entries.1.saturating_sub(self.data.entries.1) as usize)
    }

    /// The nodes in its block.
    pub fn children(&self) -> Nodes<'t, 's> {
        Nodes {
            tree: self.tree,
            next: self.index + 1,
            end: self.data.end,
        }
    }
}

/// Sibling nodes.
#[derive(Clone, Debug)]
pub struct Nodes<'t, 's> {
    tree: &'t Tree<'s>,
    next: u32,
    end: u32,
}

impl<'t, 's> Iterator for Nodes<'t, 's> {
    type Item = Node<'t, 's>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let data = self.tree.nodes.get(self.next as usize)?;
        let index = std::mem::replace(&mut self.next, data.end);
        Some(Node {
            tree: self.tree,
            data,
            index,
        })
    }
}

/// An index into one of a tree's lists; a text of 8 MiB never has more than 32 bits of them.
pub(super) fn index_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
