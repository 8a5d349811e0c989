//! The API's own words, and what the language writes for them.

use crate::fields::{FIELDS, Field, FieldSpec, Json, Slot};

/// The fields that a name of the wire stands for: `cidType`, `fullListTime`, `additionalOptions.fullListTime`.
pub(super) fn field_of_wire(name: &str) -> Option<&'static FieldSpec> {
    FIELDS.iter().find(|spec| {
        spec.wire.iter().any(|path| {
            let path = path.trim_end_matches(".url").trim_end_matches("[]");
            let path = path.trim_end_matches(".redial");
            path == name || path.rsplit('.').next() == Some(name)
        })
    })
}

/// The fields in an object of the body: `additionalOptions`, `redialStrategyOptions`.
pub(super) fn fields_in_wire(name: &str) -> Vec<&'static FieldSpec> {
    let is_in = |path: &&str| path.split_once('.').is_some_and(|(object, _)| object == name);
    FIELDS.iter().filter(|spec| spec.wire.iter().any(is_in)).collect()
}

/// How the language writes what a wire name stands for.
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
