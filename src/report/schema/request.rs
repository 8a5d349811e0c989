//! The JSON Schema of the create request, from the table of fields.

use serde_json::{Map, Value, json};

use super::wire_test::{Path, WireTest, path};
use crate::fields::{Condition, Dialect, FIELDS, FieldSpec, Json};

/// The body that dialform sends. It is narrower than what the API accepts: it has no fields without effect.
pub(super) fn request(dialect: Dialect) -> Value {
    let mut body = BodySchema::default();
    for spec in FIELDS.iter().filter(|spec| spec.dialect <= dialect) {
        Row { spec, dialect }.add_to(&mut body);
    }
    body.schema()
}

/// A part of the body as it is put together.
#[derive(Default)]
struct BodySchema {
    /// Its schema, where it is a row's value; any other is an object.
    value: Option<Value>,
    /// By wire name, in the order of the table; the name of an array's element ends in `[]`.
    members: Vec<(&'static str, BodySchema)>,
    required: Vec<&'static str>,
    rules: Vec<ConditionalRule>,
}

/// Values that stand or do not, as a test of the body says. Its paths begin at the object that holds the rule.
struct ConditionalRule {
    test: WireTest,
    /// How many names lie above that object.
    depth: usize,
    /// Where the test holds, these must stand.
    required: Vec<Path>,
    /// Where it does not, these must not, or must have this value.
    ineffective: Vec<(Path, Option<Value>)>,
}

/// A row of the table, for one dialect.
struct Row {
    spec: &'static FieldSpec,
    dialect: Dialect,
}

impl Row {
    fn add_to(&self, body: &mut BodySchema) {
        for (index, wire) in self.spec.wire.iter().enumerate() {
            let mut schema = Map::from_iter([("description".to_owned(), json!(self.spec.doc))]);
            if let Value::Object(value) = self.spec.kind.schema(index, self.dialect) {
                schema.extend(value);
            }
            let path = path(wire);
            body.at(&path).value = Some(Value::Object(schema));
            match index {
                0 => self.conditions(&path, body),
                _ => self.conditions_of_further(index, &path, body),
            }
        }
    }

    /// When the row's value has to stand, and when it may.
    fn conditions(&self, path: &Path, body: &mut BodySchema) {
        let FieldSpec {
            required,
            allowed,
            default,
            ..
        } = self.spec;
        let sent_by_itself = default.as_ref().map_or(&Condition::Never, |(_, when)| when);
        let needed = [required, sent_by_itself].map(|condition| WireTest::of(condition, self.dialect));
        if needed.contains(&WireTest::True) {
            body.require(path);
        } else {
            for test in needed {
                body.require_if(test, path);
            }
        }
        match WireTest::of(allowed, self.dialect) {
            WireTest::True => {}
            // What is sent either way has to say no where it has no effect.
            test => body.allow_if(test, path, self.default_value()),
        }
    }

    /// A choice with several values on the wire: each further one stands where the first says so.
    fn conditions_of_further(&self, index: usize, path: &Path, body: &mut BodySchema) {
        let firsts = |stands: bool| -> Vec<Value> {
            let choices = self.spec.choices().iter();
            let of_those =
                choices.filter(|choice| matches!(choice.wire.get(index), None | Some(Json::Absent)) != stands);
            let mut values: Vec<Value> = of_those.filter_map(|choice| choice.wire.first()?.constant()).collect();
            values.dedup();
            values
        };
        let Some(first) = self.spec.wire.first() else { return };
        let test = WireTest::OneOf(super::wire_test::path(first), firsts(true));
        if firsts(false).iter().all(|value| !firsts(true).contains(value)) {
            body.require_if(test.clone(), path);
        }
        body.allow_if(test, path, None);
    }

    fn default_value(&self) -> Option<Value> {
        let (word, Condition::Always) = self.spec.default? else {
            return None;
        };
        let choice = self
            .spec
            .choices()
            .iter()
            .find(|choice| choice.written.word() == word)?;
        choice.wire.first()?.constant()
    }
}

impl BodySchema {
    /// What is behind a path, made if need be.
    fn at(&mut self, path: &[&'static str]) -> &mut BodySchema {
        let Some((name, rest)) = path.split_first() else {
            return self;
        };
        let index = self.position(name).unwrap_or_else(|| {
            self.members.push((name, BodySchema::default()));
            self.members.len() - 1
        });
        self.members[index].1.at(rest)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|(member, _)| *member == name)
    }

    /// The value has to stand, and so have the objects around it; but an array may be left out.
    fn require(&mut self, path: &Path) {
        let inside = path
            .iter()
            .rposition(|name| name.ends_with("[]"))
            .map_or(0, |at| at + 1);
        for at in inside..path.len() {
            let object = self.at(&path[..at]);
            if !object.required.contains(&path[at]) {
                object.required.push(path[at]);
            }
        }
    }

