//! `dialform lint` as people and tools call it: paths, formats, exit codes, rules, baselines, comments that ignore.

mod baseline;
mod copies;
mod environments;
mod large;
mod links;
mod nested;
mod paths;
mod selection;
mod shared_files;
mod suppress;

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use crate::common::command::Ran;
use crate::common::site::{CLEAN, Site, keyed};

fn broken(key: &str) -> String {
    keyed(key).replace("\"3/s\"", "\"0/s\"")
}

#[test]
fn exit_codes_tell_clean_from_mistaken_from_impossible() {
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", CLEAN)]);
    let clean = site.lint(&[]);
    assert_eq!((clean.code, clean.stdout.as_str()), (Some(0), ""));

    site.write(
        "campaigns/b.kdl",
        keyed("b").replace("start \"manual\"", "start \"time\" at=\"2001-01-01 10:00\""),
    );
    let warned = site.lint(&[]);
    assert_eq!(warned.code, Some(0), "{warned:?}");
    assert!(warned.stdout.contains("warning[DF401]"), "{warned:?}");

    site.write("campaigns/c.kdl", broken("c"));
    assert_eq!(site.lint(&[]).code, Some(1));

    for arguments in [
        &["nowhere.kdl"][..],
        &["--no-such-flag"],
        &["--stdin-filename", "x.kdl"],
        &["--output-format", "xml"],
    ] {
        let ran = site.lint(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!ran.stderr.is_empty());
    }
    assert!(
        site.lint(&["nowhere.kdl"])
            .stderr
            .contains("nowhere.kdl does not exist")
    );
}

#[test]
fn concise_is_one_line_a_finding() {
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &broken("a"))]);
    let ran = site.lint(&["--output-format", "concise"]);
    assert_eq!(
        ran.stdout,
        "campaigns/a.kdl:7:10: error[DF114] the API cannot say the pace `0/s`\n"
    );
    assert_eq!(ran.stderr, "1 error in 2 files\n");
    // Without a terminal it is what is printed unasked.
    assert_eq!(site.lint(&[]).stdout, ran.stdout);
}

/// Files that are right by themselves are shown as well as others.
#[test]
fn mistakes_between_files_are_shown_with_the_text_of_both() {
    let second = format!("\n\n{}", keyed("a"));
    let site = Site::new(&[
        ("dialform.kdl", ""),
        ("campaigns/a.kdl", &keyed("a")),
        ("campaigns/b.kdl", &second),
    ]);
    let ran = site.lint(&[]);
    assert!(ran.stdout.starts_with("campaigns/b.kdl:3:10: error["), "{ran:?}");
    let ran = site.lint(&["--output-format", "human"]);
    for place in ["campaigns/a.kdl:1:10", "campaigns/b.kdl:3:10"] {
        assert!(ran.stdout.contains(place), "{}", ran.stdout);
    }
    assert_eq!(ran.stdout.matches("campaign \"a\" {").count(), 2, "{}", ran.stdout);
}

#[test]
fn json_has_the_documented_shape() {
    let text = CLEAN
        .replace("name \"A\"", "name \"Имя\"; pase \"3/s\"")
        .replace("    pace \"3/s\"\n", "");
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &text)]);
    let ran = site.lint(&["--output-format", "json"]);
    let report = ran.json();
    assert_eq!(ran.code, Some(1));
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        keys(&report),
        ["format_version", "valid", "error_count", "warning_count", "diagnostics"]
    );
    assert_eq!(report["valid"], false);
    assert_eq!(
        (report["error_count"].as_u64(), report["warning_count"].as_u64()),
        (Some(1), Some(0))
    );
    let only = &report["diagnostics"][0];
    assert_eq!(
        keys(only),
        [
            "code", "name", "severity", "message", "help", "file", "range", "labels", "url", "fix"
        ]
    );
    assert_eq!(
        (only["code"].as_str(), only["name"].as_str()),
        (Some("DF101"), Some("unknown-setting"))
    );
    assert_eq!(
        (only["severity"].as_str(), only["file"].as_str()),
        (Some("error"), Some("campaigns/a.kdl"))
    );
    // Columns count characters, bytes count bytes: three Cyrillic letters are six.
    let start = text.find("pase").unwrap();
    assert_eq!(
        only["range"]["start"],
        serde_json::json!({"line": 2, "column": 17, "byte": start})
    );
    assert_eq!(
        only["range"]["end"],
        serde_json::json!({"line": 2, "column": 21, "byte": start + 4})
    );
    assert_eq!(only["fix"]["applicability"], "unsafe");
    assert_eq!(only["fix"]["edits"][0]["text"], "pace");
    assert_eq!(only["fix"]["edits"][0]["range"], only["range"]);

    site.write("campaigns/a.kdl", CLEAN);
    let clean = site.lint(&["--output-format", "json"]).json();
    assert_eq!(
        (clean["valid"].as_bool(), clean["diagnostics"].as_array().map(Vec::len)),
        (Some(true), Some(0))
    );
}

