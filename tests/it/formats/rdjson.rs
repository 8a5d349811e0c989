//! The Reviewdog Diagnostic Format. Its reader refuses members that it does not know, and so does the schema here.

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::common::schema;
use crate::common::site::Site;

pub(super) fn validator() -> Validator {
    let object = |required: &[&str], properties: Value| {
        json!({
            "type": "object", "required": required, "additionalProperties": false, "properties": properties,
        })
    };
    let number = json!({ "type": "integer", "minimum": 1 });
    let text = json!({ "type": "string" });
    let severity = json!({ "enum": ["ERROR", "WARNING", "INFO"] });
    let point = object(&["line", "column"], json!({ "line": number, "column": number }));
    let range = object(&["start", "end"], json!({ "start": point, "end": point }));
    let diagnostic = object(
        &["message", "location", "severity"],
        json!({
            "message": text,
            "location": object(&["path"], json!({ "path": text, "range": range })),
            "severity": severity,
            "code": object(&["value"], json!({ "value": text })),
            "suggestions": { "type": "array", "items": object(&["range", "text"], json!({ "range": range, "text": text })) },
        }),
    );
    let schema = object(
        &["source", "severity", "diagnostics"],
        json!({
            "source": object(&["name"], json!({ "name": { "const": "dialform" } })),
            "severity": severity,
            "diagnostics": { "type": "array", "items": diagnostic },
        }),
    );
    jsonschema::draft202012::new(&schema).unwrap()
}

#[track_caller]
pub(super) fn assert_valid(report: &Value) {
    schema::assert_valid(&validator(), report);
}

/// Columns count bytes of UTF-8: a Cyrillic letter is two, a telephone four. Ends lie behind.
#[test]
fn a_report_letter_by_letter() {
    let report = Site::sample().json("rdjson");
    assert_valid(&report);
    let range = |line: usize, start: usize, end: usize| json!({ "start": { "line": line, "column": start }, "end": { "line": line, "column": end } });
    let (a, b) = ("campaigns/a.kdl", "campaigns/b.kdl");
    assert_eq!(
        report,
        json!({
            "source": { "name": "dialform" },
            "severity": "ERROR",
            "diagnostics": [
                {
                    "message": "`false` is written `#false`\nwrite `#false`",
                    "location": { "path": a, "range": range(2, 31, 36) },
                    "severity": "ERROR",
                    "code": { "value": "DF010" },
                    "suggestions": [{ "range": range(2, 31, 36), "text": "#false" }],
                },
                {
                    "message": "a campaign has no `pase`\ndid you mean `pace`?",
                    "location": { "path": a, "range": range(3, 34, 38) },
                    "severity": "ERROR",
                    "code": { "value": "DF101" },
                    "suggestions": [{ "range": range(3, 34, 38), "text": "pace" }],
                },
                {
                    "message": "campaign `spring` is declared twice\ndeclared again\ngive one campaign another name",
                    "location": { "path": b, "range": range(1, 10, 18) },
                    "severity": "ERROR",
                    "code": { "value": "DF305" },
                },
                {
                    "message": "the start 2001-01-01 10:00 has passed\nin the past\nit is 2026-12-02 13:00 now; the task would start as soon as it is created",
                    "location": { "path": b, "range": range(6, 21, 39) },
                    "severity": "WARNING",
                    "code": { "value": "DF401" },
                },
            ],
        })
    );
}

#[test]
fn a_clean_project_has_no_diagnostics() {
    let report = Site::clean().json("rdjson");
    assert_valid(&report);
    assert_eq!(report["diagnostics"], json!([]));
}

/// Each suggestion is made by itself, so it must do all of the work. Taken up from the last to the first, they give a file
/// in which what they fix is fixed.
#[test]
fn suggestions_fix_what_they_are_for() {
    let site = Site::now(&[("dialform.kdl", super::PROJECT), ("campaigns/a.kdl", super::FIRST)]);
    let report = site.json("rdjson");
    let mut text = super::FIRST.to_owned();
    let offset = |text: &str, point: &Value| {
        let before = text
            .split_inclusive('\n')
            .take(point["line"].as_u64().unwrap() as usize - 1);
        before.map(str::len).sum::<usize>() + point["column"].as_u64().unwrap() as usize - 1
    };
    for diagnostic in report["diagnostics"].as_array().unwrap().iter().rev() {
        for suggestion in diagnostic["suggestions"].as_array().into_iter().flatten() {
            let range = &suggestion["range"];
            let bytes = offset(&text, &range["start"])..offset(&text, &range["end"]);
            text.replace_range(bytes, suggestion["text"].as_str().unwrap());
        }
    }
    site.write("campaigns/a.kdl", text);
    assert_eq!(site.all("concise"), "");
}
