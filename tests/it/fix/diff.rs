//! `--diff` gives patches that `git apply` and `patch` take, whatever a file is called.

use std::process::Command;

use crate::common::command::with_input;
use crate::common::site::Site;

const UGLY: &str = "a   1\nb 2\nc   3\n";
const TIDY: &str = "a 1\nb 2\nc 3\n";

const NAMES: [&str; 9] = [
    "plain.kdl",
    "two words.kdl",
    "folder with blanks/a b.kdl",
    "весна лето.kdl",
    "tab\there.kdl",
    "new\nline.kdl",
    "quote\"d.kdl",
    "back\\slash.kdl",
    "right\u{202E}left.kdl",
];

/// Applies a patch in a folder; false where the program is not there.
fn applies(site: &Site, program: &str, arguments: &[&str], diff: &str) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(site.root());
    if Command::new(program).arg("--version").output().is_err() {
        eprintln!("SKIPPED: {program}, which is not here");
        return false;
    }
    let ran = with_input(command, diff.as_bytes());
    assert!(ran.status.success(), "{program}: {ran:?}\n{diff}");
    true
}

#[test]
fn a_diff_is_a_patch_whatever_the_file_is_called() {
    for (program, arguments) in [("git", &["apply", "-p0"][..]), ("patch", &["-p0", "--posix"][..1])] {
        for name in NAMES {
            let site = Site::new(&[(name, UGLY)]);
            let ran = site.run(&["fmt", "--diff", name]);
            assert_eq!(ran.code, Some(1), "{ran:?}");
            if applies(&site, program, arguments, &ran.stdout) {
                assert_eq!(site.read(name), TIDY, "{program} {name:?}");
            }
        }
    }
}

#[test]
fn line_ends_of_every_kind_are_in_the_patch() {
    for (ugly, tidy) in [
        ("a   1\r\nb 2\r\n", "a 1\r\nb 2\r\n"),
        ("a   1\nb 2", "a 1\nb 2\n"),
        ("a   1", "a 1\n"),
    ] {
        let site = Site::new(&[("a.kdl", ugly)]);
        let ran = site.run(&["fmt", "--diff", "a.kdl"]);
        if applies(&site, "git", &["apply", "-p0"], &ran.stdout) {
            assert_eq!(site.read("a.kdl"), tidy);
        }
    }
}

/// A carriage return alone is never printed as it is, and it is said that this is no patch.
#[test]
fn carriage_returns_alone_make_no_patch_and_that_is_said() {
    let site = Site::new(&[("a.kdl", "a   1\rb 2")]);
    let ran = site.run(&["fmt", "--diff", "a.kdl"]);
    assert_eq!(
        ran.stderr.lines().next(),
        Some(
            "note: lines of a.kdl end in a carriage return alone, which is shown escaped: `patch` would not take this diff"
        )
    );
    assert!(!ran.stdout.contains('\r'), "{ran:?}");
}
