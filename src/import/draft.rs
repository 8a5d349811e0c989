//! A body → the settings of a campaign, row by row of the table, and comments for what the language cannot say.

use std::collections::BTreeMap;

use serde_json::Value;

use super::context::ImportContext;
use super::remark::Remark;
use super::{kdl, redact, webhook};
use crate::fields::{
    AliasKind, Condition, Decoded, DecodedValue, FIELDS, Facts, Field, FieldSpec, Json, Known, SETTINGS, Setting, Slot,
    Written, fields_of,
};
use crate::util::suggest::closest;
use crate::wire::{self, Body, decode};

/// A campaign on its way into the language.
pub(super) struct Draft<'a> {
    pub(super) context: &'a ImportContext,
    /// The path of the body in the input.
    at: &'a str,
    /// The values that the campaign sets.
    pub(super) values: BTreeMap<Field, DecodedValue>,
    /// The webhooks, as whole nodes.
    pub(super) webhooks: Vec<String>,
    /// Comments, by the setting that they follow; at the end where there is none.
    pub(super) kept: Vec<(Option<Setting>, String)>,
    /// The body that the campaign has to render to.
    pub(super) normalized: Body,
    pub(super) remarks: Vec<Remark>,
    /// Rows of the body that the language has no way to write.
    unsayable: Vec<Field>,
}

impl<'a> Draft<'a> {
    /// Reads a whole body.
    pub(super) fn new(at: &'a str, body: &Body, context: &'a ImportContext) -> Self {
        let mut draft = Self {
            context,
            at,
            values: BTreeMap::new(),
            webhooks: Vec::new(),
            kept: Vec::new(),
            normalized: Body::new(),
            remarks: Vec::new(),
            unsayable: Vec::new(),
        };
        let mut rest = body.clone();
        let mut raw = BTreeMap::new();
        for spec in FIELDS {
            if spec.setting.spec().repeats {
                continue;
            }
            let values: Vec<Option<Value>> = spec.wire.iter().map(|path| draft.taken(&mut rest, path)).collect();
            if values.iter().any(Option::is_some) {
                draft.read(spec, &values);
                raw.insert(spec.id, values);
            }
        }
        draft.infer(body);
        draft.drop_idle(&raw);
        draft.report_normalized(&raw);
        webhook::read(&mut draft, &mut rest);
        draft.leftover("", rest);
        draft.put_in(body);
        draft
    }

    /// The JSON path of a wire path.
    pub(super) fn at(&self, path: &str) -> String {
        let step = |part: &str| match part.split_once('[') {
            // An element of a list.
            Some((name, index)) => format!("{}[{index}", redact::step(name)),
            None => redact::step(part),
        };
        let steps: String = path.split('.').map(step).collect();
        format!("{}{steps}", self.at)
    }

    pub(super) fn note(&mut self, path: &str, text: impl Into<String>) {
        self.remarks.push(Remark::note(self.at(path), text));
    }

    pub(super) fn warn(&mut self, path: &str, text: impl Into<String>) {
        self.remarks.push(Remark::warning(self.at(path), text));
    }

    /// Keeps in a comment what the language cannot say.
    pub(super) fn keep(&mut self, setting: Option<Setting>, path: &str, value: &Value, why: &str) {
        self.kept.push((setting, kdl::kept(path, value, why)));
        let name = path.rsplit('.').next().unwrap_or(path);
        let value = redact::value(name, value);
        self.warn(path, format!("{value} is not imported, and kept in a comment: {why}"));
    }

    /// The same for a name that the table does not know, which may have dots of its own.
    fn keep_unknown(&mut self, above: &str, name: &str, value: &Value, why: &str) {
        self.kept.push((None, kdl::kept_of(above, name, value, why)));
        let above = if above.is_empty() {
            self.at.to_owned()
        } else {
            self.at(above)
        };
        let (at, value) = (format!("{above}{}", redact::step(name)), redact::value(name, value));
        let text = format!("{value} is not imported, and kept in a comment: {why}");
        self.remarks.push(Remark::warning(at, text));
    }

