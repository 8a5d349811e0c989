//! Clients that can do less than others, or say that they can do what they cannot.

use serde_json::{Value, json};

use super::PROJECT;
use super::editor::{Columns, Editor, abilities, uri};
use super::writing::ask_at;
use crate::common::site::{CLEAN, keyed, repository, write_file};

#[test]
fn a_client_that_refuses_to_tell_of_files_is_served_by_looking_when_it_saves() {
    let folder = repository(&[("dialform.kdl", PROJECT), ("campaigns/a.kdl", CLEAN)]);
    let mut editor = Editor::spawn(folder.path(), &[]);
    editor.refuses = true;
    editor.greet(Columns::Utf16);
    assert_eq!(editor.asked.len(), 1);
    editor.open("campaigns/a.kdl", 1, CLEAN);
    write_file(
        folder.path(),
        "campaigns/b.kdl",
        keyed("b").replace("\"3/s\"", "\"0/s\""),
    );
    editor.save("campaigns/a.kdl");
    assert_eq!(editor.codes("campaigns/b.kdl"), ["DF114"]);
    let complaints = std::mem::take(&mut editor.complaints);
    assert_eq!(complaints, ["the client refused a request: Internal error"]);
    editor.end();
}

/// What a client is told at a place, and the form of it.
fn told(forms: &Value) -> (Value, Value) {
    let folder = repository(&[("dialform.kdl", PROJECT)]);
    let mut editor = Editor::spawn(folder.path(), &[]);
    let mut capabilities = abilities(Columns::Utf16);
    capabilities["textDocument"]["hover"] = json!({ "contentFormat": forms });
    capabilities["textDocument"]["completion"] = json!({ "completionItem": { "documentationFormat": forms } });
    let root = folder.path().canonicalize().unwrap();
    let folders = json!([{ "uri": uri(&root), "name": "project" }]);
    let params = json!({ "processId": null, "workspaceFolders": folders, "capabilities": capabilities });
    editor.ask("initialize", params).unwrap();
    editor.tell("initialized", json!({}));
    let hover = ask_at(
        &mut editor,
        "textDocument/hover",
        "campaigns/a.kdl",
        &CLEAN.replace("pace", "pa¦ce"),
    );
    let text = CLEAN.replace("    pace", "    ¦pace");
    let items = ask_at(&mut editor, "textDocument/completion", "campaigns/b.kdl", &text);
    let items = items.as_array().cloned().unwrap_or_default();
    let documented = items.iter().find(|item| item.get("documentation").is_some()).unwrap();
    let kinds = (
        hover["contents"]["kind"].clone(),
        documented["documentation"]["kind"].clone(),
    );
    editor.end();
    kinds
}

#[test]
fn what_is_said_has_a_form_that_the_client_takes() {
    let kinds = |kind: &str| (json!(kind), json!(kind));
    assert_eq!(told(&json!(["plaintext", "markdown"])), kinds("markdown"));
    assert_eq!(told(&json!(["plaintext"])), kinds("plaintext"));
    // A string has no kind.
    assert_eq!(told(&Value::Null), (json!("plaintext"), Value::Null));
}
