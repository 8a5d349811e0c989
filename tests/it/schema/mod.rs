//! The schemas: in step with their files, valid, and true of what the program sends, prints and keeps.

pub(crate) mod agreement;
mod live;
mod reports;
mod request;

use std::fs;
use std::path::Path;

use dialform::report::schema::{SchemaName, render, schema};
use jsonschema::Validator;
use serde_json::Value;

use crate::common::command::{Ran, dialform, in_repository};
use crate::common::generated::assert_current;
use crate::common::schema::assert_valid;
use crate::common::site::repository;

const PROJECT: &str = r#"
project { dialect "DIALECT"; timezone "Europe/Moscow" }
aliases { scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903" }
"#;

/// Every setting of the classic page.
const CLASSIC: &str = r#"
campaign "full" {
    name "Spring promo 2026"
    scenario "promo"
    on-transfer "channel" channel="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
    caller-id "number" id="9a67dee5-398e-4570-9426-fbb3f067b270"
    start "time" at="2030-12-02 10:00"
    pace "3/s"
    comment "First wave"
    webhook "https://example.com/hooks/twin"
    effective-after "12s"
    call-window from="09:10" to="19:50"
    record #true trim-left="0s"
    detect-robot "back" EXTENDED-GREETING
    trunk "0c7a39bd-8b34-4bb0-ba0c-9b4c4a3c7ee4"
    normalize "RU" on-error="skip"
    redial {
        max-per-candidate 6
        max-per-number 6
        busy after="20m" times=3
        no-answer after="2h" times=5
        answering-machine after="3h" times=1
        congestion after="15m" times=5
        ineffective after="1h" times=2
    }
    EXTENDED
}

campaign "least" {
    name "Отклики"
    scenario "promo"
    on-transfer "end"
    caller-id "default"
    start "manual"
    pace "1/min"
    effective-after "0s"
    record #false
    redial #false
}
"#;

/// What the extended dialect adds.
const EXTENDED: &str = r#"
    webhook "https://example.com/hooks/events" partial=#true delay="5s" { events "call-ended" "candidate-changed" }
    strategy "sequential"
    lifetime "24h"
    check-phones #true
    email-report #false
    schedule "6d9d3c0b-4f7c-4a57-8d7a-5a4d3a0f6f1e"
    comply "230-fz"
"#;
const GREETING: &str = "greeting=\"c0ffee00-4f7c-4a57-8d7a-5a4d3a0f6f1e\"";

/// A project in a folder of its own.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// One with two campaigns, `full` with every setting of the dialect and `least` with what is required.
    fn of_dialect(dialect: &str) -> Self {
        let (greeting, more) = match dialect {
            "extended" => (GREETING, EXTENDED),
            _ => ("", ""),
        };
        let campaigns = CLASSIC.replace("EXTENDED-GREETING", greeting).replace("EXTENDED", more);
        Self::with(&[
            ("dialform.kdl", &PROJECT.replace("DIALECT", dialect)),
            ("campaigns/all.kdl", &campaigns),
        ])
    }

    fn with(files: &[(&str, &str)]) -> Self {
        Self {
            folder: repository(files),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn rendered(&self, key: &str) -> Value {
        json(&dialform(self.path(), &["render", key]))
    }
}

#[track_caller]
fn json(ran: &Ran) -> Value {
    ran.json()
}

fn validator(name: SchemaName) -> Validator {
    jsonschema::draft202012::new(&schema(name)).unwrap()
}

fn of_dialect(dialect: &str) -> SchemaName {
    match dialect {
        "extended" => SchemaName::RequestExtended,
        _ => SchemaName::RequestClassic,
    }
}

#[test]
fn the_generated_schemas_are_current() {
    for name in SchemaName::ALL {
        assert_current(&format!("schemas/{}", name.file_name()), &render(name));
    }
    let files = fs::read_dir(in_repository("schemas")).unwrap().count();
    assert_eq!(files, SchemaName::ALL.len(), "a file in schemas/ belongs to no schema");
}

#[test]
fn every_schema_is_valid_itself() {
    for name in SchemaName::ALL {
        let schema = schema(name);
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        assert_no_loose_object(&schema, name.as_str());
    }
}

/// Every object schema with properties of its own says what else may stand beside them.
fn assert_no_loose_object(schema: &Value, at: &str) {
    if schema["type"] == "object" && schema.get("properties").is_some() {
        assert_eq!(schema["additionalProperties"], false, "{at}");
    }
    match schema {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, member)| assert_no_loose_object(member, &format!("{at}.{name}"))),
        Value::Array(items) => items.iter().for_each(|item| assert_no_loose_object(item, at)),
        _ => {}
    }
}

#[test]
fn the_command_lists_prints_and_writes() {
    let folder = tempfile::tempdir().unwrap();
    let list = dialform(folder.path(), &["schema"]).stdout;
    assert_eq!(list.lines().count(), SchemaName::ALL.len());
    for (name, line) in SchemaName::ALL.into_iter().zip(list.lines()) {
        assert!(line.starts_with(name.as_str()), "{line}");
        let printed = dialform(folder.path(), &["schema", name.as_str()]);
        assert_eq!(printed.stdout, render(name));
    }

    assert_eq!(
        dialform(folder.path(), &["schema", "--write", "out/schemas"]).code,
        Some(0)
    );
    for name in SchemaName::ALL {
        let written = fs::read_to_string(folder.path().join("out/schemas").join(name.file_name()));
        assert_eq!(written.unwrap(), render(name));
    }

    fs::write(folder.path().join("taken"), "").unwrap();
    let refused = dialform(folder.path(), &["schema", "--write", "taken"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.starts_with("error: taken cannot be written"));
    assert_eq!(dialform(folder.path(), &["schema", "request"]).code, Some(2));
}
