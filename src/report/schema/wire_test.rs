//! Conditions of the table of fields as JSON Schemas of a request body.

use serde_json::{Map, Value, json};

use crate::fields::{Choice, Condition, Dialect, FieldSpec, Json, Setting, fields_of};

/// The names on the way to a value of the body. `webhookUrls[]` is each element of an array.
pub(super) type Path = Vec<&'static str>;

/// The path as its parts.
pub(super) fn path(dotted: &'static str) -> Path {
    dotted.split('.').collect()
}

/// What a body shows of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum WireTest {
    /// Whatever the body.
    True,
    /// No body.
    False,
    /// The value is there.
    Present(Path),
    /// The value is there and one of these.
    OneOf(Path, Vec<Value>),
    /// At least one holds.
    Any(Vec<WireTest>),
    /// All hold.
    All(Vec<WireTest>),
    /// It does not hold.
    Not(Box<WireTest>),
}

impl WireTest {
    /// Folds a condition. What the dialect does not have is never there.
    pub(super) fn of(condition: &Condition, dialect: Dialect) -> Self {
        match condition {
            Condition::Always => Self::True,
            Condition::Never => Self::False,
            Condition::Is(field, words) => match field.spec() {
                spec if spec.dialect > dialect => Self::False,
                spec => Self::is(spec, words),
            },
            Condition::Stands(setting) => Self::stands(*setting, dialect),
            Condition::All(parts) => Self::all(parts.iter().map(|part| Self::of(part, dialect)).collect()),
            Condition::Any(parts) => Self::any(parts.iter().map(|part| Self::of(part, dialect)).collect()),
            Condition::Not(part) => Self::of(part, dialect).negated(),
        }
    }

    /// The setting of something in an array stands in each of its elements; any other where one of its values does.
    fn stands(setting: Setting, dialect: Dialect) -> Self {
        if setting.spec().repeats {
            return Self::True;
        }
        let rows = fields_of(setting).filter(|spec| spec.dialect <= dialect);
        Self::any(
            rows.flat_map(|spec| spec.wire)
                .map(|wire| Self::Present(path(wire)))
                .collect(),
        )
    }

    fn is(spec: &FieldSpec, words: &[&str]) -> Self {
        let (meant, others): (Vec<&Choice>, Vec<&Choice>) = spec
            .choices()
            .iter()
            .partition(|choice| words.contains(&choice.written.word()));
        let first = |choices: &[&Choice]| -> Option<Vec<Value>> {
            choices.iter().map(|choice| choice.wire.first()?.constant()).collect()
        };
        // Where the first value tells the choices apart, there is no need to look at the rest.
        if let (Some(wire), Some(meant), Some(others)) = (spec.wire.first(), first(&meant), first(&others))
            && meant.iter().all(|value| !others.contains(value))
        {
            return Self::one_of(wire, meant);
        }
        let whole = |choice: &&Choice| {
            let parts = spec.wire.iter().zip(choice.wire);
            Self::all(parts.map(|(wire, json)| Self::equals(wire, *json)).collect())
        };
        Self::any(meant.iter().map(whole).collect())
    }

    fn one_of(wire: &'static str, mut values: Vec<Value>) -> Self {
        values.dedup();
        Self::OneOf(path(wire), values)
    }

    fn equals(wire: &'static str, json: Json) -> Self {
        match (json, json.constant()) {
            (Json::Absent, _) => Self::Present(path(wire)).negated(),
            (_, Some(value)) => Self::one_of(wire, vec![value]),
            (_, None) => Self::Present(path(wire)),
        }
    }

    fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    fn any(mut parts: Vec<Self>) -> Self {
        parts.retain(|part| *part != Self::False);
        match parts.len() {
            _ if parts.contains(&Self::True) => Self::True,
            0 => Self::False,
            1 => parts.remove(0),
            _ => Self::Any(parts),
        }
    }

