//! Starting, stopping, and what outlives both.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use dialform::sandbox::{Config, Sandbox, SandboxError, Status};
use serde_json::{Value, json};

use super::{Bench, client, named, start_once_free};
use crate::common::bodies;

fn in_folder(folder: &Path) -> Config {
    Config {
        data: Some(folder.to_path_buf()),
        ..Config::default()
    }
}

/// The one file with lines in it.
fn task_file(folder: &Path) -> std::path::PathBuf {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .into_iter()
        .find(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .unwrap()
}

#[tokio::test]
async fn a_restart_keeps_tasks_statuses_and_counts() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("made/if/need/be");
    let bench = Bench::start(in_folder(&data)).await;
    let id = bench.created(&bodies::classic()).await;
    bench.created(&bodies::least()).await;
    bench
        .post(&format!("/api/v1/telephony/autoCall/{id}/pause"), &Value::Null)
        .await;
    let candidate = json!({ "autoCallId": id, "phone": ["79001234567"] });
    bench
        .post(
            "/api/v1/telephony/autoCallCandidate/batch",
            &json!({ "forceStart": false, "batch": [candidate] }),
        )
        .await;
    let before = bench.sandbox.tasks();
    bench.sandbox.shutdown().await;

    let again = Bench::start(in_folder(&data)).await;
    assert_eq!(again.sandbox.tasks(), before);
    assert_eq!((before[0].status, before[0].candidates), (Status::Paused, 1));
    again.created(&named("third")).await;
    assert_eq!(again.sandbox.tasks().len(), 3);
    again.sandbox.shutdown().await;
    assert_eq!(Bench::start(in_folder(&data)).await.sandbox.tasks().len(), 3);
}

#[tokio::test]
async fn a_task_is_in_the_file_when_its_answer_comes() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(in_folder(folder.path())).await;
    let id = bench.created(&bodies::least()).await;
    let text = fs::read_to_string(task_file(folder.path())).unwrap();
    assert!(text.ends_with('\n') && text.contains(&id), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_task_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let _bench = Bench::start(in_folder(folder.path())).await;
    let mode = fs::metadata(task_file(folder.path())).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_torn_last_line_is_cut_wherever_it_tore() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(in_folder(folder.path())).await;
    bench.created(&named("first")).await;
    bench.created(&named("second")).await;
    bench.sandbox.shutdown().await;
    let path = task_file(folder.path());
    let whole = fs::read(&path).unwrap();
    let ends: Vec<usize> = whole
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(place, _)| place + 1)
        .collect();
    assert_eq!(ends.len(), 3, "a header and two tasks");

    for cut in (0..whole.len())
        .step_by(97)
        .chain(ends.iter().flat_map(|end| [end - 1, *end]))
    {
        fs::write(&path, &whole[..cut]).unwrap();
        let tasks_left = ends.iter().filter(|end| **end <= cut).count().saturating_sub(1);
        let bench = Bench::start(in_folder(folder.path())).await;
        assert_eq!(bench.sandbox.tasks().len(), tasks_left, "cut at {cut}");
        bench.created(&named("after")).await;
        bench.sandbox.shutdown().await;
        let bench = Bench::start(in_folder(folder.path())).await;
        assert_eq!(
            bench.sandbox.tasks().len(),
            tasks_left + 1,
            "cut at {cut}, then written on"
        );
        bench.sandbox.shutdown().await;
    }
}

#[tokio::test]
async fn other_damage_and_newer_formats_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(in_folder(folder.path())).await;
    bench.created(&named("first")).await;
    bench.sandbox.shutdown().await;
    let path = task_file(folder.path());
    let whole = fs::read_to_string(&path).unwrap();

    fs::write(&path, format!("{whole}{{}}\n")).unwrap();
    let error = start_once_free(in_folder(folder.path())).await.unwrap_err();
    assert!(
        matches!(&error, SandboxError::Damaged { line: 3, path: named, .. } if *named == path),
        "{error}"
    );

    fs::write(&path, "{\"dialformSandbox\":2}\n").unwrap();
    let error = start_once_free(in_folder(folder.path())).await.unwrap_err();
    assert!(
        matches!(error, SandboxError::NewerFormat { found: 2, known: 1, .. }),
        "{error}"
    );
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "{\"dialformSandbox\":2}\n",
        "left as it was"
    );
}

#[tokio::test]
async fn a_data_folder_has_one_sandbox_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(in_folder(folder.path())).await;
    let error = Sandbox::start(in_folder(folder.path())).await.unwrap_err();
    assert!(matches!(error, SandboxError::FolderInUse { .. }), "{error}");
    assert!(
        error.to_string().contains(&folder.path().display().to_string()),
        "{error}"
    );
    bench.sandbox.shutdown().await;
    start_once_free(in_folder(folder.path())).await.unwrap();
}

#[tokio::test]
async fn a_data_folder_that_is_a_file_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = Sandbox::start(in_folder(file.path())).await.unwrap_err();
    assert!(
        matches!(&error, SandboxError::Data { path, .. } if path == file.path()),
        "{error}"
    );
}

#[tokio::test]
async fn only_loopback_and_only_a_free_port() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let config = Config {
            listen: listen.parse().unwrap(),
            ..Config::default()
        };
        let error = Sandbox::start(config).await.unwrap_err();
        assert!(matches!(error, SandboxError::NotLoopback { .. }), "{listen}: {error}");
    }
    let first = Sandbox::start(Config::default()).await.unwrap();
    let error = Sandbox::start(Config {
        listen: first.addr(),
        ..Config::default()
    })
    .await
    .unwrap_err();
    assert!(
        matches!(error, SandboxError::PortInUse { addr } if addr == first.addr()),
        "{error}"
    );
}

#[tokio::test]
async fn nothing_answers_after_a_shutdown() {
    let bench = Bench::classic().await;
    bench.created(&bodies::least()).await;
    let url = bench.url("/");
    // An idle connection of the client's pool does not hold the shutdown up.
    bench.sandbox.shutdown().await;
    assert!(client().get(url).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = start_once_free(in_folder(folder.path())).await.unwrap();
    let addr = sandbox.addr();
    let stuck = tokio::task::spawn_blocking(move || {
        let mut stuck = TcpStream::connect(addr).unwrap();
        let head =
            "POST /api/v1/telephony/autoCall HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n";
        stuck.write_all(head.as_bytes()).unwrap();
        // The server says so when it begins to read the body, which never comes.
        let mut said = [0; 12];
        stuck.read_exact(&mut said).unwrap();
        assert_eq!(&said, b"HTTP/1.1 100");
        stuck
    });
    let _stuck = stuck.await.unwrap();
    sandbox.shutdown().await;
    start_once_free(in_folder(folder.path())).await.unwrap();
}
