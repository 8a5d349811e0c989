//! Findings without a length, at the end, in files that cannot be read, in files that lie elsewhere.

use serde_json::json;

use super::{FIRST, gitlab, junit, parsed, rdjson, real, sarif};
use crate::common::site::Site;

/// Every form of one run is valid; gives the SARIF log.
#[track_caller]
fn all_valid(site: &Site, folder: &str, paths: &[&str]) -> serde_json::Value {
    let run = |format: &str| {
        let arguments: Vec<&str> = paths.iter().copied().chain(["--output-format", format]).collect();
        let ran = site.lint_in(folder, &arguments);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        ran.stdout
    };
    gitlab::assert_valid(&parsed(&run("gitlab")));
    rdjson::assert_valid(&parsed(&run("rdjson")));
    junit::assert_valid(&run("junit"));
    assert!(run("github").lines().all(|line| line.starts_with("::")));
    let log = parsed(&run("sarif"));
    sarif::assert_valid(&log);
    log
}

#[test]
fn places_without_a_length_are_valid_in_every_format() {
    for text in [
        &b"campaign \"a\" {"[..],
        b"campaign \"a\" {\n    name \"",
        b"campaign",
        b"/* ",
        b"campaign \"a\" {\r\n    name \"\xd0\xb0\"\r\n    pace\r\n}\r\n}",
        b"campaign \"a\" { name \xff\xfe }\n",
        b"\xff\xfec\x00",
        b"\xef\xbb\xbfcampain\n",
    ] {
        let site = Site::now(&[]);
        site.write("a.kdl", text);
        let log = all_valid(&site, "", &[]);
        assert!(!sarif::results(&log).is_empty());
    }
}

#[test]
fn a_file_that_is_too_large() {
    let site = Site::sample();
    let log = all_valid(&site, "", &["--max-file-size", "200"]);
    assert!(sarif::results(&log).iter().any(|result| result["ruleId"] == "DF093"));
}

#[test]
fn a_file_that_cannot_be_read() {
    let site = Site::sample();
    std::fs::create_dir(site.path("campaigns/folder.kdl")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere.kdl", site.path("campaigns/dangling.kdl")).unwrap();
    all_valid(&site, "", &[]);
}

/// URIs are relative below the working folder, and whole elsewhere.
#[test]
fn files_outside_the_working_folder() {
    let site = Site::now(&[("dialform.kdl", super::PROJECT), ("campaigns/весна 1.kdl", FIRST)]);
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::create_dir(elsewhere.path().join(".git")).unwrap();
    std::fs::write(elsewhere.path().join("a#b.kdl"), FIRST).unwrap();
    let uris = |log: &serde_json::Value| -> Vec<String> {
        let mut uris: Vec<String> = sarif::places(log)
            .into_iter()
            .map(|place| {
                let artifact = &place["artifactLocation"];
                format!(
                    "{} {}",
                    artifact["uriBaseId"].as_str().unwrap_or("-"),
                    artifact["uri"].as_str().unwrap()
                )
            })
            .collect();
        uris.dedup();
        uris
    };
    let file = "%D0%B2%D0%B5%D1%81%D0%BD%D0%B0%201.kdl";
    let below = all_valid(&site, "", &[]);
    assert_eq!(uris(&below), [format!("%SRCROOT% campaigns/{file}")]);

    std::fs::create_dir(site.path("work")).unwrap();
    let root = real(site.root());
    let beside = all_valid(&site, "work", &["../campaigns"]);
    assert_eq!(uris(&beside), [format!("- file://{}/campaigns/{file}", root.display())]);

    let absolute = elsewhere.path().join("a#b.kdl");
    let absolute = all_valid(&site, "", &[absolute.to_str().unwrap()]);
    let elsewhere = real(elsewhere.path());
    assert_eq!(uris(&absolute), [format!("- file://{}/a%23b.kdl", elsewhere.display())]);
}

/// Names that are not UTF-8 keep their bytes in a URI.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8_keeps_its_bytes_in_a_uri() {
    use std::os::unix::ffi::OsStrExt;

    let site = Site::now(&[]);
    let path = site.root().join(std::ffi::OsStr::from_bytes(b"\xff.kdl"));
    std::fs::write(path, FIRST).unwrap();
    let log = all_valid(&site, "", &[]);
    assert_eq!(sarif::places(&log)[0]["artifactLocation"]["uri"], "%FF.kdl");
}

