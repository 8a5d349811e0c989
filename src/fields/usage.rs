//! How each setting is written, told from its rows.

use super::{Choice, FieldSpec, Kind, Setting, Slot, Written, fields_of};

/// How a setting is written, from its rows: `caller-id "default"|"number"|"pool" id="…"`.
pub fn usage(setting: Setting) -> String {
    let mut out = setting.spec().name.to_owned();
    for spec in fields_of(setting) {
        match spec.slot {
            // Writing nothing means on: `#false` comes behind, as the other way to write the node.
            Slot::Argument if is_implied(spec) => {}
            Slot::Argument => {
                let example = example(spec);
                if !example.is_empty() {
                    out.push(' ');
                    out.push_str(&example);
                }
            }
            Slot::Property(name) => {
                out.push(' ');
                out.push_str(name);
                out.push('=');
                out.push_str(&example(spec));
            }
            Slot::Child(name) => {
                out.push_str(&format!(" {{ {name} {} … }}", example(spec)));
            }
            Slot::Constant => {}
        }
    }
    if setting.has_settings() {
        out.push_str(" { … }");
    }
    if fields_of(setting).any(is_implied) {
        out.push_str(&format!(", or {} #false", setting.spec().name));
    }
    out
}

/// Whether the node is switched on by its properties or block alone.
fn is_implied(spec: &FieldSpec) -> bool {
    spec.choices().iter().any(|choice| choice.written == Written::Implied)
}

fn example(spec: &FieldSpec) -> String {
    let choices = |choices: &[Choice]| {
        let words: Vec<String> = choices
            .iter()
            .filter(|choice| choice.written != Written::Implied)
            .map(|choice| choice.written.source())
            .collect();
        words.join("|")
    };
    match spec.kind {
        Kind::Text | Kind::Comment => "\"…\"".to_owned(),
        Kind::Id(_) => "\"UUID or alias\"".to_owned(),
        Kind::Choice(list) => choices(list),
        Kind::Choices(list) => list.first().map(|choice| choice.written.source()).unwrap_or_default(),
        Kind::Duration => "\"20m\"".to_owned(),
        Kind::Time { end: false } => "\"09:10\"".to_owned(),
        Kind::Time { end: true } => "\"19:50\"".to_owned(),
        Kind::Moment => "\"2030-12-02 10:00\"".to_owned(),
        Kind::Pace => "\"3/s\"".to_owned(),
        Kind::Count | Kind::Limit => "3".to_owned(),
        Kind::Url => "\"https://…\"".to_owned(),
    }
}
