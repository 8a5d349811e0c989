//! SARIF against the official schema, and letter by letter.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use dialform::explain::example;
use dialform::rules::RULES;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::real;
use crate::common::command::{copy_folder, in_repository};
use crate::common::schema;
use crate::common::site::Site;

/// The official schema, with the forms of URIs and the like taken seriously.
static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let text = std::fs::read_to_string(schema_file()).unwrap();
    // One of its patterns is none where patterns are read strictly.
    let language = "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$";
    assert!(text.contains(language));
    let schema: Value = serde_json::from_str(&text.replace(language, "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$")).unwrap();
    assert_eq!(
        schema["title"],
        "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"
    );
    jsonschema::draft7::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
});

/// The crate serde-sarif is built from the schema, and has it in its package.
fn schema_file() -> PathBuf {
    // Of other machines' packages, none need be here.
    let version = cargo(&["-vV"]);
    let machine = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let manifest = in_repository("Cargo.toml");
    let metadata = cargo(&[
        "metadata",
        "--offline",
        "--locked",
        "--format-version=1",
        "--filter-platform",
        machine,
        "--manifest-path",
        manifest.to_str().unwrap(),
    ]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages
        .iter()
        .find(|package| package["name"] == "serde-sarif")
        .unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    manifest.with_file_name("src").join("schema.json")
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Valid, every result tied to its rule, and no fingerprint twice.
#[track_caller]
pub(super) fn assert_valid(log: &Value) {
    schema::assert_valid(&VALIDATOR, log);
    for result in results(log) {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        // What GitHub goes by.
        let hash = result["partialFingerprints"]["primaryLocationLineHash"]
            .as_str()
            .unwrap();
        assert!(
            hash.split_once(':')
                .is_some_and(|(_, count)| count.parse::<u32>().is_ok()),
            "{hash}"
        );
    }
    let fingerprints = fingerprints(log);
    assert_eq!(fingerprints.iter().collect::<BTreeSet<_>>().len(), fingerprints.len());
}

pub(super) fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().unwrap()
}

pub(super) fn fingerprints(log: &Value) -> Vec<String> {
    let prints = results(log).iter().map(|result| {
        result["partialFingerprints"]["dialformFinding/v1"]
            .as_str()
            .unwrap()
            .to_owned()
    });
    prints.collect()
}

/// Where the first location of each result is.
pub(super) fn places(log: &Value) -> Vec<&Value> {
    let results = results(log).iter();
    results
        .map(|result| &result["locations"][0]["physicalLocation"])
        .collect()
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let good = Site::sample().json("sarif");
    assert_valid(&good);
    for (pointer, wrong) in [
        ("/version", json!("2.0.0")),
        ("/runs/0/columnKind", json!("bytes")),
        ("/runs/0/results/0/level", json!("fatal")),
        ("/runs/0/results/0/message", json!("words")),
        (
            "/runs/0/results/0/locations/0/physicalLocation/region/startColumn",
            json!(0),
        ),
        (
            "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri",
            json!("a b"),
        ),
        ("/runs/0/results/0/fixes/0/artifactChanges", json!([])),
        ("/runs/0/tool/driver/rules/0/help", json!({})),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = wrong;
        assert!(!VALIDATOR.is_valid(&bad), "{pointer}");
    }
}

/// Columns count UTF-16 code units, as the log says: the telephone is two. Ends lie behind.
#[test]
fn the_log_is_this_letter_by_letter() {
    let site = Site::sample();
    let mut log = site.json("sarif");
    for result in log["runs"][0]["results"].as_array_mut().unwrap() {
        for name in ["partialFingerprints", "ruleIndex"] {
            assert!(result.as_object_mut().unwrap().remove(name).is_some());
        }
    }
    let rules = log["runs"][0]["tool"]["driver"]
        .as_object_mut()
        .unwrap()
        .remove("rules");
    assert_eq!(rules.unwrap().as_array().unwrap().len(), RULES.len());

    let region = |line: usize, start: usize, end: usize| json!({ "startLine": line, "startColumn": start, "endLine": line, "endColumn": end });
    let artifact = |path: &str| json!({ "uri": path, "uriBaseId": "%SRCROOT%" });
    let physical = |path: &str, region: &Value| json!({ "artifactLocation": artifact(path), "region": region });
    let within = json!([
        { "name": "spring", "fullyQualifiedName": "campaign spring", "kind": "campaign" },
    ]);
    let fix = |words: &str, region: &Value, text: &str| {
        json!([{
            "description": { "text": words },
            "artifactChanges": [{
                "artifactLocation": artifact("campaigns/a.kdl"),
                "replacements": [{ "deletedRegion": region, "insertedContent": { "text": text } }],
            }],
        }])
    };
    let (bare, misspelt) = (region(2, 26, 31), region(3, 26, 30));
    let (twice, past) = (region(1, 10, 18), region(6, 21, 39));
    let (a, b) = ("campaigns/a.kdl", "campaigns/b.kdl");
    assert_eq!(
        log,
        json!({
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "dialform",
                    "version": env!("CARGO_PKG_VERSION"),
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                } },
                "invocations": [{ "executionSuccessful": true }],
                "originalUriBaseIds": {
                    "%SRCROOT%": { "uri": format!("file://{}/", real(site.root()).display()) },
                },
                "columnKind": "utf16CodeUnits",
                "results": [
                    {
                        "ruleId": "DF010",
                        "level": "error",
                        "message": { "text": "`false` is written `#false`\nwrite `#false`" },
                        "locations": [{
                            "physicalLocation": physical(a, &bare),
                            "message": { "text": "write `#false`" },
                            "logicalLocations": within,
                        }],
                        "fixes": fix("Keeps what was meant", &bare, "#false"),
                    },
                    {
                        "ruleId": "DF101",
                        "level": "error",
                        "message": { "text": "a campaign has no `pase`\ndid you mean `pace`?" },
                        "locations": [{
                            "physicalLocation": physical(a, &misspelt),
                            "message": { "text": "did you mean `pace`?" },
                            "logicalLocations": within,
                        }],
                        "fixes": fix("Probably what was meant: look at it first", &misspelt, "pace"),
                    },
                    {
                        "ruleId": "DF305",
                        "level": "error",
                        "message": { "text": "campaign `spring` is declared twice\ndeclared again\ngive one campaign another name" },
                        "locations": [{
                            "physicalLocation": physical(b, &twice),
                            "message": { "text": "declared again" },
                            "logicalLocations": within,
                        }],
                        "relatedLocations": [{
                            "physicalLocation": physical(a, &twice),
                            "id": 1,
                            "message": { "text": "first declared here" },
                        }],
                    },
                    {
                        "ruleId": "DF401",
                        "level": "warning",
                        "message": { "text": "the start 2001-01-01 10:00 has passed\nin the past\nit is 2026-12-02 13:00 now; the task would start as soon as it is created" },
                        "locations": [{
                            "physicalLocation": physical(b, &past),
                            "message": { "text": "in the past" },
                            "logicalLocations": within,
                        }],
                    },
                ],
                "properties": { "errorCount": 3, "warningCount": 1 },
            }],
        })
    );
}

