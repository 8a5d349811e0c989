//! `dialform lint` as people and tools call it: paths, formats, exit codes, rules, baselines, comments that ignore.

mod baseline;
mod copies;
mod large;
mod paths;
mod selection;
mod suppress;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A campaign without mistakes.
const CLEAN: &str = r#"campaign "a" {
    name "A"
    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "end"
    caller-id "default"
    start "manual"
    pace "3/s"
    effective-after "5s"
    record #false
    redial #false
}
"#;

/// A folder with files, and the program run in it.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new(files: &[(&str, &str)]) -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        // The search for a project ends here.
        fs::create_dir(site.path(".git")).unwrap();
        for (path, text) in files {
            site.write(path, text.as_bytes());
        }
        site
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn command(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = self.program(folder);
        command.arg("lint").args(arguments);
        command
    }

    fn program(&self, folder: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dialform"));
        command.current_dir(self.path(folder));
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "COLUMNS"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        command
    }

    fn lint(&self, arguments: &[&str]) -> Ran {
        Ran::new(self.command("", arguments).output().unwrap())
    }

    /// Runs another command.
    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::new(self.program("").args(arguments).output().unwrap())
    }

    fn lint_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        Ran::new(self.command(folder, arguments).output().unwrap())
    }

    fn lint_text(&self, arguments: &[&str], text: &str) -> Ran {
        let mut command = self.command("", arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        Ran::new(child.wait_with_output().unwrap())
    }
}

/// What the program printed, and how it ended.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    fn new(output: Output) -> Self {
        let Output { status, stdout, stderr } = output;
        Self {
            code: status.code(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }
}

fn keyed(key: &str) -> String {
    let named = CLEAN.replacen("\"A\"", &format!("\"{}\"", key.to_uppercase()), 1);
    named.replacen("\"a\"", &format!("\"{key}\""), 1)
}

fn broken(key: &str) -> String {
    keyed(key).replace("\"3/s\"", "\"0/s\"")
}

#[test]
fn exit_codes_tell_clean_from_mistaken_from_impossible() {
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", CLEAN)]);
    let clean = site.lint(&[]);
    assert_eq!((clean.code, clean.out.as_str()), (Some(0), ""));

    site.write(
        "campaigns/b.kdl",
        keyed("b")
            .replace("start \"manual\"", "start \"time\" at=\"2001-01-01 00:00\"")
            .as_bytes(),
    );
    let warned = site.lint(&[]);
    assert_eq!(warned.code, Some(0), "{warned:?}");
    assert!(warned.out.contains("warning[DF401]"), "{warned:?}");

    site.write("campaigns/c.kdl", broken("c").as_bytes());
    assert_eq!(site.lint(&[]).code, Some(1));

    for arguments in [
        &["nowhere.kdl"][..],
        &["--no-such-flag"],
        &["--stdin-filename", "x.kdl"],
        &["--output-format", "xml"],
    ] {
        let ran = site.lint(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!ran.err.is_empty());
    }
    assert!(site.lint(&["nowhere.kdl"]).err.contains("nowhere.kdl does not exist"));
}

#[test]
fn concise_is_one_line_a_finding() {
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &broken("a"))]);
    let ran = site.lint(&["--output-format", "concise"]);
    assert_eq!(
        ran.out,
        "campaigns/a.kdl:7:10: error[DF114] the API cannot say the pace `0/s`\n"
    );
    assert_eq!(ran.err, "1 error in 2 files\n");
    // Without a terminal it is what is printed unasked.
    assert_eq!(site.lint(&[]).out, ran.out);
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
    assert!(ran.out.starts_with("campaigns/b.kdl:3:10: error["), "{ran:?}");
    let ran = site.lint(&["--output-format", "human"]);
    for place in ["campaigns/a.kdl:1:10", "campaigns/b.kdl:3:10"] {
        assert!(ran.out.contains(place), "{}", ran.out);
    }
    assert_eq!(ran.out.matches("campaign \"a\" {").count(), 2, "{}", ran.out);
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

    site.write("campaigns/a.kdl", CLEAN.as_bytes());
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
        &"campaign".encode_utf16().fold(vec![0xFF, 0xFE], |mut bytes, unit| {
            bytes.extend(unit.to_le_bytes());
            bytes
        }),
    );
    let ran = site.lint(&[]);
    let lines: Vec<&str> = ran.out.lines().collect();
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
    assert!(ran.out.contains("campaigns/locked:1:1: error[DF092]"), "{ran:?}");
    assert!(ran.out.contains("campaigns/a.kdl:7:10: error[DF114]"), "{ran:?}");
}

#[test]
fn where_there_is_nothing_to_check_it_is_said() {
    let site = Site::new(&[]);
    let nothing = site.lint(&[]);
    assert_eq!((nothing.code, nothing.out.as_str()), (Some(2), ""));
    assert!(nothing.err.contains("holds no KDL files"), "{nothing:?}");

    site.write("dialform.kdl", b"");
    let empty = site.lint(&[]);
    assert_eq!(empty.code, Some(0));
    assert!(empty.out.starts_with("dialform.kdl:1:1: warning[DF311]"), "{empty:?}");

    site.write("campaigns/a.kdl", CLEAN.as_bytes());
    site.write("campaigns/empty.kdl", b"");
    let clean = site.lint(&[]);
    assert_eq!((clean.code, clean.out.as_str()), (Some(0), ""));
}

#[test]
fn colour_is_as_asked() {
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &broken("a"))]);
    let human = ["--output-format", "human"];
    let colored = |arguments: &[&str], name: &str, value: &str| {
        let arguments: Vec<&str> = human.iter().chain(arguments).copied().collect();
        Ran::new(site.command("", &arguments).env(name, value).output().unwrap())
            .out
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
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    assert_eq!(ran.err, "1 error in 2 files\n");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let mut text = CLEAN.to_owned();
    for number in 0..2_000 {
        text.push_str(&broken(&format!("c{number}")));
    }
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &text)]);
    let mut command = site.command("", &["--output-format", "human"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = Ran::new(child.wait_with_output().unwrap());
    assert!(!ran.err.contains("panicked") && !ran.err.contains("error:"), "{ran:?}");
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
    assert_eq!(concise.out.lines().count(), 1_000 + 1 + 1);
    assert!(
        concise
            .out
            .contains("campaigns/a.kdl: 234 more findings are not shown\n")
    );
    assert_eq!(concise.err, "1235 errors in 3 files\n");
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
