//! The schemas of the lint report, the plan and the state against what the program writes.

use dialform::report::schema::SchemaName;
use dialform::state::State;
use serde_json::{Value, json};

use super::agreement::{changed, pointers};
use super::{Project, assert_valid, json, validator};
use crate::common::command::dialform;

#[test]
fn lint_reports_are_valid() {
    let broken = "campaign \"one\" {\n    start \"time\" at=\"2001-01-01 10:00\"\n    nam \"x\"\n    cidType \"default\"\n    pace 3/s\n    scenario \"promo\"\n}\ncampaign \"one\" {}\n";
    let project = Project::with(&[
        (
            "dialform.kdl",
            "project { dialect \"classic\"; timezone \"Europe/Moscow\" }\naliases { scenario unused=\"228cc4fa-92f2-4709-94e3-7344a96a5903\" }\n",
        ),
        ("campaigns/a.kdl", broken),
        (
            "campaigns/b.kdl",
            "template \"t\" { webhook \"http://u:p@example.com/\" }\ncampaign \"two\" template=\"t\" {}\n",
        ),
    ]);
    let report = json(&dialform(project.path(), &["lint", "--output-format", "json"]));
    assert_valid(&validator(SchemaName::LintReport), &report);
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let some = |what: fn(&Value) -> bool| diagnostics.iter().any(what);
    assert!(some(|finding| finding["fix"].is_object()), "{report:#}");
    assert!(some(|finding| finding["fix"].is_null()), "{report:#}");
    assert!(
        some(|finding| !finding["labels"].as_array().unwrap().is_empty()),
        "{report:#}"
    );

    let warned = Project::of_dialect("classic");
    let unused = "aliases { pool spare=\"228cc4fa-92f2-4709-94e3-7344a96a5903\" }\n";
    std::fs::write(warned.path().join("campaigns/aliases.kdl"), unused).unwrap();
    let report = json(&dialform(warned.path(), &["lint", "--output-format", "json"]));
    assert_eq!(report["diagnostics"][0]["severity"], "warning", "{report:#}");
    assert_valid(&validator(SchemaName::LintReport), &report);

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

#[test]
fn the_golden_states_are_valid() {
    for golden in [
        include_str!("../../fixtures/state/format-1.state.json"),
        include_str!("../../fixtures/state/format-1.committed.json"),
    ] {
        assert_valid(&validator(SchemaName::State), &serde_json::from_str(golden).unwrap());
    }
}

/// A snapshot with one of everything that a state can hold.
fn full_state() -> Value {
    let marker = "[dialform spring 7K3M9Q2XVT4B]";
    let intent = |id: &str, stage: Value| {
        json!({
            "id": id, "key": "spring", "fingerprint": "v1:ab", "body": { "name": "Spring" }, "marker": marker,
            "at": "2026-05-28T20:26:54.5Z", "replaces": "task-1", "stage": stage,
        })
    };
    let ids = [
        "0c7a39bd-8b34-4bb0-ba0c-9b4c4a3c7ee4",
        "1c7a39bd-8b34-4bb0-ba0c-9b4c4a3c7ee4",
        "2c7a39bd-8b34-4bb0-ba0c-9b4c4a3c7ee4",
    ];
    json!({
        "format": "dialform-state",
        "format_version": 1,
        "checksum": "0".repeat(64),
        "content": {
            "last_sum": "0123456789abcdef",
            "state": {
                "lineage": "e711e4b3-aeb4-4340-bcf4-37ccfaf8e1c5",
                "binding": { "origin": "https://cis.twin24.ai/api/v1", "dialect": "classic" },
                "serial": 1,
                "last_sequence": 13,
                "tasks": {
                    "spring": {
                        "identity": "task-2", "fingerprint": "v1:ab", "body": { "name": "Spring" }, "marker": marker,
                        "created_at": "2026-05-28T20:26:54Z",
                        "halting": "2026-05-28T20:26:55Z",
                        "halted_at": "2026-05-28T20:26:56Z",
                        "previous": [{
                            "identity": "task-1", "marker": marker, "fingerprint": "v1:cd",
                            "halted_at": "2026-05-28T20:26:53Z",
                        }],
                    },
                },
                "intents": {
                    ids[0]: intent(ids[0], json!("recorded")),
                    ids[1]: intent(ids[1], json!("sending")),
                    ids[2]: intent(ids[2], json!({ "unknown": { "reason": "no answer within 30 s" } })),
                },
                "tombstones": {
                    "old": [{
                        "identity": "task-0", "marker": marker, "removed_at": "2026-05-28T20:26:52Z", "blocks": true,
                    }],
                },
            },
        },
    })
}

#[test]
fn the_state_of_this_test_is_one_that_the_program_reads_and_writes() {
    let content = &full_state()["content"]["state"];
    let state: State = serde_json::from_value(content.clone()).unwrap();
    assert_eq!(serde_json::to_value(state).unwrap(), *content);
}

#[test]
fn a_state_with_anything_wrong_in_it_is_refused() {
    // What a body holds is the request's affair.
    refuse_each(SchemaName::State, &full_state(), |place| !place.contains("/body/"));
}

/// Puts wrong values, and values that nobody knows, into every place.
fn refuse_each(name: SchemaName, good: &Value, is_meant: impl Fn(&str) -> bool) {
    let validator = validator(name);
    assert_valid(&validator, good);
    let mut places = Vec::new();
    pointers(good, "", &mut places);
    places.retain(|place| is_meant(place));
    for place in places {
        for wrong in [json!([1]), Value::Null, json!(-1)] {
            let bad = changed(good, &place, Some(&wrong)).unwrap();
            assert!(!validator.is_valid(&bad), "{place} = {wrong}");
        }
    }
}

#[test]
fn a_plan_with_anything_wrong_in_it_is_refused() {
    let good = json!({
        "format_version": 1,
        "summary": {
            "create": 0, "move": 0, "replace": 1, "unchanged": 0, "halt": 0, "let_go": 0, "orphan": 0, "unknown": 0,
            "blocked": 1,
        },
        "actions": [{
            "key": "spring-promo", "kind": "replace", "reason": "its settings changed",
            "blocked": { "code": "needs-replace", "message": "refused" },
            "name": "Spring promo",
            "at": { "file": "campaigns/spring.kdl", "line": 1, "column": 10 },
            "task": "0c7a39bd-8b34-4bb0-ba0c-9b4c4a3c7ee4",
            "changes": [{ "path": "pace", "before": "\"1/s\"", "after": "\"2/s\"" }],
        }],
        "notes": [],
    });
    refuse_each(SchemaName::Plan, &good, |_| true);
}

#[test]
fn a_doctors_report_with_anything_wrong_in_it_is_refused() {
    let good = json!({
        "format_version": 1,
        "checks": [
            { "name": "credentials", "status": "error", "message": "there are none", "help": "set DIALFORM_TOKEN" },
        ],
    });
    refuse_each(SchemaName::DoctorReport, &good, |_| true);
}

#[test]
fn baselines_are_valid() {
    let project = Project::with(&[
        ("dialform.kdl", "project { zone \"x\"; }\n"),
        (
            "campaigns/a.kdl",
            "campaign \"one\" {}\ntemplate \"t\" { webhook \"http://example.com/\"; }\n",
        ),
    ]);
    let ran = dialform(project.path(), &["lint", "--write-baseline=base.json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let text = std::fs::read_to_string(project.path().join("base.json")).unwrap();
    let baseline: Value = serde_json::from_str(&text).unwrap();
    let validator = validator(SchemaName::Baseline);
    assert_valid(&validator, &baseline);
    let places: Vec<&str> = baseline["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["in"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["campaign one", "file dialform.kdl", "template t"]);
    for (pointer, wrong) in [
        ("/format_version", json!("0.9")),
        ("/findings/0/rule", json!("http-webhook")),
        ("/findings/0/count", json!(-1)),
        ("/findings/0/in", json!("campaign")),
        ("/findings/0", json!({})),
    ] {
        let changed = changed(&baseline, pointer, Some(&wrong)).unwrap();
        assert!(!validator.is_valid(&changed), "{pointer}");
    }
}
