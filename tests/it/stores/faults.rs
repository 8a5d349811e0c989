//! What goes wrong between here and a store, and what is known of a write then: that nothing was written, that somebody else
//! has, or nothing. And stores that do not keep their word.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dialform::state::remote::{
    RemoteAddress, RemoteError, RemoteStore, StoreEnvironment, StoreLimits, WriteError, probe,
};
use rustls::{ServerConfig, ServerConnection};

use super::kind::{CREDENTIALS, StoreKind, StoredState};
use super::objects::{holds, keeping_s3, s3_error};
use super::proxy::{Proxy, ProxyFault};
use super::web::{WebAnswer, WebRequest, WebServer};
use crate::common::certificate::{certificate, pem};
use crate::common::command::command;

fn variables(name: &str) -> Option<String> {
    let found = CREDENTIALS.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| (*value).to_owned())
}

const LONG: Duration = Duration::from_secs(20);
/// As long as a busy machine needs for a login.
const SHORT: Duration = Duration::from_secs(4);

fn open(address: &RemoteAddress) -> Box<dyn RemoteStore> {
    let limits = StoreLimits {
        connect: LONG,
        answer: LONG,
    };
    address
        .open(&StoreEnvironment::new(&variables, None).limits(limits))
        .unwrap()
}

macro_rules! faults {
    ($($store:ident: $kind:ident;)*) => { $( mod $store {
        #[test]
        fn a_lost_request_and_a_lost_answer_are_unknown() {
            let Some(state) = super::StoredState::new(super::StoreKind::$kind) else { return };
            super::a_lost_request_and_a_lost_answer_are_unknown(&state);
        }

        #[test]
        fn no_connection_is_not_written() {
            let Some(state) = super::StoredState::new(super::StoreKind::$kind) else { return };
            super::no_connection_is_not_written(&state);
        }
    } )* };
}

faults! {
    postgres: Postgres;
    s3: S3;
    gitlab: Gitlab;
}

