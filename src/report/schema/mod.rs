//! JSON Schemas (draft 2020-12) of what dialform sends, prints and stores, for editors, CI jobs and other programs.
//!
//! The requests follow from the table of fields, the reports and the state from their Rust types.

mod derived;
mod documentation;
mod request;
mod wire_test;

use std::fmt;

use serde_json::{Map, Value, json};

use crate::doctor;
use crate::fields::Dialect;
use crate::lint::baseline::BaselineFile;
use crate::plan::PlanView;
use crate::report::events::WatchEvent;
use crate::report::json::JsonReport;
use crate::report::order::OrderView;
use crate::state::SnapshotFile;
use crate::status::StatusReport;
use crate::util::printable;

/// One of the schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SchemaName {
    /// The body of a create request in the classic dialect.
    RequestClassic,
    /// The body of a create request in the extended dialect.
    RequestExtended,
    /// What `dialform lint --output-format json` prints.
    LintReport,
    /// A line of what `dialform watch --output-format json-lines` prints.
    WatchEvents,
    /// The file that `dialform lint --write-baseline` writes.
    Baseline,
    /// What `dialform plan --output-format json` prints.
    Plan,
    /// The file `dialform.state.json`.
    State,
    /// What `dialform status --output-format json` prints.
    Status,
    /// What `dialform start`, `pause` and `halt --output-format json` print.
    Order,
    /// What `dialform doctor --output-format json` prints.
    DoctorReport,
    /// What `dialform rule --output-format json` prints.
    Rules,
    /// What `dialform explain --output-format json` prints.
    Explain,
}

impl SchemaName {
    /// Every schema, in the order in which they are listed.
    pub const ALL: [Self; 12] = [
        Self::RequestClassic,
        Self::RequestExtended,
        Self::LintReport,
        Self::WatchEvents,
        Self::Baseline,
        Self::Plan,
        Self::State,
        Self::Status,
        Self::Order,
        Self::DoctorReport,
        Self::Rules,
        Self::Explain,
    ];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequestClassic => "request-classic",
            Self::RequestExtended => "request-extended",
            Self::LintReport => "lint-report",
            Self::WatchEvents => "watch-events",
            Self::Baseline => "baseline",
            Self::Plan => "plan",
            Self::State => "state",
            Self::Status => "status",
            Self::Order => "order",
            Self::DoctorReport => "doctor-report",
            Self::Rules => "rules",
            Self::Explain => "explain",
        }
    }

    /// What the schema is of, in one line.
    pub const fn about(self) -> &'static str {
        match self {
            Self::RequestClassic => "the body that dialform sends to create a task, classic dialect",
            Self::RequestExtended => "the body that dialform sends to create a task, extended dialect",
            Self::LintReport => "what `dialform lint --output-format json` prints",
            Self::WatchEvents => "each line that `dialform watch --output-format json-lines` prints",
            Self::Baseline => "the file that `dialform lint --write-baseline` writes",
            Self::Plan => "what `dialform plan --output-format json` prints",
            Self::State => "the file dialform.state.json",
            Self::Status => "what `dialform status --output-format json` prints",
            Self::Order => "what `dialform start`, `pause` and `halt --output-format json` print",
            Self::DoctorReport => "what `dialform doctor --output-format json` prints",
            Self::Rules => "what `dialform rule --output-format json` prints",
            Self::Explain => "what `dialform explain --output-format json` prints",
        }
    }

    /// The schema as its file in `schemas/` holds it, which a test makes of the types and of the table of fields.
    pub const fn text(self) -> &'static str {
        match self {
            Self::RequestClassic => include_str!("../../../schemas/request-classic.schema.json"),
            Self::RequestExtended => include_str!("../../../schemas/request-extended.schema.json"),
            Self::LintReport => include_str!("../../../schemas/lint-report.schema.json"),
            Self::WatchEvents => include_str!("../../../schemas/watch-events.schema.json"),
            Self::Baseline => include_str!("../../../schemas/baseline.schema.json"),
            Self::Plan => include_str!("../../../schemas/plan.schema.json"),
            Self::State => include_str!("../../../schemas/state.schema.json"),
            Self::Status => include_str!("../../../schemas/status.schema.json"),
            Self::Order => include_str!("../../../schemas/order.schema.json"),
            Self::DoctorReport => include_str!("../../../schemas/doctor-report.schema.json"),
            Self::Rules => include_str!("../../../schemas/rules.schema.json"),
            Self::Explain => include_str!("../../../schemas/explain.schema.json"),
        }
    }

    /// The file that it is kept in: `lint-report.schema.json`.
    pub fn file_name(self) -> String {
        format!("{}.schema.json", self.as_str())
    }
}

impl fmt::Display for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The schema, made anew of the types and of the table of fields.
pub fn schema(name: SchemaName) -> Value {
    let body = match name {
        SchemaName::RequestClassic => request::request(Dialect::Classic),
        SchemaName::RequestExtended => request::request(Dialect::Extended),
        SchemaName::LintReport => derived::schema_of::<JsonReport<'_>>(),
        SchemaName::WatchEvents => derived::schema_of::<WatchEvent<'_>>(),
        SchemaName::Baseline => derived::schema_of::<BaselineFile>(),
        SchemaName::Plan => derived::schema_of::<PlanView>(),
        SchemaName::State => derived::schema_of::<SnapshotFile>(),
        SchemaName::Status => derived::schema_of::<StatusReport>(),
        SchemaName::Order => derived::schema_of::<OrderView>(),
        SchemaName::DoctorReport => derived::schema_of::<doctor::Report>(),
        SchemaName::Rules => documentation::rules(),
        SchemaName::Explain => documentation::explain(),
    };
    let mut whole = Map::from_iter([
        (
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        ),
        ("$id".to_owned(), json!(format!("urn:dialform:schema:{name}"))),
        ("title".to_owned(), json!(name.about())),
    ]);
    if let Value::Object(body) = body {
        whole.extend(body);
    }
    Value::Object(whole)
}

/// The schema, made anew, as its file is to hold it, with a newline at its end.
pub fn render(name: SchemaName) -> String {
    printable::json(&schema(name))
}

/// An object of exactly these properties, all of them required but for those named in `optional`.
fn strict(description: &str, properties: Value, optional: &[&str]) -> Value {
    let required: Vec<&str> = properties
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .filter(|name| !optional.contains(name))
        .collect();
    json!({
        "description": description,
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// Text.
fn text(description: &str) -> Value {
    json!({ "description": description, "type": "string" })
}

/// Text that matches a pattern.
fn pattern(description: &str, pattern: &str) -> Value {
    json!({ "description": description, "type": "string", "pattern": pattern })
}

/// A reference to a definition of the same schema.
fn defined(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}
