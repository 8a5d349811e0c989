//! Links, tokens, lenses, commands, hints that can be switched off, and actions that write more than a fix.

use dialform::state::{Marker, Record, Task};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::editor::{Columns, Editor, abilities, byte_at, position_of, uri};
use super::project;
use super::writing::{ask_at, edited};
use crate::common::project::Project;
use crate::common::site::{CLEAN, keyed};

#[test]
fn links_lead_to_templates_and_to_hosts() {
    let template = "// one\ntemplate \"weekday\" {\n    pace \"3/s\"\n}\n";
    let (_folder, mut editor) = project(Columns::Utf16, &[("campaigns/t.kdl", template)]);
    let hook = "    webhook \"https://u:p@example.com/hook?token=secret\"\n    pace";
    let text = CLEAN
        .replace("    pace", hook)
        .replace("\"a\" {", "\"a\" template=\"weekday\" {");
    editor.open("campaigns/a.kdl", 1, &text);
    let named = editor.named("campaigns/a.kdl");
    let links = editor.ask("textDocument/documentLink", named).unwrap();
    let targets: Vec<&str> = links
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["target"].as_str().unwrap())
        .collect();
    let weekday = format!("{}#L2", editor.uri("campaigns/t.kdl"));
    assert_eq!(targets, [weekday.as_str(), "https://example.com"]);
    let at = |end: &str| byte_at(&text, &links[0]["range"][end], Columns::Utf16);
    assert_eq!(&text[at("start")..at("end")], "\"weekday\"");
    editor.end();
}

/// The tokens of a text: each with its kind.
#[track_caller]
fn tokens(editor: &mut Editor, path: &str, text: &str) -> Vec<(String, String)> {
    let kinds = editor.abilities["semanticTokensProvider"]["legend"]["tokenTypes"].clone();
    let named = editor.named(path);
    let answer = editor.ask("textDocument/semanticTokens/full", named).unwrap();
    let data: Vec<u64> = answer["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_u64().unwrap())
        .collect();
    let (mut line, mut column) = (0, 0);
    let mut found = Vec::new();
    for token in data.chunks(5) {
        column = if token[0] == 0 { column + token[1] } else { token[1] };
        line += token[0];
        let place = |column: u64| byte_at(text, &json!({ "line": line, "character": column }), editor.columns);
        let kind = kinds[usize::try_from(token[3]).unwrap()].as_str().unwrap();
        found.push((
            text[place(column)..place(column + token[2])].to_owned(),
            kind.to_owned(),
        ));
    }
    found
}

#[test]
fn tokens_are_what_the_table_says() {
    for columns in [Columns::Utf8, Columns::Utf16] {
        let (_folder, mut editor) = project(columns, &[]);
        let text = "// 😀 й\ncampaign \"a\" template=\"t\" { // x\r\n    name \"Я😀\"; pace \"3/s\"\n    caller-id \"number\" id=\"moscow\"\n    record #false\n}\naliases { number moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"; }\n";
        editor.open("campaigns/a.kdl", 1, text);
        let found = tokens(&mut editor, "campaigns/a.kdl", text);
        let is = |word: &str, kind: &str| {
            assert!(
                found.contains(&(word.to_owned(), kind.to_owned())),
                "{word} is no {kind}: {found:?}"
            );
        };
        for (word, kind) in [
            ("// 😀 й", "comment"),
            ("campaign", "keyword"),
            ("template", "parameter"),
            ("\"t\"", "class"),
            ("// x", "comment"),
            ("name", "property"),
            ("\"Я😀\"", "string"),
            ("\"3/s\"", "number"),
            ("\"number\"", "enumMember"),
            ("\"moscow\"", "variable"),
            ("#false", "enumMember"),
            ("number", "keyword"),
            ("moscow", "variable"),
        ] {
            is(word, kind);
        }
        editor.end();
    }
}

/// Puts a task into the state for a campaign as the files now say.
fn adopt(project: &Project, key: &str, identity: &str) {
    let mut store = project.open();
    let desired = project.configuration(Some(store.state().lineage));
    let desired = desired.campaign(key).unwrap();
    let (fingerprint, body) = (desired.fingerprint.clone(), desired.redacted.clone());
    let marker = Marker::random(key);
    let task = Task::new(identity.to_owned(), fingerprint, body, marker, Timestamp::UNIX_EPOCH);
    let key = key.to_owned();
    store.append(Record::Adopted { key, task }).unwrap();
}