#[track_caller]
fn assert_unknown<T: std::fmt::Debug>(written: Result<T, WriteError>) -> RemoteError {
    match written {
        Err(WriteError::Unknown(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn a_lost_request_and_a_lost_answer_are_unknown(state: &StoredState) {
    let proxy = Proxy::to(state.port);
    let store = state.through(proxy.port).open();
    let beside = state.open();
    let first = store.write_head(None, b"one").unwrap();

    proxy.set(ProxyFault::LoseRequest);
    assert_unknown(store.write_head(Some(&first), b"two"));
    proxy.set(ProxyFault::None);
    let read = store.read_head().unwrap().unwrap();
    assert_eq!((read.bytes.as_slice(), &read.version), (&b"one"[..], &first));
    // It is the old one: the same write goes again.
    let second = store.write_head(Some(&first), b"two").unwrap();

    proxy.set(ProxyFault::LoseAnswer);
    assert_unknown(store.write_head(Some(&second), b"three"));
    proxy.set(ProxyFault::None);
    let read = store.read_head().unwrap().unwrap();
    assert_eq!(read.bytes, b"three");
    assert_ne!(read.version, second);
    // It is ours, so what expects the old one is refused, and what comes next goes on.
    assert_eq!(store.write_head(Some(&second), b"three"), Err(WriteError::Conflict));
    let fourth = store.write_head(Some(&read.version), b"four").unwrap();
    assert_eq!(beside.read_head().unwrap().unwrap().bytes, b"four");

    proxy.set(ProxyFault::LoseAnswer);
    assert_unknown(store.read_head().map_err(WriteError::Unknown));
    proxy.set(ProxyFault::None);

    let hasty = state.through(proxy.port).open_with(StoreLimits {
        connect: SHORT,
        answer: SHORT,
    });
    assert_eq!(hasty.read_head().unwrap().unwrap().version, fourth);
    proxy.set(ProxyFault::Stall);
    let error = assert_unknown(hasty.write_head(Some(&fourth), b"five"));
    assert!(matches!(error, RemoteError::NoAnswer { .. }), "{error:?}");
    proxy.set(ProxyFault::None);
    assert_eq!(hasty.read_head().unwrap().unwrap().bytes, b"five");
}

fn no_connection_is_not_written(state: &StoredState) {
    // Nobody listens there.
    let store = state.through(super::server::free_port()).open();
    let error = store.write_head(None, b"one").unwrap_err();
    assert!(
        matches!(error, WriteError::NotWritten(RemoteError::NotConnected { .. })),
        "{error:?}"
    );
    let error = store.put_snapshot("s", b"one").unwrap_err();
    assert!(
        matches!(error, WriteError::NotWritten(RemoteError::NotConnected { .. })),
        "{error:?}"
    );
    assert!(matches!(store.read_head(), Err(RemoteError::NotConnected { .. })));
}

#[test]
fn a_login_that_never_ends_is_not_written() {
    let Some(state) = StoredState::new(StoreKind::Postgres) else {
        return;
    };
    // It takes the connection and says nothing.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let silent = state.through(listener.local_addr().unwrap().port());
    let store = silent.open_with(StoreLimits {
        connect: Duration::from_millis(300),
        answer: LONG,
    });
    let error = store.write_head(None, b"one").unwrap_err();
    assert!(
        matches!(error, WriteError::NotWritten(RemoteError::NotConnected { .. })),
        "{error:?}"
    );
}

/// A state in a stand-in for S3.
fn s3_at(server: &WebServer) -> RemoteAddress {
    let endpoint = format!("http://127.0.0.1:{}", server.port);
    RemoteAddress::parse("s3://bucket/a", Some(&endpoint), None).unwrap()
}

/// What a write gets to which that is answered; a reader gets a head with the ETag `"old"`.
fn written_to(status: u16, code: &'static str) -> WriteError {
    let server = WebServer::start(move |request| match request.method.as_str() {
        "PUT" => s3_error(status, code),
        _ => WebAnswer::new(200, "old").header("etag", "\"old\""),
    });
    let store = open(&s3_at(&server));
    let old = store.read_head().unwrap().unwrap().version;
    let error = store.write_head(Some(&old), b"new").unwrap_err();
    let put = server
        .seen()
        .into_iter()
        .filter(|request| request.method == "PUT")
        .collect::<Vec<_>>();
    let [put] = put.as_slice() else {
        panic!("{status} is tried again")
    };
    assert_eq!(put.header("if-match"), Some("\"old\""));
    // The condition is signed, so that nothing on the way can drop it.
    assert!(
        put.target.contains("X-Amz-SignedHeaders=host%3Bif-match"),
        "{}",
        put.target
    );
    assert!(!put.target.contains("hunter2"), "{}", put.target);
    error
}

#[test]
fn each_answer_of_s3_says_what_is_known() {
    assert_eq!(written_to(412, "PreconditionFailed"), WriteError::Conflict);
    assert_eq!(written_to(404, "NoSuchKey"), WriteError::Conflict);
    for (status, code) in [
        (500, "InternalError"),
        (503, "SlowDown"),
        (502, ""),
        (408, "RequestTimeout"),
    ] {
        assert!(matches!(written_to(status, code), WriteError::Unknown(_)), "{status}");
    }
    let not_written = |status, code| match written_to(status, code) {
        WriteError::NotWritten(error) => error,
        other => panic!("{status}: {other:?}"),
    };
    assert!(matches!(
        not_written(403, "RequestTimeTooSkewed"),
        RemoteError::Denied { .. }
    ));
    assert!(matches!(not_written(404, "NoSuchBucket"), RemoteError::NoPlace { .. }));
    assert!(matches!(
        not_written(301, "PermanentRedirect"),
        RemoteError::NoPlace { .. }
    ));
    assert!(matches!(
        not_written(501, "NotImplemented"),
        RemoteError::IgnoresConditions { .. }
    ));
    assert!(matches!(not_written(400, "EntityTooLarge"), RemoteError::Answer { .. }));
    // Two at the same time; that the old one is there tells that it was not somebody else's write.
    assert!(matches!(
        not_written(409, "ConditionalRequestConflict"),
        RemoteError::Answer { .. }
    ));
}

#[test]
fn a_conflict_while_another_writes_is_one_if_the_head_has_changed() {
    let gets = Mutex::new(0);
    let server = WebServer::start(move |request| match request.method.as_str() {
        "PUT" => s3_error(409, "ConditionalRequestConflict"),
        _ => {
            let mut gets = gets.lock().unwrap();
            *gets += 1;
            WebAnswer::new(200, "x").header("etag", format!("\"{gets}\""))
        }
    });
    let store = open(&s3_at(&server));
    let old = store.read_head().unwrap().unwrap().version;
    assert_eq!(store.write_head(Some(&old), b"new"), Err(WriteError::Conflict));
}

#[test]
fn a_page_that_is_not_found_is_no_empty_state() {
    let server = WebServer::start(|_| WebAnswer::new(404, "<html>not found</html>"));
    let error = open(&s3_at(&server)).read_head().unwrap_err();
    assert!(matches!(error, RemoteError::Answer { .. }), "{error:?}");
    let server = WebServer::start(|_| s3_error(404, "NoSuchKey"));
    assert_eq!(open(&s3_at(&server)).read_head().unwrap(), None);
}

#[test]
fn words_of_a_server_are_printable_and_without_secrets() {
    let server = WebServer::start(|_| {
        let words = "hunter2hunter2 &#27;[2J ::stop-commands::x\n".to_owned() + &"long ".repeat(1000);
        WebAnswer::new(
            403,
            format!("<Error><Code>AccessDenied</Code><Message>{words}</Message></Error>"),
        )
    });
    let error = open(&s3_at(&server)).read_head().unwrap_err().to_string();
    assert!(error.contains("***"), "{error}");
    assert!(
        !error.contains("hunter2") && !error.contains('\u{1b}') && !error.contains('\n'),
        "{error}"
    );
    assert!(error.len() < 1000, "{error}");
}

#[test]
fn a_list_of_several_pages_is_read_to_its_end() {
    let page = |request: &WebRequest| {
        let (keys, after) = match request.target.contains("continuation-token=second%2B") {
            false => (
                ["a/snapshots/one", "a/snapshots/two"],
                "<IsTruncated>true</IsTruncated><NextContinuationToken>second+</NextContinuationToken>",
            ),
            true => (["a/snapshots/th%2Dree", "b/other"], "<IsTruncated>false</IsTruncated>"),
        };
        let keys = keys
            .map(|key| format!("<Contents><Key>{key}</Key></Contents>"))
            .concat();
        WebAnswer::new(200, format!("<ListBucketResult>{keys}{after}</ListBucketResult>"))
    };
    let server = WebServer::start(page);
    assert_eq!(
        open(&s3_at(&server)).snapshot_names().unwrap(),
        ["one", "two", "th-ree"]
    );
    let endless = WebServer::start(|_| {
        WebAnswer::new(
            200,
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        )
    });
    assert!(matches!(
        open(&s3_at(&endless)).snapshot_names(),
        Err(RemoteError::NotOurs { .. })
    ));
}

#[track_caller]
fn refused(server: &WebServer, racers: usize) -> String {
    let error = probe(&s3_at(server), &StoreEnvironment::new(&variables, None), racers).unwrap_err();
    assert!(matches!(error, RemoteError::IgnoresConditions { .. }), "{error:?}");
    let left = server
        .seen()
        .into_iter()
        .filter(|request| request.method == "DELETE")
        .count();
    assert_eq!(left, 1, "what was tried stays");
    error.to_string()
}

#[test]
fn a_store_that_overwrites_is_refused() {
    // As `garage` and `rclone serve s3` do.
    let error = refused(&keeping_s3(Duration::ZERO, |_, _| true), 1);
    assert!(error.contains("created what was there already"), "{error}");
    // One that knows only the one condition.
    let only_new = keeping_s3(Duration::ZERO, |request, etag| {
        request.header("if-match").is_some() || holds(request, etag)
    });
    let error = refused(&only_new, 1);
    assert!(error.contains("replaced what somebody else had written"), "{error}");
}

#[test]
fn a_store_that_lets_several_win_a_race_is_refused_where_writers_race() {
    // As `s3s-fs` does: it looks, and then writes, and nothing keeps the two together.
    let racy = keeping_s3(Duration::ZERO, |request, etag| {
        let holds = holds(request, etag);
        if request.body.windows(5).any(|word| word == b"round") {
            std::thread::sleep(Duration::from_millis(100));
        }
        holds
    });
    probe(&s3_at(&racy), &StoreEnvironment::new(&variables, None), 1).unwrap();
    let racy = keeping_s3(Duration::ZERO, |request, etag| {
        let holds = holds(request, etag);
        if request.body.windows(5).any(|word| word == b"round") {
            std::thread::sleep(Duration::from_millis(100));
        }
        holds
    });
    let error = refused(&racy, 8);
    assert!(error.contains("8 writers") && error.contains("win"), "{error}");
}

#[test]
fn a_certificate_that_is_not_trusted_is_not_tried_again() {
    let (certificate, key) = certificate();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            let mut tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut socket = socket.unwrap();
            while tls.is_handshaking() && tls.complete_io(&mut socket).is_ok() {}
            // Where the client trusts it, this is an answer.
            let mut stream = rustls::StreamOwned::new(tls, socket);
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
            let _ = stream.flush();
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, pem(&certificate)).unwrap();
    std::fs::write(folder.path().join("dialform.kdl"), "project { timezone \"UTC\" }\n").unwrap();
    let address = format!("https://127.0.0.1:{port}/api/v4/projects/1/terraform/state/a");
    let list = |more: &[&OsStr]| {
        let mut dialform = command(folder.path());
        dialform.args(["state", "list", "--state", &address]).args(more);
        let ran = dialform.env("DIALFORM_STATE_TOKEN", "glpat-1").output();
        let ran = ran.unwrap();
        (ran.status.code(), String::from_utf8(ran.stderr).unwrap())
    };
    let (code, words) = list(&[]);
    assert_eq!(code, Some(1), "{words}");
    assert!(
        words.contains("is not trusted") && words.contains("--ca-file"),
        "{words}"
    );
    assert_eq!(connections.load(Ordering::SeqCst), 1, "{words}");
    let (code, words) = list(&[OsStr::new("--ca-file"), ca_file.as_os_str()]);
    assert_eq!(code, Some(0), "{words}");
}
