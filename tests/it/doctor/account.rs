//! Credentials, addresses, the clock and the list.

use std::net::TcpListener;

use dialform::api::{Reached, Unreached};
use dialform::doctor::{CheckStatus, Name, clock, service};
use dialform::sandbox::{EXPIRED_TOKEN, WRONG_PASSWORD};
use dialform::state::load;
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{TOKEN, Ward, address, assert_line, doctor};
use crate::api::server::{Server, answer, json as json_answer};
use crate::common::project::Project;

#[tokio::test]
async fn without_credentials_it_says_what_to_set() {
    let ward = Ward::of(&["spring"]).await;
    let ran = doctor(&ward.project, &[], &[]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let all = [
        "DIALFORM_TOKEN",
        "DIALFORM_EMAIL and DIALFORM_PASSWORD",
        "`token-command`",
    ];
    assert_line(&ran, "error", "credentials", &all);
    assert_line(&ran, "ok", "api", &[]);
    assert_line(&ran, "ok", "clock", &[]);
    for name in ["token", "list", "markers"] {
        assert_line(&ran, "skip", name, &["there are no credentials"]);
    }
    let ran = doctor(&ward.project, &[], &[("DIALFORM_EMAIL", "me@example.com")]).await;
    assert_line(&ran, "error", "credentials", &["set DIALFORM_PASSWORD"]);
}

#[tokio::test]
async fn a_refused_token_is_an_error() {
    let ward = Ward::applied(&["spring"]).await;
    let ran = doctor(&ward.project, &[], &[("DIALFORM_TOKEN", EXPIRED_TOKEN)]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_line(&ran, "ok", "api", &[]);
    assert_line(&ran, "error", "token", &["did not take the token", "DIALFORM_TOKEN"]);
    assert_line(&ran, "skip", "list", &[]);
    assert_line(&ran, "skip", "markers", &[]);
}

#[tokio::test]
async fn the_login_is_looked_at_where_it_is_used() {
    let ward = Ward::of(&["spring"]).await;
    let account = |password| [("DIALFORM_EMAIL", "me@example.com"), ("DIALFORM_PASSWORD", password)];
    let ran = doctor(&ward.project, &[], &account("hunter3-planted")).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_line(
        &ran,
        "ok",
        "credentials",
        &["DIALFORM_EMAIL and DIALFORM_PASSWORD are set"],
    );
    assert_line(&ran, "ok", "login", &["answers in"]);
    assert_line(&ran, "ok", "token", &[]);
    let ran = doctor(&ward.project, &[], &account(WRONG_PASSWORD)).await;
    assert_line(&ran, "error", "token", &["was refused (401)", "DIALFORM_PASSWORD"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_token_command_comes_before_the_login() {
    let ward = Ward::of(&["spring"]).await;
    ward.project
        .edit("timezone", "token-command \"echo planted-by-command\"; timezone");
    let ran = doctor(&ward.project, &[], &[]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_line(&ran, "ok", "credentials", &["`token-command` gives the token"]);
    assert_line(&ran, "skip", "login", &[]);
    assert!(!ran.stdout.contains("planted-by-command"), "{ran:?}");
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/api/v1", listener.local_addr().unwrap());
    drop(listener);
    let project = Project::of(&["spring"]);
    address(&project, &nobody, &nobody);
    let account = [
        ("DIALFORM_EMAIL", "me@example.com"),
        ("DIALFORM_PASSWORD", "hunter3-planted"),
    ];
    let ran = doctor(&project, &[], &account).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_line(
        &ran,
        "error",
        "api",
        &[&nobody, "cannot be reached", "check `api`", "--ca-file"],
    );
    assert_line(&ran, "error", "login", &["check `login`"]);
    for name in ["token", "clock", "list", "markers"] {
        assert_line(&ran, "skip", name, &["the API cannot be reached"]);
    }
    let ran = doctor(&project, &["--ca-file", "none.pem"], &account).await;
    assert_line(&ran, "error", "api", &["none.pem"]);
}

#[tokio::test]
async fn an_answer_that_sends_elsewhere_or_is_the_servers_fault_is_a_warning() {
    let reached = |status| {
        Ok(Reached {
            status,
            took: std::time::Duration::from_millis(120),
            date: None,
            at: Timestamp::UNIX_EPOCH,
        })
    };
    let origin = "https://cis.example.com/api/v1".parse().unwrap();
    let calls = dialform::api::Service::Calls;
    for (status, expected) in [
        (200, CheckStatus::Ok),
        (401, CheckStatus::Ok),
        (302, CheckStatus::Warn),
        (503, CheckStatus::Warn),
    ] {
        assert_eq!(service(calls, &origin, &reached(status)).status, expected, "{status}");
    }
    let unreached = Err(Unreached::NoAnswer {
        within: std::time::Duration::from_secs(60),
    });
    let check = service(dialform::api::Service::Login, &origin, &unreached);
    assert_eq!((check.name, check.status), (Name::Login, CheckStatus::Error));
}

/// A server whose clock is off by so many seconds, with an empty list.
fn server_ahead(seconds: i64) -> Server {
    Server::start(move |_, request| {
        let now = Timestamp::now() + SignedDuration::from_secs(seconds);
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap();
        let status = if request.header("authorization").is_some() {
            200
        } else {
            401
        };
        answer(status, &[&format!("date: {date}")], "[]")
    })
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_with_its_direction() {
    for (seconds, status, way) in [
        (120, "warn", "s behind the server's"),
        (-120, "warn", "s ahead of the server's"),
        (3_600, "error", "s behind the server's"),
        (0, "ok", "within 30 s"),
    ] {
        let project = Project::of(&["spring"]);
        let server = server_ahead(seconds);
        address(&project, &server.origin.to_string(), &server.origin.to_string());
        let ran = doctor(&project, &[], &[("DIALFORM_TOKEN", TOKEN)]).await;
        assert_line(&ran, status, "clock", &[way]);
        assert_eq!(ran.code, Some(i32::from(status == "error")), "{ran:?}");
    }
}

#[test]
fn a_clock_that_is_off_is_a_warning_and_then_an_error() {
    let apart = |seconds: i64| {
        let date = Timestamp::from_second(1_800_000_000).unwrap();
        clock(&Reached {
            status: 401,
            took: std::time::Duration::ZERO,
            date: Some(date),
            at: date + SignedDuration::from_secs(seconds),
        })
    };
    for (seconds, status) in [
        (0, CheckStatus::Ok),
        (30, CheckStatus::Ok),
        (-30, CheckStatus::Ok),
        (31, CheckStatus::Warn),
        (-31, CheckStatus::Warn),
        (300, CheckStatus::Warn),
        (301, CheckStatus::Error),
        (-301, CheckStatus::Error),
    ] {
        assert_eq!(apart(seconds).status, status, "{seconds}");
    }
    assert!(apart(31).message.contains("31 s ahead of"));
    assert!(apart(-31).message.contains("31 s behind"));
}

#[tokio::test]
async fn a_list_that_cannot_be_understood_is_an_error() {
    let ward = Ward::of(&["spring"]).await;
    *ward.faults.list.lock().unwrap() = Some(json!({ "answer": 42 }));
    let ran = ward.doctor(&["--probe", "--auto-approve"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_line(&ran, "ok", "token", &[]);
    assert_line(&ran, "error", "list", &["could not be understood"]);
    assert_line(&ran, "skip", "markers", &[]);
    assert_line(&ran, "skip", "probe", &["nothing is created"]);
    assert_eq!(ward.posts(), 0);
}

/// The tasks of the state as a list may show them: these fields beside the id.
fn items(ward: &Ward, fields: &[&str]) -> Vec<Value> {
    let tasks = ward.sandbox.tasks();
    tasks
        .iter()
        .map(|task| {
            let mut item = json!({ "id": { "identity": task.id } });
            for field in fields {
                item[field] = task.body[*field].clone();
            }
            item
        })
        .collect()
}

#[tokio::test]
async fn what_the_list_shows_of_known_tasks() {
    let ward = Ward::applied(&["autumn", "spring"]).await;
    let show = |items: Vec<Value>| *ward.faults.list.lock().unwrap() = Some(json!({ "items": items }));

    show(items(&ward, &["name", "taskComment"]).split_off(1));
    let ran = ward.doctor(&[]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_line(
        &ran,
        "warn",
        "markers",
        &["1 of 2 tasks", "not listed: autumn", "`dialform state rm autumn`"],
    );

    show(items(&ward, &["name"]));
    let ran = ward.doctor(&[]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_line(&ran, "error", "markers", &["0 of 2 tasks", "does not show comments"]);

    show(items(&ward, &["taskComment"]));
    let ran = ward.doctor(&[]).await;
    assert_line(
        &ran,
        "warn",
        "markers",
        &["2 of 2 tasks", "without its name: autumn, spring"],
    );

    let mut changed = items(&ward, &["name", "taskComment"]);
    changed[1]["taskComment"] = json!("somebody's words");
    show(changed);
    let ran = ward.doctor(&[]).await;
    assert_line(&ran, "warn", "markers", &["1 of 2 tasks", "without its marker: spring"]);

    show(items(&ward, &["name", "taskComment"]));
    std::fs::remove_file(ward.project.path("dialform.state.json")).unwrap();
    std::fs::remove_file(ward.project.path("dialform.state.journal")).unwrap();
    let ran = ward.doctor(&[]).await;
    assert_line(&ran, "ok", "markers", &["this state does not know"]);
}

#[tokio::test]
async fn no_secret_is_in_any_output() {
    // A server that gives back what it was sent.
    let server = Server::start(|_, request| {
        let token = request.header("authorization").unwrap_or("none");
        let status = if request.line.contains("login") { 400 } else { 401 };
        json_answer(
            status,
            &json!({ "message": format!("{token} {}", request.body) }).to_string(),
        )
    });
    let project = Project::of(&["spring"]);
    address(&project, &server.origin.to_string(), &server.origin.to_string());
    let ward = Ward::applied(&["spring"]).await;
    let secrets = [
        ("DIALFORM_TOKEN", TOKEN),
        ("DIALFORM_EMAIL", "planted@example.com"),
        ("DIALFORM_PASSWORD", "planted-password"),
    ];
    let mut said = String::new();
    for format in ["human", "json"] {
        for project in [&project, &ward.project] {
            let arguments = ["--output-format", format, "--probe", "--auto-approve"];
            for secrets in [&secrets[..1], &secrets[1..], &secrets[..]] {
                let ran = doctor(project, &arguments, secrets).await;
                said += &(ran.stdout + &ran.stderr);
            }
        }
    }
    assert!(said.contains("did not take the token"), "{said}");
    for secret in [TOKEN, "planted", "hunter2", "topsecret"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    let bodies: Vec<Value> = ward.sandbox.received().into_iter().filter_map(|one| one.body).collect();
    assert_eq!(
        bodies.iter().filter(|body| body.get("webhookUrls").is_some()).count(),
        1,
        "apply's own"
    );
    assert_eq!(load(ward.project.paths(), None).unwrap().state.unwrap().tasks.len(), 1);
}

#[tokio::test]
async fn an_answer_is_waited_for_as_long_as_is_said() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/api/v1", silent.local_addr().unwrap());
    let project = Project::of(&["spring"]);
    address(&project, &base, &base);
    let ran = doctor(&project, &["--answer-timeout", "1s"], &[("DIALFORM_TOKEN", TOKEN)]).await;
    assert_line(&ran, "error", "api", &["1s"]);
}
