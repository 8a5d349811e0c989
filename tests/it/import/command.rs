//! The command itself: what it takes, what it prints where, and how it ends.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{classic, import, import_in, project, rendered, with};
use crate::common::command::dialform;

/// The window of the page's body is open until midnight.
const AT_NIGHT: &str = "warning: vesennyaya-aktsiya: DF404: the window closes at 24:00";

#[test]
fn every_form_of_input_is_imported() {
    let (one, two) = (classic(), with(classic(), "/name", json!("Second")));
    let pretty = serde_json::to_string_pretty(&one).unwrap();
    for input in [
        json!([one, two]).to_string(),
        format!("{one}\n{two}\n"),
        format!("{pretty}\n{two}"),
        format!("[{one}]\n[{two}]"),
        format!("\u{FEFF}{one}{two}"),
        json!([{ "key": "a", "body": one }, { "body": two, "status": 200 }]).to_string(),
        json!([{ "body": one.to_string() }, two]).to_string(),
    ] {
        let ran = import(&[], &input);
        assert_eq!(ran.code, Some(0), "{input}\n{}", ran.stderr);
        assert_eq!(rendered("classic", &ran.stdout), [one.clone(), two.clone()], "{input}");
    }
}

#[test]
fn what_cannot_be_read_at_all_is_told_with_its_place() {
    for (input, told) in [
        ("", "error: standard input: there is nothing in it"),
        (" \n", "there is nothing in it"),
        ("[]", "there is no request body in it"),
        (
            "hello",
            "it is neither JSON (which begins with `{` or `[`) nor a curl command",
        ),
        ("curly braces", "it is neither JSON"),
        (
            "{\"name\": \"a\",\n \"cps\" 1}",
            "line 2, column 8: this is not JSON: expected `:`",
        ),
        (
            "{\"name\": \"a\", // c\n}",
            "line 1, column 15: JSON has no comments; take this one out",
        ),
        ("{'name': 1}", "JSON strings stand in double quotes"),
        ("{name: 1}", "the name of a field stands in double quotes"),
        ("{\"name\": \"a\",}", "a comma with nothing behind it"),
        ("{\"name\": \"a\"", "the text ends before the JSON does"),
        ("{\"name\": \"\\ud800\"}", "half of a character"),
        ("{\"name\": 1e999}", "no number is that large"),
        ("curl -d 'x", "the quote ' that begins in line 1 has no end"),
        (
            "curl https://example.com/auth/login -d '{}'",
            "there is no request body in it; curl: it creates no task",
        ),
    ] {
        let ran = import(&[], input);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (Some(2), ""),
            "{input}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains(told), "{input}: {told}\nis not in\n{}", ran.stderr);
    }
    let folder = TempDir::new().unwrap();
    let utf16: Vec<u8> = "{\"name\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(9 << 20));
    let deep = "[".repeat(100_000);
    for (input, told) in [
        (&b"{\"name\": \"\xff\"}"[..], "it is not UTF-8 (byte 10)"),
        (&utf16, "it is UTF-16"),
        (deep.as_bytes(), "it is nested too deeply"),
    ] {
        let ran = import_in(folder.path(), &[], input);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{told}");
        assert!(ran.stderr.contains(told), "{told}\nis not in\n{}", ran.stderr);
    }
    let ran = import_in(folder.path(), &[], large.as_bytes());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("its campaign is larger than a file may be (8 MiB)"),
        "{}",
        ran.stderr
    );
    // Nothing is read of a file that no project renders to; this one has holes instead of bytes.
    let file = std::fs::File::create(folder.path().join("huge.json")).unwrap();
    file.set_len((1 << 30) + 1).unwrap();
    let ran = dialform(folder.path(), &["import", "huge.json"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("it is larger than 1024 MiB"), "{}", ran.stderr);
    let ran = dialform(folder.path(), &["import", "nothing.json"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(2), "error: nothing.json does not exist\n")
    );
    assert_eq!(dialform(folder.path(), &["import"]).code, Some(2));
    assert_eq!(dialform(folder.path(), &["import", "."]).code, Some(2));
}

#[test]
fn one_bad_body_does_not_stop_the_others() {
    let good = classic().to_string();
    for (input, told) in [
        (format!("[{good}, 5]"), "error: $[1]: a request body is an object"),
        (
            format!("[{{\"x\": 1}}, {good}]"),
            "error: $[0]: this is no request body of a call task",
        ),
        (
            format!("{good}\n{{\"name\": oops}}\n{good}"),
            "error: document 2: $: line 2, column 10: this is not JSON",
        ),
        (
            format!("{good}\n{{\"name\": \"x\"\n{good}"),
            "error: document 2: $: line 3",
        ),
    ] {
        let ran = import(&[], &input);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        assert!(ran.stdout.contains("campaign \"vesennyaya-aktsiya\""), "{}", ran.stdout);
        assert!(ran.stderr.contains(told), "{told}\nis not in\n{}", ran.stderr);
        assert!(ran.stderr.contains("1 body not imported"), "{}", ran.stderr);
    }
}

