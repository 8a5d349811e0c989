//! Clients that ask for diagnostics instead of being told.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::PROJECT;
use super::editor::{Columns, Editor};
use crate::common::site::{CLEAN, keyed, repository, write_file};

/// What a client that pulls knows and has to do.
#[derive(Default)]
pub(super) struct Puller {
    /// The last result of each document.
    ids: BTreeMap<String, String>,
    /// Documents that it has opened or changed.
    pub(super) changed: Vec<String>,
    /// Whether it was told to ask again.
    pub(super) is_stale: bool,
}

impl Puller {
    /// Asks for whatever a client asks for now. Returns what is told of each document of which it is anything new.
    pub(super) fn pull(editor: &mut Editor) -> Vec<(String, Value)> {
        let mut told = Vec::new();
        while let Some(uri) = editor.puller.as_mut().and_then(|puller| puller.changed.pop()) {
            let known = editor.puller.as_ref().unwrap().ids.get(&uri).cloned();
            let params = json!({ "textDocument": { "uri": uri }, "identifier": "dialform", "previousResultId": known });
            let report = editor.ask("textDocument/diagnostic", params).unwrap();
            told.extend(editor.puller.as_mut().unwrap().take(uri, &report));
        }
        while editor
            .puller
            .as_mut()
            .is_some_and(|puller| std::mem::take(&mut puller.is_stale))
        {
            let ids = editor.puller.as_ref().unwrap().ids.iter();
            let ids: Vec<Value> = ids.map(|(uri, id)| json!({ "uri": uri, "value": id })).collect();
            let params = json!({ "identifier": "dialform", "previousResultIds": ids });
            let report = editor.ask("workspace/diagnostic", params).unwrap();
            for item in report["items"].as_array().unwrap() {
                let uri = item["uri"].as_str().unwrap().to_owned();
                told.extend(editor.puller.as_mut().unwrap().take(uri, item));
            }
        }
        told
    }

    fn take(&mut self, uri: String, report: &Value) -> Option<(String, Value)> {
        let id = report["resultId"].as_str().unwrap().to_owned();
        let before = self.ids.insert(uri.clone(), id.clone());
        if report["kind"] == "unchanged" {
            assert_eq!(before, Some(id), "the client does not know {uri}");
            assert_eq!(report.get("items"), None);
            return None;
        }
        assert_ne!(before, Some(id), "the client knows {uri}");
        Some((uri, json!({ "diagnostics": report["items"] })))
    }
}

#[test]
fn a_client_that_asks_is_told_nothing_and_asks_again_when_other_files_have_changed() {
    let files = [
        ("dialform.kdl", PROJECT),
        ("campaigns/a.kdl", CLEAN),
        ("campaigns/b.kdl", &keyed("b")),
    ];
    let folder = repository(&files);
    let mut editor = Editor::open_folder_pulling(folder.path(), Columns::Utf16);
    assert_eq!(editor.abilities["diagnosticProvider"]["workspaceDiagnostics"], true);
    assert_eq!(editor.abilities["diagnosticProvider"]["interFileDependencies"], true);
    editor.open("campaigns/a.kdl", 1, CLEAN);
    assert!(editor.codes("campaigns/a.kdl").is_empty());
    let refreshes = |editor: &Editor| {
        let asked = editor.asked.iter();
        asked
            .filter(|one| one["method"] == "workspace/diagnostic/refresh")
            .count()
    };
    // What is wrong in the document alone is asked for by the client itself.
    let before = refreshes(&editor);
    editor.change("campaigns/a.kdl", 2, json!([{ "text": CLEAN.replace("3/s", "0/s") }]));
    assert_eq!(editor.codes("campaigns/a.kdl"), ["DF114"]);
    assert_eq!(refreshes(&editor), before);
    // The key of the other file.
    editor.change(
        "campaigns/a.kdl",
        3,
        json!([{ "text": CLEAN.replace("\"a\"", "\"b\"") }]),
    );
    assert_eq!(editor.codes("campaigns/b.kdl"), ["DF305"]);
    assert_eq!(refreshes(&editor), before + 1);
    editor.change("campaigns/a.kdl", 4, json!([{ "text": CLEAN }]));
    assert!(editor.codes("campaigns/b.kdl").is_empty());
    assert_eq!(refreshes(&editor), before + 2);
    write_file(folder.path(), "campaigns/b.kdl", keyed("b").replace("3/s", "0/s"));
    editor.watched(&[("campaigns/b.kdl", 2)]);
    assert_eq!(editor.codes("campaigns/b.kdl"), ["DF114"]);
    // Fixes are offered from what was found, whoever asked.
    let uri = editor.uri("campaigns/nowhere.kdl");
    let report = editor
        .ask("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }))
        .unwrap();
    assert_eq!(report["items"], json!([]));
    assert!(editor.published().is_empty());
    editor.end();
}

#[test]
fn a_client_that_is_told_may_not_ask() {
    let folder = repository(&[("dialform.kdl", PROJECT), ("campaigns/a.kdl", CLEAN)]);
    let mut editor = Editor::open_folder(folder.path(), Columns::Utf16);
    assert_eq!(editor.abilities.get("diagnosticProvider"), None);
    let params = editor.named("campaigns/a.kdl");
    assert_eq!(
        editor.ask("textDocument/diagnostic", params).unwrap_err()["code"],
        -32601
    );
    editor.end();
}
