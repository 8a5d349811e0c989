//! Requests are answered beside one another and beside changes. The failure point holds one of them until a file is there.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::PROJECT;
use super::editor::{Columns, Editor};
use crate::common::site::{CLEAN, repository};

const HELD: &str = "textDocument/formatting";

/// A server that holds requests for formatting until this file is there.
fn holding() -> (TempDir, Editor, PathBuf) {
    let folder = repository(&[("dialform.kdl", PROJECT), ("campaigns/a.kdl", CLEAN)]);
    let gate = folder.path().join("gate");
    let wish = format!("{HELD}={}", gate.display());
    let mut editor = Editor::spawn(folder.path(), &[("DIALFORM_HOLD_AT", &wish)]);
    editor.greet(Columns::Utf16);
    editor.open("campaigns/a.kdl", 1, &CLEAN.replace("    pace", "  pace"));
    (folder, editor, gate)
}

fn begin(editor: &mut Editor) -> i32 {
    let document = json!({ "uri": editor.uri("campaigns/a.kdl") });
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    editor.begin(HELD, json!({ "textDocument": document, "options": options }))
}

fn open(gate: &Path) {
    fs::write(gate, "").unwrap();
}

#[test]
fn a_request_that_takes_long_keeps_nobody_waiting() {
    let (_folder, mut editor, gate) = holding();
    let held = begin(&mut editor);
    let symbols = editor.named("campaigns/a.kdl");
    let symbols = editor.ask("textDocument/documentSymbol", symbols).unwrap();
    assert_eq!(symbols[0]["name"], "a", "{symbols}");
    open(&gate);
    let edits = editor.answer(held).unwrap();
    assert_eq!(edits.as_array().map(Vec::len), Some(1), "{edits}");
    editor.end();
}

#[test]
fn a_request_whose_text_has_changed_is_answered_so() {
    let (_folder, mut editor, gate) = holding();
    let held = begin(&mut editor);
    editor.change("campaigns/a.kdl", 2, json!([{ "text": CLEAN.replace("3/s", "0/s") }]));
    // The change does not wait for it.
    assert_eq!(editor.codes("campaigns/a.kdl"), ["DF114"]);
    open(&gate);
    assert_eq!(editor.answer(held).unwrap_err()["code"], -32801);
    let again = begin(&mut editor);
    assert_eq!(editor.answer(again).unwrap(), json!([]));
    editor.end();
}

#[test]
fn a_request_that_is_cancelled_while_it_waits_is_answered_so() {
    let (_folder, mut editor, gate) = holding();
    let held = begin(&mut editor);
    // It has begun.
    editor.barrier();
    editor.tell("$/cancelRequest", json!({ "id": held }));
    editor.barrier();
    open(&gate);
    assert_eq!(editor.answer(held).unwrap_err()["code"], -32800);
    editor.end();
}

#[test]
fn what_was_asked_is_answered_before_the_end() {
    let (_folder, mut editor, gate) = holding();
    let held = begin(&mut editor);
    let end = editor.begin("shutdown", Value::Null);
    open(&gate);
    // In this order: an answer that nobody waits for is none that a client expects.
    assert!(editor.answer(held).unwrap().is_array());
    assert_eq!(editor.answer(end).unwrap(), Value::Null);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.wait().code(), Some(0));
}