    /// Takes a value out of the body. Null says as much as leaving it out.
    fn taken(&mut self, rest: &mut Body, path: &str) -> Option<Value> {
        match take(rest, path)? {
            Value::Null => {
                self.note(path, "null is left out, which says the same");
                None
            }
            value => Some(value),
        }
    }

    fn read(&mut self, spec: &'static FieldSpec, values: &[Option<Value>]) {
        let decoded = match spec.slot {
            Slot::Constant => {
                self.constant(spec, values);
                return;
            }
            _ => {
                let values: Vec<Option<&Value>> = values.iter().map(Option::as_ref).collect();
                decode(spec, &values, &self.context.narrowed(self.narrowed(spec)))
            }
        };
        let standing = || {
            spec.wire
                .iter()
                .zip(values)
                .filter_map(|(path, value)| Some((path, value.as_ref()?)))
        };
        match decoded {
            Decoded::Value(value) => {
                self.values.insert(spec.id, value);
            }
            Decoded::LeftOut(why) => {
                for (path, value) in standing() {
                    self.note(path, format!("{} is left out: {why}", redact::value("", value)));
                }
            }
            Decoded::Unsayable(why) => {
                self.unsayable.push(spec.id);
                for (path, value) in standing() {
                    self.keep(Some(spec.setting), path, value, &why);
                }
            }
        }
    }

    /// A field that always has the same value.
    fn constant(&mut self, spec: &'static FieldSpec, values: &[Option<Value>]) {
        let wanted = spec.choices().iter().flat_map(|choice| choice.encode(self.context));
        for ((path, value), wanted) in spec.wire.iter().zip(values).zip(wanted) {
            let (Some(value), Some(wanted)) = (value, wanted) else {
                continue;
            };
            if *value != wanted {
                let why = format!("it is always {wanted}, and sent so");
                self.keep(Some(spec.setting), path, value, &why);
            }
        }
    }

