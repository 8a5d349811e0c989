//! What the client is told, and when.

use std::fs;

use serde_json::{Value, json};

use super::editor::{Columns, Editor, abilities, uri};
use super::{PROJECT, project};
use crate::common::site::{CLEAN, keyed, repository, write_file};

fn broken(key: &str) -> String {
    keyed(key).replace("\"3/s\"", "\"0/s\"")
}

/// URI's file name, version and number of diagnostics.
fn brief(published: &[Value]) -> Vec<(String, Value, usize)> {
    let brief = published.iter().map(|one| {
        let name = one["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        (
            name,
            one["version"].clone(),
            one["diagnostics"].as_array().unwrap().len(),
        )
    });
    brief.collect()
}

#[test]
fn each_version_is_answered_once_also_if_nothing_changed() {
    let (_folder, mut editor) = project(
        Columns::Utf16,
        &[("campaigns/a.kdl", CLEAN), ("campaigns/b.kdl", &broken("b"))],
    );
    let told = brief(&editor.published());
    assert_eq!(
        told,
        [("b.kdl".to_owned(), Value::Null, 1)],
        "also of files that are not open"
    );
    editor.open("campaigns/a.kdl", 7, CLEAN);
    assert_eq!(brief(&editor.published()), [("a.kdl".to_owned(), json!(7), 0)]);
    editor.change("campaigns/a.kdl", 8, json!([{ "text": broken("a") }]));
    assert_eq!(brief(&editor.published()), [("a.kdl".to_owned(), json!(8), 1)]);
    editor.change("campaigns/a.kdl", 9, json!([{ "text": format!("{}\n", broken("a")) }]));
    editor.change("campaigns/a.kdl", 10, json!([]));
    editor.change("campaigns/a.kdl", 11, json!([{ "text": CLEAN }]));
    let told = brief(&editor.published());
    assert_eq!(
        told.iter().map(|one| one.1.clone()).collect::<Vec<_>>(),
        [json!(9), json!(10), json!(11)]
    );
    assert_eq!(told[2].2, 0);
    editor.close("campaigns/a.kdl");
    assert_eq!(brief(&editor.published()), [], "the file has what the client had");
    editor.end();
}

#[test]
fn a_diagnostic_has_all_that_a_client_can_show() {
    let (folder, mut editor) = project(
        Columns::Utf16,
        &[
            ("campaigns/a.kdl", CLEAN),
            ("campaigns/b.kdl", &CLEAN.replace("\"A\"", "\"B\"")),
            (
                "campaigns/c.kdl",
                "aliases { number unused=\"9a67dee5-398e-4570-9426-fbb3f067b270\" }\n",
            ),
        ],
    );
    assert_eq!(editor.codes("campaigns/b.kdl").len(), 1, "the key twice");
    let told = editor.told[&editor.uri("campaigns/b.kdl")].clone();
    let one = &told["diagnostics"][0];
    assert_eq!((&one["source"], &one["severity"]), (&json!("dialform"), &json!(1)));
    assert_eq!(one["range"]["start"], json!({ "line": 0, "character": 9 }));
    let related = one["relatedInformation"].as_array().unwrap();
    assert!(
        related
            .iter()
            .any(|place| place["location"]["uri"] == editor.uri("campaigns/a.kdl")),
        "{one}"
    );
    // The same key is the same error; now the alias is found unused, and can be taken out.
    write_file(&folder.path().canonicalize().unwrap(), "campaigns/b.kdl", keyed("b"));
    editor.watched(&[("campaigns/b.kdl", 2)]);
    assert_eq!(editor.codes("campaigns/b.kdl"), Vec::<String>::new());
    editor.barrier();
    let told = editor.told[&editor.uri("campaigns/c.kdl")].clone();
    assert_eq!(told["diagnostics"][0]["tags"], json!([1]), "{told}");
    editor.open("campaigns/a.kdl", 1, &CLEAN.replace("\"3/s\"", "3/s"));
    editor.barrier();
    let told = editor.told[&editor.uri("campaigns/a.kdl")].clone();
    let fixes: Vec<&Value> = told["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["data"]["fix"])
        .collect();
    assert!(fixes.iter().any(|fix| fix["edits"][0]["newText"].is_string()), "{told}");
    editor.end();
}

#[test]
fn what_one_file_changes_in_another_is_told_at_once() {
    let template = "template \"common\" {\n    pace \"3/s\"\n}\n";
    let (_folder, mut editor) = project(
        Columns::Utf8,
        &[
            ("campaigns/t.kdl", template),
            (
                "campaigns/a.kdl",
                &CLEAN
                    .replace("    pace \"3/s\"\n", "")
                    .replace("\"a\" {", "\"a\" template=\"common\" {"),
            ),
        ],
    );
    assert_eq!(editor.published(), Vec::<Value>::new());
    editor.open("campaigns/t.kdl", 1, &template.replace("common", "other"));
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 1);
    editor.change("campaigns/t.kdl", 2, json!([{ "text": template }]));
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 0);
    // Whoever closes without saving has the disk's text again.
    editor.change("campaigns/t.kdl", 3, json!([{ "text": "" }]));
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 1);
    editor.close("campaigns/t.kdl");
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 0);
    editor.end();
}

