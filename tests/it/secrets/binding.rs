//! Credentials go nowhere that the state is not bound to, and a person binds it anew with one word.

use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use uuid::Uuid;

use super::{address, run};
use crate::api::server::{Received, Server, json};
use crate::common::command::Ran;
use crate::common::project::Project;

const ID: &str = "48a77bd7-8762-4e0f-a277-4ef77e36c41b";

/// A service that has this task.
fn service(task: &'static str) -> Server {
    let created = AtomicUsize::new(0);
    Server::start(move |_, request: &Received| match request.line.split(' ').next() {
        Some("GET") if task.is_empty() => json(200, r#"{"items":[]}"#),
        Some("GET") => json(200, &format!(r#"{{"items":[{{"id":"{task}"}}]}}"#)),
        _ if request.line.contains("/auth/login") => json(200, r#"{"token":"a-token-of-the-login"}"#),
        // The first task has a known id.
        _ => json(
            200,
            &format!(
                r#"{{"id":{{"identity":"{}"}}}}"#,
                if created.fetch_add(1, Ordering::Relaxed) == 0 {
                    ID.to_owned()
                } else {
                    Uuid::new_v4().to_string()
                }
            ),
        ),
    })
}

/// A project that was applied to a service, and that service.
fn applied() -> (Project, Server) {
    let (project, server) = (Project::of(&["spring"]), service(""));
    address(&project, &server.origin.to_string(), &server.origin.to_string());
    let ran = run(&project, &["apply", "--auto-approve"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    (project, server)
}

fn state(project: &Project) -> Value {
    serde_json::from_str(&std::fs::read_to_string(project.path("dialform.state.json")).unwrap()).unwrap()
}

fn with_account(project: &Project, arguments: &[&str]) -> Ran {
    let mut command = project.dialform(arguments);
    command
        .env("DIALFORM_EMAIL", "anna@example.com")
        .env("DIALFORM_PASSWORD", "correct horse battery");
    command.output().unwrap().into()
}

/// A command that says that it was run.
fn token_command(project: &Project) -> String {
    let script = project.path("token.sh");
    std::fs::write(
        &script,
        "#!/bin/sh\necho run >> \"$(dirname \"$0\")/was-run\"\necho a-token-of-the-command\n",
    )
    .unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script.display().to_string()
}

#[test]
fn a_changed_login_gets_no_password_before_it_is_accepted() {
    let (project, server) = applied();
    let login = state(&project)["content"]["state"]["binding"]["access"]["login"].clone();
    assert_eq!(login, server.origin.to_string());
    let other = service("");
    project.edit(
        &format!("login \"{}\"", server.origin),
        &format!("login \"{}\"", other.origin),
    );
    project.campaign("winter", "");

    for format in ["human", "json", "markdown"] {
        let ran = run(&project, &["plan", "--output-format", format]);
        assert!(ran.stdout.contains("--accept-binding"), "{format}: {}", ran.stdout);
        assert!(ran.stdout.contains("bound to"), "{format}: {}", ran.stdout);
    }
    let before = server.received().len();
    for arguments in [
        &["apply", "--auto-approve"][..],
        &["doctor"],
        &["doctor", "--probe", "--auto-approve"],
        &["resolve", "winter", "--recreate"],
    ] {
        let ran = with_account(&project, arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {ran:?}");
        assert!((ran.stdout + &ran.stderr).contains("--accept-binding"), "{arguments:?}");
    }
    assert_eq!((server.received().len(), other.received().len()), (before, 0));

    let ran = with_account(&project, &["doctor", "--accept-binding"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    // Doctor changes nothing, so the word is needed once more.
    let ran = with_account(&project, &["apply", "--auto-approve"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let ran = with_account(&project, &["apply", "--auto-approve", "--accept-binding"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        other
            .received()
            .iter()
            .any(|request| request.line.contains("/auth/login"))
    );
    project.campaign("summer", "");
    let ran = with_account(&project, &["apply", "--auto-approve"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn a_new_token_command_is_not_run_before_it_is_accepted() {
    let (project, _server) = applied();
    let command = token_command(&project);
    project.edit("login \"", &format!("token-command \"{command}\"\n    login \""));
    project.campaign("winter", "");
    for arguments in [&["apply", "--auto-approve"][..], &["doctor"], &["plan"]] {
        let ran: Ran = project.dialform(arguments).output().unwrap().into();
        let said = ran.stdout + &ran.stderr;
        assert!(
            said.contains("token-command") && said.contains("--accept-binding"),
            "{arguments:?}: {said}"
        );
        assert!(!said.contains("token.sh"), "the command may hold a secret: {said}");
    }
    assert!(!project.path("was-run").exists());
    let ran: Ran = project
        .dialform(&["apply", "--auto-approve", "--accept-binding"])
        .output()
        .unwrap()
        .into();
    assert!(project.path("was-run").exists(), "{ran:?}");
    let hash = state(&project)["content"]["state"]["binding"]["access"]["token_command"].clone();
    assert_eq!(hash.as_str().map(str::len), Some(64));
    assert!(
        !std::fs::read_to_string(project.path("dialform.state.json"))
            .unwrap()
            .contains("token.sh")
    );
    let ran = run(&project, &["plan"]);
    assert!(!ran.stdout.contains("--accept-binding"), "{ran:?}");
}

#[test]
fn a_state_moves_to_another_address_only_with_its_tasks() {
    let (project, server) = applied();
    let old = format!("api \"{}\"", server.origin);
    let before = server.received().len();
    let (elsewhere, moved) = (service("9a67dee5-398e-4570-9426-fbb3f067b270"), service(ID));

    project.edit(&old, &format!("api \"{}\"", elsewhere.origin));
    for arguments in [&["plan"][..], &["apply", "--auto-approve"], &["doctor"]] {
        let ran = run(&project, arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {ran:?}");
        assert!((ran.stdout + &ran.stderr).contains("--accept-binding"), "{arguments:?}");
    }
    assert_eq!(elsewhere.received().len(), 0);
    let ran = run(&project, &["apply", "--auto-approve", "--accept-binding"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("none of its 1 living task"), "{ran:?}");
    assert!(
        elsewhere
            .received()
            .iter()
            .all(|request| request.line.starts_with("GET"))
    );
    assert_eq!(
        state(&project)["content"]["state"]["binding"]["origin"],
        server.origin.to_string()
    );

    project.edit(
        &format!("api \"{}\"", elsewhere.origin),
        &format!("api \"{}\"", moved.origin),
    );
    let ran = run(&project, &["apply", "--auto-approve", "--accept-binding"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = run(&project, &["plan", "--detailed-exitcode"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    assert_eq!(server.received().len(), before, "the old address hears nothing");
}

#[test]
fn a_saved_plan_is_stale_where_credentials_go_elsewhere() {
    let (project, server) = applied();
    project.campaign("winter", "");
    assert_eq!(run(&project, &["plan", "--out", "saved.plan"]).code, Some(0));
    let other = service("");
    project.edit(
        &format!("login \"{}\"", server.origin),
        &format!("login \"{}\"", other.origin),
    );
    let ran = run(&project, &["apply", "saved.plan"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("`login` is another address"), "{ran:?}");
}

#[test]
fn a_state_of_an_older_version_is_bound_at_the_next_apply() {
    let (project, server) = (Project::new(), service(""));
    address(&project, &server.origin.to_string(), &server.origin.to_string());
    project.campaign("spring", "");
    {
        let binding = dialform::state::Binding {
            origin: server.origin.to_string(),
            ..crate::common::project::binding()
        };
        let holder = dialform::state::Holder::here("dialform apply", jiff::Timestamp::now());
        let mut store =
            dialform::state::StateWriter::open(project.paths(), &binding, &holder, std::time::Duration::ZERO).unwrap();
        let marker = dialform::state::Marker::random("gone");
        let (key, identity, at) = ("gone".to_owned(), None, jiff::Timestamp::now());
        store
            .append(dialform::state::Record::Disowned {
                key,
                marker,
                identity,
                at,
            })
            .unwrap();
        store.commit().unwrap();
    }
    assert!(state(&project)["content"]["state"]["binding"].get("access").is_none());
    assert!(!run(&project, &["plan"]).stdout.contains("--accept-binding"));
    let ran = run(&project, &["apply", "--auto-approve"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let access = state(&project)["content"]["state"]["binding"]["access"].clone();
    assert_eq!(access, serde_json::json!({ "login": server.origin.to_string() }));
}

#[test]
fn a_state_that_cannot_be_read_says_nowhere_to_send_credentials() {
    let (project, server) = applied();
    std::fs::write(project.path("dialform.state.json"), "{}").unwrap();
    let before = server.received().len();
    let ran = run(&project, &["doctor"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(server.received().len(), before);
}
