//! What is written goes where it seems to go, and only over what is known.

use std::os::unix::fs::PermissionsExt;

use super::*;

#[test]
fn reports_and_baselines_are_refused_where_a_link_leads_out() {
    for (name, flag) in [
        ("r.sarif", &["lint", "--output-format", "sarif=r.sarif"][..]),
        ("r.sarif", &["lint", "--output-file", "r.sarif"]),
        ("known.json", &["lint", "--write-baseline", "known.json"]),
        ("known.json", &["lint", "--baseline", "known.json"]),
        ("plan.bin", &["apply", "--sandbox", "plan.bin"]),
        ("body.json", &["import", "body.json"]),
        ("imported", &["import", "good.json", "--write", "imported"]),
        ("r", &["lint", "--output-format", "sarif=r/deep/r.sarif"]),
        ("r", &["plan", "--sandbox", "--out", "r/plan.bin"]),
        (".dialform", &["apply", "--sandbox", "--auto-approve"]),
        (".dialform/sandbox", &["apply", "--sandbox", "--auto-approve"]),
        ("states", &["plan", "--state", "states/dialform.state.json"]),
        ("first", &["init", "first"]),
        ("first/campaigns", &["init", "first"]),
        ("first/.gitignore", &["init", "first"]),
        ("out", &["schema", "--write", "out"]),
        ("out/dialform.1", &["man", "--out", "out"]),
    ] {
        let site = Site::new();
        fs::write(
            site.path("good.json"),
            fs::read(site.path("../outside/body.json")).unwrap(),
        )
        .unwrap();
        let target = match name.contains('.') && !name.starts_with(".d") {
            true => "secret.env",
            false => "",
        };
        assert!(site.put(name, &Thing::Outside(target)));
        let ran = site.run(flag);
        assert!(ran.code.is_some_and(|code| code != 0), "{flag:?}: {ran:?}");
        assert!(ran.stderr.contains("leads out of the repository"), "{flag:?}: {ran:?}");
        assert!(site.path(name).is_symlink(), "{flag:?}");
    }
}

/// A plan takes the place of a link, and leaves what that led to.
#[test]
fn a_plan_takes_the_place_of_a_link() {
    let site = Site::new();
    site.put("plan.bin", &Thing::Outside("secret.env"));
    let ran = site.run(&["plan", "--sandbox", "--out", "plan.bin"]);
    assert!(!site.path("plan.bin").is_symlink(), "{ran:?}");
}

/// Only what begins as a task file is taken for one, and nothing else is cut.
#[test]
fn the_sandbox_cuts_no_file_but_its_own() {
    let own = "{\"dialformSandbox\":1}\n";
    for (text, is_ours) in [
        ("", true),
        (own, true),
        ("{\"dialformSand", true),
        ("{\"dialformSandbox\":1}\n{\"cre", true),
        ("notes", false),
        ("notes\nmore", false),
        ("notes\n", false),
        ("{}\n{\"cre", false),
        ("{\"dialformSandbox\":1", true),
        ("\n", false),
        ("{", true),
        ("[", false),
    ] {
        let site = Site::new();
        let tasks = site.path(".dialform/sandbox/sandbox-tasks.jsonl");
        fs::create_dir_all(tasks.parent().unwrap()).unwrap();
        fs::set_permissions(site.path(".dialform"), fs::Permissions::from_mode(0o700)).unwrap();
        // Another name of a file that is somebody's, as a hard link gives.
        fs::write(site.path("notes"), text).unwrap();
        fs::hard_link(site.path("notes"), &tasks).unwrap();
        let ran = site.run(&["apply", "--sandbox", "--auto-approve"]);
        assert_eq!(ran.code == Some(0), is_ours, "{text:?}: {ran:?}");
        if !is_ours {
            assert_eq!(fs::read_to_string(site.path("notes")).unwrap(), text);
            assert!(
                ran.stderr.contains("is not a task file of the sandbox"),
                "{text:?}: {ran:?}"
            );
        }
    }
}

/// A baseline takes the place of one, of nothing else.
#[test]
fn a_baseline_is_not_written_over_something_else() {
    for (text, is_ours) in [
        ("", true),
        ("notes", false),
        ("{}", false),
        ("{\"format_version\": \"1.0\", \"findings\": []}", true),
        ("<<<<<<< ours\n{\n  \"format_version\": \"1.0\",", true),
    ] {
        let site = Site::new();
        fs::write(site.path("known.json"), text).unwrap();
        let ran = site.run(&["lint", "--write-baseline", "known.json"]);
        assert_eq!(ran.code == Some(0), is_ours, "{text}: {ran:?}");
        assert_eq!(
            fs::read_to_string(site.path("known.json")).unwrap() == text,
            !is_ours,
            "{text}"
        );
    }
}

/// A report may go into a pipe that somebody reads; one that nobody reads is not waited for.
#[test]
fn a_pipe_that_nobody_reads_is_not_waited_for() {
    let site = Site::new();
    site.put("pipe", &Thing::Pipe);
    for arguments in [
        &["--output-format", "json=pipe"][..],
        &["--output-file", "pipe"],
        &["--write-baseline=pipe"],
    ] {
        let ran = site.lint(arguments);
        assert!(
            ran.code == Some(2) && ran.stderr.contains("that nobody reads from"),
            "{ran:?}"
        );
    }
    let line =
        "cat pipe > copy & exec 3<>pipe; \"$0\" lint --output-format json=pipe; code=$?; exec 3>&-; wait; exit $code";
    let mut shell = Command::new("bash");
    shell
        .args(["-c", line, env!("CARGO_BIN_EXE_dialform")])
        .current_dir(site.path(""));
    let ran = bounded(&mut shell);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(fs::read_to_string(site.path("copy")).unwrap().starts_with('{'));
}

/// Files are replaced, not written over: another name of one keeps what it held.
#[test]
fn another_name_of_a_file_keeps_its_content() {
    let site = Site::new();
    let ugly = CLEAN.replace("    name", "  name").replace("\"a\"", "\"x\"");
    fs::write(site.path("other-name"), &ugly).unwrap();
    fs::hard_link(site.path("other-name"), site.path("campaigns/x.kdl")).unwrap();
    assert_eq!(site.run(&["fmt"]).code, Some(0));
    assert_eq!(fs::read_to_string(site.path("other-name")).unwrap(), ugly);
    assert_ne!(fs::read_to_string(site.path("campaigns/x.kdl")).unwrap(), ugly);
}