    fn require_if(&mut self, test: WireTest, path: &Path) {
        let looks_at_itself_only = test.paths().iter().all(|looked_at| *looked_at == path);
        if test == WireTest::False || looks_at_itself_only {
            return;
        }
        self.rule(test, path).required.push(path.clone());
    }

    fn allow_if(&mut self, test: WireTest, path: &Path, otherwise: Option<Value>) {
        self.rule(test, path).ineffective.push((path.clone(), otherwise));
    }

    /// The rule of this test, in the smallest object that holds all that it looks at and the value that it is about.
    fn rule(&mut self, test: WireTest, path: &Path) -> &mut ConditionalRule {
        let depth = test.paths().into_iter().fold(path.len() - 1, |depth, other| {
            let shared = path.iter().zip(other).take_while(|(a, b)| a == b).count();
            depth.min(shared).min(other.len() - 1)
        });
        let rules = &mut self.at(&path[..depth]).rules;
        let known = rules.iter().position(|rule| rule.test == test);
        let index = known.unwrap_or(rules.len());
        if known.is_none() {
            rules.push(ConditionalRule {
                test,
                depth,
                required: Vec::new(),
                ineffective: Vec::new(),
            });
        }
        &mut rules[index]
    }

    fn schema(&self) -> Value {
        if let Some(value) = &self.value {
            return value.clone();
        }
        let members = self.members.iter().map(|(name, member)| match name.strip_suffix("[]") {
            Some(name) => (name.to_owned(), json!({ "type": "array", "items": member.element() })),
            None => ((*name).to_owned(), member.schema()),
        });
        let mut schema = json!({
            "type": "object",
            "required": self.required,
            "additionalProperties": false,
            "properties": members.collect::<Map<_, _>>(),
        });
        if !self.rules.is_empty() {
            schema["allOf"] = self.rules.iter().map(ConditionalRule::schema).collect();
        }
        schema
    }

    /// The schema of an array's element. One with nothing but the value that it must have is written as that value
    /// alone: a webhook's URL.
    fn element(&self) -> Value {
        let alone = match self.required.as_slice() {
            [name] => self.position(name).map(|index| self.members[index].1.schema()),
            _ => None,
        };
        match (alone, self.members.len()) {
            (Some(alone), 1) => alone,
            (Some(alone), _) => json!({ "anyOf": [alone, self.schema()] }),
            (None, _) => self.schema(),
        }
    }
}

impl ConditionalRule {
    fn schema(&self) -> Value {
        let mut schema = Map::from_iter([("if".to_owned(), self.test.schema(self.depth))]);
        let below = |path: &Path| path.iter().skip(self.depth).copied().collect::<Path>();
        if !self.required.is_empty() {
            let mut then = Map::new();
            for path in &self.required {
                require(&mut then, &below(path));
            }
            schema.insert("then".to_owned(), Value::Object(then));
        }
        if !self.ineffective.is_empty() {
            let mut otherwise = Map::new();
            for (path, value) in &self.ineffective {
                let leaf = value.as_ref().map_or(json!(false), |value| json!({ "const": value }));
                restrict(&mut otherwise, &below(path), leaf);
            }
            schema.insert("else".to_owned(), Value::Object(otherwise));
        }
        Value::Object(schema)
    }
}

/// Has the schema of an object require what is behind a path, and the objects on the way there.
fn require(schema: &mut Map<String, Value>, path: &[&'static str]) {
    let Some((name, rest)) = path.split_first() else { return };
    if let Value::Array(required) = schema.entry("required").or_insert_with(|| json!([])) {
        required.push(json!(name));
    }
    if !rest.is_empty() {
        within(schema, name, |inner| require(inner, rest));
    }
}

/// Has the schema of an object demand `leaf` of what is behind a path, where it is there.
fn restrict(schema: &mut Map<String, Value>, path: &[&'static str], leaf: Value) {
    match path.split_first() {
        None => {}
        Some((name, [])) => {
            if let Value::Object(properties) = schema.entry("properties").or_insert_with(|| json!({})) {
                properties.insert((*name).to_owned(), leaf);
            }
        }
        Some((name, rest)) => within(schema, name, |inner| restrict(inner, rest, leaf)),
    }
}

fn within(schema: &mut Map<String, Value>, name: &str, change: impl FnOnce(&mut Map<String, Value>)) {
    if let Value::Object(properties) = schema.entry("properties").or_insert_with(|| json!({}))
        && let Value::Object(inner) = properties.entry(name).or_insert_with(|| json!({}))
    {
        change(inner);
    }
}