#[test]
fn lenses_and_hovers_say_what_the_state_says() {
    let site = Project::of(&["spring", "autumn"]);
    let mut editor = Editor::open_folder(site.root(), Columns::Utf16);
    let path = "campaigns/spring.kdl";
    let text = std::fs::read_to_string(site.path(path)).unwrap();
    editor.open(path, 1, &text);
    let lens = |editor: &mut Editor| {
        let named = editor.named(path);
        let lenses = editor.ask("textDocument/codeLens", named).unwrap();
        assert_eq!(lenses.as_array().unwrap().len(), 1, "{lenses}");
        lenses[0]["command"]["title"].as_str().unwrap().to_owned()
    };
    assert_eq!(lens(&mut editor), "no task yet");
    adopt(&site, "spring", "7b7c2f6e-6b2c-4a43-8b0e-5a3f6b1c0001");
    assert_eq!(
        lens(&mut editor),
        "task 7b7c2f6e-6b2c-4a43-8b0e-5a3f6b1c0001, as the file says"
    );
    let mut params = editor.named(path);
    params["position"] = position_of(&text, text.find("spring").unwrap(), Columns::Utf16);
    let hover = editor.ask("textDocument/hover", params).unwrap();
    let said = hover["contents"]["value"].as_str().unwrap();
    assert_eq!(
        said,
        "`spring`: task 7b7c2f6e-6b2c-4a43-8b0e-5a3f6b1c0001, as the file says"
    );
    let changed = text.replace("Campaign spring", "Another name");
    editor.change(path, 2, json!([{ "text": changed }]));
    assert!(lens(&mut editor).contains("differs from the file"));
    // Of a file with errors nobody knows what it asks for.
    editor.change(path, 3, json!([{ "text": text.replace("name ", "nam ") }]));
    assert_eq!(lens(&mut editor), "task 7b7c2f6e-6b2c-4a43-8b0e-5a3f6b1c0001");
    editor.change(path, 4, json!([{ "text": text }]));
    std::fs::write(site.path("dialform.state.json"), "rubbish").unwrap();
    assert!(lens(&mut editor).contains("cannot be read"));
    editor.end();
}

