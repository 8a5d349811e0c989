//! Clients that err, die, or ask for what there is not.

use serde_json::{Value, json};

use super::editor::{Columns, Editor, abilities, uri};
use super::{PROJECT, client_process, project};
use crate::common::site::{CLEAN, repository};

#[test]
fn the_order_of_a_session_is_kept() {
    let folder = repository(&[("dialform.kdl", PROJECT)]);
    let mut editor = Editor::spawn(folder.path(), &[]);
    let code = |answer: Result<Value, Value>| answer.unwrap_err()["code"].as_i64().unwrap();
    assert_eq!(code(editor.ask("textDocument/hover", json!({}))), -32002);
    editor.tell("textDocument/didOpen", json!({ "textDocument": 3 }));
    editor.greet(Columns::Utf8);
    assert_eq!(code(editor.ask("initialize", json!({ "capabilities": {} }))), -32600);
    assert_eq!(
        code(editor.ask("textDocument/formatting", json!({ "textDocument": 3 }))),
        -32602
    );
    editor.tell("$/setTrace", json!({ "value": "verbose" }));
    editor.tell("some/notification", json!([1]));
    editor.barrier();
    assert_eq!(editor.complaints, Vec::<String>::new());
    editor.ask("shutdown", Value::Null).unwrap();
    assert_eq!(code(editor.ask("textDocument/formatting", json!({}))), -32600);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.wait().code(), Some(0));
}

#[test]
fn an_exit_without_shutdown_and_a_closed_pipe_end_it_with_1() {
    let folder = repository(&[("dialform.kdl", PROJECT)]);
    for greeted in [true, false] {
        for said in [true, false] {
            let mut editor = Editor::spawn(folder.path(), &[]);
            if greeted {
                editor.greet(Columns::Utf16);
            }
            if said {
                editor.tell("exit", Value::Null);
            } else {
                editor.hang_up();
            }
            assert_eq!(editor.wait().code(), Some(1), "{greeted} {said}");
        }
    }
}

#[test]
fn a_change_whose_range_cannot_be_read_is_not_taken_for_the_whole_text() {
    let (_folder, mut editor) = project(Columns::Utf16, &[("campaigns/a.kdl", CLEAN)]);
    editor.open("campaigns/a.kdl", 1, CLEAN);
    let symbols = editor.named("campaigns/a.kdl");
    let count = |editor: &mut Editor| {
        let found = editor.ask("textDocument/documentSymbol", symbols.clone()).unwrap();
        found.as_array().unwrap().len()
    };
    let before = count(&mut editor);
    let end = json!({ "line": 0, "character": 0 });
    for start in [json!({ "line": 0, "character": -1 }), json!({ "line": 0 }), json!(3)] {
        let range = json!({ "start": start, "end": end });
        editor.tell(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": editor.uri("campaigns/a.kdl"), "version": 2 },
                "contentChanges": [{ "range": range, "text": " " }],
            }),
        );
        assert_eq!(count(&mut editor), before);
    }
    editor.complaints.clear();
    editor.end();
}

#[test]
fn what_is_no_message_is_reported_and_skipped() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    editor.send_raw(b"rubbish\r\nContent-Length: 7\r\n\r\n{\"a\": }Content-Length: x\r\n\r\n");
    editor.tell("textDocument/didChange", json!({ "textDocument": { "version": 1 } }));
    editor.change("campaigns/never.kdl", 1, json!([{ "text": "" }]));
    editor.close("campaigns/never.kdl");
    editor.save("campaigns/never.kdl");
    editor.barrier();
    let complaints = std::mem::take(&mut editor.complaints);
    assert_eq!(complaints.len(), 5, "{complaints:#?}");
    assert!(complaints[4].contains("is not open"), "{complaints:#?}");
    editor.open("campaigns/a.kdl", 1, CLEAN);
    let edge = json!({ "start": { "line": 4_000_000_000_u32, "character": 0 }, "end": { "line": 0, "character": 7 } });
    editor.change(
        "campaigns/a.kdl",
        2,
        json!([{ "range": edge, "text": "" }, { "text": CLEAN }]),
    );
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 0);
    editor.end();
}

#[test]
fn a_request_that_is_cancelled_before_its_turn_is_answered_so() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    // In one write, so that the server has both before it looks at the first.
    let frame = |message: Value| {
        let text = message.to_string();
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    };
    let slow = json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": { "textDocument": {
        "uri": editor.uri("campaigns/a.kdl"), "languageId": "dialform", "version": 1,
        "text": "campaign \"a\" {\n}\n".repeat(2_000) } } });
    let request = json!({ "jsonrpc": "2.0", "id": 901, "method": "textDocument/formatting",
        "params": { "textDocument": { "uri": editor.uri("campaigns/a.kdl") }, "options": { "tabSize": 4, "insertSpaces": true } } });
    let cancel = json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": 901 } });
    let all = [slow, request, cancel].map(frame).concat();
    editor.send_raw(all.as_bytes());
    // Whether the server had read the word in time is up to the machine; an answer there is in any case.
    if let Err(error) = editor.answer(901) {
        assert_eq!(error["code"], -32800);
    }
    editor.end();
}

#[test]
fn a_panic_ends_neither_the_server_nor_what_is_open() {
    let folder = repository(&[("dialform.kdl", PROJECT), ("campaigns/a.kdl", CLEAN)]);
    let mut editor = Editor::spawn(folder.path(), &[("DIALFORM_PANIC_AT", "textDocument/formatting")]);
    editor.greet(Columns::Utf16);
    editor.open("campaigns/a.kdl", 1, &CLEAN.replace("3/s", "0/s"));
    let params = json!({ "textDocument": { "uri": editor.uri("campaigns/a.kdl") }, "options": { "tabSize": 4, "insertSpaces": true } });
    let error = editor.ask("textDocument/formatting", params).unwrap_err();
    assert_eq!(error["code"], -32603, "{error}");
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 1);
    editor.change("campaigns/a.kdl", 2, json!([{ "text": CLEAN }]));
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 0);
    editor.end();

    let mut editor = Editor::spawn(folder.path(), &[("DIALFORM_PANIC_AT", "textDocument/didSave")]);
    editor.greet(Columns::Utf16);
    editor.open("campaigns/a.kdl", 1, &CLEAN.replace("3/s", "0/s"));
    editor.save("campaigns/a.kdl");
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 1);
    let complaints = std::mem::take(&mut editor.complaints);
    assert_eq!(complaints.len(), 1, "{complaints:#?}");
    editor.end();
}

#[cfg(unix)]
#[test]
fn it_ends_with_the_process_that_it_serves_even_if_the_pipe_stays_open() {
    let folder = repository(&[("dialform.kdl", PROJECT)]);
    let root = folder.path().canonicalize().unwrap();
    let mut client = client_process();
    let mut editor = Editor::spawn(&root, &[]);
    let params = json!({ "processId": client.id(), "rootUri": uri(&root), "capabilities": abilities(Columns::Utf16) });
    editor.ask("initialize", params).unwrap();
    editor.barrier();
    client.kill().unwrap();
    client.wait().unwrap();
    assert_eq!(editor.wait().code(), Some(1));
}
