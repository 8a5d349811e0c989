//! Help while a person writes: hover, completion, code actions.

use serde_json::{Value, json};

use super::editor::{Columns, Editor, byte_at, position_of};
use super::project;
use crate::common::site::{CLEAN, keyed};

const NAMES: &str = "aliases {\n    number moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"\n    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n}\ntemplate \"weekday\" {\n    pace \"3/s\"\n}\n";

/// A place in a text: where `¦` stands, which is taken out.
pub(super) fn marked(text: &str) -> (String, usize) {
    (text.replacen('¦', "", 1), text.find('¦').unwrap())
}

/// Opens a text with a mark, and asks at that mark.
#[track_caller]
pub(super) fn ask_at(editor: &mut Editor, method: &str, path: &str, text: &str) -> Value {
    let (text, byte) = marked(text);
    editor.open(path, 1, &text);
    let mut params = editor.named(path);
    params["position"] = position_of(&text, byte, editor.columns);
    params["context"] = json!({ "includeDeclaration": true, "triggerKind": 1 });
    let answer = editor.ask(method, params).unwrap();
    editor.close(path);
    answer
}

/// A text with the edits of one file made.
#[track_caller]
pub(super) fn edited(text: &str, edits: &Value, columns: Columns) -> String {
    let mut edits = edits.as_array().unwrap().clone();
    edits.sort_by_key(|edit| byte_at(text, &edit["range"]["start"], columns));
    let mut text = text.to_owned();
    let before = text.clone();
    for edit in edits.iter().rev() {
        let place = |end: &str| byte_at(&before, &edit["range"][end], columns);
        text.replace_range(place("start")..place("end"), edit["newText"].as_str().unwrap());
    }
    text
}

