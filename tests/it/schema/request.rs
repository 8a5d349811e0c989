//! The request schemas against what `render` gives.

use std::fs;
use std::path::PathBuf;

use dialform::fields::{Dialect, FIELDS};
use serde_json::{Value, json};

use super::{Project, assert_valid, of_dialect, validator};
use crate::common::command::in_repository;
use crate::examples::bodies;

#[test]
fn rendered_bodies_are_valid() {
    for dialect in ["classic", "extended"] {
        let project = Project::of_dialect(dialect);
        for key in ["full", "least"] {
            assert_valid(&validator(of_dialect(dialect)), &project.rendered(key));
        }
    }
}

#[test]
fn a_body_of_the_other_dialect_is_refused() {
    for (dialect, other) in [("classic", "extended"), ("extended", "classic")] {
        let full = Project::of_dialect(dialect).rendered("full");
        assert!(!validator(of_dialect(other)).is_valid(&full), "{dialect}");
    }
}

#[test]
fn every_field_of_the_table_is_checked() {
    for (word, dialect) in [("classic", Dialect::Classic), ("extended", Dialect::Extended)] {
        let validator = validator(of_dialect(word));
        let full = Project::of_dialect(word).rendered("full");
        for path in FIELDS
            .iter()
            .filter(|spec| spec.dialect <= dialect)
            .flat_map(|spec| spec.wire)
        {
            // The second webhook is the one with the events.
            let hook = if dialect == Dialect::Extended {
                "webhookUrls.1"
            } else {
                "webhookUrls.0"
            };
            let pointer = format!("/{}", path.replace("webhookUrls[]", hook).replace('.', "/"));
            let pointer = pointer.replace("/webhookUrls/0/url", "/webhookUrls/0");
            let mut body = full.clone();
            let value = body
                .pointer_mut(&pointer)
                .unwrap_or_else(|| panic!("{pointer} does not stand in {word}"));
            *value = json!({ "no": "such value" });
            assert!(!validator.is_valid(&body), "{word}: {pointer}");
        }
    }
}

#[test]
fn every_pace_and_no_other_number() {
    let validator = validator(of_dialect("classic"));
    let mut body = Project::of_dialect("classic").rendered("least");
    let mut takes = |cps: &str| {
        body["cps"] = serde_json::from_str(cps).unwrap();
        validator.is_valid(&body)
    };
    for hundredths in 0..=200 {
        let cps = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        assert_eq!(takes(&cps), hundredths % 100 != 0, "{cps}");
    }
    for cps in ["1", "0.9299999999999999", "1.005", "-0.4", "\"0.97\"", "2.5"] {
        assert!(!takes(cps), "{cps}");
    }
}

#[test]
fn conditions_of_the_table_hold() {
    let validator = validator(of_dialect("classic"));
    let least = Project::of_dialect("classic").rendered("least");
    let id = json!("48a77bd7-8762-4e0f-a277-4ef77e36c41b");
    let steps: [(&str, Value, bool); 15] = [
        ("/secondExec", json!("ch"), false),
        ("/secondExecData", id.clone(), true),
        ("/cidType", json!("pool"), false),
        ("/cidData", id, true),
        ("/startType", json!("time"), false),
        ("/startMoment", json!("2030-12-02 10:00"), true),
        ("/additionalOptions/recordCall", json!(true), false),
        ("/additionalOptions/recTrimLeft", json!(0), true),
        ("/additionalOptions/useTr", json!(true), false),
        ("/additionalOptions/allowCallTimeFrom", json!(0), false),
        ("/additionalOptions/allowCallTimeTo", json!(86399), true),
        (
            "/redialStrategyOptions/busy",
            json!({ "redial": true, "time": 60, "count": 1 }),
            false,
        ),
        ("/redialStrategyOptions/redialStrategyEn", json!(true), true),
        (
            "/redialStrategyOptions/busy",
            json!({ "redial": true, "time": 60 }),
            false,
        ),
        ("/redialStrategyOptions/busy", json!({ "redial": false }), true),
    ];
    let mut body = least;
    for (pointer, value, valid) in steps {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        assert_eq!(validator.is_valid(&body), valid, "after {pointer}: {body:#}");
    }
}

#[test]
fn the_bodies_of_the_examples_are_valid() {
    let examples = in_repository("examples");
    let folders: Vec<PathBuf> = fs::read_dir(&examples)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let projects = folders
        .iter()
        .filter(|folder| folder.join("dialform.kdl").is_file() && !folder.ends_with("broken"));
    let mut seen = 0;
    for folder in projects {
        let project = fs::read_to_string(folder.join("dialform.kdl")).unwrap();
        let dialect = if project.contains("dialect \"extended\"") {
            "extended"
        } else {
            "classic"
        };
        for campaign in bodies(folder) {
            assert_valid(&validator(of_dialect(dialect)), &campaign["body"]);
            seen += 1;
        }
    }
    assert!(seen > 0, "no example was found in {}", examples.display());
}
