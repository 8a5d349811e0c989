//! A body's values → the language: field by field for the words of a plan, and one field for import.

use serde_json::Value;

use super::{Body, find};
use crate::fields::{Decoded, Dialect, FIELDS, Field, FieldSpec, Setting, Slot, SourceText, WireContext, fields_of};

/// One field of a body in the language: `call-window.to` and `"19:50"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedField {
    /// The field: `caller-id`, `redial.busy.after`.
    pub path: String,
    /// The value as it is written.
    pub value: String,
}

/// What the values at a field's wire paths are in the language of a project, however somebody wrote them.
pub fn decode(spec: &FieldSpec, values: &[Option<&Value>], context: &dyn WireContext) -> Decoded {
    if spec.dialect > context.dialect() {
        return Decoded::Unsayable(format!(
            "only the {} dialect has `{}`, and this is {}",
            spec.dialect,
            spec.path(),
            context.dialect()
        ));
    }
    spec.kind.decode(values, context)
}

/// Renders a body in the language, field by field, in the order of the table. Constants and what the language says by
/// leaving it out are not in it.
pub fn describe(body: &Body) -> Vec<RenderedField> {
    let mut fields = Vec::new();
    for spec in FIELDS
        .iter()
        .filter(|spec| spec.slot != Slot::Constant && spec.setting != Setting::Webhook)
    {
        let values: Vec<Option<&Value>> = spec.wire.iter().map(|path| find(body, path)).collect();
        if let Some(value) = rendered(spec, &values) {
            let path = spec.path();
            fields.push(RenderedField { path, value });
        }
    }
    let hooks = body.get("webhookUrls").and_then(Value::as_array);
    fields.extend(hooks.into_iter().flatten().map(|hook| RenderedField {
        path: "webhook".to_owned(),
        value: webhook(hook),
    }));
    fields
}

/// One value in the language, or as JSON where the language would send something else; nothing where nothing is there.
fn rendered(spec: &FieldSpec, values: &[Option<&Value>]) -> Option<String> {
    if values.iter().all(Option::is_none) {
        return None;
    }
    let is_sent = |wire: &[Option<Value>]| wire.iter().map(Option::as_ref).eq(values.iter().copied());
    match spec.kind.decode(values, &Comparable) {
        Decoded::Value(value) if is_sent(&value.wire) => Some(match value.source {
            SourceText::Implied => value.word.to_owned(),
            SourceText::Quoted(text) => Value::from(text).to_string(),
            SourceText::Bare(text) => text,
        }),
        _ => values.first().copied().flatten().map(ToString::to_string),
    }
}

/// Bodies that [`bodies`](super::bodies) made to be compared. A limit is the same number in both dialects.
struct Comparable;

impl WireContext for Comparable {
    fn dialect(&self) -> Dialect {
        Dialect::Extended
    }

    fn wire_value<'a>(&'a self, name: &'a str, _: &'a str) -> &'a str {
        name
    }
}

fn webhook(hook: &Value) -> String {
    let Some(object) = hook.as_object() else {
        return hook.to_string();
    };
    let mut out = object.get("url").map(ToString::to_string).unwrap_or_default();
    for spec in fields_of(Setting::Webhook).filter(|spec| spec.id != Field::Webhook) {
        let Some(value) = rendered(spec, &[object.get(spec.wire_name())]) else {
            continue;
        };
        match spec.slot {
            Slot::Property(name) => out.push_str(&format!(" {name}={value}")),
            Slot::Child(name) => out.push_str(&format!(" {{ {name} {value} }}")),
            Slot::Argument | Slot::Constant => {}
        }
    }
    out
}
