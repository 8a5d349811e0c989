//! What once went wrong: changes that were lost, findings that stayed or went, edits that did not mean what they said.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use super::editor::{Columns, Editor, abilities, uri};
use super::writing::{actions, ask_at, edited, marked};
use super::{PROJECT, client_process, project};
use crate::common::command::command;
use crate::common::site::{CLEAN, keyed, repository, write_file};

fn broken(key: &str) -> String {
    keyed(key).replace("\"3/s\"", "\"0/s\"")
}

/// The text as the server has it, as far as formatting shows it.
#[track_caller]
fn symbols(editor: &mut Editor, path: &str) -> Vec<String> {
    let named = editor.named(path);
    let found = editor.ask("textDocument/documentSymbol", named).unwrap();
    let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
    found.as_array().unwrap().iter().map(name).collect()
}

#[test]
fn half_an_emoji_loses_no_change() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    editor.open("campaigns/a.kdl", 1, "campaign \"a\" {\n}\n");
    let document = json!({ "uri": editor.uri("campaigns/a.kdl"), "version": 2 });
    let insert = |at: u32, text: &str| {
        let place = json!({ "line": 0, "character": at });
        json!({ "range": { "start": place, "end": place }, "text": text })
    };
    let params = json!({ "textDocument": document, "contentChanges": [insert(11, "HALF"), insert(12, "b")] });
    let message = json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": params });
    let text = message.to_string().replace("HALF", "\\ud83d");
    editor.send_raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    assert_eq!(symbols(&mut editor, "campaigns/a.kdl"), ["a\u{FFFD}b"]);
    assert_eq!(editor.told[&editor.uri("campaigns/a.kdl")]["version"], 2);
    editor.end();
}

#[test]
fn a_document_without_a_version_is_one() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    for version in [json!(null), json!("x"), json!(4_000_000_000_u64)] {
        let uri = editor.uri("campaigns/a.kdl");
        let document = json!({ "uri": uri, "languageId": "dialform", "version": version, "text": CLEAN });
        editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
        let document = json!({ "uri": uri, "version": version });
        let changes = json!([{ "text": broken("a") }]);
        editor.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
        assert_eq!(editor.codes("campaigns/a.kdl").len(), 1);
        assert_eq!(editor.told[&uri]["version"], Value::Null);
        let document = json!({ "uri": uri });
        let changes = json!([{ "text": CLEAN }]);
        editor.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
        assert_eq!(editor.codes("campaigns/a.kdl").len(), 0);
        editor.close("campaigns/a.kdl");
    }
    editor.end();
}

#[test]
fn a_request_whose_id_is_none_is_answered() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    for id in [json!(1.5), json!(4_000_000_000_u64), json!(null), json!({ "a": 1 })] {
        editor.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "shutdown" }));
        let answer = editor.next_answer();
        assert_eq!(answer["error"]["code"], -32600, "{answer}");
        let expected = if id.is_number() { id } else { Value::Null };
        assert_eq!(answer["id"], expected, "{answer}");
    }
    editor.send(&json!({ "jsonrpc": "2.0", "id": "a text", "method": "dialform/nothing" }));
    assert_eq!(editor.next_answer()["id"], "a text");
    editor.end();
}

#[cfg(unix)]
#[test]
fn it_ends_with_its_client_also_while_nobody_reads_what_it_writes() {
    let folder = repository(&[("dialform.kdl", PROJECT)]);
    let root = folder.path().canonicalize().unwrap();
    let mut client = client_process();
    let mut server = command(&root);
    server
        .arg("server")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut server = server.spawn().unwrap();
    let mut input = server.stdin.take().unwrap();
    let mut send = |message: Value| {
        let text = message.to_string();
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
    };
    let params = json!({ "processId": client.id(), "rootUri": uri(&root), "capabilities": abilities(Columns::Utf16) });
    send(json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }));
    // More than a pipe holds.
    for version in 0..50 {
        let document = json!({ "uri": uri(&root.join("campaigns/a.kdl")), "languageId": "dialform", "version": version,
            "text": broken("a").repeat(20) });
        let params = json!({ "textDocument": document });
        send(json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": params }));
    }
    client.kill().unwrap();
    client.wait().unwrap();
    assert_eq!(server.wait().unwrap().code(), Some(1));
}

