//! More changes than a person types, texts as large as they may be, and projects that mean harm.

use std::fs;

use serde_json::{Value, json};

use super::editor::{Columns, Editor};
use super::{PROJECT, project};
use crate::common::command::dialform;
use crate::common::site::{CLEAN, repository, write_file};

/// The memory that a process has now, in bytes; nothing where the system does not say it.
fn memory(editor: &Editor) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", editor.process())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// Types and takes back a letter so many times, without waiting in between; each version has to be answered, in order.
#[allow(clippy::print_stdout)] // How much it grows.
fn strain(changes: i32) {
    let (_folder, mut editor) = project(Columns::Utf16, &[("campaigns/a.kdl", CLEAN)]);
    editor.open("campaigns/a.kdl", 0, CLEAN);
    let at = super::editor::position_of(CLEAN, CLEAN.find("/s\"").unwrap(), Columns::Utf16);
    let mut end = at.clone();
    end["character"] = json!(end["character"].as_u64().unwrap() + 1);
    let mut after_warming = None;
    for part in 0..10 {
        let (first, last) = (part * changes / 10, (part + 1) * changes / 10);
        for version in first + 1..=last {
            let change = match version % 2 {
                1 => json!({ "range": { "start": at, "end": at }, "text": "x" }),
                _ => json!({ "range": { "start": at, "end": end }, "text": "" }),
            };
            editor.change("campaigns/a.kdl", version, json!([change]));
        }
        let told = editor.published();
        let versions: Vec<Value> = told.iter().map(|one| one["version"].clone()).collect();
        let expected: Vec<Value> = (i32::from(part > 0) + first..=last).map(Value::from).collect();
        assert_eq!(versions, expected);
        let errors = |one: &Value| one["diagnostics"].as_array().unwrap().len();
        assert!(
            told.iter()
                .all(|one| errors(one) == usize::from(one["version"].as_i64().unwrap() % 2 == 1))
        );
        after_warming = after_warming.or_else(|| memory(&editor).filter(|_| part == 1));
    }
    if let (Some(before), Some(after)) = (after_warming, memory(&editor)) {
        let grown = after.saturating_sub(before);
        println!("{grown} bytes more than after the first fifth of {changes} changes");
        assert!(grown < 4 << 20, "{grown} bytes more after {changes} changes");
    }
    editor.end();
}

#[test]
fn ten_thousand_rapid_changes_are_each_answered_and_take_no_memory() {
    strain(10_000);
}

#[test]
#[ignore = "it takes minutes: `cargo test --test it -- --ignored --nocapture strain`"]
fn a_hundred_thousand_changes_take_no_memory() {
    strain(100_000);
}

#[test]
fn a_text_may_be_as_large_as_a_file() {
    let (_folder, mut editor) = project(Columns::Utf16, &[]);
    let most = 8 << 20;
    let line = "// a line of a comment that is somewhat long, so that there are fewer of them, жук\n";
    let mut text = format!("{CLEAN}{}", line.repeat((most - CLEAN.len()) / line.len()));
    assert!(text.len() <= most && text.len() > most - 1_000);
    editor.open("campaigns/a.kdl", 1, &text);
    assert_eq!(editor.codes("campaigns/a.kdl"), Vec::<String>::new());
    let start = json!({ "line": 0, "character": 0 });
    editor.change(
        "campaigns/a.kdl",
        2,
        json!([{ "range": { "start": start, "end": start }, "text": "x" }]),
    );
    assert!(!editor.codes("campaigns/a.kdl").is_empty());
    text.push_str(&line.repeat(20));
    editor.change("campaigns/a.kdl", 3, json!([{ "text": text }]));
    assert_eq!(editor.codes("campaigns/a.kdl"), ["DF093"], "it is too large");
    editor.change("campaigns/a.kdl", 4, json!([{ "text": CLEAN }]));
    assert_eq!(editor.codes("campaigns/a.kdl"), Vec::<String>::new());
    editor.end();
}

#[cfg(unix)]
#[test]
fn a_hostile_project_keeps_nobody_waiting() {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    let folder = repository(&[("dialform.kdl", PROJECT), ("campaigns/a.kdl", CLEAN)]);
    let root = folder.path().canonicalize().unwrap();
    let campaigns = root.join("campaigns");
    symlink("/dev/zero", campaigns.join("endless.kdl")).unwrap();
    symlink("/etc/passwd", campaigns.join("outside.kdl")).unwrap();
    symlink("loop.kdl", campaigns.join("loop.kdl")).unwrap();
    symlink("..", campaigns.join("up")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(campaigns.join("pipe.kdl"))
            .status()
            .unwrap()
            .success()
    );
    fs::File::create(campaigns.join("huge.kdl"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    fs::write(campaigns.join("bytes.kdl"), [0xFF, 0xFE, 0x00, 0xD8]).unwrap();
    write_file(&root, "campaigns/deep.kdl", "a {".repeat(100_000));
    write_file(
        &root,
        "campaigns/wide.kdl",
        "template \"t\" template=\"t\" {\n}\n".repeat(2_000),
    );
    let mut editor = Editor::open_folder(&root, Columns::Utf16);
    for name in ["endless", "outside", "loop", "pipe", "huge", "bytes", "deep", "wide"] {
        let path = format!("campaigns/{name}.kdl");
        let linted = dialform(&root, &["lint", "--output-format", "concise"]);
        let is_found = linted.stdout.contains(&path);
        assert_eq!(
            !editor.codes(&path).is_empty(),
            is_found,
            "{name}\n{}",
            editor.told.len()
        );
    }
    // What the person has on the screen is answered all the same.
    for (version, text) in ["\"".repeat(50_000), "/*".repeat(50_000), "\\\n".repeat(50_000)]
        .iter()
        .enumerate()
    {
        editor.open("campaigns/a.kdl", i32::try_from(version).unwrap(), text);
        let mut params = editor.named("campaigns/a.kdl");
        params["position"] = json!({ "line": 0, "character": 9 });
        params["range"] = json!({ "start": params["position"], "end": params["position"] });
        params["context"] = json!({ "diagnostics": [], "triggerKind": 1 });
        params["options"] = json!({ "tabSize": 4, "insertSpaces": true });
        for method in [
            "hover",
            "completion",
            "codeAction",
            "documentSymbol",
            "semanticTokens/full",
            "formatting",
        ] {
            let answer = editor.ask(&format!("textDocument/{method}"), params.clone());
            assert!(answer.is_ok(), "{method}: {answer:?}");
        }
    }
    editor.end();
}