#[test]
fn a_name_that_stands_twice_is_told_and_the_last_one_counts() {
    let input = classic().to_string().replacen('{', "{\"cps\": 0.5, ", 1);
    let input = input.replace("\"useTr\":true", "\"useTr\":false,\"useTr\":true");
    let ran = import(&[], &input);
    assert_eq!(rendered("classic", &ran.stdout), [classic()]);
    for path in ["$.cps", "$.additionalOptions.useTr"] {
        let told = format!("warning: {path}: this name stands twice in one object; the last one is taken\n");
        assert!(ran.stderr.contains(&told), "{}", ran.stderr);
    }
}

#[test]
fn keys_are_made_from_names_and_are_nobody_elses() {
    let named = |name: &str| with(classic(), "/name", json!(name));
    let folder = project("classic", "moved from=\"promo\" to=\"promo-2\"\n");
    let text = import(&["--key", "promo-2"], &named("x").to_string()).stdout;
    fs::write(folder.path().join("campaigns/b.kdl"), text).unwrap();
    let bodies = json!([named("Promo"), named("promo!"), named("Акция"), named("№ — ☎"), { "key": "Bad Key", "body": named("Щи") }]);
    let ran = import_in(folder.path(), &[], bodies.to_string().as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let keys: Vec<&str> = ran
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("campaign \""))
        .collect();
    assert_eq!(keys[..3], ["promo-3\" {", "promo-4\" {", "aktsiya\" {"]);
    assert_eq!(keys[4], "shchi\" {");
}

#[test]
fn a_key_can_be_named_for_one_body() {
    let folder = project("classic", "");
    let body = classic().to_string();
    let ran = import_in(folder.path(), &["--key", "spring"], body.as_bytes());
    assert!(ran.stdout.starts_with("campaign \"spring\" {"), "{}", ran.stdout);
    fs::write(folder.path().join("campaigns/all.kdl"), &ran.stdout).unwrap();
    for (arguments, input, told) in [
        (
            ["--key", "spring"],
            body.clone(),
            "the project has a campaign `spring` already",
        ),
        (["--key", "Spring"], body.clone(), "a key has small letters"),
        (
            ["--key", "x"],
            format!("[{body},{body}]"),
            "`--key` names one campaign, and standard input holds 2 bodies",
        ),
    ] {
        let ran = import_in(folder.path(), &arguments, input.as_bytes());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
}

#[test]
fn the_dialect_is_the_projects() {
    let body = with(classic(), "/lifetime", json!(3600)).to_string();
    let extended = project("extended", "");
    let ran = import_in(extended.path(), &[], body.as_bytes());
    assert!(ran.stdout.contains("lifetime \"1h\""), "{}", ran.stdout);
    let told = "candidateLimit: 6 is read as {\"redial\":true,\"count\":6}";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    let ran = import_in(extended.path(), &["--dialect", "classic"], body.as_bytes());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("speaks the extended dialect"), "{}", ran.stderr);
    assert!(
        import(&["--dialect", "extended"], &body)
            .stdout
            .contains("lifetime \"1h\"")
    );
    assert!(
        import(&[], &body)
            .stdout
            .contains("// not imported: \"lifetime\": 3600")
    );
}

#[test]
fn ids_are_written_as_aliases_of_the_right_kind() {
    let aliases = r#"aliases {
    channel wrong="228cc4fa-92f2-4709-94e3-7344a96a5903"
    scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903"
    scenario again="228cc4fa-92f2-4709-94e3-7344a96a5903"
    pool moscow="9a67dee5-398e-4570-9426-fbb3f067b270"
}
"#;
    let folder = project("classic", aliases);
    let ran = import_in(folder.path(), &[], classic().to_string().as_bytes());
    assert!(ran.stdout.contains("scenario \"promo\""), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("caller-id \"number\" id=\"9a67dee5-"),
        "{}",
        ran.stdout
    );
    let pool = with(classic(), "/cidType", json!("pool"));
    let ran = import_in(folder.path(), &[], pool.to_string().as_bytes());
    assert!(
        ran.stdout.contains("caller-id \"pool\" id=\"moscow\""),
        "{}",
        ran.stdout
    );
    // A number of the same name would be found first.
    let both = aliases.replace(
        "pool",
        "number moscow=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"\n    pool",
    );
    let folder = project("classic", &both);
    let ran = import_in(folder.path(), &[], pool.to_string().as_bytes());
    assert!(
        ran.stdout.contains("caller-id \"pool\" id=\"9a67dee5-"),
        "{}",
        ran.stdout
    );
    assert_eq!(rendered("classic", &format!("{both}{}", ran.stdout)), [pool]);
}

