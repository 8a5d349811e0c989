//! Several forms at once, and into files.

use std::fs;
use std::process::Stdio;

use super::{FIRST, NOW, parsed, sarif};
use crate::common::command::{command, in_repository};
use crate::common::site::Site;

const FORMATS: [&str; 8] = [
    "human", "concise", "json", "sarif", "github", "gitlab", "junit", "rdjson",
];

const SUMMARY: &str = "3 errors, 1 warning in 3 files\n1 fixable with `--fix`, and 1 more with `--unsafe-fixes`\n";

#[test]
fn files_hold_what_would_be_printed() {
    let site = Site::sample();
    let mut arguments = Vec::new();
    for format in FORMATS {
        arguments.push("--output-format".to_owned());
        arguments.push(format!("{format}=out/{format}.txt"));
    }
    arguments.extend(["--output-format".to_owned(), "concise".to_owned()]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = site.lint(&arguments);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(ran.stdout, site.all("concise"));
    assert_eq!(ran.stderr, SUMMARY);
    for format in FORMATS {
        assert_eq!(site.read(&format!("out/{format}.txt")), site.all(format), "{format}");
    }
    // Nothing is left beside them.
    assert_eq!(fs::read_dir(site.path("out")).unwrap().count(), FORMATS.len());
}

#[test]
fn files_are_written_where_nothing_is_found() {
    let site = Site::clean();
    let ran = site.lint(&[
        "--output-format",
        "sarif=out.sarif",
        "--output-format",
        "github=notes.txt",
    ]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    assert_eq!(ran.stderr, "no findings in 2 files\n");
    sarif::assert_valid(&parsed(&site.read("out.sarif")));
    assert_eq!(site.read("notes.txt"), "");
}

#[test]
fn output_file_takes_the_place_of_standard_output() {
    let site = Site::sample();
    let ran = site.lint(&["--output-format", "sarif", "--output-file", "new/folder/out.sarif"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert_eq!(site.read("new/folder/out.sarif"), site.all("sarif"));
    // Without a format it is the usual one, and no colours get into it.
    let ran = site.lint(&["--output-file", "out.txt", "--color", "always"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert_eq!(site.read("out.txt"), site.all("concise"));
    let ran = site.lint(&[
        "--output-file",
        "out.txt",
        "--output-format",
        "human",
        "--color",
        "always",
    ]);
    assert_eq!(ran.code, Some(1));
    assert!(!site.read("out.txt").contains('\u{1b}'));
    // A minus is standard output.
    let ran = site.lint(&["--output-format", "json=-", "--output-file", "-"]);
    assert_eq!(ran.stdout, site.all("json"));
}

#[test]
fn a_file_is_replaced_whole() {
    let site = Site::sample();
    site.write("out.txt", "x".repeat(100_000));
    assert_eq!(site.lint(&["--output-format", "concise=out.txt"]).code, Some(1));
    assert_eq!(site.read("out.txt"), site.all("concise"));
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let site = Site::sample();
    site.write("real.txt", b"old");
    fs::set_permissions(site.path("real.txt"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.txt", site.path("link.txt")).unwrap();
    assert_eq!(site.lint(&["--output-format", "concise=link.txt"]).code, Some(1));
    assert!(site.path("link.txt").is_symlink());
    assert_eq!(site.read("real.txt"), site.all("concise"));
    let mode = fs::metadata(site.path("real.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    // Devices are written to.
    let ran = site.lint(&["--output-format", "json=/dev/null"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
}

/// What stands for something open is added to. A file put in its place would take away all that was written there before.
#[cfg(target_os = "linux")]
#[test]
fn standard_streams_have_names_of_files_too() {
    let site = Site::sample();
    let text = site.all("concise");
    for (named, expected) in [
        ("/dev/stdout", format!("before\n{text}{SUMMARY}")),
        ("/proc/self/fd/1", format!("before\n{text}{SUMMARY}")),
        ("/dev/stderr", format!("before\n{text}{SUMMARY}")),
        ("/dev/fd/2", format!("before\n{text}{SUMMARY}")),
    ] {
        for is_appended in [true, false] {
            let log = tempfile::NamedTempFile::new().unwrap();
            let mut file = match is_appended {
                true => fs::OpenOptions::new().append(true).open(log.path()).unwrap(),
                false => log.reopen().unwrap(),
            };
            std::io::Write::write_all(&mut file, b"before\n").unwrap();
            let mut command = site.lint_command("", &["--output-format", &format!("concise={named}")]);
            command.stdout(file.try_clone().unwrap()).stderr(file);
            assert_eq!(command.status().unwrap().code(), Some(1));
            assert_eq!(fs::read_to_string(log.path()).unwrap(), expected, "{named}");
        }
    }
    site.write("log.txt", b"before\n");
    let program = env!("CARGO_BIN_EXE_dialform");
    let script = format!("'{program}' lint --now {NOW} --output-format concise=/dev/fd/7 7>>log.txt");
    let mut shell = std::process::Command::new("sh");
    let ran = shell.current_dir(site.root()).args(["-c", &script]).output().unwrap();
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    assert_eq!(site.read("log.txt"), format!("before\n{text}"));
    let ran = site.lint(&["--output-format", "json=/dev/stdout", "--output-format", "concise"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("would both go to standard output"), "{ran:?}");
}

/// A report that was asked for is never silently missing.
#[test]
fn a_file_is_refused_where_no_findings_are_given_out() {
    let site = Site::sample();
    for arguments in [&["--diff"][..], &["--baseline", "b.json", "--write-baseline"]] {
        for output in [
            &["--output-format", "sarif=out.sarif"][..],
            &["--output-file", "out.sarif"],
        ] {
            let ran = site.lint(&[arguments, output].concat());
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
            let words = "prints no findings, so nothing would be written to out.sarif; drop one of the two";
            assert!(ran.stderr.contains(words), "{ran:?}");
            assert!(!site.path("out.sarif").exists() && !site.path("b.json").exists());
        }
        let ran = site.lint(&[arguments, &["--output-format", "json"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
        assert!(ran.stderr.contains("so there would be no json"), "{ran:?}");
    }
}

#[test]
fn what_cannot_be_is_said_before_anything_is_checked() {
    let site = Site::sample();
    for (arguments, words) in [
        (
            &["--output-format", "human", "--output-format", "sarif"][..],
            "`human` and `sarif` would both go to standard output; give one of them a file: `--output-format sarif=FILE`",
        ),
        (
            &["--output-format", "json", "--output-format", "json=-"],
            "`json` and `json` would both go to standard output",
        ),
        (
            &[
                "--output-format",
                "json",
                "--output-format",
                "human",
                "--output-file",
                "x",
            ],
            "`json` and `human` would both go to x",
        ),
        (
            &["--output-format", "json=x", "--output-format", "sarif=./x"],
            "`json` and `sarif` would both go to ./x; name a file for each",
        ),
        (
            &[
                "--output-format",
                "json=x",
                "--output-format",
                "sarif",
                "--output-file",
                "campaigns/../x",
            ],
            "`json` and `sarif` would both go to campaigns/../x",
        ),
        (
            &["--output-format", "json=x", "--output-file", "y"],
            "nothing is left for `--output-file y`",
        ),
        (
            &["--output-file", "campaigns/a.kdl"],
            "campaigns/a.kdl would be overwritten with findings",
        ),
        (
            &["--output-format", "sarif="],
            "`sarif=` names no file; write sarif=FILE, or sarif alone",
        ),
        (&["--output-format", "sariff=x"], "a similar value exists: 'sarif'"),
        (
            &["--output-format", "xml"],
            "possible values: human, concise, json, sarif, github, gitlab, junit, rdjson",
        ),
    ] {
        let ran = site.lint(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
        assert!(
            ran.stderr.starts_with("error: ") && ran.stderr.contains(words),
            "{ran:?}"
        );
    }
    assert_eq!(site.read("campaigns/a.kdl"), FIRST);
    assert!(!site.path("x").exists() && !site.path("y").exists());
}

/// The rest is given out all the same.
#[test]
fn a_file_that_cannot_be_written_is_named() {
    let site = Site::sample();
    site.write("taken", b"a file");
    site.write("folder/file", b"");
    for (file, why) in [("taken/out.json", ""), ("folder", "it is a folder")] {
        let ran = site.lint(&[
            "--output-format",
            &format!("json={file}"),
            "--output-format",
            "github=github.txt",
            "--output-format",
            "concise",
        ]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert_eq!(ran.stdout, site.all("concise"));
        assert_eq!(site.read("github.txt"), site.all("github"));
        assert!(
            ran.stderr.contains(&format!("error: {file} cannot be written: {why}")),
            "{ran:?}"
        );
    }
    assert_eq!(site.read("taken"), "a file");
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;

    let site = Site::sample();
    site.write("out.json", b"old");
    fs::set_permissions(site.path("out.json"), fs::Permissions::from_mode(0o444)).unwrap();
    let ran = site.lint(&["--output-format", "json=out.json"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("out.json cannot be written: it is read-only"),
        "{ran:?}"
    );
    assert_eq!(site.read("out.json"), "old");
}

/// Files come first: a reader that goes away does not keep them from being written.
#[cfg(unix)]
#[test]
fn files_are_written_where_nobody_reads_the_rest() {
    let site = Site::sample();
    site.write(
        "campaigns/a.kdl",
        FIRST.replace("    redial", &"    pase 1\n".repeat(3_000)),
    );
    let mut command = site.lint_command("", &["--output-format", "json=out.json", "--output-format", "human"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = child.wait_with_output().unwrap();
    assert!(ran.stderr.is_empty() || ran.status.code() == Some(1), "{ran:?}");
    assert!(parsed(&site.read("out.json"))["error_count"].as_u64() > Some(3_000));
}

/// A summary for people would be in the way where a program reads; elsewhere it is on standard error.
#[test]
fn the_summary_is_for_people() {
    let site = Site::sample();
    for format in FORMATS {
        let is_text = ["human", "concise", "github"].contains(&format);
        let told = site.lint(&["--output-format", format]).stderr;
        let expected = if is_text { SUMMARY } else { "" };
        assert_eq!(told, expected, "{format}");
    }
}

#[test]
fn no_service_makes_a_format_of_its_own() {
    let site = Site::sample();
    for (name, value) in [("GITHUB_ACTIONS", "true"), ("GITLAB_CI", "true"), ("CI", "true")] {
        let output = site.lint_command("", &[]).env(name, value).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), site.all("concise"));
    }
}

#[test]
fn the_page_about_formats_names_each() {
    let page = fs::read_to_string(in_repository("docs/formats.md")).unwrap();
    for format in FORMATS {
        assert!(page.contains(&format!("\n| `{format}` | ")), "{format}");
    }
}

/// Forms that are whole files make no sense again and again.
#[test]
fn watch_has_none_of_the_forms_for_files() {
    let site = Site::sample();
    for format in ["sarif", "junit", "gitlab", "rdjson", "concise=x"] {
        let mut command = command(site.root());
        let output = command.args(["watch", "--output-format", format]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{format}");
    }
}