#[test]
fn nothing_stays_of_files_that_are_closed_deleted_or_renamed() {
    let (folder, mut editor) = project(Columns::Utf16, &[("campaigns/a.kdl", &broken("a"))]);
    let root = folder.path().canonicalize().unwrap();
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 1);
    fs::rename(root.join("campaigns/a.kdl"), root.join("campaigns/b.kdl")).unwrap();
    editor.watched(&[("campaigns/a.kdl", 3), ("campaigns/b.kdl", 1)]);
    assert_eq!(
        (
            editor.codes("campaigns/a.kdl").len(),
            editor.codes("campaigns/b.kdl").len()
        ),
        (0, 1)
    );
    // Deleted while it is open: what the person has on the screen is still checked.
    editor.open("campaigns/b.kdl", 1, &broken("b"));
    fs::remove_file(root.join("campaigns/b.kdl")).unwrap();
    editor.watched(&[("campaigns/b.kdl", 3)]);
    assert_eq!(editor.codes("campaigns/b.kdl").len(), 1);
    editor.close("campaigns/b.kdl");
    assert_eq!(editor.codes("campaigns/b.kdl").len(), 0);
    // The whole project.
    write_file(&root, "campaigns/c.kdl", broken("c"));
    editor.watched(&[("campaigns/c.kdl", 1)]);
    assert_eq!(editor.codes("campaigns/c.kdl").len(), 1);
    fs::remove_file(root.join("dialform.kdl")).unwrap();
    editor.watched(&[("dialform.kdl", 3)]);
    assert_eq!(editor.codes("campaigns/c.kdl").len(), 0);
    assert!(editor.told.values().all(|told| told["diagnostics"] == json!([])));
    editor.end();
}

#[test]
fn the_patterns_of_an_unsaved_project_file_count() {
    let (_folder, mut editor) = project(Columns::Utf16, &[("more/a.kdl", &broken("a"))]);
    assert_eq!(editor.codes("more/a.kdl").len(), 0);
    let wider = "project {\n    timezone \"Europe/Moscow\"\n    campaigns \"more/*.kdl\"\n}\n";
    editor.open("dialform.kdl", 1, wider);
    assert_eq!(editor.codes("more/a.kdl").len(), 1);
    editor.close("dialform.kdl");
    assert_eq!(editor.codes("more/a.kdl").len(), 0);
    // A file that the patterns leave out is checked while it is open, and changes nothing in the others.
    editor.open("more/a.kdl", 1, &broken("a"));
    assert_eq!(editor.codes("more/a.kdl").len(), 1);
    editor.close("more/a.kdl");
    assert_eq!(editor.codes("more/a.kdl").len(), 0);
    editor.end();
}

#[test]
fn several_projects_folders_and_files_outside_any() {
    let one = repository(&[
        ("north/dialform.kdl", PROJECT),
        ("north/campaigns/a.kdl", &broken("a")),
        ("south/dialform.kdl", PROJECT),
        ("south/campaigns/a.kdl", &broken("a")),
        ("loose.kdl", &broken("x")),
    ]);
    let two = repository(&[("dialform.kdl", PROJECT), ("campaigns/a.kdl", &broken("a"))]);
    let mut editor = Editor::open_folder(one.path(), Columns::Utf16);
    for path in ["north/campaigns/a.kdl", "south/campaigns/a.kdl"] {
        assert_eq!(editor.codes(path).len(), 1, "{path}");
    }
    assert_eq!(editor.codes("loose.kdl").len(), 0);
    editor.open("loose.kdl", 1, &broken("x"));
    assert_eq!(editor.codes("loose.kdl").len(), 1);
    editor.close("loose.kdl");
    assert_eq!(editor.codes("loose.kdl").len(), 0);
    let folder = json!({ "uri": uri(&two.path().canonicalize().unwrap()), "name": "two" });
    editor.tell(
        "workspace/didChangeWorkspaceFolders",
        json!({ "event": { "added": [folder], "removed": [] } }),
    );
    let published = editor.published();
    assert!(brief(&published).iter().any(|one| one.2 == 1), "{published:#?}");
    editor.tell(
        "workspace/didChangeWorkspaceFolders",
        json!({ "event": { "added": [], "removed": [folder] } }),
    );
    assert_eq!(brief(&editor.published()), [("a.kdl".to_owned(), Value::Null, 0)]);
    editor.end();
}

