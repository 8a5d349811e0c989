//! The Code Quality report: what GitLab's page asks of it, as a schema of ours, and letter by letter.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::common::schema;
use crate::common::site::Site;

/// What GitLab reads, and nothing more.
pub(super) fn validator() -> Validator {
    let point = json!({
        "type": "object",
        "required": ["line", "column"],
        "additionalProperties": false,
        "properties": {
            "line": { "type": "integer", "minimum": 1 },
            "column": { "type": "integer", "minimum": 1 },
        },
    });
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "additionalProperties": false,
            "properties": {
                "description": { "type": "string", "minLength": 1, "pattern": "^[^\\n\\r]+$" },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "minLength": 1 },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "positions"],
                    "additionalProperties": false,
                    "properties": {
                        "path": { "type": "string", "minLength": 1, "not": { "pattern": "^\\./|\\\\" } },
                        "positions": {
                            "type": "object",
                            "required": ["begin", "end"],
                            "additionalProperties": false,
                            "properties": { "begin": point, "end": point },
                        },
                    },
                },
            },
        },
    });
    jsonschema::draft202012::new(&schema).unwrap()
}

/// Valid, and no fingerprint twice.
#[track_caller]
pub(super) fn assert_valid(report: &Value) {
    schema::assert_valid(&validator(), report);
    let fingerprints = fingerprints(report);
    assert_eq!(fingerprints.iter().collect::<BTreeSet<_>>().len(), fingerprints.len());
}

pub(super) fn fingerprints(report: &Value) -> Vec<String> {
    let issues = report.as_array().unwrap().iter();
    issues
        .map(|issue| issue["fingerprint"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_report_letter_by_letter() {
    let mut report = Site::sample().json("gitlab");
    assert_valid(&report);
    for issue in report.as_array_mut().unwrap() {
        assert_eq!(issue["fingerprint"].as_str().unwrap().len(), 32);
        issue.as_object_mut().unwrap().remove("fingerprint");
    }
    let issue =
        |path: &str, check_name: &str, severity: &str, line: usize, columns: (usize, usize), description: &str| {
            json!({
                "description": description,
                "check_name": check_name,
                "severity": severity,
                "location": {
                    "path": path,
                    "positions": {
                        "begin": { "line": line, "column": columns.0 },
                        "end": { "line": line, "column": columns.1 },
                    },
                },
            })
        };
    let (a, b) = ("campaigns/a.kdl", "campaigns/b.kdl");
    assert_eq!(
        report,
        json!([
            issue(
                a,
                "bare-keyword",
                "major",
                2,
                (26, 30),
                "DF010: `false` is written `#false` (write `#false`)"
            ),
            issue(
                a,
                "unknown-setting",
                "major",
                3,
                (25, 28),
                "DF101: a campaign has no `pase` (did you mean `pace`?)"
            ),
            issue(
                b,
                "duplicate-name",
                "major",
                1,
                (10, 17),
                "DF305: campaign `spring` is declared twice (declared again)"
            ),
            issue(
                b,
                "start-in-past",
                "minor",
                6,
                (21, 38),
                "DF401: the start 2001-01-01 10:00 has passed (in the past)"
            ),
        ])
    );
}

#[test]
fn a_clean_project_gives_an_empty_list() {
    assert_eq!(Site::clean().all("gitlab"), "[]\n");
}

#[test]
fn paths_start_at_the_checkout() {
    let site = Site::sample();
    let mut command = site.lint_command("campaigns", &["a.kdl", "--output-format", "gitlab"]);
    command.env("CI_PROJECT_DIR", site.root());
    let report = super::parsed(&String::from_utf8(command.output().unwrap().stdout).unwrap());
    assert_eq!(report[0]["location"]["path"], "campaigns/a.kdl");
}
