//! `plan`, `apply`, `state` and `resolve` as they are typed: exit codes, words, and what they leave on disk.

use serde_json::Value;

use crate::common::command::Ran;
use crate::common::project::Project;

/// Runs the program in the project: exit code, standard output, standard error.
fn run(project: &Project, arguments: &[&str]) -> (i32, String, String) {
    let Ran { code, stdout, stderr } = project.output(arguments);
    (code.unwrap(), stdout, stderr)
}

/// The names of the project's files that have to do with states.
fn state_files(project: &Project) -> Vec<String> {
    let entries = std::fs::read_dir(project.root()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("state"))
        .collect();
    names.sort();
    names
}

#[cfg(unix)]
#[test]
fn a_plan_takes_the_place_of_files_only() {
    let project = Project::of(&["spring"]);
    std::os::unix::fs::symlink("/dev/null", project.path("null")).unwrap();
    std::fs::create_dir(project.path("folder")).unwrap();
    for (name, why) in [("null", "it is no regular file"), ("folder", "it is a folder")] {
        let (code, _, error) = run(&project, &["plan", "--sandbox", "--out", name]);
        assert_eq!(code, 1, "{name}");
        assert!(
            error.contains(&format!("cannot be written to `{name}`: {why}")),
            "{error}"
        );
    }
    let link = std::fs::read_link(project.path("null")).unwrap();
    assert_eq!(link, std::path::Path::new("/dev/null"));
}

#[test]
fn the_sandbox_from_the_first_plan_to_the_empty_one() {
    let project = Project::of(&["autumn", "spring"]);
    let (code, out, _) = run(&project, &["plan", "--sandbox"]);
    assert_eq!(code, 0);
    assert!(out.contains("+ create spring  \"Campaign spring\""), "{out}");
    assert!(out.ends_with("Plan: 2 to create.\n"), "{out}");
    assert_eq!(run(&project, &["plan", "--sandbox", "--detailed-exitcode"]).0, 2);

    let (code, _, error) = run(&project, &["apply", "--sandbox"]);
    assert_eq!(code, 1);
    assert!(error.contains("--auto-approve"), "{error}");

    let (code, out, error) = run(&project, &["apply", "--sandbox", "--auto-approve"]);
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.ends_with("Apply: 2 created.\n"), "{out}");
    assert!(error.contains("this is the sandbox"), "{error}");
    let (code, out, _) = run(&project, &["plan", "--sandbox", "--detailed-exitcode"]);
    assert_eq!((code, out.as_str()), (0, "Nothing to do: 2 unchanged.\n"));
    assert_eq!(
        state_files(&project),
        Vec::<String>::new(),
        "the real state is not touched"
    );

    let (_, out, _) = run(&project, &["state", "list", "--sandbox"]);
    assert_eq!(out.lines().count(), 2, "{out}");
    // The real state still knows nothing.
    assert_eq!(run(&project, &["plan", "--detailed-exitcode"]).0, 2);
}

#[test]
fn secrets_reach_neither_the_terminal_nor_a_file() {
    let project = Project::of(&["spring"]);
    let mut said = String::new();
    for arguments in [
        &["plan", "--sandbox", "--full", "--out", "plan.json"][..],
        &["apply", "--sandbox", "--full", "plan.json"],
        &["state", "show", "--sandbox", "spring"],
        &["plan", "--sandbox", "--output-format", "json", "--full"],
    ] {
        let (code, out, error) = run(&project, arguments);
        assert_eq!(code, 0, "{arguments:?}: {out}{error}");
        said += &(out + &error);
    }
    for file in [
        "plan.json",
        ".dialform/sandbox.state.json",
        ".dialform/sandbox.state.journal",
    ] {
        said += &std::fs::read_to_string(project.path(file)).unwrap();
    }
    assert!(said.contains("sealed:"));
    assert!(!said.contains("hunter2") && !said.contains("topsecret"), "{said}");
}