#[test]
fn standard_input_has_the_path_that_is_said() {
    let site = Site::sample();
    for (arguments, path) in [
        (&["-"][..], "stdin.kdl"),
        (&["-", "--stdin-filename", "campaigns/c.kdl"], "campaigns/c.kdl"),
    ] {
        let text = FIRST.replace("\"spring\"", "\"autumn\"");
        let run = |format: &str| {
            let arguments: Vec<&str> = arguments.iter().copied().chain(["--output-format", format]).collect();
            site.lint_text(&arguments, &text).stdout
        };
        let log = parsed(&run("sarif"));
        sarif::assert_valid(&log);
        assert_eq!(sarif::results(&log).len(), 2);
        assert_eq!(sarif::places(&log)[0]["artifactLocation"]["uri"], path);
        gitlab::assert_valid(&parsed(&run("gitlab")));
        rdjson::assert_valid(&parsed(&run("rdjson")));
        let tests = run("junit");
        junit::assert_valid(&tests);
        assert_eq!(tests.matches("<testsuite ").count(), 1, "{tests}");
        assert!(run("github").starts_with(&format!("::error file={path},")));
    }
    // Several at once.
    let ran = site.lint_text(
        &["-", "--output-format", "json=out.json", "--output-format", "concise"],
        &FIRST.replace("\"spring\"", "\"autumn\""),
    );
    assert!(ran.stdout.starts_with("stdin.kdl:2:26: error[DF010]"), "{ran:?}");
    assert_eq!(parsed(&site.read("out.json"))["error_count"], 2);
}

/// No editor shows a byte order mark as a column. Where bytes are counted, it is three.
#[test]
fn a_byte_order_mark_is_no_column() {
    let site = Site::now(&[("a.kdl", "\u{FEFF}campain \"a\"\n")]);
    assert!(site.all("concise").starts_with("a.kdl:1:1: error[DF101] "));
    assert!(site.all("human").contains("[a.kdl:1:1]"));
    assert!(site.all("junit").contains("a.kdl:1:1: error[DF101] "));
    assert!(
        site.all("github")
            .starts_with("::error file=a.kdl,line=1,endLine=1,col=1,endColumn=7,")
    );
    assert_eq!(
        sarif::places(&site.json("sarif"))[0]["region"],
        json!({ "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 8 })
    );
    assert_eq!(
        site.json("gitlab")[0]["location"]["positions"],
        json!({ "begin": { "line": 1, "column": 1 }, "end": { "line": 1, "column": 7 } })
    );
    assert_eq!(
        site.json("json")["diagnostics"][0]["range"],
        json!({ "start": { "line": 1, "column": 1, "byte": 3 }, "end": { "line": 1, "column": 8, "byte": 10 } })
    );
    assert_eq!(
        site.json("rdjson")["diagnostics"][0]["location"]["range"],
        json!({ "start": { "line": 1, "column": 4 }, "end": { "line": 1, "column": 11 } })
    );
}

/// A line stays a line, and a terminal obeys nothing, whatever a file is called.
#[cfg(unix)]
#[test]
fn a_name_with_control_characters() {
    let site = Site::now(&[("a\nb\u{1b}[31m.kdl", FIRST)]);
    all_valid(&site, "", &[]);
    for format in ["concise", "github", "human"] {
        assert!(!site.all(format).contains('\u{1b}'), "{format}");
    }
    let concise = site.all("concise");
    assert_eq!(concise.lines().count(), 2, "{concise}");
    assert!(
        concise.lines().all(|line| line.starts_with(r"a\nb\u{1b}[31m.kdl:")),
        "{concise}"
    );
}

/// What may not stand in XML at all, and what a terminal or a runner's log would obey.
#[test]
fn characters_that_have_no_place_in_a_report() {
    let name = r#"b\u{1}\u{b}\u{1b}[31m\u{7f}\u{9f}\u{fffe}]]>"#;
    let text = format!("campaign \"k\" {{\n    \"{name}\u{ffff}\" 1\n}}\ncampaign \"{name}\" {{}}\n");
    let site = Site::now(&[("a.kdl", &text)]);
    all_valid(&site, "", &[]);
    let junit = site.all("junit");
    assert!(
        !junit.contains(['\u{fffe}', '\u{ffff}', '\u{1}', '\u{b}', '\u{1b}']),
        "{junit:?}"
    );
    assert!(
        junit.contains("a campaign has no `b\\u{1}\\u{b}\\u{1b}[31m\\u{7f}\\u{9f}\u{fffd}]]&gt;\u{fffd}`"),
        "{junit}"
    );
    for format in ["github", "concise"] {
        let told = site.all(format);
        assert!(told.contains(r"no `b\u{1}\u{b}\u{1b}[31m\u{7f}"), "{told}");
    }
}
