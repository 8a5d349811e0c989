//! The settings that a campaign or template states, kept in two flat lists: a project has thousands of them, and most
//! of what lowering costs is asking for memory.

use crate::fields::{AliasKind, Dialect, Field, IdValue, Kind, SETTINGS, Setting, Value};
use crate::source::{FileId, Place, Span};

/// Every node of one campaign or template that sets something, in the order of the text; those in `redial { … }` follow
/// `redial` itself.
#[derive(Clone, Debug)]
pub struct Statements {
    file: FileId,
    nodes: Vec<NodeData>,
    values: Vec<FieldValue>,
    /// The first node of each setting; [`ABSENT`] where there is none.
    first: [u32; SETTINGS.len()],
    dialect: Dialect,
    names_aliases: bool,
}

/// No index of a node.
const ABSENT: u32 = u32::MAX;

/// One node, without the fields it sets.
#[derive(Clone, Copy, Debug)]
struct NodeData {
    name: Span,
    /// The values' indices.
    values: (u32, u32),
    setting: Setting,
    is_null: bool,
    incomplete: bool,
}

/// One field as lowering keeps it.
#[derive(Clone, Debug)]
pub struct FieldValue {
    /// The value; nothing where it could not be read.
    pub value: Option<Value>,
    /// Where the value stands.
    pub span: Span,
    /// Where `name=value` begins; it ends with the value.
    pub entry_start: u32,
    /// Which.
    pub field: Field,
}

/// One node that sets something.
#[derive(Clone, Copy, Debug)]
pub struct Stated<'p> {
    /// Which.
    pub setting: Setting,
    /// The node's name in the text.
    pub name: Place,
    /// `NODE #null`: not sent, even where a template has it.
    pub is_null: bool,
    /// Whether fields may be missing here through a mistake that was reported.
    pub incomplete: bool,
    values: &'p [FieldValue],
}

/// One field as it was written.
#[derive(Clone, Copy, Debug)]
pub struct StatedValue<'p> {
    /// Which.
    pub field: Field,
    /// Where the value stands.
    pub place: Place,
    /// Where the whole entry stands: `name=value`.
    pub entry: Place,
    /// The value; nothing where it could not be read.
    pub value: Option<&'p Value>,
}

impl Statements {
    /// Nothing stated yet, in `file`, with room for so many nodes and values.
    pub fn new(file: FileId, nodes: usize, values: usize) -> Self {
        Self {
            file,
            nodes: Vec::with_capacity(nodes),
            values: Vec::with_capacity(values),
            first: [ABSENT; SETTINGS.len()],
            dialect: Dialect::default(),
            names_aliases: false,
        }
    }

    /// Forgets what is stated, to state something else in `file` in the same memory.
    pub fn restart(&mut self, file: FileId) {
        self.file = file;
        self.nodes.clear();
        for value in self.values.drain(..) {
            // Most own nothing, which is found out faster here than where all kinds of them are taken apart.
            match value.value.as_ref().is_some_and(Value::owns_memory) {
                true => drop(value),
                false => std::mem::forget(value),
            }
        }
        self.first = [ABSENT; SETTINGS.len()];
        self.dialect = Dialect::default();
        self.names_aliases = false;
    }

    /// Adds a node: what it sets, and where its name stands. What is said of it follows, up to [`Statements::close`].
    pub fn open(&mut self, setting: Setting, name: Span) {
        let place = &mut self.first[setting as usize];
        if *place == ABSENT {
            *place = index_of(self.nodes.len());
        }
        let first = index_of(self.values.len());
        self.nodes.push(NodeData {
            name,
            values: (first, first),
            setting,
            is_null: false,
            incomplete: false,
        });
    }

    /// Adds a field to the node that was opened last.
    pub fn add(&mut self, value: FieldValue) {
        self.dialect = self.dialect.max(value.field.spec().dialect);
        self.names_aliases |= matches!(value.value, Some(Value::Id(IdValue::Alias(_))));
        self.values.push(value);
    }

    /// The fields of the node that was opened last.
    pub fn added(&self) -> &[FieldValue] {
        let first = self.nodes.last().map_or(0, |node| node.values.0);
        &self.values[first as usize..]
    }