#[test]
fn values_of_the_wire_that_the_project_sets_are_known() {
    let folder = project("classic", "");
    let text = "project {\n    wire-value \"on-error.skip\" \"SKIP_NUMBER\"\n}\n";
    fs::write(folder.path().join("dialform.kdl"), text).unwrap();
    let body = with(classic(), "/normalizationErrorAction", json!("SKIP_NUMBER"));
    let ran = import_in(folder.path(), &[], body.to_string().as_bytes());
    assert!(
        ran.stdout.contains("normalize \"RU\" on-error=\"skip\""),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stderr.contains("\n1 campaign imported, 1 warning\n") && ran.stderr.starts_with(AT_NIGHT),
        "{}",
        ran.stderr
    );
}

#[test]
fn files_are_written_and_never_overwritten() {
    let folder = project("classic", "");
    let bodies = json!([classic(), with(classic(), "/name", json!("Other"))]).to_string();
    let ran = import_in(folder.path(), &["--write", "campaigns/new"], bodies.as_bytes());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("wrote campaigns/new/other.kdl"), "{}", ran.stderr);
    let all: Value = serde_json::from_str(&dialform(folder.path(), &["render"]).stdout).unwrap();
    assert_eq!(all[0]["body"]["name"], "Other");
    assert_eq!(all[1]["body"], classic());

    let elsewhere = TempDir::new().unwrap();
    fs::write(elsewhere.path().join("other.kdl"), "mine").unwrap();
    let ran = import_in(elsewhere.path(), &["--write", "."], bodies.as_bytes());
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("other.kdl was not written: it is there already"),
        "{}",
        ran.stderr
    );
    assert_eq!(fs::read_to_string(elsewhere.path().join("other.kdl")).unwrap(), "mine");
    assert!(elsewhere.path().join("vesennyaya-aktsiya.kdl").is_file());
}

#[test]
fn a_project_with_mistakes_can_be_imported_into() {
    let folder = project("classic", "campaign \"broken\" {\n    nonsense\n}\n");
    let ran = import_in(folder.path(), &[], classic().to_string().as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("\n1 campaign imported, 1 warning\n") && ran.stderr.starts_with(AT_NIGHT),
        "{}",
        ran.stderr
    );
}

#[test]
fn equal_bodies_are_imported_with_a_comment_that_lint_takes() {
    let other = with(classic(), "/name", json!("Other"));
    let folder = project("classic", &import(&["--key", "first"], &classic().to_string()).stdout);
    // Equal to one of the project, to one another, and to none.
    let input = json!([classic(), other, other, with(other.clone(), "/cps", json!(0.5))]).to_string();
    let ran = import_in(folder.path(), &["--write", "campaigns"], input.as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(
        ran.stderr.matches("renders to the same body").count(),
        2,
        "{}",
        ran.stderr
    );
    let mut comments = Vec::new();
    for entry in fs::read_dir(folder.path().join("campaigns")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        comments.extend(text.lines().filter(|line| line.contains("DF312")).map(str::to_owned));
    }
    comments.sort();
    assert_eq!(comments.len(), 2, "{comments:?}");
    assert!(
        comments[0].contains("ignore[DF312]") && comments.iter().any(|line| line.contains("`first`")),
        "{comments:?}"
    );
    let lint = dialform(folder.path(), &["lint", "--output-format", "concise"]);
    assert!(
        !lint.stdout.contains("DF312") && !lint.stdout.contains("DF9"),
        "{}",
        lint.stdout
    );
    assert_eq!(lint.code, Some(0), "{}", lint.stdout);
    // Without the comments they are errors.
    for entry in fs::read_dir(folder.path().join("campaigns")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let kept: Vec<&str> = text.lines().filter(|line| !line.contains("DF312")).collect();
        fs::write(&path, kept.join("\n") + "\n").unwrap();
    }
    let lint = dialform(folder.path(), &["lint", "--output-format", "concise"]);
    assert_eq!(lint.stdout.matches("error[DF312]").count(), 2, "{}", lint.stdout);
}