#[test]
fn a_file_that_is_no_text_does_not_hide_the_findings_of_others() {
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/b.kdl", &broken("b"))]);
    site.write(
        "campaigns/a.kdl",
        b"campaign \"a\" {\n    name \"\xC2\xE5\xF1\xED\xE0\"\n}\n",
    );
    site.write(
        "campaigns/c.kdl",
        "campaign".encode_utf16().fold(vec![0xFF, 0xFE], |mut bytes, unit| {
            bytes.extend(unit.to_le_bytes());
            bytes
        }),
    );
    let ran = site.lint(&[]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{ran:?}");
    assert!(
        lines[0].starts_with("campaigns/a.kdl:2:11: error[DF001]"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with("campaigns/b.kdl:7:10: error[DF114]"),
        "{}",
        lines[1]
    );
    assert!(
        lines[2].starts_with("campaigns/c.kdl:1:1: error[DF002]"),
        "{}",
        lines[2]
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new(&[
        ("dialform.kdl", ""),
        ("campaigns/a.kdl", &broken("a")),
        ("campaigns/locked/b.kdl", CLEAN),
    ]);
    let locked = site.path("campaigns/locked");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    let readable = fs::read_dir(&locked).is_ok();
    let ran = site.lint(&[]);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
    if readable {
        eprintln!("skipped: this user reads folders whatever their permissions");
        return;
    }
    assert!(ran.stdout.contains("campaigns/locked:1:1: error[DF092]"), "{ran:?}");
    assert!(ran.stdout.contains("campaigns/a.kdl:7:10: error[DF114]"), "{ran:?}");
}

#[test]
fn where_there_is_nothing_to_check_it_is_said() {
    let site = Site::new(&[]);
    let nothing = site.lint(&[]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (Some(2), ""));
    assert!(nothing.stderr.contains("holds no KDL files"), "{nothing:?}");

    site.write("dialform.kdl", b"");
    let empty = site.lint(&[]);
    assert_eq!(empty.code, Some(0));
    assert!(
        empty.stdout.starts_with("dialform.kdl:1:1: warning[DF311]"),
        "{empty:?}"
    );

    site.write("campaigns/a.kdl", CLEAN);
    site.write("campaigns/empty.kdl", b"");
    let clean = site.lint(&[]);
    assert_eq!((clean.code, clean.stdout.as_str()), (Some(0), ""));
}

#[test]
fn colour_is_as_asked() {
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &broken("a"))]);
    let human = ["--output-format", "human"];
    let colored = |arguments: &[&str], name: &str, value: &str| {
        let arguments: Vec<&str> = human.iter().chain(arguments).copied().collect();
        Ran::from(site.lint_command("", &arguments).env(name, value).output().unwrap())
            .stdout
            .contains('\u{1b}')
    };
    assert!(!colored(&[], "LANG", "C.UTF-8"), "a pipe gets no colours");
    assert!(colored(&["--color", "always"], "LANG", "C.UTF-8"));
    assert!(colored(&[], "CLICOLOR_FORCE", "1"));
    assert!(!colored(&["--color", "never"], "CLICOLOR_FORCE", "1"));
    assert!(!colored(&[], "NO_COLOR", "1"));
}

#[test]
fn people_see_the_source_and_what_to_write() {
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &broken("a"))]);
    let ran = site.lint(&["--output-format", "human"]);
    for words in [
        "error[DF114]",
        "campaigns/a.kdl:7:10",
        "pace \"0/s\"",
        "N is from 1 to 99",
        "cps",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
    assert_eq!(ran.stderr, "1 error in 2 files\n");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let mut text = CLEAN.to_owned();
    for number in 0..2_000 {
        text.push_str(&broken(&format!("c{number}")));
    }
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &text)]);
    let mut command = site.lint_command("", &["--output-format", "human"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert!(
        !ran.stderr.contains("panicked") && !ran.stderr.contains("error:"),
        "{ran:?}"
    );
    assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
}

#[test]
fn a_thousand_findings_a_file_are_printed_and_all_are_counted() {
    let text: String = (0..1_234).map(|number| broken(&format!("c{number}"))).collect();
    let site = Site::new(&[
        ("dialform.kdl", ""),
        ("campaigns/a.kdl", &text),
        ("campaigns/b.kdl", &broken("b")),
    ]);
    let concise = site.lint(&["--output-format", "concise"]);
    assert_eq!(concise.stdout.lines().count(), 1_000 + 1 + 1);
    assert!(
        concise
            .stdout
            .contains("campaigns/a.kdl: 234 more findings are not shown\n")
    );
    assert_eq!(concise.stderr, "1235 errors in 3 files\n");
    let report = site.lint(&["--output-format", "json"]).json();
    assert_eq!(report["error_count"], 1_235);
    assert_eq!(report["diagnostics"].as_array().map(Vec::len), Some(1_001));
}

/// The binary and the library see the same: a few of the planted mistakes, through `--output-format json`.
#[test]
fn single_mistakes_through_the_binary() {
    for (old, new, code, column) in [
        ("pace \"3/s\"", "pace 3/s", "DF012", 10),
        ("record #false", "record false", "DF010", 12),
        ("record #false", "record #true", "DF201", 12),
        ("on-transfer \"end\"", "on-transfer \"ch\"", "DF108", 17),
        ("caller-id \"default\"", "caller-id \"default\" id=\"x\"", "DF203", 25),
        ("    redial #false\n", "", "DF202", 10),
    ] {
        let text = CLEAN.replace(old, new);
        let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &text)]);
        let report = site.lint(&["--output-format", "json"]).json();
        let found = report["diagnostics"].as_array().unwrap();
        assert_eq!(found.len(), 1, "{new}: {found:#?}");
        assert_eq!(
            (found[0]["code"].as_str(), found[0]["range"]["start"]["column"].as_u64()),
            (Some(code), Some(column))
        );
    }
}
