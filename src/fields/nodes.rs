//! What the table's rows say about each node as a whole, computed at compile time because lowering asks it of every node.

use super::rows::FIELDS;
use super::settings::SETTINGS;
use super::{Condition, Field, FieldSpec, Setting, Slot, Written};

/// One node of the language.
#[derive(Clone, Copy)]
struct NodeRows {
    /// Where its rows begin and end in the table; a test checks that they are adjacent.
    rows: (u8, u8),
    /// How many of them are no constants.
    fields: u8,
    /// The row of its argument.
    argument: Option<u8>,
    /// The choice that its argument is where none is written.
    implied: Option<u8>,
    /// Whether every campaign needs it.
    is_required: bool,
    /// Whether its block has settings of their own.
    has_settings: bool,
    /// Whether its block has fields of its own.
    has_fields_below: bool,
    /// Whether a field of it has an effect, or is required, only beside some values.
    has_conditions: bool,
}

// Rows are counted in bytes.
const _: () = assert!(FIELDS.len() < u8::MAX as usize);

static NODES: [NodeRows; SETTINGS.len()] = {
    let mut nodes = [NodeRows {
        rows: (0, 0),
        fields: 0,
        argument: None,
        implied: None,
        is_required: false,
        has_settings: false,
        has_fields_below: false,
        has_conditions: false,
    }; SETTINGS.len()];
    let mut row = 0;
    while row < FIELDS.len() {
        let spec = &FIELDS[row];
        let node = &mut nodes[spec.setting as usize];
        if node.rows.1 == 0 {
            node.rows.0 = row as u8;
        }
        node.rows.1 = row as u8 + 1;
        node.fields += !matches!(spec.slot, Slot::Constant) as u8;
        if matches!(spec.slot, Slot::Argument) {
            node.argument = Some(row as u8);
            node.implied = implied(spec);
            node.is_required = matches!(spec.required, Condition::Always);
        }
        node.has_fields_below |= matches!(spec.slot, Slot::Child(_));
        node.has_conditions |= !matches!(spec.allowed, Condition::Always)
            || !matches!(spec.required, Condition::Never) && !matches!(spec.slot, Slot::Argument);
        row += 1;
    }
    let mut setting = 0;
    while setting < SETTINGS.len() {
        if let Some(parent) = SETTINGS[setting].parent {
            nodes[parent as usize].has_settings = true;
        }
        setting += 1;
    }
    nodes
};

/// The choice that is meant where no argument is written.
const fn implied(spec: &FieldSpec) -> Option<u8> {
    let choices = spec.kind.choices();
    let mut index = 0;
    while index < choices.len() {
        if matches!(choices[index].written, Written::Implied) {
            return Some(index as u8);
        }
        index += 1;
    }
    None
}

/// The rows of one node, in the order of the table, constants left out.
pub fn fields_of(setting: Setting) -> impl Iterator<Item = &'static FieldSpec> + Clone {
    let (first, end) = NODES[setting as usize].rows;
    FIELDS[usize::from(first)..usize::from(end)]
        .iter()
        .filter(|spec| !matches!(spec.slot, Slot::Constant))
}

impl Setting {
    /// How many fields [`fields_of`] it there are.
    pub fn field_count(self) -> usize {
        usize::from(NODES[self as usize].fields)
    }

    /// The row of the node's argument.
    pub fn argument(self) -> Option<&'static FieldSpec> {
        NODES[self as usize].argument.map(|row| &FIELDS[usize::from(row)])
    }

    /// The row of its property of this name.
    #[inline]
    pub fn property(self, name: &str) -> Option<&'static FieldSpec> {
        let (first, end) = NODES[self as usize].rows;
        let mut rows = FIELDS[usize::from(first)..usize::from(end)].iter();
        rows.find(|row| row.property().is_some_and(|known| known == name))
    }

    /// The choice that its argument is where none is written, by its index.
    pub fn implied_argument(self) -> Option<u8> {
        NODES[self as usize].implied
    }

    /// Whether something of it must be written in every campaign.
    pub fn is_required(self) -> bool {
        NODES[self as usize].is_required
    }

    /// Whether the node has a block of settings.
    pub fn has_settings(self) -> bool {
        NODES[self as usize].has_settings
    }

    /// Whether a field of the node has an effect, or is required, only beside some values.
    pub fn has_conditions(self) -> bool {
        NODES[self as usize].has_conditions
    }

    /// Whether the node has a block with fields of its own, each a node of its name.
    pub fn has_fields_below(self) -> bool {
        NODES[self as usize].has_fields_below
    }
}

impl Field {
    /// The table's row.
    pub fn spec(self) -> &'static FieldSpec {
        &FIELDS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_node_are_neighbours() {
        for (index, spec) in SETTINGS.iter().enumerate() {
            let (first, end) = NODES[index].rows;
            let (first, end) = (usize::from(first), usize::from(end));
            assert!(
                first < end && FIELDS[first..end].iter().all(|row| row.setting == spec.id),
                "{}",
                spec.name
            );
            let rows = FIELDS.iter().filter(|row| row.setting == spec.id).count();
            assert_eq!(rows, end - first, "{}", spec.name);
            let arguments = FIELDS[first..end].iter().filter(|row| row.slot == Slot::Argument);
            assert!(arguments.count() < 2, "{}", spec.name);
        }
    }
}
