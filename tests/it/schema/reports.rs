//! The schemas of the lint report, the plan and the state against what the program writes.

use dialform::schema::SchemaName;
use serde_json::{Value, json};

use super::{Project, assert_valid, dialform, json, validator};

#[test]
fn lint_reports_are_valid() {
    let broken = "campaign \"one\" {\n    nam \"x\"\n    cidType \"default\"\n    pace 3/s\n    scenario \"promo\"\n}\ncampaign \"one\" {}\n";
    let project = Project::with(&[
        ("dialform.kdl", "project { dialect \"classic\"; timezone \"Europe/Moscow\" }\naliases { scenario unused=\"228cc4fa-92f2-4709-94e3-7344a96a5903\" }\n"),
        ("campaigns/a.kdl", broken),
        ("campaigns/b.kdl", "template \"t\" { webhook \"http://u:p@example.com/\" }\ncampaign \"two\" template=\"t\" { name \"x\n"),
    ]);
    let report = json(&dialform(project.path(), &["lint", "--output-format", "json"]));
    assert_valid(&validator(SchemaName::LintReport), &report);
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let some = |what: fn(&Value) -> bool| diagnostics.iter().any(what);
    assert!(some(|finding| finding["fix"].is_object()), "{report:#}");
    assert!(some(|finding| finding["fix"].is_null()), "{report:#}");
    assert!(some(|finding| !finding["labels"].as_array().unwrap().is_empty()), "{report:#}");
    assert!(some(|finding| finding["severity"] == "warning"), "{report:#}");

    let clean = Project::of_dialect("classic");
    let report = json(&dialform(clean.path(), &["lint", "--output-format", "json"]));
    assert_eq!(report["valid"], true, "{report:#}");
    assert_valid(&validator(SchemaName::LintReport), &report);
}

#[test]
fn a_lint_report_with_anything_else_in_it_is_refused() {
    let validator = validator(SchemaName::LintReport);
    let good = json!({
        "format_version": "1.0", "valid": false, "error_count": 1, "warning_count": 0,
        "diagnostics": [{
            "code": "DF201", "name": "missing-required-if", "severity": "error", "message": "m", "help": null,
            "file": "campaigns/a.kdl",
            "range": {
                "start": { "line": 1, "column": 1, "byte": 0 },
                "end": { "line": 1, "column": 2, "byte": 1 },
            },
            "labels": [], "url": null, "fix": null,
        }],
    });
    assert_valid(&validator, &good);
    for (pointer, value) in [
        ("/format_version", json!("2.0")),
        ("/error_count", json!(-1)),
        ("/diagnostics/0/code", json!("E201")),
        ("/diagnostics/0/severity", json!("note")),
        ("/diagnostics/0/range/start/line", json!(0)),
        ("/diagnostics/0/range/start/byte", json!(-1)),
        ("/diagnostics/0/range/end", json!({})),
        ("/diagnostics/0/labels", Value::Null),
        ("/diagnostics/0/fix", json!({ "applicability": "maybe", "edits": [] })),
        ("/diagnostics/0", json!({})),
        ("", json!([])),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&bad), "{pointer}");
    }
    let mut more = good;
    more["diagnostics"][0]["more"] = json!(1);
    assert!(!validator.is_valid(&more));
}
