//! Campaign → request body, row by row of the table.

use std::cell::Cell;

use serde_json::{Map, Value as JsonValue};

use super::{Body, insert};
use crate::fields::{
    AliasKind, Condition, Dialect, FIELDS, Field, FieldSpec, Json, Setting, Slot, WireContext, fields_of,
};
use crate::model::{Project, Resolved, ResolvedSetting, SettingNode};

/// The body that creates this campaign's task, without the marker. Only for campaigns in which the linter found no error.
pub fn body(project: &Project<'_>, campaign: &Resolved<'_>) -> Body {
    encode(project, campaign, Purpose::Request).0
}

/// The same, and the body with `wire-value`s under their names, which fingerprints are made of and the state keeps; nothing
/// where that is the same one, as it is for nearly every campaign.
pub fn bodies(project: &Project<'_>, campaign: &Resolved<'_>) -> (Body, Option<Body>) {
    let (body, has_wire_values) = encode(project, campaign, Purpose::Request);
    let comparable = has_wire_values.then(|| encode(project, campaign, Purpose::Compare).0);
    (body, comparable)
}

/// Names of `wire-value`s that a campaign needs and the project leaves at their documented default.
pub fn defaulted_wire_values(project: &Project<'_>, campaign: &Resolved<'_>) -> Vec<(&'static str, &'static str)> {
    let choices = FIELDS.iter().filter_map(|spec| campaign.value(spec.id)?.choice(spec));
    choices
        .flat_map(|choice| choice.wire)
        .filter_map(|wire| match wire {
            Json::Configured { name, default } if project.wire_value(name).is_none() => Some((*name, *default)),
            _ => None,
        })
        .collect()
}

/// How values that depend on more than the campaign are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// As the API gets it.
    Request,
    /// For comparing: strings that the vendor does not publish are replaced by their own name, so that learning the right
    /// one changes no campaign.
    Compare,
}

/// More fields hardly any body has, but in the objects in it.
const FIELDS_AT_THE_TOP: usize = 20;

/// The body, and whether any `wire-value` is in it.
fn encode(project: &Project<'_>, campaign: &Resolved<'_>, purpose: Purpose) -> (Body, bool) {
    let encoder = Encoder {
        project,
        purpose,
        has_wire_values: Cell::new(false),
    };
    let mut body = Body::with_capacity(FIELDS_AT_THE_TOP);
    for spec in FIELDS {
        if spec.setting == Setting::Webhook {
            if spec.id != Field::Webhook {
                continue;
            }
            let hooks: Vec<JsonValue> = campaign.webhooks().map(|stated| encoder.webhook(stated)).collect();
            if !hooks.is_empty() {
                body.insert("webhookUrls".to_owned(), JsonValue::Array(hooks));
            }
            continue;
        }
        let values = match (spec.slot, campaign.value(spec.id)) {
            (Slot::Constant, _) | (_, None) => encoder.default_of(spec, campaign),
            (_, Some(value)) => spec.kind.encode(value, &encoder),
        };
        for (path, value) in spec.wire.iter().zip(values) {
            if let Some(value) = value {
                insert(&mut body, path, value);
            }
        }
    }
    (body, encoder.has_wire_values.get())
}

struct Encoder<'a> {
    project: &'a Project<'a>,
    purpose: Purpose,
    has_wire_values: Cell<bool>,
}

impl WireContext for Encoder<'_> {
    fn dialect(&self) -> Dialect {
        self.project.dialect()
    }

    fn wire_value<'a>(&'a self, name: &'a str, default: &'a str) -> &'a str {
        self.has_wire_values.set(true);
        match self.purpose {
            Purpose::Compare => name,
            Purpose::Request => self.project.wire_value(name).unwrap_or(default),
        }
    }

    fn alias_id(&self, kind: AliasKind, name: &str) -> Option<&str> {
        self.project.alias(kind, name)?.id.as_deref()
    }
}

impl Encoder<'_> {
    /// What is sent for a field that is not set.
    fn default_of(&self, spec: &FieldSpec, campaign: &Resolved<'_>) -> Vec<Option<JsonValue>> {
        let Some((word, when)) = &spec.default else {
            return Vec::new();
        };
        // A row about a node that nobody wrote has its default only where the table says `Always`.
        let stands =
            !matches!(when, Condition::Always) || !matches!(campaign.here(spec.setting), ResolvedSetting::Unknown);
        if !stands || when.holds(campaign) != Some(true) {
            return Vec::new();
        }
        let choice = spec.choices().iter().find(|choice| choice.written.word() == *word);
        choice.map(|choice| choice.encode(self)).unwrap_or_default()
    }

    /// A string where only the address is set, an object where the extended dialect says more.
    fn webhook(&self, stated: SettingNode<'_>) -> JsonValue {
        let mut hook = Map::new();
        for spec in fields_of(Setting::Webhook) {
            let value = stated.get(spec.id).and_then(|stated| stated.value);
            let values = value.map(|value| spec.kind.encode(value, self)).unwrap_or_default();
            for (path, value) in spec.wire.iter().zip(values) {
                if let Some(value) = value {
                    insert(&mut hook, path.trim_start_matches("webhookUrls[]."), value);
                }
            }
        }
        match (hook.len(), hook.remove("url")) {
            (1, Some(url)) => url,
            (_, Some(url)) => {
                let mut whole = Map::from_iter([("url".to_owned(), url)]);
                whole.append(&mut hook);
                JsonValue::Object(whole)
            }
            (_, None) => JsonValue::Object(hook),
        }
    }
}