#[test]
fn a_saved_plan_is_applied_once() {
    let project = Project::of(&["spring"]);
    assert_eq!(run(&project, &["plan", "--sandbox", "--out", "p"]).0, 0);
    let (code, out, error) = run(&project, &["apply", "--sandbox", "p"]);
    assert_eq!(code, 0, "{out}{error}");
    let (code, _, error) = run(&project, &["apply", "--sandbox", "p"]);
    assert_eq!(code, 1);
    assert!(error.contains("the state has changed"), "{error}");

    assert_eq!(run(&project, &["plan", "--sandbox", "--out", "p"]).0, 0);
    project.campaign("autumn", "");
    let (code, _, error) = run(&project, &["apply", "--sandbox", "p"]);
    assert_eq!(code, 1);
    assert!(error.contains("the configuration has changed"), "{error}");
}

#[test]
fn a_plan_in_json_says_what_the_text_says() {
    let project = Project::of(&["spring"]);
    let (_, out, _) = run(&project, &["plan", "--sandbox", "--output-format", "json"]);
    let plan: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(plan["format_version"], 1);
    assert_eq!(plan["summary"]["create"], 1);
    assert_eq!(plan["actions"][0]["kind"], "create");
    assert_eq!(plan["actions"][0]["at"]["file"], "campaigns/spring.kdl");
    assert_eq!(plan["actions"][0].get("after"), None);
}

#[test]
fn mistakes_in_the_files_stop_plan_and_apply() {
    let project = Project::of(&["spring"]);
    project.campaign("autumn", "pace \"0/s\"");
    for arguments in [
        &["plan", "--detailed-exitcode"][..],
        &["apply", "--sandbox", "--auto-approve"],
    ] {
        let (code, _, error) = run(&project, arguments);
        assert_eq!(code, 1);
        assert!(error.contains("campaigns/autumn.kdl:3:"), "{error}");
    }
    assert!(!project.path(".dialform").exists());
}

#[test]
fn usage_errors_of_plan_and_apply_are_1() {
    let project = Project::of(&["spring"]);
    for arguments in [
        &["plan", "--no-such-option"][..],
        &["plan", "--replace", "nobody"],
        &["apply", "--state", "x", "--sandbox"],
        &["apply", "none.json"],
    ] {
        assert_eq!(run(&project, arguments).0, 1, "{arguments:?}");
    }
    assert_eq!(run(&project, &["resolve"]).0, 2);
}

#[test]
fn without_credentials_nothing_is_written_but_what_is_missing() {
    let project = Project::of(&["spring"]);
    let (code, _, error) = run(&project, &["apply", "--auto-approve"]);
    assert_eq!(code, 1);
    assert!(
        error.contains("DIALFORM_TOKEN") && error.contains("--sandbox"),
        "{error}"
    );
    assert_eq!(state_files(&project), ["dialform.state.lock"]);
}

#[test]
fn refused_and_blocked_are_1_and_rm_and_mv_set_things_right() {
    let project = Project::of(&["spring"]);
    let apply = ["apply", "--sandbox", "--auto-approve"];
    assert_eq!(run(&project, &apply).0, 0);
    project.campaign("spring", "pace \"5/s\"");
    let (code, out, _) = run(&project, &apply);
    assert_eq!(code, 1);
    assert!(out.contains("refused without `--replace spring`"), "{out}");
    assert_eq!(
        run(
            &project,
            &[&apply[..], &["--replace", "spring", "--replace-running"]].concat()
        )
        .0,
        0
    );

    assert_eq!(run(&project, &["state", "mv", "--sandbox", "sprin", "x"]).0, 1);
    assert_eq!(run(&project, &["state", "mv", "--sandbox", "spring", "summer"]).0, 0);
    let (_, out, _) = run(&project, &["plan", "--sandbox"]);
    assert!(out.contains("the orphan `summer` has the very same settings"), "{out}");
    assert_eq!(run(&project, &["state", "mv", "--sandbox", "summer", "spring"]).0, 0);
    assert_eq!(run(&project, &["state", "rm", "--sandbox", "spring"]).0, 0);
    let (code, out, _) = run(&project, &apply);
    assert_eq!(code, 1);
    assert!(out.contains("--create spring"), "{out}");
    assert_eq!(run(&project, &[&apply[..], &["--create", "spring"]].concat()).0, 0);
    assert_eq!(run(&project, &["state", "show", "--sandbox", "none"]).0, 1);
}

