//! `dialform init`: what it writes, and what it leaves alone.

use std::fs;

use crate::common::command::dialform;

const IGNORED: &str = ".dialform/\ndialform.state.lock*\ndialform.state.json.backup.*\ndialform.*.state.lock*\n\
                       dialform.*.state.json.backup.*\n";

#[test]
fn what_init_writes_lints_clean() {
    let folder = tempfile::tempdir().unwrap();
    let init = dialform(folder.path(), &["init"]);
    assert_eq!(init.code, Some(0), "{}", init.stderr);
    assert!(
        init.stdout
            .starts_with("Wrote campaigns/first.kdl, dialform.kdl, .gitignore and .gitattributes.\n"),
        "{}",
        init.stdout
    );

    let lint = dialform(folder.path(), &["lint", "--output-format", "json"]);
    assert_eq!(lint.code, Some(0));
    let report: serde_json::Value = serde_json::from_str(&lint.stdout).unwrap();
    assert_eq!(report["diagnostics"], serde_json::json!([]));

    let render = dialform(folder.path(), &["render", "first"]);
    assert_eq!(render.code, Some(0), "{}", render.stderr);
    assert!(
        render.stdout.contains("\"defaultExec\": \"robot\""),
        "{}",
        render.stdout
    );
}

#[test]
fn quiet_init_prints_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let init = dialform(folder.path(), &["init", "-q"]);
    assert_eq!(
        (init.code, init.stdout.as_str(), init.stderr.as_str()),
        (Some(0), "", "")
    );
    assert!(folder.path().join("campaigns/first.kdl").exists());
}

#[test]
fn a_second_init_refuses_and_names_the_files() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(dialform(folder.path(), &["init"]).code, Some(0));
    let project = folder.path().join("dialform.kdl");
    fs::write(&project, "// mine\n").unwrap();

    let again = dialform(folder.path(), &["init"]);
    assert_eq!(again.code, Some(2));
    assert_eq!(again.stdout, "");
    assert!(
        again
            .stderr
            .starts_with("error: campaigns/first.kdl and dialform.kdl are there already"),
        "{}",
        again.stderr
    );
    assert_eq!(fs::read_to_string(&project).unwrap(), "// mine\n");
}

#[test]
fn one_file_in_the_way_is_enough_and_nothing_is_written_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dialform.kdl"), "project {}\n").unwrap();

    let init = dialform(folder.path(), &["init"]);
    assert_eq!(init.code, Some(2));
    assert!(
        init.stderr.starts_with("error: dialform.kdl is there already"),
        "{}",
        init.stderr
    );
    assert!(!folder.path().join("campaigns").exists());
    assert!(!folder.path().join(".gitignore").exists());
    assert!(!folder.path().join(".gitattributes").exists());
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_in_the_way_too() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere.kdl");
    std::os::unix::fs::symlink(&elsewhere, folder.path().join("dialform.kdl")).unwrap();

    assert_eq!(dialform(folder.path(), &["init"]).code, Some(2));
    assert!(!elsewhere.exists());
}

#[test]
fn a_folder_with_other_files_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("campaigns")).unwrap();
    fs::write(folder.path().join("campaigns/notes.txt"), "ours").unwrap();
    fs::write(folder.path().join("README.md"), "ours").unwrap();

    let init = dialform(folder.path(), &["init"]);
    assert_eq!(init.code, Some(0), "{}", init.stderr);
    for name in ["campaigns/notes.txt", "README.md"] {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "ours");
    }
}

#[test]
fn a_new_folder_is_made_and_the_way_into_it_told() {
    let folder = tempfile::tempdir().unwrap();
    let init = dialform(folder.path(), &["init", "team/calls"]);
    assert_eq!(init.code, Some(0), "{}", init.stderr);
    assert!(init.stdout.contains("  cd team/calls\n"), "{}", init.stdout);
    assert!(folder.path().join("team/calls/campaigns/first.kdl").is_file());
    assert!(!folder.path().join("dialform.kdl").exists());
}

#[test]
fn gitignore_gets_each_line_once_and_keeps_its_own() {
    let cases = [
        ("", IGNORED.to_owned()),
        ("/target\n", format!("/target\n{IGNORED}")),
        ("/target", format!("/target\n{IGNORED}")),
        (
            "/target\r\n.dialform/\r\n",
            format!("/target\r\n{}", IGNORED.replacen(".dialform/\n", ".dialform/\r\n", 1)),
        ),
        (IGNORED, IGNORED.to_owned()),
    ];
    for (before, after) in cases {
        let folder = tempfile::tempdir().unwrap();
        let gitignore = folder.path().join(".gitignore");
        fs::write(&gitignore, before).unwrap();
        let init = dialform(folder.path(), &["init"]);
        assert_eq!(init.code, Some(0), "{}", init.stderr);
        assert_eq!(fs::read_to_string(&gitignore).unwrap(), after, "from {before:?}");
    }
}