    /// Ends the node that was opened last: whether it is `#null`, and whether something of it was lost.
    pub fn close(&mut self, is_null: bool, incomplete: bool) {
        let end = index_of(self.values.len());
        if let Some(node) = self.nodes.last_mut() {
            node.values.1 = end;
            (node.is_null, node.incomplete) = (is_null, incomplete);
        }
    }

    /// Gives back what the lists hold in reserve.
    pub(super) fn trim(&mut self) {
        self.nodes.shrink_to_fit();
        self.values.shrink_to_fit();
    }

    /// The nodes, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = Stated<'_>> + Clone {
        self.nodes.iter().map(|node| self.view(node))
    }

    /// What each node sets, and whether to `#null`; in the order of the text.
    pub(super) fn outline(&self) -> impl Iterator<Item = (Setting, bool)> {
        self.nodes.iter().map(|node| (node.setting, node.is_null))
    }

    /// The node of this index in the order of [`Statements::iter`].
    pub(super) fn at(&self, index: usize) -> Stated<'_> {
        self.view(&self.nodes[index])
    }

    /// The index of the first node of a setting in the order of [`Statements::iter`].
    pub(super) fn index(&self, setting: Setting) -> Option<usize> {
        let index = self.first[setting as usize];
        (index != ABSENT).then_some(index as usize)
    }

    /// The first node of a setting.
    pub fn find(&self, setting: Setting) -> Option<Stated<'_>> {
        let index = self.first[setting as usize];
        let node = self.nodes.get(index as usize)?;
        Some(self.view(node))
    }

    /// The index of the choice that a field is set to.
    pub fn choice(&self, field: Field) -> Option<u8> {
        let index = self.first[field.spec().setting as usize];
        let (first, end) = self.nodes.get(index as usize)?.values;
        let values = &self.values[first as usize..end as usize];
        match values.iter().find(|value| value.field == field)?.value {
            Some(Value::Choice(index)) => Some(index),
            _ => None,
        }
    }

    /// Every node of a setting, in the order of the text.
    pub fn all(&self, setting: Setting) -> impl Iterator<Item = Stated<'_>> {
        let first = self.first[setting as usize] as usize;
        let nodes = self.nodes.get(first..).unwrap_or_default();
        let nodes = nodes.iter().filter(move |node| node.setting == setting);
        nodes.map(|node| self.view(node))
    }

    /// The least dialect that has every field that is set.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Every field that is set, in the order of the text.
    pub fn values(&self) -> impl Iterator<Item = StatedValue<'_>> + Clone {
        self.values.iter().map(|value| StatedValue::new(self.file, value))
    }

    /// Every alias that is named where an id belongs, with that field; in the order of the text.
    pub fn aliases(&self) -> impl Iterator<Item = (StatedValue<'_>, AliasKind, &str)> {
        // Most campaigns name none, and a project has thousands.
        let values = self.names_aliases.then(|| self.values());
        values
            .into_iter()
            .flatten()
            .filter_map(|value| match (value.value, value.field.spec().kind) {
                (Some(Value::Id(IdValue::Alias(name))), Kind::Id(kind)) => Some((value, kind, &**name)),
                _ => None,
            })
    }

    fn view(&self, node: &NodeData) -> Stated<'_> {
        let (first, end) = node.values;
        Stated {
            setting: node.setting,
            name: Place::new(self.file, node.name),
            is_null: node.is_null,
            incomplete: node.incomplete,
            values: &self.values[first as usize..end as usize],
        }
    }
}

impl<'p> Stated<'p> {
    /// What was written for a field, read or not.
    pub fn get(&self, field: Field) -> Option<StatedValue<'p>> {
        let value = self.values.iter().find(|value| value.field == field)?;
        Some(StatedValue::new(self.name.file, value))
    }

    /// The fields it sets, in the order of the text.
    pub fn values(&self) -> impl Iterator<Item = StatedValue<'p>> + Clone + use<'p> {
        let file = self.name.file;
        self.values.iter().map(move |value| StatedValue::new(file, value))
    }
}

impl<'p> StatedValue<'p> {
    fn new(file: FileId, value: &'p FieldValue) -> Self {
        let entry = Span {
            start: value.entry_start,
            end: value.span.end,
        };
        Self {
            field: value.field,
            place: Place::new(file, value.span),
            entry: Place::new(file, entry),
            value: value.value.as_ref(),
        }
    }
}

/// A file of so many bytes never states more than 32 bits can count.
fn index_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