#[test]
fn a_state_is_read_where_the_project_keeps_it_and_a_store_is_not_asked() {
    let site = Project::of(&["spring"]);
    let id = "7b7c2f6e-6b2c-4a43-8b0e-5a3f6b1c0001";
    adopt(&site, "spring", id);
    std::fs::create_dir(site.path("states")).unwrap();
    for file in ["json", "journal"] {
        let from = site.path(&format!("dialform.state.{file}"));
        std::fs::rename(from, site.path(&format!("states/twin.{file}"))).unwrap();
    }
    let own = std::fs::read_to_string(site.path("dialform.kdl")).unwrap();
    let with = |line: &str| own.replacen("project {", &format!("project {{\n    {line}"), 1);
    let environments = "\nenvironment \"staging\" { state \"states/twin.json\"; }\nenvironment \"production\" { state \"s3://bucket-1/twin\"; }\nenvironment \"trial\"\n";
    let mut editor = Editor::open_folder(site.root(), Columns::Utf16);
    let path = "campaigns/spring.kdl";
    let text = std::fs::read_to_string(site.path(path)).unwrap();
    editor.open(path, 1, &text);
    editor.open("dialform.kdl", 1, &own);
    let in_one = text.replacen("name ", "only \"trial\" \"production\"; name ", 1);
    assert_ne!(in_one, text);
    let known = format!("task {id}, as the file says");
    for (version, (own, text, said)) in [
        (with("state \"states/twin.json\""), &text, Some(known.clone())),
        (
            with("state \"states/other.json\""),
            &text,
            Some("no task yet".to_owned()),
        ),
        (with("state \"s3://bucket-1/twin\""), &text, None),
        (
            format!("{own}{environments}"),
            &text,
            Some(format!("staging: {known}; trial: no task yet")),
        ),
        (
            format!("{own}{environments}"),
            &in_one,
            Some("trial: no task yet".to_owned()),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let version = i32::try_from(version).unwrap() + 2;
        editor.change("dialform.kdl", version, json!([{ "text": own }]));
        editor.change(path, version, json!([{ "text": text }]));
        let named = editor.named(path);
        let lenses = editor.ask("textDocument/codeLens", named).unwrap();
        let words = lenses.pointer("/0/command/title").and_then(Value::as_str);
        assert_eq!(words, said.as_deref(), "{own}");
        let mut params = editor.named(path);
        params["position"] = position_of(text, text.find("spring").unwrap(), Columns::Utf16);
        let hover = editor.ask("textDocument/hover", params).unwrap();
        let hovered = hover.pointer("/contents/value").and_then(Value::as_str);
        let said = said.map(|said| format!("`spring`: {said}"));
        assert_eq!(hovered, said.as_deref(), "{own}");
    }
    let named = editor.uri("dialform.kdl");
    let plan = json!({ "command": "dialform.plan", "arguments": [named] });
    let plan = editor.ask("workspace/executeCommand", plan).unwrap();
    let plan = plan["text"].as_str().unwrap();
    let parts: Vec<&str> = plan.split("In the environment ").skip(1).collect();
    assert_eq!(parts.len(), 3, "{plan}");
    assert!(
        parts[1].starts_with("`production`:\n\nits state is in a store"),
        "{plan}"
    );
    assert!(parts[2].starts_with("`trial`:\n\nthere is no state yet"), "{plan}");
    editor.end();
}

#[test]
fn keys_that_only_the_state_has_are_offered_where_they_belong() {
    let site = Project::of(&["spring", "autumn"]);
    adopt(&site, "spring", "7b7c2f6e-6b2c-4a43-8b0e-5a3f6b1c0001");
    adopt(&site, "autumn", "7b7c2f6e-6b2c-4a43-8b0e-5a3f6b1c0002");
    let mut editor = Editor::open_folder(site.root(), Columns::Utf16);
    let path = "campaigns/autumn.kdl";
    let text = std::fs::read_to_string(site.path(path)).unwrap();
    let renamed = text.replacen("\"autumn\"", "\"winter\"", 1);
    for line in ["removed \"¦\"", "removed ¦", "moved from=\"¦\"", "moved from=¦"] {
        let items = ask_at(
            &mut editor,
            "textDocument/completion",
            path,
            &format!("{renamed}{line}\n"),
        );
        let labels: Vec<&str> = items
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|item| item["label"].as_str())
            .collect();
        assert!(labels.contains(&"autumn"), "{line}: {labels:?}");
        assert!(!labels.contains(&"spring"), "{line}: {labels:?}");
    }
    editor.end();
}

#[test]
fn commands_render_plan_and_explain() {
    let site = Project::of(&["spring", "autumn"]);
    let mut editor = Editor::open_folder(site.root(), Columns::Utf16);
    let document = editor.uri("campaigns/spring.kdl");
    let run = |editor: &mut Editor, command: &str, arguments: Value| {
        editor.ask(
            "workspace/executeCommand",
            json!({ "command": command, "arguments": arguments }),
        )
    };
    let rendered = run(&mut editor, "dialform.render", json!([document, "spring"])).unwrap();
    let said = site.output(&["render", "spring"]);
    assert_eq!(rendered["text"].as_str().unwrap().trim(), said.stdout.trim());
    let all = run(&mut editor, "dialform.render", json!([document])).unwrap();
    let all: Value = serde_json::from_str(all["text"].as_str().unwrap()).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 1, "those of this file");
    let planned = run(&mut editor, "dialform.plan", json!([document])).unwrap();
    assert!(planned["text"].as_str().unwrap().contains("no state yet"), "{planned}");
    adopt(&site, "spring", "7b7c2f6e-6b2c-4a43-8b0e-5a3f6b1c0001");
    let planned = run(&mut editor, "dialform.plan", json!([document])).unwrap();
    let planned = planned["text"].as_str().unwrap();
    assert!(
        planned.contains("create autumn") && planned.contains("1 to create"),
        "{planned}"
    );
    let explained = run(&mut editor, "dialform.explainRule", json!(["DF402"])).unwrap();
    assert!(explained["text"].as_str().unwrap().contains("DF402"));
    for (command, arguments) in [
        ("dialform.explainRule", json!(["DF999"])),
        ("dialform.explainRule", json!([])),
        ("dialform.render", json!([document, "winter"])),
        ("dialform.render", json!(["file:///nowhere/a.kdl"])),
        ("dialform.apply", json!([document])),
    ] {
        assert!(
            run(&mut editor, command, arguments.clone()).is_err(),
            "{command} {arguments}"
        );
    }
    editor.end();
}