#[test]
fn rules_come_with_help() {
    let log = Site::clean().json("sarif");
    assert_valid(&log);
    assert!(results(&log).is_empty());
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let pace = rules.iter().find(|rule| rule["id"] == "DF114").unwrap();
    let about = "A pace that is neither N/s nor 1/Ns with N from 1 to 99, nor 1/min.";
    assert_eq!(pace["name"], "bad-pace");
    assert_eq!(pace["shortDescription"]["text"], about);
    assert_eq!(pace["defaultConfiguration"]["level"], "error");
    assert_eq!(pace["properties"]["tags"], json!(["dialform", "settings"]));
    let help = pace["help"]["markdown"].as_str().unwrap();
    assert!(help.starts_with(about), "{help}");
    for example in [
        "Wrong:\n\n```kdl\npace \"2/min\"\n```",
        "Right:\n\n```kdl\npace \"1/30s\"\n```",
    ] {
        assert!(help.contains(example), "{help}");
    }
    assert!(!rules.iter().any(|rule| rule["properties"]["tags"][1] == "other"));
}

/// Each rule broken, in one run.
#[test]
fn the_bad_examples_of_all_rules_are_valid() {
    let site = Site::now(&[]);
    // Rules about files as such have no examples.
    let examples = RULES.iter().filter(|rule| !rule.bad.is_empty());
    for rule in examples.clone() {
        for (path, content) in example::project(rule.bad) {
            site.write(&format!("{}/{path}", rule.code), &content);
        }
    }
    let log = site.json("sarif");
    assert_valid(&log);
    let found: BTreeSet<&str> = results(&log)
        .iter()
        .map(|result| result["ruleId"].as_str().unwrap())
        .collect();
    for rule in examples {
        assert!(found.contains(rule.code), "{}", rule.code);
    }
    super::gitlab::assert_valid(&site.json("gitlab"));
    super::rdjson::assert_valid(&site.json("rdjson"));
    super::junit::assert_valid(&site.all("junit"));
}

#[test]
fn the_broken_example_is_valid() {
    let site = Site::now(&[]);
    copy_folder(&in_repository("examples/broken"), &site.path("broken"));
    let log = super::parsed(&site.lint_in("broken", &["--output-format", "sarif"]).stdout);
    assert_valid(&log);
    assert_eq!(results(&log).len(), 12);
}

/// Braces stand for arguments in a message, unless they are doubled.
#[test]
fn braces_in_messages_are_doubled() {
    let site = Site::now(&[("a.kdl", "campaign \"{0}\" {\n}\n")]);
    let log = site.json("sarif");
    assert_valid(&log);
    let texts: Vec<&str> = results(&log)
        .iter()
        .map(|result| result["message"]["text"].as_str().unwrap())
        .collect();
    assert!(texts.iter().any(|text| text.contains("{{0}}")), "{texts:#?}");
    assert!(
        !texts.iter().any(|text| text.replace("{{", "").contains('{')),
        "{texts:#?}"
    );
}