    /// The kind of alias that the argument beside a field asks for: `caller-id "pool"` for a pool.
    fn narrowed(&self, spec: &FieldSpec) -> Option<AliasKind> {
        let argument = spec.setting.argument()?;
        let word = self.values.get(&argument.id)?.word;
        AliasKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Reads what is left out the way the API reads it.
    fn infer(&mut self, body: &Body) {
        for spec in FIELDS {
            let is_unsayable = self.unsayable.contains(&spec.id);
            let Some(path) = spec.wire.first().filter(|_| !self.values.contains_key(&spec.id)) else {
                continue;
            };
            let is_switch_of_block = spec.setting.has_settings() && spec.slot == Slot::Argument;
            let choice = match &spec.default {
                // A switch that is left out beside the settings that it switches is off.
                Some((_, when))
                    if !is_unsayable && !matches!(when, Condition::Always) && when.holds(self) == Some(true) =>
                {
                    spec.choices().iter().find(|choice| choice.wire == [Json::False])
                }
                None if is_switch_of_block => self.switch_of(spec.setting, spec),
                _ => None,
            };
            let is_missing = wire::find(body, path).is_none_or(Value::is_null);
            let Some(choice) = choice.filter(|_| is_missing || is_unsayable) else {
                continue;
            };
            self.unsayable.retain(|field| *field != spec.id);
            let value = DecodedValue::of_choice(choice, self.context);
            let source = kdl::source(&value.source);
            let told = value
                .wire
                .iter()
                .flatten()
                .next()
                .map(Value::to_string)
                .unwrap_or_default();
            let written = match (spec.slot, choice.written) {
                (Slot::Property(name), _) => format!("{name}={source}"),
                (_, Written::Implied) => format!("{} {{ … }}", spec.written()),
                _ => format!("{} {source}", spec.written()),
            };
            let what = if is_missing {
                "it is missing"
            } else {
                "it cannot be read"
            };
            self.warn(path, format!("{what}, and taken for {told}, which is `{written}` here"));
            self.values.insert(spec.id, value);
        }
    }

    /// A block without a switch of its own is on where a setting in it is.
    fn switch_of(&self, block: Setting, spec: &'static FieldSpec) -> Option<&'static crate::fields::Choice> {
        let inner = FIELDS
            .iter()
            .filter(|row| row.setting.spec().parent == Some(block) && row.slot == Slot::Argument);
        let words: Vec<&str> = inner.filter_map(|row| Some(self.values.get(&row.id)?.word)).collect();
        let is_on = words.iter().any(|word| *word == Written::Implied.word());
        let written = if is_on { Written::Implied } else { Written::False };
        let is_known = !words.is_empty();
        spec.choices()
            .iter()
            .find(|choice| is_known && choice.written == written)
    }

    /// Leaves out what has no effect beside the rest, which the linter would report.
    fn drop_idle(&mut self, raw: &BTreeMap<Field, Vec<Option<Value>>>) {
        // What is dropped can make more of the rest idle: a limit of an outcome of a redial that is off.
        loop {
            let idle: Vec<&'static FieldSpec> = self
                .values
                .keys()
                .map(|field| field.spec())
                .filter(|spec| {
                    let is_idle = spec.allowed.holds(self) == Some(false);
                    is_idle || self.is_of_unknown_switch(spec) || self.is_headless(spec.setting)
                })
                .collect();
            if idle.is_empty() {
                return;
            }
            for spec in idle {
                let decoded = self.values.remove(&spec.id);
                // Sent by default, so nothing is lost.
                let is_sent = |(value, (word, when)): (DecodedValue, (&str, Condition))| {
                    value.word == word && matches!(when, Condition::Always)
                };
                if decoded.zip(spec.default).is_some_and(is_sent) {
                    continue;
                }
                let values = raw.get(&spec.id).into_iter().flatten();
                for (path, value) in spec.wire.iter().zip(values) {
                    if let Some(value) = value {
                        self.tell_idle(spec.setting, path, value);
                    }
                }
            }
        }
    }

    fn tell_idle(&mut self, setting: Setting, path: &str, value: &Value) {
        const WHY: &str = "it has no effect beside the rest of the body";
        let is_nothing = match value {
            Value::Bool(on) => !on,
            Value::Number(number) => number.as_f64() == Some(0.0),
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        };
        if is_nothing {
            self.note(path, format!("{value} is left out: {WHY}"));
        } else {
            self.keep(Some(setting), path, value, WHY);
        }
    }

    /// Whether the field belongs to a switch that cannot be decoded: `busy after="20m" times=3` would say that it is on.
    fn is_of_unknown_switch(&self, spec: &FieldSpec) -> bool {
        let mut rows = fields_of(spec.setting).filter(|row| row.slot == Slot::Argument && row.id != spec.id);
        rows.any(|row| {
            let is_implied = row.choices().iter().any(|choice| choice.written == Written::Implied);
            is_implied && self.unsayable.contains(&row.id)
        })
    }

    /// Whether a node without an argument has none of its main properties: the clock of a call window means nothing without
    /// a window.
    fn is_headless(&self, setting: Setting) -> bool {
        let mut rows = fields_of(setting);
        rows.clone().all(|row| row.slot != Slot::Argument)
            && !rows.any(|row| matches!(row.required, Condition::Stands(_)) && self.values.contains_key(&row.id))
    }

    /// Reports each value that was normalized.
    fn report_normalized(&mut self, raw: &BTreeMap<Field, Vec<Option<Value>>>) {
        for spec in FIELDS {
            let Some(values) = raw.get(&spec.id) else { continue };
            let Some(said) = self.values.get(&spec.id).cloned() else {
                continue;
            };
            for ((path, value), wire) in spec.wire.iter().zip(values).zip(&said.wire) {
                match (value, wire) {
                    (Some(value), None) => self.tell_idle(spec.setting, path, value),
                    (Some(value), Some(wire)) if value != wire => {
                        let text = normalized_words(path, value, wire, said.why.as_deref());
                        self.warn(path, text);
                    }
                    _ => {}
                }
            }
        }
    }

    /// Keeps what the table does not know.
    fn leftover(&mut self, above: &str, rest: Body) {
        for (name, value) in rest {
            let path = if above.is_empty() {
                name.clone()
            } else {
                format!("{above}.{name}")
            };
            let is_object = is_container(&path) && !name.contains('.');
            match value {
                Value::Object(inner) if is_object => self.leftover(&path, inner),
                Value::Null if is_object => self.note(&path, "null is left out, which says the same"),
                value if is_object => self.keep_unknown(above, &name, &value, "an object belongs here"),
                value => {
                    let known = names_in(above);
                    let why = match closest(&name, known.iter().copied()) {
                        Some(meant) => format!("the API page has no such field; did you mean `{meant}`?"),
                        None => "the API page has no such field".to_owned(),
                    };
                    self.keep_unknown(above, &name, &value, &why);
                }
            }
        }
    }

    /// Fills in the body that the campaign has to render to: what it sets, and what is sent by default.
    fn put_in(&mut self, body: &Body) {
        let mut missing: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for spec in FIELDS {
            let wire = match (self.values.get(&spec.id), &spec.default) {
                (Some(said), _) => said.wire.clone(),
                (None, Some((word, when))) if when.holds(self) == Some(true) => {
                    let choice = spec.choices().iter().find(|choice| choice.written.word() == *word);
                    choice.map(|choice| choice.encode(self.context)).unwrap_or_default()
                }
                _ => continue,
            };
            for (path, value) in spec.wire.iter().zip(wire) {
                let Some(value) = value else { continue };
                let is_said = self.values.contains_key(&spec.id);
                if self.unsayable.contains(&spec.id) {
                    self.warn(path, format!("{value} is sent in its place"));
                } else if wire::find(body, path).is_none() && !is_said && !is_in_missing(body, path) {
                    missing.entry(value.to_string()).or_default().push(path);
                }
                wire::insert(&mut self.normalized, path, value);
            }
        }
        for (value, paths) in missing {
            let text = format!("missing, and sent as {value}: {}", paths.join(", "));
            self.remarks.push(Remark::warning(self.at, text));
        }
    }
}

/// The words for a value that was normalized.
pub(super) fn normalized_words(path: &str, value: &Value, wire: &Value, why: Option<&str>) -> String {
    let name = path.rsplit('.').next().unwrap_or(path);
    let (value, wire) = (redact::value(name, value), redact::value(name, wire));
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    format!("{value} is read as {wire}{why}")
}

/// Removes the value at a dotted path.
fn take(rest: &mut Body, path: &str) -> Option<Value> {
    match path.split_once('.') {
        None => rest.remove(path),
        Some((head, tail)) => take(rest.get_mut(head)?.as_object_mut()?, tail),
    }
}

/// Whether the table has rows below a path.
fn is_container(path: &str) -> bool {
    let below = |row: &str| row.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    FIELDS.iter().flat_map(|spec| spec.wire).any(|row| below(row))
}

/// Whether the whole object that a path leads through is missing, which the linter reports in one finding.
fn is_in_missing(body: &Body, path: &str) -> bool {
    let outer = path.split_once('.').map(|(outer, _)| outer);
    outer.is_some_and(|outer| !body.contains_key(outer))
}

/// The names that the table has directly below a path.
fn names_in(above: &str) -> Vec<&'static str> {
    let rows = FIELDS.iter().flat_map(|spec| spec.wire);
    rows.filter_map(|row| {
        let below = match above {
            "" => Some(*row),
            above => row.strip_prefix(above)?.strip_prefix('.'),
        };
        below?.split(['.', '[']).next()
    })
    .collect()
}

impl Facts for Draft<'_> {
    fn field(&self, field: Field) -> Known<'_> {
        match self.values.get(&field) {
            Some(said) => Known::Is(said.word),
            None if self.unsayable.contains(&field) => Known::Unknown,
            None => Known::Absent,
        }
    }

    fn stands(&self, setting: Setting) -> Option<bool> {
        let is_in = |inner: Setting| inner == setting || inner.spec().parent == Some(setting);
        Some(self.values.keys().any(|field| is_in(field.spec().setting)))
    }
}

/// The top-level settings of a campaign, in the order of the request body.
pub(super) fn settings_in_order() -> Vec<Setting> {
    let mut order: Vec<Setting> = Vec::new();
    for spec in FIELDS {
        let top = spec.setting.spec().parent.unwrap_or(spec.setting);
        if !order.contains(&top) {
            order.push(top);
        }
    }
    debug_assert!(
        SETTINGS
            .iter()
            .all(|spec| spec.parent.is_some() || order.contains(&spec.id))
    );
    order
}
