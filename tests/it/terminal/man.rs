//! What `dialform man` prints, read by the programs that format manual pages where they are installed.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use super::{clean, dialform};

fn page(names: &[&str]) -> String {
    let folder = clean();
    let output = dialform(folder.path(), &["man"]).args(names).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a formatter makes of a page and says to it; nothing where it is not installed.
fn through(program: &str, arguments: &[&str], page: &str) -> Option<(String, String)> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        eprintln!("{program} is not installed");
        return None;
    };
    child.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Some((text(&output.stdout), text(&output.stderr)))
}

#[test]
fn a_page_has_what_help_has() {
    let page = page(&["lint"]);
    assert!(page.contains(".TH \"dialform\\-lint\" 1"), "{page}");
    for part in [
        ".SH NAME",
        ".SH SYNOPSIS",
        ".SH OPTIONS",
        ".SH \"EXAMPLES\"",
        ".SH \"EXIT CODES\"",
        "output\\-format",
    ] {
        assert!(page.contains(part), "{part} {page}");
    }
    assert_eq!(page.matches("EXIT CODES").count(), 1);
    // Examples stay lines of their own.
    if let Some((text, said)) = through("groff", &["-man", "-Tutf8", "-ww", "-P-c"], &page) {
        let line = text
            .lines()
            .find(|line| line.contains("dialform lint campaigns/spring.kdl"));
        assert!(
            line.is_some_and(|line| line.ends_with("check one file of a project")),
            "{text}"
        );
        assert_eq!(said, "");
    }
}

#[test]
fn every_page_is_written_and_well_formed() {
    let folder = clean();
    let output = dialform(folder.path(), &["man", "--out", "pages/man1"])
        .output()
        .unwrap();
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    let mut names: Vec<String> = fs::read_dir(folder.path().join("pages/man1"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for name in [
        "dialform.1",
        "dialform-lint.1",
        "dialform-apply.1",
        "dialform-state-list.1",
        "dialform-man.1",
    ] {
        assert!(names.iter().any(|have| have == name), "{name} {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains("help")), "{names:?}");
    for name in names {
        let page = fs::read_to_string(folder.path().join("pages/man1").join(&name)).unwrap();
        assert!(
            page.contains(".SH NAME") && page.lines().all(|line| !line.starts_with('\'')),
            "{name}"
        );
        if let Some((said, _)) = through("mandoc", &["-Tlint", "-Werror"], &page) {
            assert_eq!(said, "", "{name}");
        }
    }
    let printed = page(&["state", "list"]);
    let written = fs::read_to_string(folder.path().join("pages/man1/dialform-state-list.1")).unwrap();
    assert_eq!(printed, written);
}

#[test]
fn where_pages_cannot_be_written_it_is_said() {
    let folder = clean();
    let output = dialform(folder.path(), &["man", "--out", "dialform.kdl/man1"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("cannot be written"),
        "{output:?}"
    );
}