#[test]
fn each_hint_can_be_switched_off() {
    let site = Project::of(&["spring"]);
    let root = site.root().canonicalize().unwrap();
    let text = "aliases { scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"; }\ncampaign \"x\" template=\"common\" {\n    name \"X\"\n    scenario \"promo\"\n    call-window from=\"09:10\" to=\"19:50\"\n    redial {\n        max-per-candidate 6\n        busy after=\"20m\" times=3\n    }\n}\n";
    let labels = |options: Value| {
        let mut editor = Editor::spawn(&root, &[]);
        let folder = json!([{ "uri": uri(&root), "name": "x" }]);
        let params = json!({ "processId": null, "workspaceFolders": folder, "capabilities": abilities(Columns::Utf16),
            "initializationOptions": options });
        editor.ask("initialize", params).unwrap();
        editor.tell("initialized", json!({}));
        editor.open("campaigns/x.kdl", 1, text);
        let mut params = editor.named("campaigns/x.kdl");
        params["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
        let hints = editor.ask("textDocument/inlayHint", params.clone()).unwrap();
        let labels = |hints: &Value| -> Vec<String> {
            let labels = hints
                .as_array()
                .unwrap()
                .iter()
                .map(|hint| hint["label"].as_str().unwrap().to_owned());
            labels.collect()
        };
        let found = labels(&hints);
        let off = json!({ "ids": false, "seconds": false, "calls": false, "inherited": false });
        let settings = json!({ "settings": { "dialform": { "inlayHints": off } } });
        editor.tell("workspace/didChangeConfiguration", settings);
        let hints = editor.ask("textDocument/inlayHint", params).unwrap();
        assert_eq!(labels(&hints), Vec::<String>::new());
        editor.end();
        found
    };
    let all = labels(json!(null));
    for expected in [
        "= 228cc4fa…",
        "= 71400",
        "at most 6 calls to a candidate",
        "from common",
    ] {
        assert!(all.iter().any(|label| label.contains(expected)), "{expected}: {all:?}");
    }
    for (name, gone) in [
        ("ids", "228cc4fa"),
        ("seconds", "71400"),
        ("calls", "at most"),
        ("inherited", "from common"),
    ] {
        let some = labels(json!({ "inlayHints": { name: false } }));
        assert!(!some.iter().any(|label| label.contains(gone)), "{name}: {some:?}");
        assert!(
            some.len() < all.len() && some.len() >= all.len() - 3,
            "{name}: {some:?}"
        );
    }
}

#[test]
fn a_start_is_shown_in_utc_too() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    let text = CLEAN.replace("start \"manual\"", "start \"time\" at=\"2090-12-02 10¦:00\"");
    let hover = ask_at(&mut editor, "textDocument/hover", "campaigns/a.kdl", &text);
    let said = hover["contents"]["value"].as_str().unwrap();
    assert!(
        said.contains("2090-12-02 10:00 Europe/Moscow = 2090-12-02 07:00 UTC"),
        "{said}"
    );
    editor.end();
}

#[track_caller]
fn actions_on(editor: &mut Editor, path: &str, text: &str, selected: &str) -> Vec<Value> {
    let start = text.find(selected).unwrap();
    let mut params = editor.named(path);
    let place = |byte: usize| position_of(text, byte, Columns::Utf16);
    params["range"] = json!({ "start": place(start), "end": place(start + selected.len()) });
    params["context"] = json!({ "diagnostics": [], "triggerKind": 1 });
    let actions = editor.ask("textDocument/codeAction", params).unwrap();
    actions.as_array().unwrap().clone()
}