#[test]
fn what_is_left_of_a_removed_task_is_told_and_its_block_can_be_moved() {
    let project = Project::of(&["a"]);
    let apply = ["apply", "--sandbox", "--auto-approve"];
    assert_eq!(run(&project, &apply).0, 0);
    assert_eq!(run(&project, &["state", "rm", "--sandbox", "a"]).0, 0);
    let (code, _, error) = run(&project, &["state", "rm", "--sandbox", "a"]);
    assert_eq!(code, 1);
    assert!(
        error.contains("was removed on ") && error.contains("`--create a`") && !error.contains("did you mean"),
        "{error}"
    );
    let (code, out, error) = run(&project, &["state", "mv", "--sandbox", "a", "c"]);
    assert_eq!(code, 0, "{error}");
    assert!(
        out.contains("moved what blocks a to c") && out.contains("`--create c`"),
        "{out}"
    );

    // The block is the campaign's, whatever it is called.
    project.remove("a");
    project.named_campaign("c", "Another name", "pace \"5/s\"");
    let (code, out, _) = run(&project, &apply);
    assert_eq!(code, 1);
    assert!(out.contains("`--create c`"), "{out}");
    assert_eq!(run(&project, &[&apply[..], &["--create", "c"]].concat()).0, 0);

    // A block that was lifted is none, and is told as such.
    assert_eq!(run(&project, &["state", "mv", "--sandbox", "c", "d"]).0, 0);
    let (code, _, error) = run(&project, &["state", "mv", "--sandbox", "c", "e"]);
    assert_eq!(code, 1);
    assert!(error.contains("the state has no task for `c`"), "{error}");
}

#[test]
fn a_state_that_is_not_there_is_an_empty_list() {
    let project = Project::of(&["spring"]);
    let (code, out, error) = run(&project, &["state", "list"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(error.contains("nothing has been applied yet"), "{error}");
    assert_eq!(run(&project, &["state", "show", "spring"]).0, 1);
    assert_eq!(state_files(&project), Vec::<String>::new());
}

#[test]
fn state_mv_takes_only_what_can_be_a_key() {
    let project = Project::of(&["spring"]);
    assert_eq!(run(&project, &["apply", "--sandbox", "--auto-approve"]).0, 0);
    for key in ["Весна", "Spring", "spring 2", "-", ""] {
        let (code, _, error) = run(&project, &["state", "mv", "--sandbox", "spring", "--", key]);
        assert_eq!(code, 1, "{key}");
        assert!(error.contains("cannot be the key of a campaign"), "{key}: {error}");
    }
    assert_eq!(run(&project, &["plan", "--sandbox", "--detailed-exitcode"]).0, 0);
}

#[test]
fn commands_in_messages_are_about_the_same_state() {
    let project = Project::of(&["spring"]);
    let (_, _, error) = run(&project, &["plan", "--sandbox", "--out", "my plan"]);
    assert!(error.contains("`dialform apply 'my plan' --sandbox`"), "{error}");
    let (_, _, error) = run(&project, &["plan", "--state", "x.json", "--out", "p"]);
    assert!(error.contains("`dialform apply p --state x.json`"), "{error}");
    let (_, _, error) = run(&project, &["apply", "--sandbox"]);
    assert!(error.contains("`dialform plan --out FILE --sandbox`"), "{error}");
}

#[test]
fn a_lost_sandbox_state_is_unknown_and_resolve_settles_it() {
    let project = Project::of(&["spring"]);
    let apply = ["apply", "--sandbox", "--auto-approve"];
    assert_eq!(run(&project, &apply).0, 0);
    for entry in std::fs::read_dir(project.path(".dialform")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::remove_file(path).unwrap();
        }
    }
    let (code, out, _) = run(&project, &apply);
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("`dialform resolve spring --recreate --sandbox`"), "{out}");
    let id = out
        .split_whitespace()
        .find(|word| word.len() == 37 && word.ends_with('.'))
        .unwrap();
    let id = id.trim_end_matches('.');
    let (code, out, error) = run(&project, &["resolve", "spring", "--adopt", id, "--sandbox"]);
    assert_eq!(code, 0, "{out}{error}");
    assert_eq!(run(&project, &["plan", "--sandbox", "--detailed-exitcode"]).0, 0);
    let (code, _, error) = run(&project, &["resolve", "spring", "--recreate", "--sandbox"]);
    assert_eq!(code, 1);
    assert!(error.contains("nothing to resolve"), "{error}");
}
