//! `dialform fmt` with files, folders and standard input.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::common::command::{Ran, command, dialform, with_input};
use crate::common::site::write_file;

const UGLY: &str = "campaign  \"a\" {\nname  x // why\n}\n";
const NEAT: &str = "campaign \"a\" {\n    name x // why\n}\n";
const BROKEN: &str = "campaign \"b\" {\n    name \"x\n}\n";

/// A project with these files under `campaigns/`.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("campaigns")).unwrap();
    write_file(folder.path(), "dialform.kdl", "project {}\n");
    for (name, text) in files {
        write_file(folder.path(), &format!("campaigns/{name}"), text);
    }
    folder
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join("campaigns").join(name)).unwrap()
}

fn with_stdin(folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = command(folder);
    command.args(arguments);
    with_input(command, input).into()
}

#[test]
fn the_whole_project_is_formatted() {
    let folder = project(&[("a.kdl", UGLY), ("b.kdl", NEAT)]);
    let ran = dialform(folder.path(), &["fmt"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{}", ran.stderr);
    assert_eq!(ran.stderr, "1 file formatted, 2 already formatted\n");
    assert_eq!(read(&folder, "a.kdl"), NEAT);
    let again = dialform(folder.path(), &["fmt"]);
    assert_eq!(
        (again.code, again.stderr.as_str()),
        (Some(0), "3 files already formatted\n")
    );
}

/// So many that all processors format some, and more than once.
#[test]
fn files_are_told_of_in_their_order() {
    const FILES: usize = 1_200;
    let folder = project(&[]);
    let (mut changed, mut refused) = (String::new(), Vec::new());
    for index in 0..FILES {
        let name = format!("campaigns/c{index:04}.kdl");
        let text = [UGLY, NEAT, BROKEN][index % 3];
        write_file(folder.path(), &name, text);
        match index % 3 {
            0 => changed.push_str(&format!("{name}\n")),
            2 => refused.push(name),
            _ => {}
        }
    }
    let ran = dialform(folder.path(), &["fmt", "--check"]);
    assert_eq!((ran.code, ran.stdout), (Some(2), changed), "{}", ran.stderr);
    let errors = ran.stderr.lines().filter_map(|line| line.strip_prefix("error: "));
    let told: Vec<&str> = errors
        .filter_map(|line| line.split_once(": "))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(told, refused);
    let counts = "400 files would change, 401 already formatted, 400 not formatted";
    assert_eq!(ran.stderr.lines().last(), Some(counts));
}

/// Two projects may name one file: it is formatted once, and looked at twice.
#[test]
fn a_file_of_two_projects_is_formatted_once() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for path in ["one", "two", "shared"] {
        fs::create_dir(folder.path().join(path)).unwrap();
    }
    for project in ["one", "two"] {
        let patterns = "project {\n    campaigns \"../shared/*.kdl\"\n}\n";
        write_file(folder.path(), &format!("{project}/dialform.kdl"), patterns);
    }
    write_file(folder.path(), "shared/a.kdl", UGLY);
    let ran = dialform(folder.path(), &["fmt", "one", "two"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(ran.stderr, "1 file formatted, 3 already formatted\n");
    assert_eq!(fs::read_to_string(folder.path().join("shared/a.kdl")).unwrap(), NEAT);
}

#[test]
fn only_what_is_named_is_formatted() {
    let folder = project(&[("a.kdl", UGLY), ("b.kdl", UGLY)]);
    let ran = dialform(folder.path(), &["fmt", "campaigns/b.kdl"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(
        (read(&folder, "a.kdl").as_str(), read(&folder, "b.kdl").as_str()),
        (UGLY, NEAT)
    );
}

#[test]
fn a_path_that_is_not_there_is_no_success() {
    let folder = project(&[]);
    let ran = dialform(folder.path(), &["fmt", "nowhere.kdl"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("nowhere.kdl does not exist"), "{}", ran.stderr);
}

#[test]
fn check_names_what_would_change_and_writes_nothing() {
    let folder = project(&[("a.kdl", UGLY), ("b.kdl", NEAT)]);
    let ran = dialform(folder.path(), &["fmt", "--check"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), "campaigns/a.kdl\n"));
    assert_eq!(ran.stderr, "1 file would change, 2 already formatted\n");
    assert_eq!(read(&folder, "a.kdl"), UGLY);
    let neat = dialform(folder.path(), &["fmt", "--check", "campaigns/b.kdl"]);
    assert_eq!((neat.code, neat.stdout.as_str()), (Some(0), ""));
}

#[test]
fn diff_shows_what_would_change_and_writes_nothing() {
    let folder = project(&[("a.kdl", UGLY), ("b.kdl", NEAT)]);
    let ran = dialform(folder.path(), &["fmt", "--diff"]);
    let diff = "--- campaigns/a.kdl\n+++ campaigns/a.kdl\n@@ -1,3 +1,3 @@\n-campaign  \"a\" {\n-name  x // why\n\
                +campaign \"a\" {\n+    name x // why\n }\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), diff));
    assert_eq!(read(&folder, "a.kdl"), UGLY);
    let colored = dialform(folder.path(), &["fmt", "--diff", "--color", "always"]);
    assert!(
        colored.stdout.contains("\u{1b}[31m-name  x // why\u{1b}[0m\n"),
        "{}",
        colored.stdout
    );
    let neat = dialform(folder.path(), &["fmt", "--diff", "campaigns/b.kdl"]);
    assert_eq!((neat.code, neat.stdout.as_str()), (Some(0), ""));
}

#[test]
fn a_diff_keeps_line_ends_and_tells_of_a_missing_one() {
    let folder = project(&[("a.kdl", "a  1\r\nb\r\nc")]);
    let ran = dialform(folder.path(), &["fmt", "--diff"]);
    assert!(
        ran.stdout
            .ends_with("@@ -1,3 +1,3 @@\n-a  1\r\n+a 1\r\n b\r\n-c\n\\ No newline at end of file\n+c\r\n"),
        "{:?}",
        ran.stdout
    );
}

#[test]
fn a_broken_file_is_shown_and_left_while_the_others_are_formatted() {
    let latin = b"campaign \"\xE9\"\n";
    let folder = project(&[("a.kdl", UGLY), ("b.kdl", BROKEN), ("d.kdl", UGLY)]);
    fs::write(folder.path().join("campaigns/c.kdl"), latin).unwrap();
    for arguments in [&["fmt", "--check"][..], &["fmt", "--diff"], &["fmt"]] {
        let ran = dialform(folder.path(), arguments);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("campaigns/b.kdl:2:10: error[DF006]"),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("campaigns/c.kdl:1:11: error[DF001]"),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("error: campaigns/b.kdl: it cannot be read as KDL"),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains("2 files"), "{}", ran.stderr);
        assert!(
            ran.stderr.ends_with("1 already formatted, 2 not formatted\n"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(
        (read(&folder, "a.kdl").as_str(), read(&folder, "d.kdl").as_str()),
        (NEAT, NEAT)
    );
    assert_eq!(read(&folder, "b.kdl"), BROKEN);
    assert_eq!(fs::read(folder.path().join("campaigns/c.kdl")).unwrap(), latin);
}

#[test]
fn what_lint_alone_objects_to_is_no_matter() {
    let folder = project(&[("a.kdl", "nonsense   { }\n")]);
    let ran = dialform(folder.path(), &["fmt"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(read(&folder, "a.kdl"), "nonsense {}\n");
}

#[test]
fn standard_input_becomes_standard_output() {
    let folder = TempDir::new().unwrap();
    let ran = with_stdin(folder.path(), &["fmt", "-"], UGLY.as_bytes());
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (Some(0), NEAT, "")
    );
    // Characters that a terminal would not be sent are the file's all the same.
    let odd = "a \"\"\"\n\u{B}x\n\"\"\"\n";
    let ran = with_stdin(folder.path(), &["fmt", "-"], odd.as_bytes());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), odd));
    let check = with_stdin(folder.path(), &["fmt", "--check", "-"], UGLY.as_bytes());
    assert_eq!((check.code, check.stdout.as_str()), (Some(1), ""));
    let diff = with_stdin(
        folder.path(),
        &["fmt", "--diff", "-", "--stdin-filename", "x/a.kdl"],
        UGLY.as_bytes(),
    );
    assert_eq!(diff.code, Some(1));
    assert!(diff.stdout.starts_with("--- x/a.kdl\n+++ x/a.kdl\n"), "{}", diff.stdout);
}

#[test]
fn standard_input_that_is_no_kdl_prints_nothing_on_standard_output() {
    let folder = TempDir::new().unwrap();
    for input in [BROKEN.as_bytes(), b"\xFF"] {
        let ran = with_stdin(folder.path(), &["fmt", "-", "--stdin-filename", "a.kdl"], input);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        assert!(ran.stderr.contains("a.kdl:"), "{}", ran.stderr);
    }
    let ran = with_stdin(folder.path(), &["fmt", "-", "b.kdl"], b"");
    assert_eq!(ran.code, Some(2));
    let ran = dialform(folder.path(), &["fmt", "--stdin-filename", "a.kdl"]);
    assert_eq!(ran.code, Some(2));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn permissions_stay_and_nothing_is_left_beside() {
        let folder = project(&[("a.kdl", UGLY)]);
        let path = folder.path().join("campaigns/a.kdl");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(dialform(folder.path(), &["fmt"]).code, Some(0));
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o640);
        assert_eq!(fs::read_dir(folder.path().join("campaigns")).unwrap().count(), 1);
    }

    #[test]
    fn what_is_formatted_already_is_not_touched() {
        let folder = project(&[("a.kdl", NEAT)]);
        let path = folder.path().join("campaigns/a.kdl");
        let before = fs::metadata(&path).unwrap();
        assert_eq!(dialform(folder.path(), &["fmt"]).code, Some(0));
        let after = fs::metadata(&path).unwrap();
        assert_eq!(
            (before.ino(), before.modified().unwrap()),
            (after.ino(), after.modified().unwrap())
        );
    }

    #[test]
    fn a_symbolic_link_stays_one_and_its_target_is_formatted() {
        let folder = project(&[]);
        let target = folder.path().join("shared.kdl");
        for arguments in [&["fmt"][..], &["fmt", "campaigns/link.kdl"]] {
            fs::write(&target, UGLY).unwrap();
            let link = folder.path().join("campaigns/link.kdl");
            let _ = fs::remove_file(&link);
            symlink(&target, &link).unwrap();
            assert_eq!(dialform(folder.path(), arguments).code, Some(0));
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "{arguments:?}");
            assert_eq!(fs::read_to_string(&target).unwrap(), NEAT, "{arguments:?}");
        }
    }

    #[test]
    fn a_read_only_file_is_left_with_words() {
        let folder = project(&[("a.kdl", UGLY), ("b.kdl", UGLY)]);
        let path = folder.path().join("campaigns/a.kdl");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        let ran = dialform(folder.path(), &["fmt"]);
        assert_eq!(ran.code, Some(2));
        assert!(
            ran.stderr.contains("error: campaigns/a.kdl: it is read-only"),
            "{}",
            ran.stderr
        );
        assert_eq!(
            (read(&folder, "a.kdl").as_str(), read(&folder, "b.kdl").as_str()),
            (UGLY, NEAT)
        );
    }
}

#[test]
fn a_file_that_changed_meanwhile_is_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.kdl");
    fs::write(&path, "newer").unwrap();
    let error = dialform::util::atomic_write::replace(&path, "older", "formatted").unwrap_err();
    assert!(
        matches!(error, dialform::util::atomic_write::ReplaceError::Changed),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "newer");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