#[test]
fn settings_are_extracted_to_a_template() {
    for end in ["\n", "\r\n"] {
        let (_folder, mut editor) = project(Columns::Utf16, &[("campaigns/b.kdl", &keyed("b"))]);
        let text = CLEAN
            .replace("record #false", "record #false // й😀")
            .replace('\n', end);
        editor.open("campaigns/a.kdl", 1, &text);
        let selected = format!("pace \"3/s\"{end}    effective-after \"5s\"{end}    rec");
        let all = actions_on(&mut editor, "campaigns/a.kdl", &text, &selected);
        let extract = all
            .iter()
            .find(|one| one["kind"] == "refactor.extract")
            .unwrap_or_else(|| panic!("{all:#?}"));
        assert_eq!(extract["title"], "Extract 3 settings to the template `shared`");
        let changes = &extract["edit"]["changes"][&editor.uri("campaigns/a.kdl")];
        let after = edited(&text, changes, Columns::Utf16);
        assert!(after.starts_with("campaign \"a\" template=\"shared\" {"), "{after}");
        let template = format!(
            "template \"shared\" {{{end}    pace \"3/s\"{end}    effective-after \"5s\"{end}    record #false // й😀{end}}}{end}"
        );
        assert!(after.ends_with(&template), "{after}");
        editor.change("campaigns/a.kdl", 2, json!([{ "text": after }]));
        assert_eq!(editor.codes("campaigns/a.kdl"), Vec::<String>::new(), "{after}");
        editor.change("campaigns/a.kdl", 3, json!([{ "text": text }]));
        let none = actions_on(&mut editor, "campaigns/a.kdl", &text, "name \"A\"");
        assert!(
            none.iter().all(|one| one["kind"] != "refactor.extract"),
            "names are not shared: {none:#?}"
        );
        editor.end();
    }
}

#[test]
fn a_pasted_body_becomes_a_campaign() {
    let site = Project::of(&["spring"]);
    let mut editor = Editor::open_folder(site.root(), Columns::Utf16);
    let body = site
        .output(&["render", "spring"])
        .stdout
        .replace("Campaign spring", "Pasted one");
    let text = format!("// here\n{body}");
    editor.open("campaigns/new.kdl", 1, &text);
    let all = actions_on(&mut editor, "campaigns/new.kdl", &text, body.trim());
    let write = all
        .iter()
        .find(|one| one["kind"] == "refactor.rewrite")
        .unwrap_or_else(|| panic!("{all:#?}"));
    assert_eq!(write["title"], "Write the selection as 1 campaign");
    let changes = &write["edit"]["changes"][&editor.uri("campaigns/new.kdl")];
    let after = edited(&text, changes, Columns::Utf16);
    assert!(after.starts_with("// here\ncampaign \"pasted-one\" {"), "{after}");
    editor.change("campaigns/new.kdl", 2, json!([{ "text": after }]));
    assert!(
        !editor
            .codes("campaigns/new.kdl")
            .iter()
            .any(|code| code.starts_with("DF0")),
        "{after}"
    );
    editor.end();
}

#[test]
fn what_is_closed_or_ended_is_laid_out() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    let typed = |editor: &mut Editor, text: &str, letter: &str| {
        let byte = text.find('¦').unwrap();
        let text = text.replace('¦', "");
        editor.open("campaigns/a.kdl", 1, &text);
        let mut params = editor.named("campaigns/a.kdl");
        params["position"] = position_of(&text, byte, Columns::Utf16);
        params["ch"] = json!(letter);
        params["options"] = json!({ "tabSize": 4, "insertSpaces": true });
        let edits = editor.ask("textDocument/onTypeFormatting", params).unwrap();
        edited(&text, &edits, Columns::Utf16)
    };
    let after = typed(
        &mut editor,
        "campaign \"a\" {\n  name   \"Я😀\"\n    pace \"3/s\"\n  redial {\nbusy after=\"20m\"  times=3\n}¦\n}\n",
        "}",
    );
    assert_eq!(
        after,
        "campaign \"a\" {\n  name   \"Я😀\"\n    pace \"3/s\"\n    redial {\n        busy after=\"20m\" times=3\n    }\n}\n"
    );
    let after = typed(
        &mut editor,
        "campaign \"a\" {\n  name   \"Я😀\"\n¦  pace   \"3/s\"\n}\n",
        "\n",
    );
    assert_eq!(after, "campaign \"a\" {\n    name \"Я😀\"\n  pace   \"3/s\"\n}\n");
    let new = "campaign \"a\" {\n    name \"Я😀\"\n¦\n}\n";
    assert_eq!(
        typed(&mut editor, new, "\n"),
        new.replace('¦', ""),
        "the new line stays"
    );
    let broken = "campaign \"a\" {\n  name   \"Я😀\n¦\n}\n";
    assert_eq!(typed(&mut editor, broken, "\n"), broken.replace('¦', ""));
    editor.end();
}
