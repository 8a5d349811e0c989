//! `dialform import`: bodies come back as they went in, mistakes seen in the wild are mended aloud, and nothing secret is
//! shown.

mod command;
mod curl;
mod exports;
mod live;
mod rendered;
mod round_trip;
#[cfg(unix)]
mod shells;
mod wild;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::command::{Ran, command, dialform};

/// Imports a text from standard input, in a folder.
fn import_in(folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = command(folder)
        .arg("import")
        .arg("-")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}

/// The same where there is no project.
fn import(arguments: &[&str], input: &str) -> Ran {
    import_in(TempDir::new().unwrap().path(), arguments, input.as_bytes())
}

/// A project of this dialect with such a file of campaigns.
fn project(dialect: &str, campaigns: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("campaigns")).unwrap();
    let text = format!("project {{\n    dialect \"{dialect}\"\n}}\n");
    std::fs::write(folder.path().join("dialform.kdl"), text).unwrap();
    std::fs::write(folder.path().join("campaigns/all.kdl"), campaigns).unwrap();
    folder
}

/// What campaigns render to, in the order of the text.
fn rendered(dialect: &str, campaigns: &str) -> Vec<Value> {
    let folder = project(dialect, campaigns);
    let render = dialform(folder.path(), &["render"]);
    assert_eq!(render.code, Some(0), "{}\n{campaigns}", render.stderr);
    let all: Value = serde_json::from_str(&render.stdout).unwrap();
    all.as_array().unwrap().iter().map(|one| one["body"].clone()).collect()
}

/// Every field of the classic page, as the vendor's page writes them.
fn classic() -> Value {
    json!({
        "name": "Весенняя акция",
        "defaultExec": "robot",
        "defaultExecData": "228cc4fa-92f2-4709-94e3-7344a96a5903",
        "secondExec": "ch",
        "secondExecData": "48a77bd7-8762-4e0f-a277-4ef77e36c41b",
        "cidType": "gornum",
        "cidData": "9a67dee5-398e-4570-9426-fbb3f067b270",
        "startType": "time",
        "startMoment": "2036-12-02 10:00",
        "cps": 1.03,
        "taskComment": "Lapsed customers",
        "webhookUrls": ["https://example.com/hooks/twin", "https://example.com/other"],
        "additionalOptions": {
            "fullListMethod": "reject",
            "fullListTime": 12,
            "useTr": true,
            "allowCallTimeFrom": 33000,
            "allowCallTimeTo": 86399,
            "recordCall": true,
            "recTrimLeft": 0,
            "detectRobot": true,
            "detectRobotMode": "back",
            "providerId": "0c7a39bd-8b34-4bb0-ba0c-9b4c4a3c7ee4",
        },
        "phoneNormalization": "RU",
        "normalizationErrorAction": "skip",
        "redialStrategyOptions": {
            "redialStrategyEn": true,
            "candidateLimit": 6,
            "numberLimit": 6,
            "busy": { "redial": true, "time": 1200, "count": 3 },
            "noAnswer": { "redial": true, "time": 5400, "count": 5 },
            "answerMash": { "redial": false },
            "congestion": { "redial": true, "time": 900, "count": 5 },
            "answerNoList": { "redial": true, "time": 3600, "count": 2 },
        },
    })
}

/// The body with a value put at a JSON pointer; null takes what stands there away.
fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let members = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    members.insert(name.to_owned(), value);
    body
}

fn without(mut body: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(name)
        .unwrap();
    body
}
