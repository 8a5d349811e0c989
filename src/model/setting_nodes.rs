//! The settings that a campaign or template states, kept in two flat lists: a project has thousands of them, and most
//! of what lowering costs is asking for memory.

use crate::fields::{
    AliasKind, Condition, Dialect, FIELDS, Facts, Field, FieldSpec, IdValue, Known, SETTINGS, Setting, Value,
};
use crate::project::source::{FileId, Place, Span};

/// Every node of one campaign or template that sets something, in the order of the text; those in `redial { … }` follow
/// `redial` itself.
#[derive(Clone, Debug)]
pub struct SettingNodes {
    file: FileId,
    nodes: Vec<NodeData>,
    values: Vec<FieldValue>,
    /// The first node of each setting; [`ABSENT`] where there is none.
    first: [u32; SETTINGS.len()],
    /// The value of each field in that node, in the same way.
    first_values: [u32; FIELDS.len()],
    /// Whether a setting has several nodes.
    repeats: bool,
    dialect: Dialect,
    names_aliases: bool,
    /// Whether a value or a part of a node could not be read.
    is_partial: bool,
    /// The node whose fields are being added.
    open: Open,
}

/// No index of a node or value.
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

/// What is known of a node while its fields are added.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    /// The index of its first value.
    values: u32,
    /// Whether it is the first of its setting.
    is_first: bool,
}

/// One field as lowering keeps it.
#[derive(Clone, Debug)]
pub struct FieldValue {
    /// The value; nothing where it could not be read.
    pub value: Option<Value>,
    /// The place of the value.
    pub span: Span,
    /// Where `name=value` begins; it ends with the value.
    pub entry_start: u32,
    /// Which.
    pub field: Field,
}

/// One node that sets something.
#[derive(Clone, Copy, Debug)]
pub struct SettingNode<'p> {
    /// Which.
    pub setting: Setting,
    /// The node's name in the text.
    pub name: Place,
    /// `NODE #null`: not sent, even where a template has it.
    pub is_null: bool,
    /// Whether fields may be missing here through a mistake that was reported.
    pub incomplete: bool,
    /// Where its values lie, and which of them. Taken out when they are asked for, as often they are not.
    all: &'p [FieldValue],
    values: (u32, u32),
}

/// One field as it was written.
#[derive(Clone, Copy, Debug)]
pub struct SettingValue<'p> {
    /// Which.
    pub field: Field,
    /// The place of the value.
    pub place: Place,
    /// Where the whole entry is: `name=value`.
    pub entry: Place,
    /// The value; nothing where it could not be read.
    pub value: Option<&'p Value>,
}

impl SettingNodes {
    /// Nothing stated yet, in `file`, with room for so many nodes and values.
    pub fn new(file: FileId, nodes: usize, values: usize) -> Self {
        Self {
            file,
            nodes: Vec::with_capacity(nodes),
            values: Vec::with_capacity(values),
            first: [ABSENT; SETTINGS.len()],
            first_values: [ABSENT; FIELDS.len()],
            repeats: false,
            dialect: Dialect::default(),
            names_aliases: false,
            is_partial: false,
            open: Open::default(),
        }
    }

    /// The file in which it is.
    pub(super) fn file(&self) -> FileId {
        self.file
    }

    /// Begins a node that sets something. What it sets is added next, up to [`SettingNodes::close`].
    #[inline]
    pub fn open(&mut self, setting: Setting) {
        let place = &mut self.first[setting as usize];
        let is_first = *place == ABSENT;
        if is_first {
            *place = index_of(self.nodes.len());
        }
        self.open = Open {
            values: index_of(self.values.len()),
            is_first,
        };
    }

    /// Adds a field to the node that is open, by its row of the table.
    #[inline(always)]
    pub fn add(&mut self, spec: &FieldSpec, value: Option<Value>, span: Span, entry_start: u32) {
        self.dialect = self.dialect.max(spec.dialect);
        match value {
            Some(Value::Id(IdValue::Alias(_))) => self.names_aliases = true,
            None => self.is_partial = true,
            _ => {}
        }
        if self.open.is_first {
            self.first_values[spec.id as usize] = index_of(self.values.len());
        }
        self.values.push(FieldValue {
            value,
            span,
            entry_start,
            field: spec.id,
        });
    }

    /// The fields of the node that is open.
    pub fn added(&self) -> &[FieldValue] {
        &self.values[self.open.values as usize..]
    }

    /// Ends the node that is open: where its name is, whether it is `#null`, and whether something of it was lost.
    #[inline]
    pub fn close(&mut self, setting: Setting, name: Span, is_null: bool, incomplete: bool) {
        self.repeats |= !self.open.is_first;
        self.is_partial |= incomplete;
        self.nodes.push(NodeData {
            name,
            values: (self.open.values, index_of(self.values.len())),
            setting,
            is_null,
            incomplete,
        });
    }

    /// Whether a field that is set has an effect, as far as its own campaign or template tells.
    #[inline]
    pub fn has_effect(&self, field: Field) -> bool {
        let allowed = &field.spec().allowed;
        // Most fields always have one, and this is asked of thousands of campaigns.
        matches!(allowed, Condition::Always) || allowed.holds(self) != Some(false)
    }