    fn all(mut parts: Vec<Self>) -> Self {
        parts.retain(|part| *part != Self::True);
        match parts.len() {
            _ if parts.contains(&Self::False) => Self::False,
            0 => Self::True,
            1 => parts.remove(0),
            _ => Self::All(parts),
        }
    }

    /// Every value that it looks at.
    pub(super) fn paths(&self) -> Vec<&Path> {
        match self {
            Self::True | Self::False => Vec::new(),
            Self::Present(path) | Self::OneOf(path, _) => vec![path],
            Self::Any(parts) | Self::All(parts) => parts.iter().flat_map(Self::paths).collect(),
            Self::Not(part) => part.paths(),
        }
    }

    /// The schema that holds for the bodies for which the test does, as seen from the object `depth` names down.
    pub(super) fn schema(&self, depth: usize) -> Value {
        match self {
            Self::True => json!(true),
            Self::False => json!(false),
            Self::Present(path) => nested(path, depth, None),
            Self::OneOf(path, values) => nested(
                path,
                depth,
                Some(match values.as_slice() {
                    [one] => json!({ "const": one }),
                    _ => json!({ "enum": values }),
                }),
            ),
            Self::Any(parts) => json!({ "anyOf": schemas(parts, depth) }),
            Self::All(parts) => json!({ "allOf": schemas(parts, depth) }),
            Self::Not(part) => json!({ "not": part.schema(depth) }),
        }
    }
}

fn schemas(parts: &[WireTest], depth: usize) -> Vec<Value> {
    parts.iter().map(|part| part.schema(depth)).collect()
}

/// Requires a value, and each object around it, to be there, and to be as `leaf` says.
fn nested(path: &Path, depth: usize, leaf: Option<Value>) -> Value {
    let names = path.iter().skip(depth).rev();
    let whole = names.fold(leaf, |inner, name| {
        let mut outer = Map::from_iter([("required".to_owned(), json!([name]))]);
        if let Some(inner) = inner {
            outer.insert("properties".to_owned(), json!({ *name: inner }));
        }
        Some(Value::Object(outer))
    });
    whole.unwrap_or(Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Field;

    fn schema(condition: &Condition) -> Value {
        WireTest::of(condition, Dialect::Extended).schema(0)
    }

    #[test]
    fn a_choice_is_told_by_its_first_value_where_that_is_enough() {
        let detecting = Condition::Is(Field::DetectRobot, &["back", "block"]);
        assert_eq!(
            WireTest::of(&detecting, Dialect::Classic).schema(1),
            json!({ "required": ["detectRobot"], "properties": { "detectRobot": { "const": true } } })
        );
        assert_eq!(
            WireTest::of(&Condition::Is(Field::DetectRobot, &["back"]), Dialect::Classic).schema(1),
            json!({ "allOf": [
                { "required": ["detectRobot"], "properties": { "detectRobot": { "const": true } } },
                { "required": ["detectRobotMode"], "properties": { "detectRobotMode": { "const": "back" } } },
            ] })
        );
    }

    #[test]
    fn conditions_fold_into_each_other() {
        const MANUAL: Condition = Condition::Is(Field::Start, &["manual"]);
        let manual = json!({ "required": ["startType"], "properties": { "startType": { "const": "manual" } } });
        assert_eq!(schema(&Condition::All(&[MANUAL, Condition::Always])), manual);
        assert_eq!(schema(&Condition::Any(&[MANUAL, Condition::Never])), manual);
        assert_eq!(schema(&Condition::Any(&[MANUAL, Condition::Always])), json!(true));
        assert_eq!(schema(&Condition::Not(&MANUAL)), json!({ "not": manual }));
        assert_eq!(schema(&Condition::Not(&Condition::Always)), json!(false));
    }

    #[test]
    fn what_a_dialect_lacks_is_never_there() {
        let stands = Condition::Stands(Setting::Lifetime);
        assert_eq!(WireTest::of(&stands, Dialect::Classic), WireTest::False);
        assert_eq!(schema(&stands), json!({ "required": ["lifetime"] }));
    }
}