#[cfg(unix)]
#[test]
fn two_documents_of_one_file_are_both_told() {
    let (folder, mut editor) = project(Columns::Utf16, &[("campaigns/a.kdl", CLEAN)]);
    let root = folder.path().canonicalize().unwrap();
    std::os::unix::fs::symlink(root.join("campaigns"), root.join("link")).unwrap();
    editor.open("campaigns/a.kdl", 1, CLEAN);
    editor.open("link/a.kdl", 5, &broken("a"));
    editor.barrier();
    let version = |editor: &Editor, path: &str| {
        let told = &editor.told[&editor.uri(path)];
        (told["version"].as_i64(), told["diagnostics"].as_array().unwrap().len())
    };
    assert_eq!(version(&editor, "link/a.kdl"), (Some(5), 1));
    assert_eq!(version(&editor, "campaigns/a.kdl"), (Some(1), 1), "it is the same file");
    editor.change("campaigns/a.kdl", 2, json!([{ "text": format!("{CLEAN}\n") }]));
    editor.barrier();
    assert_eq!(
        version(&editor, "campaigns/a.kdl"),
        (Some(2), 0),
        "the one that changed last counts"
    );
    assert_eq!(version(&editor, "link/a.kdl").1, 0);
    editor.change("link/a.kdl", 6, json!([{ "text": broken("a") }]));
    editor.close("link/a.kdl");
    editor.barrier();
    assert_eq!(version(&editor, "campaigns/a.kdl").1, 0);
    assert_eq!(version(&editor, "link/a.kdl").1, 0);
    editor.end();
}

#[test]
fn an_open_file_that_the_patterns_drop_is_still_checked() {
    let (_folder, mut editor) = project(Columns::Utf16, &[("campaigns/a.kdl", &broken("a"))]);
    editor.open("campaigns/a.kdl", 1, &broken("a"));
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 1);
    let narrow = "project {\n    timezone \"Europe/Moscow\"\n    campaigns \"more/*.kdl\"\n}\n";
    editor.open("dialform.kdl", 1, PROJECT);
    editor.change("dialform.kdl", 2, json!([{ "text": narrow }]));
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 1);
    editor.change("campaigns/a.kdl", 2, json!([{ "text": CLEAN }]));
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 0);
    editor.change("campaigns/a.kdl", 3, json!([{ "text": broken("a") }]));
    editor.change("dialform.kdl", 3, json!([{ "text": PROJECT }]));
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 1);
    editor.close("campaigns/a.kdl");
    assert_eq!(editor.codes("campaigns/a.kdl").len(), 1, "the file has it too");
    editor.end();
}

#[test]
fn a_project_that_is_not_saved_yet_is_one() {
    let folder = repository(&[("new/campaigns/a.kdl", &broken("a"))]);
    let mut editor = Editor::open_folder(folder.path(), Columns::Utf16);
    assert_eq!(editor.codes("new/campaigns/a.kdl").len(), 0);
    editor.open("new/dialform.kdl", 1, PROJECT);
    assert_eq!(editor.codes("new/campaigns/a.kdl").len(), 1);
    editor.open(
        "new/campaigns/b.kdl",
        1,
        &format!("{}template \"x\" {{\n}}\n", keyed("b")),
    );
    editor.open("new/campaigns/a.kdl", 1, &broken("b"));
    assert!(
        editor.codes("new/campaigns/b.kdl").contains(&"DF305".to_owned()),
        "they are one project"
    );
    editor.close("new/campaigns/a.kdl");
    editor.close("new/campaigns/b.kdl");
    editor.close("new/dialform.kdl");
    assert_eq!(editor.codes("new/campaigns/a.kdl").len(), 0);
    editor.end();
}

#[test]
fn after_a_panic_the_version_is_answered() {
    let folder = repository(&[("dialform.kdl", PROJECT), ("campaigns/a.kdl", CLEAN)]);
    for at in ["textDocument/didChange", "textDocument/didOpen"] {
        let mut editor = Editor::spawn(folder.path(), &[("DIALFORM_PANIC_AT", at)]);
        editor.greet(Columns::Utf16);
        editor.open("campaigns/a.kdl", 1, CLEAN);
        editor.change("campaigns/a.kdl", 2, json!([{ "text": broken("a") }]));
        assert_eq!(editor.codes("campaigns/a.kdl").len(), 1);
        assert_eq!(editor.told[&editor.uri("campaigns/a.kdl")]["version"], 2);
        assert_eq!(editor.complaints.len(), 1, "{:#?}", editor.complaints);
        editor.complaints.clear();
        editor.end();
    }
    // A fault that comes again each time is told as what it is.
    let mut editor = Editor::spawn(folder.path(), &[("DIALFORM_PANIC_AT", "check")]);
    editor.greet(Columns::Utf16);
    editor.open("campaigns/a.kdl", 1, CLEAN);
    editor.change("campaigns/a.kdl", 2, json!([{ "text": broken("a") }]));
    editor.barrier();
    let told = &editor.told[&editor.uri("campaigns/a.kdl")];
    assert_eq!(told["version"], 2);
    let words = told["diagnostics"][0]["message"].as_str().unwrap();
    assert!(words.contains("a fault of its own"), "{words}");
    editor.complaints.clear();
    editor.end();
}

