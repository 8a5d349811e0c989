//! `dialform sandbox`: the stand-in by itself, as a person runs it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::background::Background;
use crate::common::bodies;
use crate::common::command::{command, dialform};

fn start(folder: &Path, args: &[&str]) -> (Background, String) {
    let sandbox = Background::start(command(folder).arg("sandbox").args(args));
    let words = sandbox.read_until(|line| line == "Ctrl-C stops it.").join("\n");
    (sandbox, words)
}

/// What stands in quotation marks after a word of the text.
fn quoted_after<'w>(words: &'w str, word: &str) -> &'w str {
    let rest = words.split_once(&format!("{word} \"")).unwrap().1;
    rest.split_once('"').unwrap().0
}

fn client() -> reqwest::Client {
    // Another test may have been first; either way there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn body() -> Value {
    let mut body = bodies::least();
    body["name"] = json!("Spring promo");
    body
}

async fn create(api: &str) -> u16 {
    let request = client().post(format!("{api}/telephony/autoCall")).bearer_auth("any");
    let request = request
        .header("content-type", "application/json")
        .body(body().to_string());
    request.send().await.unwrap().status().as_u16()
}

async fn page(api: &str) -> String {
    let url = api.trim_end_matches("api/v1");
    client().get(url).send().await.unwrap().text().await.unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn it_serves_until_ctrl_c() {
    let folder = tempfile::tempdir().unwrap();
    let (mut sandbox, words) = start(folder.path(), &["--port", "0"]);
    let api = quoted_after(&words, "api");
    assert_eq!(quoted_after(&words, "login"), api);
    assert!(words.contains("classic"), "{words}");
    assert!(words.contains("in memory only"), "{words}");
    assert_eq!(create(api).await, 200);
    assert_eq!(sandbox.next_error(), "POST /api/v1/telephony/autoCall 200");
    assert!(page(api).await.contains("Spring promo"));
    assert_eq!(sandbox.interrupt().code(), Some(0));
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing is left behind"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn in_a_project_it_keeps_its_tasks_and_speaks_the_projects_dialect() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dialform.kdl"), "project { dialect \"extended\" }\n").unwrap();
    let (mut sandbox, words) = start(folder.path(), &["--port", "0"]);
    assert!(words.contains("kept in .dialform/sandbox-server"), "{words}");
    assert_eq!(quoted_after(&words, "dialect"), "extended");
    assert_eq!(create(quoted_after(&words, "api")).await, 200);
    assert_eq!(sandbox.interrupt().code(), Some(0));

    let (_sandbox, words) = start(folder.path(), &["--port", "0", "--dialect", "classic"]);
    assert_eq!(quoted_after(&words, "dialect"), "classic");
    assert!(page(quoted_after(&words, "api")).await.contains("Spring promo"));
}

#[test]
fn a_port_in_use_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = dialform(folder.path(), &["sandbox", "--port", &port]);
    assert_eq!(ran.code, Some(2));
    let words = ran.stderr;
    assert!(
        words.starts_with(&format!(
            "error: the sandbox cannot listen on 127.0.0.1:{port}: the port is in use"
        )),
        "{words}"
    );
}

#[test]
fn data_in_use_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--port", "0", "--data", "kept"];
    let (_sandbox, words) = start(folder.path(), &args);
    assert!(words.contains("kept in kept"), "{words}");
    let ran = dialform(folder.path(), &["sandbox", "--port", "0", "--data", "kept"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("in use by another process"));
}

#[cfg(unix)]
#[tokio::test]
async fn it_fails_on_purpose() {
    let folder = tempfile::tempdir().unwrap();
    let faults = ["--fault", "create#1=503/empty", "--fault", "create#2=after:reset"];
    let (mut sandbox, words) = start(folder.path(), &[&["--port", "0"], &faults[..]].concat());
    let api = quoted_after(&words, "api");
    assert_eq!(create(api).await, 503);
    assert_eq!(sandbox.next_error(), "POST /api/v1/telephony/autoCall 503 (fault)");
    assert!(!page(api).await.contains("Spring promo"));
    assert_eq!(sandbox.next_error(), "GET / 200");
    let request = client().post(format!("{api}/telephony/autoCall")).bearer_auth("any");
    let request = request
        .header("content-type", "application/json")
        .body(body().to_string());
    assert_eq!(request.send().await.unwrap_err().status(), None);
    assert_eq!(sandbox.next_error(), "POST /api/v1/telephony/autoCall reset (fault)");
    assert!(page(api).await.contains("Spring promo"));
    assert_eq!(sandbox.interrupt().code(), Some(0));
}

#[test]
fn a_fault_that_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let ran = dialform(
        folder.path(),
        &["sandbox", "--port", "0", "--fault", "crete#2=after:503"],
    );
    assert_eq!(ran.code, Some(2));
    let words = ran.stderr;
    assert!(
        words.contains("'crete#2=after:503'") && words.contains("there is no target `crete`: write create"),
        "{words}"
    );
    let help = dialform(folder.path(), &["sandbox", "--help"]);
    assert!(help.stdout.contains("--fault create#2=after:reset"), "{}", help.stdout);
    assert!(help.stdout.contains("--fault list=lag/2"), "{}", help.stdout);
}