#[track_caller]
fn hovered(editor: &mut Editor, text: &str) -> String {
    let hover = ask_at(editor, "textDocument/hover", "campaigns/a.kdl", text);
    hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn hover_says_what_the_table_says_and_what_is_sent() {
    let (_folder, mut editor) = project(Columns::Utf16, &[("campaigns/names.kdl", NAMES)]);
    let on = |from: &str, to: &str| keyed("й😀").replacen(from, to, 1);
    for (text, expected) in [
        (on("\"3/s\"", "\"3/¦s\""), "sent as `cps` `1.03`"),
        (on("\"3/s\"", "\"1/6¦0s\""), "sent as `cps`"),
        (on("\"5s\"", "\"1¦m\""), "sent as `additionalOptions.fullListTime` `60`"),
        (on("pace \"", "pa¦ce \""), "### pace"),
        (
            on(
                "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
                "scenario \"pro¦mo\"",
            ),
            "228cc4fa-92f2-4709-94e3-7344a96a5903",
        ),
        (on("\" {", "\" template=\"week¦day\" {"), "pace \"3/s\""),
        (
            on("caller-id \"default\"", "caller-id \"number\" i¦d=\"moscow\""),
            "### caller-id.id",
        ),
        (
            on("caller-id \"default\"", "caller-id \"numb¦er\" id=\"moscow\""),
            "`caller-id`",
        ),
        (on("campaign", "camp¦aign"), "### campaign"),
        (on("    pace", "    // dialform: ignore[DF4¦02] why\n    pace"), "DF402"),
        (on("    pace", "    // just a com¦ment\n    pace"), ""),
        (on("    pace", "  ¦  pace"), ""),
    ] {
        let said = hovered(&mut editor, &text);
        assert!(
            said.contains(expected) && (!expected.is_empty() || said.is_empty()),
            "{text}\n{said}"
        );
        assert!(!said.contains("**Example"), "{said}");
    }
    editor.end();
}

/// Labels in their order.
#[track_caller]
fn completed(editor: &mut Editor, text: &str) -> Vec<String> {
    let items = ask_at(editor, "textDocument/completion", "campaigns/a.kdl", text);
    let mut items = items.as_array().unwrap().clone();
    items.sort_by_key(|item| item["sortText"].as_str().unwrap().to_owned());
    items
        .iter()
        .map(|item| item["label"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn completion_knows_what_may_be_written_where() {
    let (_folder, mut editor) = project(Columns::Utf16, &[("campaigns/names.kdl", NAMES)]);
    let inside = |line: &str| CLEAN.replacen("    pace \"3/s\"\n", &format!("    {line}\n"), 1);
    let labels = completed(&mut editor, &inside("¦"));
    assert_eq!(labels[0], "pace", "what is missing comes first: {labels:?}");
    assert!(!labels.contains(&"name".to_owned()), "it is there: {labels:?}");
    assert!(labels.contains(&"call-window".to_owned()), "{labels:?}");
    for (text, expected) in [
        (inside("pace \"¦"), "3/s"),
        (inside("pace ¦"), "3/s"),
        (inside("caller-id \"number\" id=\"¦\""), "moscow"),
        (inside("caller-id \"number\" ¦"), "id="),
        (inside("scenario \"¦\""), "promo"),
        (inside("on-transfer \"¦\""), "channel"),
        (inside("record ¦"), "#true"),
        (inside("// dialform: ignore[¦"), "unknown-alias"),
        (inside("redial { bu¦ }"), "busy"),
        (CLEAN.replace("\"a\" {", "\"a\" template=\"¦\" {"), "weekday"),
        (CLEAN.replace("\"a\" {", "\"a\" ¦ {"), "template="),
        ("¦".to_owned(), "campaign"),
        ("aliases {\n    ¦\n}\n".to_owned(), "number"),
        (format!("{CLEAN}moved from=\"old\" to=\"¦\"\n"), "a"),
    ] {
        let labels = completed(&mut editor, &text);
        assert!(labels.iter().any(|label| label == expected), "{text}\n{labels:?}");
    }
    // Only what the argument of the node asks for.
    for (kind, expected) in [("number", vec!["moscow"]), ("pool", Vec::new())] {
        let labels = completed(&mut editor, &inside(&format!("caller-id \"{kind}\" id=\"¦\"")));
        assert_eq!(labels, expected, "{kind}");
    }
    let (text, _) = marked(&inside("caller-id \"number\" id=\"mo¦\""));
    let items = ask_at(
        &mut editor,
        "textDocument/completion",
        "campaigns/a.kdl",
        &inside("caller-id \"number\" id=\"mo¦\""),
    );
    let item = items
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["label"] == "moscow")
        .unwrap();
    let after = edited(&text, &json!([item["textEdit"]]), Columns::Utf16);
    assert!(after.contains("id=\"moscow\"\n"), "{after}");
    assert_eq!(completed(&mut editor, &inside("// no¦thing")), Vec::<String>::new());
    editor.end();
}

#[track_caller]
pub(super) fn actions(editor: &mut Editor, path: &str, only: Option<&str>) -> Vec<Value> {
    let mut params = editor.named(path);
    let end = json!({ "line": 99_999, "character": 0 });
    params["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": end });
    params["context"] = json!({ "diagnostics": [], "triggerKind": 1 });
    if let Some(only) = only {
        params["context"]["only"] = json!([only]);
    }
    let actions = editor.ask("textDocument/codeAction", params).unwrap();
    actions.as_array().unwrap().clone()
}

#[track_caller]
fn make(editor: &mut Editor, path: &str, text: &str, version: i32, action: &Value) -> String {
    let uri = editor.uri(path);
    let text = edited(text, &action["edit"]["changes"][&uri], editor.columns);
    editor.change(path, version, json!([{ "text": text }]));
    text
}

#[test]
fn each_fix_is_an_action_and_all_safe_ones_are_one() {
    for columns in [Columns::Utf8, Columns::Utf16] {
        let (_folder, mut editor) = project(columns, &[]);
        let text = keyed("a")
            .replace("\"A\"", "\"Я😀\"")
            .replace("record #false", "record false")
            .replace('\n', "\r\n");
        editor.open("campaigns/a.kdl", 1, &text);
        assert_eq!(editor.codes("campaigns/a.kdl").len(), 1);
        let quick = actions(&mut editor, "campaigns/a.kdl", Some("quickfix"));
        let fix = &quick[0];
        assert_eq!(
            (&fix["kind"], &fix["isPreferred"]),
            (&json!("quickfix"), &json!(true)),
            "{quick:#?}"
        );
        assert_eq!(fix["title"], "Replace `false` with `#false`");
        assert_eq!(fix["diagnostics"].as_array().unwrap().len(), 1);
        let fixed = make(&mut editor, "campaigns/a.kdl", &text, 2, fix);
        assert_eq!(editor.codes("campaigns/a.kdl").len(), 0, "{fixed}");
        editor.change("campaigns/a.kdl", 3, json!([{ "text": text }]));
        let all = actions(&mut editor, "campaigns/a.kdl", Some("source.fixAll"));
        assert_eq!(all.len(), 1, "{all:#?}");
        assert_eq!(all[0]["kind"], "source.fixAll.dialform");
        assert_eq!(make(&mut editor, "campaigns/a.kdl", &text, 4, &all[0]), fixed);
        assert_eq!(actions(&mut editor, "campaigns/a.kdl", None), Vec::<Value>::new());
        editor.end();
    }
}

#[test]
fn a_finding_can_be_ignored_with_a_reason() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    let text = CLEAN.replace("    pace", "    webhook \"http://example.com/hook\"\n    pace");
    editor.open("campaigns/a.kdl", 1, &text);
    assert_eq!(editor.codes("campaigns/a.kdl"), ["DF601"]);
    let all = actions(&mut editor, "campaigns/a.kdl", None);
    let ignore = all
        .iter()
        .find(|one| one["title"] == "Ignore DF601 here, with a reason")
        .unwrap();
    let text = make(&mut editor, "campaigns/a.kdl", &text, 2, ignore);
    assert!(
        text.contains("    // dialform: ignore[DF601] TODO: say why\n    webhook"),
        "{text}"
    );
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 0);
    editor.end();
}

#[test]
fn an_alias_that_is_missing_can_be_declared() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    let text = CLEAN.replace("caller-id \"default\"", "caller-id \"number\" id=\"moscow\"");
    editor.open("campaigns/a.kdl", 1, &text);
    assert_eq!(editor.codes("campaigns/a.kdl"), ["DF301"]);
    let all = actions(&mut editor, "campaigns/a.kdl", None);
    let title = "Declare the number `moscow` (its id is for you to fill in)";
    let declare = all
        .iter()
        .find(|one| one["title"] == title)
        .unwrap_or_else(|| panic!("{all:#?}"));
    let uri = editor.uri("dialform.kdl");
    let project = edited(super::PROJECT, &declare["edit"]["changes"][&uri], Columns::Utf16);
    assert_eq!(
        project,
        format!("{}aliases {{\n    number moscow=\"UUID\"\n}}\n", super::PROJECT)
    );
    editor.open("dialform.kdl", 1, &project);
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 0, "it is declared");
    assert_eq!(editor.codes("dialform.kdl").len(), 1, "and has no id yet");
    editor.end();
}
