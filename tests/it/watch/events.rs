//! `dialform watch --output-format json-lines`: its lines against their schema, the lint report, and what was changed.

use std::fs;
use std::path::Path;

use dialform::report::schema::{SchemaName, schema};
use serde_json::{Value, json};

use crate::background::Background;
use crate::common::command::{command, dialform};

const GOOD: &str = "campaign \"one\" {\n    name \"Отклики\"\n    scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n    \
                    on-transfer \"end\"\n    caller-id \"default\"\n    start \"manual\"\n    pace \"1/s\"\n    \
                    effective-after \"12s\"\n    record #false\n    redial #false\n}\n";

struct Bench {
    watch: Background,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(".git")).unwrap();
        fs::create_dir_all(folder.path().join("campaigns")).unwrap();
        fs::write(
            folder.path().join("dialform.kdl"),
            "project { timezone \"Europe/Moscow\" }\n",
        )
        .unwrap();
        fs::write(folder.path().join("campaigns/one.kdl"), GOOD).unwrap();
        let watch = Background::start(command(folder.path()).args(["watch", "--output-format", "json-lines"]));
        Self { watch, folder }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Reads runs up to one whose last event is so. Each line has to be an event, and each run whole.
    #[track_caller]
    fn reaches(&self, is_wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let validator = jsonschema::validator_for(&schema(SchemaName::WatchEvents)).unwrap();
        loop {
            let lines = self.watch.read_until(|line| {
                let event: Value = serde_json::from_str(line).unwrap();
                event["event"] == "end" || event["event"] == "error"
            });
            let run: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
            for event in &run {
                if let Err(error) = validator.validate(event) {
                    panic!("{error} in {event:#}");
                }
            }
            assert_eq!(run[0], json!({ "event": "begin", "format_version": "1.0" }));
            let (last, found) = run[1..].split_last().unwrap();
            assert!(found.iter().all(|event| event["event"] == "diagnostic"), "{run:#?}");
            if is_wanted(last) {
                return run;
            }
        }
    }
}

#[test]
fn each_run_is_told_in_events() {
    let bench = Bench::new();
    let run = bench.reaches(|end| end["valid"] == true);
    assert_eq!(
        run[1..],
        [json!({ "event": "end", "valid": true, "error_count": 0, "warning_count": 0, "files": 2 })]
    );

    let broken = GOOD.replace("1/s", "0/s").replace("#false", "false");
    fs::write(bench.root().join("campaigns/one.kdl"), broken).unwrap();
    let run = bench.reaches(|end| end["error_count"] == 3);
    assert_eq!(run.len(), 5);
    // The same objects as lint's.
    let report = dialform(bench.root(), &["lint", "--output-format", "json"]);
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    let mut found = run[1..4].to_vec();
    for event in &mut found {
        event.as_object_mut().unwrap().shift_remove("event").unwrap();
    }
    assert_eq!(Value::Array(found), report["diagnostics"]);

    fs::write(bench.root().join("campaigns/one.kdl"), GOOD).unwrap();
    bench.reaches(|end| end["valid"] == true);
}

#[test]
fn that_nothing_could_be_checked_is_an_event() {
    let bench = Bench::new();
    bench.reaches(|end| end["valid"] == true);
    fs::remove_file(bench.root().join("campaigns/one.kdl")).unwrap();
    fs::remove_dir_all(bench.root().join("campaigns")).unwrap();
    fs::remove_file(bench.root().join("dialform.kdl")).unwrap();
    let run = bench.reaches(|end| end["event"] == "error");
    assert_eq!(run.len(), 2);
    let message = run[1]["message"].as_str().unwrap();
    assert!(message.contains("holds no KDL files"), "{message}");
    fs::create_dir_all(bench.root().join("campaigns")).unwrap();
    fs::write(bench.root().join("campaigns/one.kdl"), GOOD).unwrap();
    let run = bench.reaches(|end| end["event"] == "error");
    let message = run[1]["message"].as_str().unwrap();
    assert!(message.starts_with("dialform.kdl is gone"), "{message}");
    fs::write(bench.root().join("dialform.kdl"), "").unwrap();
    bench.reaches(|end| end["valid"] == true);
}

#[test]
fn a_start_that_fails_is_an_event_too() {
    let folder = tempfile::tempdir().unwrap();
    let ran = dialform(folder.path(), &["watch", "gone", "--output-format", "json-lines"]);
    assert_eq!(ran.code, Some(2));
    let event: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        event,
        json!({ "event": "error", "message": "gone does not exist; name a campaign file or a folder" })
    );
    assert!(ran.stderr.starts_with("error: gone does not exist"), "{}", ran.stderr);
}

#[test]
fn an_event_with_anything_else_in_it_is_refused() {
    let validator = jsonschema::validator_for(&schema(SchemaName::WatchEvents)).unwrap();
    for bad in [
        json!({ "event": "begin" }),
        json!({ "event": "pause" }),
        json!({ "event": "begin", "format_version": "2.0" }),
        json!({ "event": "begin", "format_version": "1.0", "more": 1 }),
        json!({ "event": "end", "valid": true, "error_count": 0, "warning_count": 0 }),
        json!({ "event": "end", "valid": true, "error_count": -1, "warning_count": 0, "files": 1 }),
        json!({ "event": "diagnostic", "code": "DF201" }),
        json!({ "event": "error" }),
        json!([]),
    ] {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}