#[test]
fn gitattributes_gets_each_line_once_and_keeps_its_own() {
    const LINES: &str = "dialform.state.json -text -merge\ndialform.state.journal -text -merge\n\
                         dialform.state.spill -text -merge\ndialform.*.state.json -text -merge\n\
                         dialform.*.state.journal -text -merge\ndialform.*.state.spill -text -merge\n";
    for (before, after) in [
        ("", LINES.to_owned()),
        ("*.kdl text", format!("*.kdl text\n{LINES}")),
        (LINES, LINES.to_owned()),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let attributes = folder.path().join(".gitattributes");
        fs::write(&attributes, before).unwrap();
        assert_eq!(dialform(folder.path(), &["init"]).code, Some(0));
        assert_eq!(fs::read_to_string(&attributes).unwrap(), after, "from {before:?}");
    }
}

/// Two branches that both applied: git keeps one side whole, says so, and changes no line end on the way.
#[test]
fn git_never_mixes_two_versions_of_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "-c",
            "core.autocrlf=true",
        ]);
        command.args(["-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"]);
        command.args(arguments).current_dir(folder.path()).output()
    };
    if git(&["init"]).is_err() {
        println!("SKIPPED: git is not here, so no merge was tried");
        return;
    }
    assert_eq!(dialform(folder.path(), &["init"]).code, Some(0));
    let names = ["state.json", "state.journal", "state.spill"];
    let names = names.map(|name| [format!("dialform.{name}"), format!("dialform.staging.{name}")]);
    let names = names.concat();
    let commit = |word: &str| {
        for name in &names {
            fs::write(folder.path().join(name), format!("one\n{word}\n")).unwrap();
        }
        assert!(git(&["add", "."]).unwrap().status.success());
        assert!(git(&["commit", "-m", word]).unwrap().status.success());
    };
    commit("base");
    git(&["checkout", "-b", "other"]).unwrap();
    commit("theirs");
    git(&["checkout", "main"]).unwrap();
    commit("ours");
    assert!(!git(&["merge", "other"]).unwrap().status.success());
    for name in &names {
        assert_eq!(
            fs::read_to_string(folder.path().join(name)).unwrap(),
            "one\nours\n",
            "{name}"
        );
    }
    git(&["merge", "--abort"]).unwrap();
    git(&["checkout", "other"]).unwrap();
    for name in &names {
        assert_eq!(
            fs::read_to_string(folder.path().join(name)).unwrap(),
            "one\ntheirs\n",
            "{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("campaigns"), "a file, no folder").unwrap();

    let init = dialform(folder.path(), &["init"]);
    assert_eq!(init.code, Some(2));
    assert!(
        init.stderr.starts_with("error: campaigns/first.kdl cannot be written:"),
        "{}",
        init.stderr
    );
    assert!(init.stderr.contains("nothing was changed"), "{}", init.stderr);
    assert!(!folder.path().join("dialform.kdl").exists());
}

/// The ids of the first project are nobody's: only the sandbox takes them.
#[test]
fn made_up_ids_are_refused_outside_of_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(dialform(folder.path(), &["init"]).code, Some(0));
    let refused = "error: made-up ids, which belong to nothing in any account: campaigns/first.kdl:8:14: `scenario` of first is \
                   00000000-0000-4000-8000-000000000001; ";
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let ran = dialform(folder.path(), command);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.stderr.starts_with(refused), "{ran:?}");
        assert!(
            ran.stderr
                .ends_with("try it without an account: `dialform plan --sandbox`\n"),
            "{ran:?}"
        );
    }
    assert_eq!(dialform(folder.path(), &["plan", "--sandbox"]).code, Some(0));
    let applied = dialform(folder.path(), &["apply", "--sandbox", "--auto-approve"]);
    assert_eq!(applied.code, Some(0), "{applied:?}");
}

/// The same of zeros, which lint warns of.
#[test]
fn the_id_of_zeros_is_refused_too() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(dialform(folder.path(), &["init"]).code, Some(0));
    let path = folder.path().join("dialform.kdl");
    let text = std::fs::read_to_string(&path).unwrap();
    let real = text.replace("4000-8000-000000000002", "4000-9000-000000000002");
    let real = real.replace("4000-8000-000000000003", "4000-9000-000000000003");
    std::fs::write(
        &path,
        real.replace(
            "00000000-0000-4000-8000-000000000001",
            "00000000-0000-0000-0000-000000000000",
        ),
    )
    .unwrap();
    let found = dialform(folder.path(), &["lint"]);
    assert_eq!(found.code, Some(0));
    assert!(found.stdout.contains("warning[DF127]"), "{found:?}");
    let ran = dialform(folder.path(), &["plan"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr
            .contains("`scenario` of first is 00000000-0000-0000-0000-000000000000; write"),
        "{ran:?}"
    );
}
