//! Campaign → request body, by walking the table; the fingerprint of a body; and a body told in the language again.

use serde_json::{Map, Number, Value as JsonValue, json};
use sha2::{Digest, Sha256};

use crate::fields::types::{Moment, Pace, Seconds, TimeOfDay};
use crate::fields::{
    AliasKind, Condition, Dialect, FIELDS, Field, FieldSpec, IdValue, Json, Kind, Setting, Slot, Value, fields_of,
};
use crate::model::{Project, Resolved, ResolvedSetting, SettingNode};

/// A request body, in the order of the API page.
pub type Body = Map<String, JsonValue>;

/// How values that depend on more than the campaign are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// As the API gets it.
    Request,
    /// For comparing: strings that the vendor does not publish stand under their own name, so that learning the right one
    /// changes no campaign.
    Compare,
}

/// The body that creates this campaign's task, without the marker. Only for campaigns in which the linter found no error.
pub fn body(project: &Project<'_>, campaign: &Resolved<'_>) -> Body {
    write(project, campaign, Purpose::Request)
}

/// The same with `wire-value`s under their names: what fingerprints are made of and the state keeps.
pub fn comparable_body(project: &Project<'_>, campaign: &Resolved<'_>) -> Body {
    write(project, campaign, Purpose::Compare)
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

fn write(project: &Project<'_>, campaign: &Resolved<'_>, purpose: Purpose) -> Body {
    let writer = Writer {
        project,
        purpose,
        dialect: project.dialect(),
    };
    let mut body = Body::new();
    for spec in FIELDS {
        if spec.setting == Setting::Webhook {
            if spec.id != Field::Webhook {
                continue;
            }
            let hooks: Vec<JsonValue> = campaign.webhooks().map(|stated| writer.webhook(stated)).collect();
            if !hooks.is_empty() {
                body.insert("webhookUrls".to_owned(), JsonValue::Array(hooks));
            }
            continue;
        }
        let values = match (spec.slot, campaign.value(spec.id)) {
            (Slot::Constant, _) => writer.default_of(spec, campaign),
            (_, Some(value)) => writer.values(spec, value),
            (_, None) => writer.default_of(spec, campaign),
        };
        for (path, value) in spec.wire.iter().zip(values) {
            if let Some(value) = value {
                insert(&mut body, path, value);
            }
        }
    }
    body
}

struct Writer<'a> {
    project: &'a Project<'a>,
    purpose: Purpose,
    dialect: Dialect,
}