#[test]
fn a_document_that_is_no_file_is_checked_too() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    let untitled = json!({ "uri": "untitled:Untitled-1", "languageId": "dialform", "version": 1, "text": broken("a") });
    editor.tell("textDocument/didOpen", json!({ "textDocument": untitled }));
    editor.barrier();
    assert_eq!(
        editor.told["untitled:Untitled-1"]["diagnostics"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    editor.tell(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": "untitled:Untitled-1" } }),
    );
    editor.barrier();
    assert_eq!(editor.told["untitled:Untitled-1"]["diagnostics"], json!([]));
    editor.end();
}

#[test]
fn a_client_that_tells_of_no_files_is_served_by_watching_and_by_looking_when_it_saves() {
    let folder = repository(&[("dialform.kdl", PROJECT), ("campaigns/a.kdl", CLEAN)]);
    let root = folder.path().canonicalize().unwrap();
    let mut editor = Editor::spawn(&root, &[]);
    let mut able = abilities(Columns::Utf16);
    able["workspace"] = json!({});
    let params = json!({ "processId": null, "rootUri": uri(&root), "capabilities": able });
    editor.ask("initialize", params).unwrap();
    editor.tell("initialized", json!({}));
    editor.open("campaigns/a.kdl", 1, CLEAN);
    editor.barrier();
    assert_eq!(editor.asked, Vec::<Value>::new(), "it is not asked to watch");
    write_file(&root, "campaigns/b.kdl", broken("b"));
    editor.save("campaigns/a.kdl");
    assert_eq!(editor.codes("campaigns/b.kdl").len(), 1);
    // Nobody tells of this one.
    write_file(&root, "campaigns/b.kdl", keyed("b"));
    editor.wait_until_told("campaigns/b.kdl", 0);
    fs::create_dir(root.join("campaigns/sub")).unwrap();
    write_file(&root, "campaigns/sub/c.kdl", broken("c"));
    editor.wait_until_told("campaigns/sub/c.kdl", 1);
    fs::remove_file(root.join("campaigns/sub/c.kdl")).unwrap();
    editor.wait_until_told("campaigns/sub/c.kdl", 0);
    editor.end();
}

#[test]
fn a_new_file_is_part_of_the_project_once_it_is_saved() {
    let (folder, mut editor) = project(Columns::Utf16, &[("campaigns/a.kdl", CLEAN)]);
    assert!(editor.asked[0].to_string().contains("**/*.kdl"), "{:?}", editor.asked);
    editor.open("campaigns/b.kdl", 1, CLEAN);
    assert_eq!(
        (
            editor.codes("campaigns/a.kdl").len(),
            editor.codes("campaigns/b.kdl").len()
        ),
        (0, 1)
    );
    write_file(&folder.path().canonicalize().unwrap(), "campaigns/b.kdl", CLEAN);
    editor.save("campaigns/b.kdl");
    assert_eq!(editor.codes("campaigns/b.kdl").len(), 1);
    editor.end();
}

#[test]
fn formatting_changes_what_fmt_changes() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    let text = "campaign \"й\" {\n  name   \"😀\"\n\n\n    record  #false\n}\n";
    editor.open("campaigns/a.kdl", 1, text);
    let mut params = editor.named("campaigns/a.kdl");
    params["options"] = json!({ "tabSize": 4, "insertSpaces": true });
    let edits = editor.ask("textDocument/formatting", params.clone()).unwrap();
    let mut formatted = text.to_owned();
    for edit in edits.as_array().unwrap().iter().rev() {
        let place = |end: &str| super::editor::byte_at(text, &edit["range"][end], Columns::Utf16);
        formatted.replace_range(place("start")..place("end"), edit["newText"].as_str().unwrap());
    }
    assert_eq!(formatted, "campaign \"й\" {\n    name \"😀\"\n\n    record #false\n}\n");
    params["range"] = json!({ "start": { "line": 4, "character": 6 }, "end": { "line": 4, "character": 6 } });
    let edits = editor.ask("textDocument/rangeFormatting", params.clone()).unwrap();
    assert_eq!(edits[0]["newText"], "    record #false\n", "{edits}");
    assert_eq!(edits.as_array().unwrap().len(), 1, "{edits}");
    // What is no KDL stays as it is.
    editor.change("campaigns/a.kdl", 2, json!([{ "text": "campaign {" }]));
    assert_eq!(editor.ask("textDocument/formatting", params).unwrap(), json!([]));
    editor.end();
}
