//! The documentation as JSON, a stable format for tools.

use serde::Serialize;
use serde_json::Value;

use super::rule::RuleDoc;
use super::setting::{allowed_in_words, default_in_words, required_in_words, rules_about};
use super::{Topic, alias_example, example_of, examples_of};
use crate::fields::{Choice, Dialect, FieldSpec, Json, Slot, Written, fields_of, in_project, usages};
use crate::finding::Rule;
use crate::util::printable::json;

/// The version of both forms.
pub const FORMAT_VERSION: &str = "1.0";

#[derive(Debug, Serialize)]
struct Rules {
    format_version: &'static str,
    rules: Vec<RuleDoc>,
}

#[derive(Debug, Serialize)]
struct Topics {
    format_version: &'static str,
    topics: Vec<TopicDoc>,
}

#[derive(Debug, Serialize)]
struct TopicDoc {
    /// `setting`, `field`, `top-level`, `project` or `alias`.
    kind: &'static str,
    path: String,
    doc: String,
    usage: Vec<String>,
    default: Option<&'static str>,
    repeats: bool,
    fields: Vec<FieldDoc>,
    /// Words, properties or nodes of a node outside campaigns.
    takes: Vec<WordDoc>,
    examples: Vec<ExampleDoc>,
    /// Codes of the rules that check it.
    rules: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct FieldDoc {
    path: String,
    /// `id=`, or the node's name; nothing where it cannot be set.
    written: Option<String>,
    doc: &'static str,
    takes: String,
    values: Vec<ValueDoc>,
    required: String,
    allowed_with: Option<String>,
    default: Option<String>,
    dialect: Dialect,
    wire: Vec<WireDoc>,
    page: &'static str,
}

#[derive(Debug, Serialize)]
struct ValueDoc {
    /// As source text; nothing where it is meant by no argument.
    written: Option<String>,
    doc: &'static str,
    /// At each wire path; `null` where the field is left out.
    wire: Vec<Value>,
}

#[derive(Debug, Serialize)]
struct WireDoc {
    path: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Debug, Serialize)]
struct WordDoc {
    written: &'static str,
    doc: &'static str,
}

#[derive(Debug, Serialize)]
struct ExampleDoc {
    dialect: Dialect,
    text: String,
}

/// Rules, with a newline at the end.
pub fn rules(rules: &[&'static Rule]) -> String {
    rendered(&Rules {
        format_version: FORMAT_VERSION,
        rules: rules.iter().map(|rule| super::rule(rule)).collect(),
    })
}

/// Topics, rules left out, with a newline at the end.
pub fn topics(topics: &[Topic]) -> String {
    rendered(&Topics {
        format_version: FORMAT_VERSION,
        topics: topics.iter().filter_map(|topic| self::topic(*topic)).collect(),
    })
}

fn rendered(document: &impl Serialize) -> String {
    json(document)
}

fn topic(topic: Topic) -> Option<TopicDoc> {
    let mut doc = TopicDoc {
        kind: "setting",
        path: topic.word(),
        doc: topic.doc(),
        usage: Vec::new(),
        default: None,
        repeats: false,
        fields: Vec::new(),
        takes: Vec::new(),
        examples: Vec::new(),
        rules: Vec::new(),
    };
    let mut rows: Vec<&FieldSpec> = Vec::new();
    match topic {
        Topic::Setting(setting) => {
            rows.extend(fields_of(setting));
            doc.usage = usages(setting);
            doc.repeats = setting.spec().repeats;
            doc.examples = examples_of(setting.spec()).map(example).collect();
        }
        Topic::Field(field) => {
            let row = field.spec();
            doc.kind = "field";
            rows.push(row);
            if row.slot != Slot::Constant {
                let written = row.written();
                let wanted = examples_of(row.setting.spec()).filter(|(_, text)| text.contains(&written));
                doc.usage = usages(row.setting);
                doc.examples = wanted.map(example).collect();
            }
        }
        Topic::TopLevel(spec) => {
            doc.kind = match in_project(spec.name) {
                Some(_) => "project",
                None => "top-level",
            };
            doc.usage.push(spec.usage.to_owned());
            doc.default = spec.default;
            doc.repeats = spec.repeats;
            let word = |(written, doc): &(&'static str, &'static str)| WordDoc { written, doc };
            doc.takes = spec.takes.iter().map(word).collect();
            doc.examples.push(ExampleDoc {
                dialect: Dialect::Classic,
                text: example_of(spec),
            });
        }
        Topic::Alias(kind) => {
            doc.kind = "alias";
            doc.usage.push(format!("aliases {{ {} NAME=\"UUID\" }}", kind.word()));
            doc.repeats = true;
            let (dialect, text) = alias_example(kind);
            doc.examples.push(ExampleDoc { dialect, text });
        }
        Topic::Rule(_) => return None,
    }
    doc.fields = rows.iter().map(|row| field(row)).collect();
    doc.rules = rules_about(&rows).into_iter().map(|(code, ..)| code).collect();
    Some(doc)
}

fn example((dialect, text): (Dialect, &'static str)) -> ExampleDoc {
    let text = text.to_owned();
    ExampleDoc { dialect, text }
}

fn field(row: &'static FieldSpec) -> FieldDoc {
    let wires = row.wire.iter().enumerate();
    let wires = wires.map(|(index, path)| WireDoc {
        path,
        kind: row.kind.wire_type(index, row.dialect),
    });
    FieldDoc {
        path: row.path(),
        written: (row.slot != Slot::Constant).then(|| row.written()),
        doc: row.doc,
        takes: row.kind.takes(),
        values: row.choices().iter().map(value).collect(),
        required: required_in_words(row),
        allowed_with: allowed_in_words(row),
        default: default_in_words(row),
        dialect: row.dialect,
        wire: wires.collect(),
        page: row.page,
    }
}

fn value(choice: &Choice) -> ValueDoc {
    let wire = |wire: &Json| match wire {
        Json::True => Value::Bool(true),
        Json::False => Value::Bool(false),
        Json::Text(text) | Json::Configured { default: text, .. } => Value::String((*text).to_owned()),
        Json::Absent => Value::Null,
    };
    ValueDoc {
        written: (choice.written != Written::Implied).then(|| choice.written.source()),
        doc: choice.doc,
        wire: choice.wire.iter().map(wire).collect(),
    }
}