impl Writer<'_> {
    /// What is sent for a field that is not set.
    fn default_of(&self, spec: &FieldSpec, campaign: &Resolved<'_>) -> Vec<Option<JsonValue>> {
        let Some((word, when)) = &spec.default else {
            return Vec::new();
        };
        // A row about a node that stands nowhere has its default only where the table says `Always`.
        let stands =
            !matches!(when, Condition::Always) || !matches!(campaign.here(spec.setting), ResolvedSetting::Unknown);
        if !stands || when.holds(campaign) != Some(true) {
            return Vec::new();
        }
        let choice = spec.choices().iter().find(|choice| choice.written.word() == *word);
        choice
            .map(|choice| choice.wire.iter().map(|wire| self.json(*wire)).collect())
            .unwrap_or_default()
    }

    /// One value a wire path.
    fn values(&self, spec: &FieldSpec, value: &Value) -> Vec<Option<JsonValue>> {
        let one = match value {
            Value::Choice(_) => {
                let wire = value.choice(spec).map_or(&[][..], |choice| choice.wire);
                return wire.iter().map(|wire| self.json(*wire)).collect();
            }
            Value::Choices(indices) => {
                let mut events = Map::new();
                for choice in indices
                    .iter()
                    .filter_map(|index| spec.choices().get(usize::from(*index)))
                {
                    for name in choice.wire.iter().filter_map(|wire| self.json(*wire)) {
                        let name = name.as_str().unwrap_or_default().to_owned();
                        events.insert(name.clone(), json!({ "name": name, "value": true }));
                    }
                }
                JsonValue::Object(events)
            }
            Value::Text(text) => JsonValue::String(text.to_string()),
            Value::Id(id) => JsonValue::String(self.id(spec, id)),
            Value::Duration(seconds) => json!(seconds.0),
            Value::Time(time) => json!(time.seconds()),
            Value::Moment(moment) => JsonValue::String(moment.to_string()),
            Value::Pace(pace) => Number::from_f64(pace.cps()).map_or(JsonValue::Null, JsonValue::Number),
            Value::Count(count) => match (spec.kind, self.dialect) {
                (Kind::Limit, Dialect::Extended) => json!({ "redial": true, "count": count }),
                _ => json!(count),
            },
            Value::Url(url) => JsonValue::String(url.as_str().to_owned()),
        };
        vec![Some(one)]
    }

    fn json(&self, wire: Json) -> Option<JsonValue> {
        match wire {
            Json::True => Some(JsonValue::Bool(true)),
            Json::False => Some(JsonValue::Bool(false)),
            Json::Text(text) => Some(JsonValue::String(text.to_owned())),
            Json::Absent => None,
            Json::Configured { name, default } => Some(JsonValue::String(match self.purpose {
                Purpose::Compare => name.to_owned(),
                Purpose::Request => self.project.wire_value(name).unwrap_or(default).to_owned(),
            })),
        }
    }

    fn id(&self, spec: &FieldSpec, id: &IdValue) -> String {
        match (id, spec.kind) {
            (IdValue::Uuid(id), _) => id.hyphenated().to_string(),
            (IdValue::Alias(name), Kind::Id(kind)) => self.alias(kind, name),
            (IdValue::Alias(name), _) => name.to_string(),
        }
    }

    fn alias(&self, kind: AliasKind, name: &str) -> String {
        let id = self.project.alias(kind, name).and_then(|alias| alias.id.clone());
        id.map_or_else(|| name.to_owned(), String::from)
    }

    /// A string where only the address is set, an object where the extended dialect says more.
    fn webhook(&self, stated: SettingNode<'_>) -> JsonValue {
        let mut hook = Map::new();
        for spec in fields_of(Setting::Webhook) {
            let value = stated.get(spec.id).and_then(|stated| stated.value);
            let values = value.map(|value| self.values(spec, value)).unwrap_or_default();
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

/// Puts a value at a dotted path, making the objects on the way.
pub(crate) fn insert(body: &mut Body, path: &str, value: JsonValue) {
    match path.split_once('.') {
        None => {
            body.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            let inner = body.entry(head).or_insert_with(|| JsonValue::Object(Map::new()));
            if let JsonValue::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// A versioned hash of a body that [`comparable_body`] made and the caller sealed: the same for the same campaign,
/// whatever its key, its templates or the order of its settings.
pub fn fingerprint(body: &Body) -> String {
    let digest = Sha256::digest(canonical(&JsonValue::Object(body.clone())).as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v1:{hex}")
}

/// JSON without white space, keys in order.
fn canonical(value: &JsonValue) -> String {
    match value {
        JsonValue::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let parts: Vec<String> = keys
                .iter()
                .map(|key| format!("{}:{}", json!(key), canonical(&map[key.as_str()])))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        JsonValue::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// One line of a body in the language's own words: `call-window.to` and `"19:50"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The field: `caller-id`, `redial.busy.after`.
    pub path: String,
    /// The value as it is written.
    pub value: String,
}

/// Tells a body in the language, field by field, in the order of the table. Constants and what is switched off by being
/// absent are left out; what the table does not know stands under its wire path.
pub fn describe(body: &Body) -> Vec<Said> {
    let mut said = Vec::new();
    for spec in FIELDS
        .iter()
        .filter(|spec| spec.slot != Slot::Constant && spec.setting != Setting::Webhook)
    {
        let values: Vec<Option<&JsonValue>> = spec.wire.iter().map(|path| find(body, path)).collect();
        if values.iter().all(Option::is_none) {
            continue;
        }
        if let Some(value) = say(spec, &values) {
            said.push(Said {
                path: spec.path(),
                value,
            });
        }
    }
    for hook in body
        .get("webhookUrls")
        .and_then(JsonValue::as_array)
        .into_iter()
        .flatten()
    {
        said.push(Said {
            path: "webhook".to_owned(),
            value: say_webhook(hook),
        });
    }
    said
}

/// What stands at a dotted path.
pub(crate) fn find<'b>(body: &'b Body, path: &str) -> Option<&'b JsonValue> {
    match path.split_once('.') {
        None => body.get(path),
        Some((head, rest)) => find(body.get(head)?.as_object()?, rest),
    }
}

/// One value as the language writes it; nothing for what the language says by leaving it out.
fn say(spec: &FieldSpec, values: &[Option<&JsonValue>]) -> Option<String> {
    let first = values.first().copied().flatten();
    let quoted = |text: String| format!("\"{text}\"");
    let known = match spec.kind {
        Kind::Choice(choices) => {
            let fits = |wire: &Json, value: &Option<&JsonValue>| match (wire, value) {
                (Json::Absent, value) => value.is_none(),
                (_, None) => false,
                (Json::True, Some(value)) => **value == json!(true),
                (Json::False, Some(value)) => **value == json!(false),
                (Json::Text(text), Some(value)) | (Json::Configured { name: text, .. }, Some(value)) => {
                    **value == json!(text)
                }
            };
            let choice = choices.iter().find(|choice| {
                choice.wire.len() == values.len()
                    && choice.wire.iter().zip(values).all(|(wire, value)| fits(wire, value))
            });
            choice.map(|choice| choice.written.source())
        }
        Kind::Duration => seconds(first).map(|seconds| quoted(Seconds(seconds).to_string())),
        Kind::Time { .. } => seconds(first)
            .and_then(|seconds| TimeOfDay::from_seconds(seconds.into()))
            .map(|time| quoted(time.to_string())),
        Kind::Moment => first
            .and_then(JsonValue::as_str)
            .and_then(|text| Moment::parse(text).ok())
            .map(|at| quoted(at.to_string())),
        Kind::Pace => first
            .and_then(JsonValue::as_f64)
            .and_then(Pace::from_cps)
            .map(|pace| quoted(pace.to_string())),
        Kind::Limit => first.map(|limit| limit.get("count").unwrap_or(limit).to_string()),
        _ => None,
    };
    known.or_else(|| first.map(ToString::to_string))
}

fn seconds(value: Option<&JsonValue>) -> Option<u32> {
    value
        .and_then(JsonValue::as_u64)
        .and_then(|seconds| u32::try_from(seconds).ok())
}

fn say_webhook(hook: &JsonValue) -> String {
    let Some(object) = hook.as_object() else {
        return hook.to_string();
    };
    let mut out = object.get("url").map(ToString::to_string).unwrap_or_default();
    for spec in fields_of(Setting::Webhook).filter(|spec| spec.id != Field::Webhook) {
        let Some(value) = object.get(spec.wire_name()) else {
            continue;
        };
        match (spec.slot, spec.kind) {
            (Slot::Property(name), _) => {
                let value = say(spec, &[Some(value)]).unwrap_or_default();
                out.push_str(&format!(" {name}={value}"));
            }
            (Slot::Child(name), Kind::Choices(choices)) => {
                let events = value.as_object().into_iter().flat_map(Map::keys);
                let words: Vec<String> = events
                    .map(|event| {
                        let choice = choices
                            .iter()
                            .find(|choice| matches!(choice.wire, [Json::Text(text)] if text == event));
                        choice.map_or_else(|| format!("\"{event}\""), |choice| choice.written.source())
                    })
                    .collect();
                out.push_str(&format!(" {{ {name} {} }}", words.join(" ")));
            }
            _ => {}
        }
    }
    out
}
