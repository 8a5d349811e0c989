//! What a document means, without spans and without how it was written: the common ground of all readers.

use dialform::syntax;
use kdl::{KdlDocument, KdlEntry, KdlIdentifier, KdlNode, KdlValue};

/// A node with all that it holds. Nodes, arguments and properties are in the order of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) annotation: Option<String>,
    pub(crate) name: String,
    pub(crate) entries: Vec<Entry>,
    pub(crate) children: Vec<Node>,
}

/// An argument, or a property where it has a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) name: Option<String>,
    pub(crate) annotation: Option<String>,
    pub(crate) value: Value,
}

/// A value by its meaning.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    String(String),
    Number(Number),
    Bool(bool),
    Null,
    /// What the reader reported in place of a value.
    Invalid,
}

/// A number. Two are equal where they mean the same as far as both readers can hold it.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    Integer(i128),
    /// Its bits decide, so that a NaN equals itself.
    Float(f64),
    /// An integer of more than 128 bits, in decimal.
    Huge(String),
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits() || a == b,
            (Self::Huge(a), Self::Huge(b)) => a == b,
            _ => false,
        }
    }
}

impl Number {
    /// Reads what the front end gives: the number as it was written.
    pub(crate) fn read(written: &str) -> Self {
        match written {
            "#inf" => return Self::Float(f64::INFINITY),
            "#-inf" => return Self::Float(f64::NEG_INFINITY),
            "#nan" => return Self::Float(f64::NAN),
            _ => {}
        }
        let plain = written.replace('_', "");
        let (sign, digits) = match plain.strip_prefix(['+', '-']) {
            Some(digits) => (&plain[..1], digits),
            None => ("", plain.as_str()),
        };
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
            if let Some(digits) = digits.strip_prefix(prefix) {
                return match i128::from_str_radix(&format!("{sign}{digits}"), radix) {
                    Ok(value) => Self::Integer(value),
                    Err(_) => Self::Huge(plain),
                };
            }
        }
        if digits.contains(['.', 'e', 'E']) {
            return plain.parse().map_or(Self::Huge(plain), Self::Float);
        }
        plain.parse().map_or(Self::Huge(plain), Self::Integer)
    }
}

/// What the front end read.
pub(crate) fn ours(tree: &syntax::Tree<'_>) -> Vec<Node> {
    nodes(tree.roots())
}

fn nodes(nodes: syntax::Nodes<'_, '_>) -> Vec<Node> {
    nodes.map(node).collect()
}

fn node(node: syntax::Node<'_, '_>) -> Node {
    Node {
        annotation: node.annotation().map(|text| text.text.to_string()),
        name: node.name().text.to_string(),
        entries: node.entries().iter().map(entry).collect(),
        children: nodes(node.children()),
    }
}

fn entry(entry: &syntax::Entry<'_>) -> Entry {
    Entry {
        name: entry.name.as_ref().map(|text| text.text.to_string()),
        annotation: entry.value.annotation.as_ref().map(|text| text.text.to_string()),
        value: match &entry.value.scalar {
            syntax::Scalar::String(text) => Value::String(text.to_string()),
            syntax::Scalar::Number(written) => Value::Number(Number::read(written)),
            syntax::Scalar::Bool(value) => Value::Bool(*value),
            syntax::Scalar::Null => Value::Null,
            syntax::Scalar::Invalid => Value::Invalid,
        },
    }
}

/// What the `kdl` crate read.
pub(crate) fn theirs(document: &KdlDocument) -> Vec<Node> {
    document.nodes().iter().map(their_node).collect()
}

fn their_node(node: &KdlNode) -> Node {
    Node {
        annotation: node.ty().map(text),
        name: text(node.name()),
        entries: node.entries().iter().map(their_entry).collect(),
        children: node.children().map(theirs).unwrap_or_default(),
    }
}

fn their_entry(entry: &KdlEntry) -> Entry {
    Entry {
        name: entry.name().map(text),
        annotation: entry.ty().map(text),
        value: match entry.value() {
            KdlValue::String(text) => Value::String(text.clone()),
            KdlValue::Integer(value) => Value::Number(Number::Integer(*value)),
            KdlValue::Float(value) => Value::Number(Number::Float(*value)),
            KdlValue::Bool(value) => Value::Bool(*value),
            KdlValue::Null => Value::Null,
        },
    }
}

fn text(identifier: &KdlIdentifier) -> String {
    identifier.value().to_owned()
}
