//! What is written at a place of a text.

use crate::fields::{FieldSpec, Literal, Setting, fields_of};
use crate::project::source::Span;
use crate::syntax::{Comment, CommentKind, Entry, Node, Parsed, Scalar};

/// A place in a parsed text.
#[derive(Debug)]
pub(super) struct Cursor<'t, 's> {
    /// The nodes around it, outermost first; it stands in the head or in the block of the last.
    pub(super) nodes: Vec<Node<'t, 's>>,
    /// What of the last node it stands on.
    pub(super) part: NodePart<'t, 's>,
}

/// A part of a node.
#[derive(Clone, Copy, Debug)]
pub(super) enum NodePart<'t, 's> {
    /// Its name.
    Name,
    /// The name of a property.
    Property(&'t Entry<'s>),
    /// A value: of an argument or a property.
    Value(&'t Entry<'s>),
    /// None of these, or there is no node.
    Other,
}

impl<'t, 's> Cursor<'t, 's> {
    /// What is at a byte.
    pub(super) fn at(parsed: &'t Parsed<'s>, byte: usize) -> Self {
        let at = u32::try_from(byte).unwrap_or(u32::MAX);
        let mut cursor = Self {
            nodes: Vec::new(),
            part: NodePart::Other,
        };
        let mut level = parsed.tree.roots();
        // The last that begins before the place: those behind it are further.
        while let Some(node) = level.by_ref().take_while(|node| node.head().start <= at).last() {
            let block = node.block();
            let end = match block {
                Some(block) if block.close.start < block.close.end => block.close.end,
                Some(_) => u32::MAX,
                None => node.head().end,
            };
            if at > end {
                break;
            }
            cursor.nodes.push(node);
            match block {
                Some(block) if at >= block.open.end => level = node.children(),
                _ => {
                    cursor.part = part(node, at);
                    break;
                }
            }
        }
        cursor
    }

    /// The names of the nodes around it.
    pub(super) fn names(&self) -> Vec<&str> {
        self.nodes.iter().map(|node| &*node.name().text).collect()
    }

    /// The setting that the last node is, in a campaign or template.
    pub(super) fn setting(&self) -> Option<Setting> {
        setting(&self.names())
    }

    /// The field that the last node is, or that its part is.
    pub(super) fn field(&self) -> Option<&'static FieldSpec> {
        let names = self.names();
        if let Some(child) = child_field(&names) {
            return Some(child);
        }
        let setting = setting(&names)?;
        match self.part {
            NodePart::Property(entry) | NodePart::Value(entry) => match &entry.name {
                Some(name) => setting.property(&name.text),
                None => setting.argument(),
            },
            NodePart::Name | NodePart::Other => None,
        }
    }
}

fn part<'t, 's>(node: Node<'t, 's>, at: u32) -> NodePart<'t, 's> {
    let holds = |span: Span| span.start <= at && at <= span.end;
    if holds(node.name().span) {
        return NodePart::Name;
    }
    for entry in node.entries() {
        match &entry.name {
            Some(name) if holds(name.span) => return NodePart::Property(entry),
            _ if holds(entry.value.span) => return NodePart::Value(entry),
            _ => {}
        }
    }
    NodePart::Other
}

/// The setting of a path of nodes: `campaign`, `redial`, `busy`.
pub(super) fn setting(names: &[&str]) -> Option<Setting> {
    match names {
        ["campaign" | "template", name] => Setting::find(name, None),
        ["campaign" | "template", parent, name] => Setting::find(name, Some(Setting::find(parent, None)?)),
        _ => None,
    }
}

/// The field that is a node of its own in the block of a setting: `events` in `webhook`.
fn child_field(names: &[&str]) -> Option<&'static FieldSpec> {
    let (name, above) = names.split_last()?;
    let setting = setting(above)?;
    fields_of(setting).find(|row| row.child() == Some(name))
}

/// A value as the table reads it.
pub(super) fn literal<'v>(scalar: &'v Scalar<'_>) -> Option<Literal<'v>> {
    match scalar {
        Scalar::String(text) => Some(Literal::Text(text)),
        Scalar::Number(number) => Some(Literal::Number(number)),
        Scalar::Bool(is_true) => Some(Literal::Bool(*is_true)),
        Scalar::Null => Some(Literal::Null),
        Scalar::Invalid => None,
    }
}

/// The comment at a byte.
pub(super) fn comment_at(parsed: &Parsed<'_>, byte: usize) -> Option<Comment> {
    let comments = parsed.tree.comments.iter();
    let mut around = comments.filter(|comment| comment.kind != CommentKind::Slashdash);
    let holds = |comment: &&Comment| comment.span.start as usize <= byte && byte <= comment.span.end as usize;
    around.find(holds).copied()
}
