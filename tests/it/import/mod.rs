//! `dialform import`: bodies come back as they went in, mistakes seen in the wild are fixed aloud, and nothing secret is
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

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::bodies;
use crate::common::command::{Ran, command, dialform, with_input};
use crate::common::site::write_file;

/// Imports a text from standard input, in a folder.
fn import_in(folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = command(folder);
    command.args(["import", "-"]).args(arguments);
    with_input(command, input).into()
}

/// The same where there is no project.
fn import(arguments: &[&str], input: &str) -> Ran {
    import_in(TempDir::new().unwrap().path(), arguments, input.as_bytes())
}

/// A project of this dialect with such a file of campaigns.
fn project(dialect: &str, campaigns: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let text = format!("project {{\n    dialect \"{dialect}\"\n}}\n");
    write_file(folder.path(), "dialform.kdl", text);
    write_file(folder.path(), "campaigns/all.kdl", campaigns);
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
    let mut body = bodies::classic();
    for (pointer, value) in [
        ("/name", json!("Весенняя акция")),
        ("/startMoment", json!("2036-12-02 10:00")),
        ("/taskComment", json!("Lapsed customers")),
        (
            "/webhookUrls",
            json!(["https://example.com/hooks/twin", "https://example.com/other"]),
        ),
        ("/additionalOptions/allowCallTimeTo", json!(86399)),
        ("/redialStrategyOptions/noAnswer/time", json!(5400)),
    ] {
        *body.pointer_mut(pointer).unwrap() = value;
    }
    body
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