    /// Gives back the memory that the lists hold in reserve: the index of a project keeps thousands of them.
    pub(super) fn shrink_to_fit(&mut self) {
        self.nodes.shrink_to_fit();
        self.values.shrink_to_fit();
    }

    /// The nodes, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = SettingNode<'_>> + Clone {
        self.nodes.iter().map(|node| self.view(node))
    }

    /// What each node sets, and whether to `#null`; in the order of the text.
    pub(super) fn outline(&self) -> impl Iterator<Item = (Setting, bool)> {
        self.nodes.iter().map(|node| (node.setting, node.is_null))
    }

    /// The node of this index in the order of [`SettingNodes::iter`].
    pub(super) fn at(&self, index: usize) -> SettingNode<'_> {
        self.view(&self.nodes[index])
    }

    /// The index of the first node of a setting in the order of [`SettingNodes::iter`].
    pub(super) fn index(&self, setting: Setting) -> Option<usize> {
        let index = self.first[setting as usize];
        (index != ABSENT).then_some(index as usize)
    }

    /// The first node of a setting.
    #[inline]
    pub fn find(&self, setting: Setting) -> Option<SettingNode<'_>> {
        self.first(setting).map(|node| self.view(node))
    }

    #[inline]
    fn first(&self, setting: Setting) -> Option<&NodeData> {
        self.nodes.get(self.first[setting as usize] as usize)
    }

    #[inline]
    fn first_value(&self, field: Field) -> Option<&FieldValue> {
        self.values.get(self.first_values[field as usize] as usize)
    }

    /// What was written for a field in the first node of its setting, read or not.
    #[inline]
    pub fn get(&self, field: Field) -> Option<SettingValue<'_>> {
        self.first_value(field).map(|value| SettingValue::new(self.file, value))
    }

    /// The value of a field in the first node of its setting, if it was written and could be read.
    #[inline]
    pub fn value(&self, field: Field) -> Option<&Value> {
        self.first_value(field)?.value.as_ref()
    }

    /// Every node of a setting, in the order of the text.
    pub fn all(&self, setting: Setting) -> impl Iterator<Item = SettingNode<'_>> {
        let first = self.first[setting as usize] as usize;
        let end = if self.repeats {
            self.nodes.len()
        } else {
            first.saturating_add(1)
        };
        let nodes = self.nodes.get(first..end).unwrap_or_default();
        let nodes = nodes.iter().filter(move |node| node.setting == setting);
        nodes.map(|node| self.view(node))
    }

    /// Whether a value or a part of a node could not be read, so that it says less than the text.
    #[inline]
    pub fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// The least dialect that has every field that is set.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Every field that is set, in the order of the text.
    pub fn values(&self) -> impl Iterator<Item = SettingValue<'_>> + Clone {
        self.values.iter().map(|value| SettingValue::new(self.file, value))
    }

    /// Every alias that is named where an id belongs, with that field; in the order of the text.
    pub fn aliases(&self) -> impl Iterator<Item = (SettingValue<'_>, AliasKind, &str)> {
        // Most campaigns name none, and a project has thousands.
        let values = self.names_aliases.then(|| self.values());
        values
            .into_iter()
            .flatten()
            .filter_map(|value| match (value.value, value.field.spec().kind.alias()) {
                (Some(Value::Id(IdValue::Alias(name))), Some(kind)) => Some((value, kind, &**name)),
                _ => None,
            })
    }

    #[inline]
    fn view(&self, node: &NodeData) -> SettingNode<'_> {
        SettingNode {
            setting: node.setting,
            name: Place::new(self.file, node.name),
            is_null: node.is_null,
            incomplete: node.incomplete,
            all: &self.values,
            values: node.values,
        }
    }
}

/// What one campaign or template states by itself. What it leaves to templates is not known here.
impl Facts for SettingNodes {
    fn field(&self, field: Field) -> Known<'_> {
        let spec = field.spec();
        match (self.first_value(field), self.first(spec.setting)) {
            (Some(FieldValue { value: Some(value), .. }), _) => Known::Is(value.word(spec)),
            (None, Some(node)) if !node.incomplete => Known::Absent,
            _ => Known::Unknown,
        }
    }

    fn stands(&self, setting: Setting) -> Option<bool> {
        self.first(setting).map(|_| true)
    }
}

impl<'p> SettingNode<'p> {
    #[inline]
    fn kept(&self) -> &'p [FieldValue] {
        let (first, end) = self.values;
        &self.all[first as usize..end as usize]
    }

    /// What was written for a field, read or not.
    #[inline]
    pub fn get(&self, field: Field) -> Option<SettingValue<'p>> {
        let value = self.kept().iter().find(|value| value.field == field)?;
        Some(SettingValue::new(self.name.file, value))
    }

    /// The fields it sets, in the order of the text.
    pub fn values(&self) -> impl ExactSizeIterator<Item = SettingValue<'p>> + Clone + use<'p> {
        let file = self.name.file;
        self.kept().iter().map(move |value| SettingValue::new(file, value))
    }
}

impl<'p> SettingValue<'p> {
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
