//! `--project`: every command runs as if it had been started in that folder.

use std::fs;

use super::{broken, clean, dialform};

#[test]
fn every_command_runs_in_the_folder_that_is_named() {
    let project = clean();
    let outside = tempfile::tempdir().unwrap();
    let folder = project.path().to_str().unwrap();
    for arguments in [
        &["lint"][..],
        &["lint", "campaigns/spring.kdl"],
        &["fmt", "--check"],
        &["render"],
        &["plan", "--sandbox"],
        &["apply", "--sandbox", "--auto-approve"],
        &["state", "list", "--sandbox"],
    ] {
        let run = |arguments: &[&str], folder| {
            let ran = dialform(folder, arguments).output().unwrap();
            (ran.status.code(), String::from_utf8(ran.stdout).unwrap())
        };
        let within = run(arguments, project.path());
        let before = run(&[&["-C", folder][..], arguments].concat(), outside.path());
        let behind = run(&[arguments, &["--project", folder]].concat(), outside.path());
        assert_eq!(within.0, Some(0), "{arguments:?}: {}", within.1);
        if arguments[0] != "apply" {
            assert_eq!((&before, &behind), (&within, &within), "{arguments:?}");
        }
    }
    let left = fs::read_dir(outside.path()).unwrap().count();
    assert_eq!(left, 0, "nothing is written where it was started");
}

#[test]
fn findings_are_shown_from_that_folder() {
    let project = broken();
    let above = project.path().parent().unwrap();
    let name = project.path().file_name().unwrap().to_str().unwrap();
    let ran = dialform(above, &["lint", "-C", name, "--output-format", "concise"])
        .output()
        .unwrap();
    let found = String::from_utf8(ran.stdout).unwrap();
    assert!(found.starts_with("campaigns/spring.kdl:7:"), "{found}");
    assert_eq!(ran.status.code(), Some(1));
}

#[test]
fn what_is_no_folder_is_a_wrong_argument() {
    let project = clean();
    for (wrong, why) in [
        ("nowhere", "there is no such folder"),
        ("dialform.kdl", "it is not a folder"),
    ] {
        let ran = dialform(project.path(), &["lint", "-C", wrong]).output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(2), "{said}");
        assert!(said.contains(wrong) && said.contains(why), "{said}");
    }
    let ran = dialform(project.path(), &["lint", "--directory", "."])
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(said.contains("'--project'"), "{said}");
}
