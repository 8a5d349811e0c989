//! Names that go across files, and the shape of documents.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use super::editor::{Columns, Editor, byte_at, position_of, uri};
use super::project;
use super::writing::{ask_at, edited, marked};
use crate::common::command::dialform;
use crate::common::site::CLEAN;

const TEMPLATES: &str = "// Шаблоны 😀\naliases { scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"; }\ntemplate \"weekday\" {\n    scenario \"promo\"\n}\n";

fn heir(key: &str) -> String {
    let text = CLEAN.replace("    scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n", "");
    text.replace("\"a\" {", &format!("\"{key}\" template=\"weekday\" {{"))
        .replace("\"A\"", &format!("\"{key} 😀\""))
}

/// What is under each place, and in which file.
fn places(answer: &Value, texts: &BTreeMap<String, String>, columns: Columns) -> Vec<(String, String)> {
    let place = |one: &Value| {
        let text = &texts[one["uri"].as_str().unwrap()];
        let at = |end: &str| byte_at(text, &one["range"][end], columns);
        let name = one["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        (name, text[at("start")..at("end")].to_owned())
    };
    let mut places: Vec<_> = answer.as_array().unwrap().iter().map(place).collect();
    places.sort();
    places
}

#[test]
fn names_are_found_and_renamed_in_every_file() {
    for columns in [Columns::Utf8, Columns::Utf16] {
        let (folder, mut editor) = project(
            columns,
            &[
                ("campaigns/t.kdl", TEMPLATES),
                ("campaigns/a.kdl", &heir("a")),
                ("campaigns/b.kdl", &format!("{}moved from=\"old\" to=\"b\"", heir("b"))),
            ],
        );
        let root = folder.path().canonicalize().unwrap();
        let read = || -> BTreeMap<String, String> {
            let names = ["dialform.kdl", "campaigns/t.kdl", "campaigns/a.kdl", "campaigns/b.kdl"];
            let files = names.map(|name| root.join(name));
            files
                .iter()
                .map(|file| (uri(file), fs::read_to_string(file).unwrap()))
                .collect()
        };
        let texts = read();
        let text = heir("a").replace("\"weekday\"", "\"week¦day\"");
        let found = ask_at(&mut editor, "textDocument/definition", "campaigns/a.kdl", &text);
        assert_eq!(
            places(&found, &texts, columns),
            [("t.kdl".to_owned(), "\"weekday\"".to_owned())]
        );
        let found = ask_at(&mut editor, "textDocument/references", "campaigns/a.kdl", &text);
        let files: Vec<String> = places(&found, &texts, columns)
            .into_iter()
            .map(|place| place.0)
            .collect();
        assert_eq!(files, ["a.kdl", "b.kdl", "t.kdl"]);
        let marked_template = TEMPLATES.replace("\"promo\"", "\"promo¦\"");
        let found = ask_at(
            &mut editor,
            "textDocument/definition",
            "campaigns/t.kdl",
            &marked_template,
        );
        assert_eq!(
            places(&found, &texts, columns),
            [("t.kdl".to_owned(), "promo".to_owned())]
        );
        let highlights = ask_at(
            &mut editor,
            "textDocument/documentHighlight",
            "campaigns/t.kdl",
            &marked_template,
        );
        assert_eq!(highlights.as_array().unwrap().len(), 2, "{highlights}");
        for (path, text, old, new) in [
            ("campaigns/t.kdl", marked_template, "promo", "spring"),
            ("campaigns/a.kdl", text, "weekday", "будни"),
            (
                "campaigns/b.kdl",
                texts[&editor.uri("campaigns/b.kdl")].replace("\"b\" template", "\"¦b\" template"),
                "b",
                "b-2",
            ),
        ] {
            let text = if path == "campaigns/t.kdl" {
                text
            } else {
                text.replace("promo", "spring")
            };
            let (text, byte) = marked(&text);
            editor.open(path, 1, &text);
            let mut params = editor.named(path);
            params["position"] = position_of(&text, byte, columns);
            let prepared = editor.ask("textDocument/prepareRename", params.clone()).unwrap();
            assert_eq!(prepared["placeholder"], old);
            params["newName"] = json!(new);
            let changes = editor.ask("textDocument/rename", params).unwrap();
            let texts = read();
            for (name, edits) in changes["changes"].as_object().unwrap() {
                let file = url::Url::parse(name).unwrap().to_file_path().unwrap();
                fs::write(file, edited(&texts[name], edits, columns)).unwrap();
            }
            editor.close(path);
            editor.watched(&[("campaigns/t.kdl", 2), ("campaigns/a.kdl", 2), ("campaigns/b.kdl", 2)]);
            let linted = dialform(&root, &["lint", "--output-format", "concise"]);
            assert_eq!((linted.code, linted.stdout.as_str()), (Some(0), ""), "{old} → {new}");
        }
        let b = fs::read_to_string(root.join("campaigns/b.kdl")).unwrap();
        assert!(b.starts_with("campaign \"b-2\" template=\"будни\""), "{b}");
        assert!(
            b.ends_with("moved from=\"old\" to=\"b\"\nmoved from=\"b\" to=\"b-2\"\n"),
            "{b}"
        );
        editor.end();
    }
}

#[track_caller]
fn refused(editor: &mut Editor, path: &str, marked_text: &str, new: &str) -> String {
    let (text, byte) = marked(marked_text);
    editor.open(path, 1, &text);
    let mut params = editor.named(path);
    params["position"] = position_of(&text, byte, editor.columns);
    params["newName"] = json!(new);
    let error = editor.ask("textDocument/rename", params).unwrap_err();
    editor.close(path);
    error["message"].as_str().unwrap().to_owned()
}

#[test]
fn names_that_cannot_be_are_refused() {
    let (_folder, mut editor) = project(
        Columns::Utf16,
        &[
            ("campaigns/t.kdl", TEMPLATES),
            ("campaigns/a.kdl", &heir("a")),
            ("campaigns/b.kdl", &heir("b")),
        ],
    );
    let on_key = heir("a").replace("\"a\"", "\"¦a\"");
    assert!(refused(&mut editor, "campaigns/a.kdl", &on_key, "Два слова").contains("cannot be a key"));
    assert!(refused(&mut editor, "campaigns/a.kdl", &on_key, "b").contains("already"));
    let moved = format!("{on_key}moved from=\"c\" to=\"a\"\n");
    assert!(refused(&mut editor, "campaigns/a.kdl", &moved, "c").contains("take its `moved` out"));
    let removed = format!("{on_key}removed \"c\" task=\"keep\"\n");
    assert!(refused(&mut editor, "campaigns/a.kdl", &removed, "c").contains("a `removed` for `c` already"));
    let gone = format!("{}removed \"¦c\" task=\"keep\"\n", heir("a"));
    assert!(refused(&mut editor, "campaigns/a.kdl", &gone, "d").contains("no campaign has the key `c`"));
    let on_template = TEMPLATES.replace("\"weekday\"", "\"¦weekday\"");
    assert!(refused(&mut editor, "campaigns/t.kdl", &on_template, "Week \"day").contains("small letters"));
    assert!(refused(&mut editor, "campaigns/t.kdl", "// ¦", "x").contains("there is no alias"));
    editor.end();
}

#[test]
fn the_shape_of_a_document() {
    let (_folder, mut editor) = project(Columns::Utf16, &[("campaigns/a.kdl", CLEAN)]);
    let text = "// one\n// two\ncampaign \"a\" template=\"t\" {\n    name \"😀\"\n    call-window from=\"09:10\" to=\"19:50\"\n    redial {\n        busy after=\"20m\" times=3\n    }\n}\n";
    editor.open("campaigns/a.kdl", 1, text);
    let named = editor.named("campaigns/a.kdl");
    let symbols = editor.ask("textDocument/documentSymbol", named.clone()).unwrap();
    assert_eq!(
        (&symbols[0]["name"], &symbols[0]["detail"]),
        (&json!("a"), &json!("campaign"))
    );
    let children = symbols[0]["children"].as_array().unwrap();
    assert_eq!(children.len(), 3);
    assert_eq!(children[2]["children"][0]["name"], "busy");
    assert_eq!(symbols[0]["range"]["end"], json!({ "line": 8, "character": 1 }));
    let folds = editor.ask("textDocument/foldingRange", named.clone()).unwrap();
    let lines = |fold: &Value| (fold["startLine"].as_u64().unwrap(), fold["endLine"].as_u64().unwrap());
    let mut folds: Vec<_> = folds.as_array().unwrap().iter().map(lines).collect();
    folds.sort_unstable();
    assert_eq!(folds, [(0, 1), (2, 7), (5, 6)]);
    let mut params = named.clone();
    params["positions"] = json!([{ "line": 6, "character": 22 }]);
    let selection = editor.ask("textDocument/selectionRange", params).unwrap();
    let mut depth = 0;
    let mut one = &selection[0];
    while !one.is_null() {
        depth += 1;
        one = &one["parent"];
    }
    assert!(depth >= 6, "{selection}");
    let mut params = named;
    params["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = editor.ask("textDocument/inlayHint", params).unwrap();
    let labels: Vec<&str> = hints
        .as_array()
        .unwrap()
        .iter()
        .map(|hint| hint["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["= 33000", "= 71400", "= 1200"]);
    let found = editor.ask("workspace/symbol", json!({ "query": "A" })).unwrap();
    assert_eq!(found[0]["name"], "a");
    editor.end();
}
