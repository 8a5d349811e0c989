//! The API's own names and values, and what the language writes for them.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::fields::{FIELDS, Field, FieldSpec, Json, Slot};

/// The fields behind the names of the wire.
struct WireNames {
    /// By whole path and by its last part; of two fields with one name, the first.
    fields: HashMap<&'static str, &'static FieldSpec>,
    /// By the object of the body that holds them.
    objects: HashMap<&'static str, Vec<&'static FieldSpec>>,
}

/// Built on first use: most files have no wire names.
static WIRE_NAMES: LazyLock<WireNames> = LazyLock::new(|| {
    let mut fields = HashMap::new();
    let mut objects: HashMap<_, Vec<_>> = HashMap::new();
    for spec in FIELDS {
        for path in spec.wire {
            let own = path.trim_end_matches(".url").trim_end_matches("[]");
            let own = own.trim_end_matches(".redial");
            fields.entry(own).or_insert(spec);
            fields.entry(own.rsplit('.').next().unwrap_or(own)).or_insert(spec);
        }
        let mut inside: Vec<&str> = spec
            .wire
            .iter()
            .filter_map(|path| Some(path.split_once('.')?.0))
            .collect();
        inside.dedup();
        for object in inside {
            objects.entry(object).or_default().push(spec);
        }
    }
    WireNames { fields, objects }
});

/// The field that a name of the wire means: `cidType`, `fullListTime`, `additionalOptions.fullListTime`.
pub(super) fn field_of_wire(name: &str) -> Option<&'static FieldSpec> {
    WIRE_NAMES.fields.get(name).copied()
}

/// The fields in an object of the body: `additionalOptions`, `redialStrategyOptions`.
pub(super) fn fields_in_wire(name: &str) -> &'static [&'static FieldSpec] {
    WIRE_NAMES.objects.get(name).map(Vec::as_slice).unwrap_or_default()
}

/// How the language writes a field, for the help of a finding.
pub(super) fn instead_of_wire(spec: &FieldSpec) -> String {
    let setting = spec.setting.spec();
    let node = match spec.slot {
        Slot::Property(name) => format!("{} … {name}=…", setting.name),
        Slot::Child(name) => format!("{} … {{ {name} … }}", setting.name),
        Slot::Argument | Slot::Constant => setting.name.to_owned(),
    };
    match setting.parent {
        Some(parent) => format!("{} {{ {node} … }}", parent.spec().name),
        None => node,
    }
}

/// The language's word for a value as the wire spells it: `gornum` → `"number"`.
pub(super) fn choice_of_wire(field: Field, value: &str) -> Option<String> {
    let mut choices = field.spec().choices().iter();
    let choice = choices.find(|choice| {
        choice
            .wire
            .iter()
            .any(|wire| matches!(wire, Json::Text(text) if *text == value))
    })?;
    Some(choice.written.source())
}