#[test]
fn a_client_watches_what_the_projects_name() {
    let files = [("lists/a.conf", broken("a"))];
    let wide = "project {\n    timezone \"Europe/Moscow\"\n    campaigns \"./lists/*.conf\"\n}\n";
    let folder = repository(&[("dialform.kdl", wide), (files[0].0, &files[0].1)]);
    let mut editor = Editor::open_folder(folder.path(), Columns::Utf16);
    assert_eq!(editor.codes("lists/a.conf").len(), 1);
    let patterns = |asked: &Value| -> Vec<String> {
        let watchers = asked["params"]["registrations"][0]["registerOptions"]["watchers"]
            .as_array()
            .unwrap();
        watchers
            .iter()
            .map(|one| one["globPattern"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(patterns(&editor.asked[0]), ["**/*.kdl", "**/lists/*.conf"]);
    editor.open("dialform.kdl", 1, PROJECT);
    editor.change(
        "dialform.kdl",
        2,
        json!([{ "text": PROJECT.replace("project {", "project { campaigns \"x/*.txt\";") }]),
    );
    editor.barrier();
    let asked: Vec<&str> = editor.asked.iter().map(|one| one["method"].as_str().unwrap()).collect();
    let (off, on) = ("client/unregisterCapability", "client/registerCapability");
    assert_eq!(asked, [on, off, on, off, on]);
    assert_eq!(patterns(&editor.asked[4]), ["**/*.kdl", "**/x/*.txt"]);
    editor.end();
}

/// The file after a rename at the mark.
#[track_caller]
fn renamed(editor: &mut Editor, path: &str, marked_text: &str, new: &str) -> Result<String, String> {
    let (text, byte) = marked(marked_text);
    editor.open(path, 1, &text);
    let mut params = editor.named(path);
    params["position"] = super::editor::position_of(&text, byte, editor.columns);
    params["newName"] = json!(new);
    let answer = editor.ask("textDocument/rename", params);
    editor.close(path);
    match answer {
        Ok(changes) => Ok(edited(&text, &changes["changes"][&editor.uri(path)], editor.columns)),
        Err(error) => Err(error["message"].as_str().unwrap().to_owned()),
    }
}

#[test]
fn what_a_rename_leaves_behind_is_read() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    let on_key = CLEAN.replace("\"a\" {", "\"¦a\" {");
    let after = CLEAN.replace("\"a\" {", "\"b\" {");
    let moved = "moved from=\"a\" to=\"b\"";
    for (end, expected) in [
        ("", format!("{after}{moved}\n")),
        ("/-", format!("{}\n{moved}\n/-", after.trim_end())),
        ("aliases \\", format!("{}\n{moved}\naliases \\", after.trim_end())),
        (
            "template \"t\" {",
            format!("{}\n{moved}\ntemplate \"t\" {{", after.trim_end()),
        ),
        ("/* and", format!("{}\n{moved}\n/* and", after.trim_end())),
    ] {
        let found = renamed(&mut editor, "campaigns/a.kdl", &format!("{on_key}{end}"), "b").unwrap();
        assert_eq!(found, expected, "{end}");
    }
    let windows = renamed(&mut editor, "campaigns/a.kdl", &on_key.replace('\n', "\r\n"), "b").unwrap();
    assert_eq!(windows, format!("{after}{moved}\n").replace('\n', "\r\n"));
    let open = on_key.trim_end().strip_suffix('}').unwrap();
    let words = renamed(&mut editor, "campaigns/a.kdl", open, "b").unwrap_err();
    assert!(words.contains("cannot be read to its end"), "{words}");
    editor.end();
}

#[test]
fn of_two_campaigns_with_one_key_only_one_gets_another() {
    let (_folder, mut editor) = project(Columns::Utf16, &[("campaigns/z.kdl", CLEAN)]);
    let text = format!("{}{}", CLEAN, CLEAN.replace("\"a\" {", "\"¦a\" {"));
    let after = renamed(&mut editor, "campaigns/a.kdl", &text, "b").unwrap();
    assert_eq!(
        after,
        format!("{}{}", CLEAN, CLEAN.replace("\"a\" {", "\"b\" {")),
        "its task stays with the other"
    );
    let text = format!("{CLEAN}moved from=\"old\" to=\"¦a\"\n");
    let words = renamed(&mut editor, "campaigns/a.kdl", &text, "b").unwrap_err();
    assert!(words.contains("several campaigns have the key `a`"), "{words}");
    editor.end();
}

#[test]
fn templates_get_no_name_that_lint_refuses() {
    let (folder, mut editor) = project(Columns::Utf16, &[]);
    for (new, is_good) in [
        ("-", false),
        ("_x", false),
        ("", false),
        ("Week", false),
        ("9-to-5", true),
        ("Будни", true),
    ] {
        let text = "template \"¦t\" {\n    pace \"3/s\"\n}\n";
        let after = renamed(&mut editor, "campaigns/t.kdl", text, new);
        assert_eq!(after.is_ok(), is_good, "{new}: {after:?}");
        let written =
            format!("template \"{new}\" {{\n    pace \"3/s\"\n}}\ncampaign \"a\" template=\"{new}\" {{\n}}\n");
        write_file(folder.path(), "campaigns/t.kdl", written);
        let linted = crate::common::command::dialform(folder.path(), &["lint", "--output-format", "concise"]);
        assert_eq!(
            !linted.stdout.contains(&format!("`{new}`")),
            is_good || new.is_empty(),
            "{new}: {}",
            linted.stdout
        );
        fs::remove_file(folder.path().join("campaigns/t.kdl")).unwrap();
    }
    editor.end();
}

#[test]
fn an_alias_of_any_name_can_be_declared() {
    for end in ["\n", "\r\n"] {
        let own = PROJECT.replace('\n', end);
        let folder = repository(&[("dialform.kdl", &own), ("campaigns/a.kdl", CLEAN)]);
        let mut editor = Editor::open_folder(folder.path(), Columns::Utf16);
        for name in ["true", "null", "inf", "two\\nlines", "a b", "\\\"q\\\"", "-", "1"] {
            let text = CLEAN.replace("\"228cc4fa-92f2-4709-94e3-7344a96a5903\"", &format!("\"{name}\""));
            editor.open("campaigns/a.kdl", 1, &text);
            assert_eq!(editor.codes("campaigns/a.kdl"), ["DF301"], "{name}");
            let all = actions(&mut editor, "campaigns/a.kdl", None);
            let declare = all
                .iter()
                .find(|one| one["title"].as_str().unwrap().starts_with("Declare"));
            let declare = declare.unwrap_or_else(|| panic!("{name}: {all:#?}"));
            assert!(!declare["title"].as_str().unwrap().contains('\n'), "{declare}");
            let changes = &declare["edit"]["changes"][&editor.uri("dialform.kdl")];
            let project = edited(&own, changes, Columns::Utf16);
            assert_eq!(project.matches(end).count(), project.matches('\n').count());
            editor.open(
                "dialform.kdl",
                1,
                &project.replace("UUID", "228cc4fa-92f2-4709-94e3-7344a96a5903"),
            );
            assert_eq!(editor.codes("campaigns/a.kdl").len(), 0, "{project}");
            assert_eq!(editor.codes("dialform.kdl").len(), 0, "{project}");
            editor.close("dialform.kdl");
        }
        editor.end();
    }
}

#[test]
fn only_what_a_comment_can_hide_is_offered_to_be_ignored() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    let ignorable = |editor: &mut Editor, text: &str| {
        editor.open("campaigns/a.kdl", 1, text);
        assert!(!editor.codes("campaigns/a.kdl").is_empty(), "{text}");
        let all = actions(editor, "campaigns/a.kdl", None);
        all.iter()
            .any(|one| one["title"].as_str().unwrap().starts_with("Ignore"))
    };
    assert!(
        !ignorable(&mut editor, &CLEAN.replace("\"3/s\"", "3/s")),
        "a text that cannot be read"
    );
    assert!(!ignorable(&mut editor, &broken("a")), "plan would stop all the same");
    let hook = "    webhook \"http://example.com/hook\"\n    pace";
    assert!(ignorable(&mut editor, &CLEAN.replace("    pace", hook)));
    editor.end();
}

#[test]
fn completion_replaces_the_whole_word() {
    let names = "aliases {\n    number moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"\n}\n";
    let (_folder, mut editor) = project(Columns::Utf16, &[("campaigns/names.kdl", names)]);
    let inside = |line: &str| CLEAN.replacen("    pace \"3/s\"\n", &format!("    {line}\n"), 1);
    for (line, label, expected) in [
        (
            "caller-id \"number\" id=\"mo¦scow\"",
            "moscow",
            "caller-id \"number\" id=\"moscow\"",
        ),
        (
            "caller-id \"number\" i¦d=\"moscow\"",
            "id=",
            "caller-id \"number\" id=\"moscow\"",
        ),
        ("pa¦ce \"3/s\"", "pace", "pace \"3/s\""),
        ("pace \"3¦/s\"", "1/s", "pace \"1/s\""),
        ("record #f¦alse", "#true", "record #true"),
    ] {
        let items = ask_at(&mut editor, "textDocument/completion", "campaigns/a.kdl", &inside(line));
        let item = items.as_array().unwrap().iter().find(|item| item["label"] == label);
        let item = item.unwrap_or_else(|| panic!("{line}: {items}"));
        let (text, _) = marked(&inside(line));
        let after = edited(&text, &json!([item["textEdit"]]), Columns::Utf16);
        assert!(after.contains(&format!("    {expected}\n")), "{after}");
    }
    editor.end();
}
