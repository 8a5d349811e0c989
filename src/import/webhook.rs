//! `webhookUrls` → `webhook` nodes: each element a text, or in the extended dialect an object.

use serde_json::{Map, Value};

use super::draft::{Draft, normalized_words};
use super::{kdl, redact};
use crate::fields::{Decoded, FieldSpec, Setting, Slot, fields_of};
use crate::wire::{Body, decode};

/// Reads every webhook of a body.
pub(super) fn read(draft: &mut Draft<'_>, rest: &mut Body) {
    let Some((name, value)) = taken(rest) else { return };
    let hooks = match value {
        Value::Null => {
            draft.note(&name, "null is left out, which says the same");
            return;
        }
        Value::Array(hooks) if hooks.is_empty() => {
            draft.note(&name, "an empty list is left out, which says the same");
            return;
        }
        Value::Array(hooks) => hooks,
        Value::String(text) if text.trim().is_empty() => {
            draft.note(&name, "an empty text is left out");
            return;
        }
        Value::String(_) | Value::Object(_) => {
            draft.warn(&name, "one address is read as a list of one");
            vec![value]
        }
        other => {
            draft.keep(
                Some(Setting::Webhook),
                &name,
                &other,
                "a list of addresses belongs here",
            );
            return;
        }
    };
    let mut normalized = Vec::new();
    for (index, hook) in hooks.into_iter().enumerate() {
        let path = format!("{name}[{index}]");
        normalized.extend(one(draft, &path, hook));
    }
    if !normalized.is_empty() {
        draft.normalized.insert(name, Value::Array(normalized));
    }
}

/// The name and the value of the wire field.
fn taken(rest: &mut Body) -> Option<(String, Value)> {
    let row = fields_of(Setting::Webhook).next()?;
    let name = row.wire.first()?.split("[]").next()?;
    Some((name.to_owned(), rest.remove(name)?))
}

/// Reads one webhook, and returns what the campaign has to render for it.
fn one(draft: &mut Draft<'_>, path: &str, hook: Value) -> Option<Value> {
    let whole = hook.clone();
    let (mut members, is_object) = match hook {
        Value::Object(members) => (members, true),
        Value::Null => {
            draft.note(path, "null is left out, which says the same");
            return None;
        }
        plain => (Map::from_iter([(main_name(), plain)]), false),
    };
    let mut node = "webhook".to_owned();
    let mut block = String::new();
    let mut wire = Map::new();
    for spec in fields_of(Setting::Webhook) {
        let name = spec.wire_name();
        let here = if is_object {
            format!("{path}.{name}")
        } else {
            path.to_owned()
        };
        let Some(value) = members.remove(name) else {
            if spec.slot == Slot::Argument {
                draft.keep(Some(Setting::Webhook), path, &whole, "it has no address");
                return None;
            }
            continue;
        };
        match read_field(draft, spec, &value) {
            Decoded::Value(decoded) => {
                let normalized = decoded.wire.iter().flatten().next()?.clone();
                if normalized != value {
                    draft.warn(
                        &here,
                        normalized_words(&here, &value, &normalized, decoded.why.as_deref()),
                    );
                }
                wire.insert(name.to_owned(), normalized);
                let source = kdl::source(&decoded.source);
                match spec.slot {
                    Slot::Property(property) => node.push_str(&format!(" {property}={source}")),
                    Slot::Child(child) => block.push_str(&format!(" {{\n{child} {}\n}}", source)),
                    Slot::Argument | Slot::Constant => node.push_str(&format!(" {source}")),
                }
            }
            Decoded::LeftOut(why) => draft.note(&here, format!("{} is left out: {why}", redact::value(name, &value))),
            Decoded::Unsayable(why) if spec.slot == Slot::Argument => {
                draft.keep(Some(Setting::Webhook), path, &whole, &why);
                return None;
            }
            Decoded::Unsayable(why) => draft.keep(Some(Setting::Webhook), &here, &value, &why),
        }
    }
    for (name, value) in members {
        let here = format!("{path}.{name}");
        draft.keep(Some(Setting::Webhook), &here, &value, "the API page has no such field");
    }
    draft.webhooks.push(node + &block);
    if wire.len() > 1 {
        return Some(Value::Object(wire));
    }
    let url = wire.remove(&main_name());
    if is_object {
        draft.note(
            path,
            "an object that says no more than the address is sent as the address alone",
        );
    }
    url
}

fn read_field(draft: &Draft<'_>, spec: &'static FieldSpec, value: &Value) -> Decoded {
    if value.is_null() && spec.slot != Slot::Argument {
        return Decoded::LeftOut("it says nothing");
    }
    decode(spec, &[Some(value)], draft.context)
}

/// The name of the address in an object.
fn main_name() -> String {
    let row = Setting::Webhook.argument();
    row.map(|spec| spec.wire_name().to_owned()).unwrap_or_default()
}
