//! Each row of the table of outcomes.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use dialform::api::{ApiOutcome, Client, ClientConfig, Credentials, Doubt, Identity, TaskAction, Timeouts, Unsent};

use super::server::{Reply, Server, answer, json, origin};
use super::{ID, TIMEOUTS, TOKEN, body, client, config, go};

async fn create_with(reply: impl Fn() -> Reply + Send + Sync + 'static) -> (ApiOutcome<Identity>, Server) {
    let server = Server::start(move |_, _| reply());
    (client(&server.origin).create(&body(), go()).await, server)
}

fn unknown<T: std::fmt::Debug>(outcome: ApiOutcome<T>) -> Doubt {
    match outcome {
        ApiOutcome::Unknown { reason } => reason,
        other => panic!("expected unknown, got {other:?}"),
    }
}

#[tokio::test]
async fn a_create_sends_the_body_as_it_is_and_gives_the_id() {
    for shape in [
        format!(r#"{{"id":{{"identity":"{ID}"}}}}"#),
        format!(r#"{{"id":"{ID}"}}"#),
        format!(r#"{{"identity":"{ID}"}}"#),
    ] {
        let (outcome, server) = create_with(move || json(200, &shape)).await;
        assert_eq!(outcome, ApiOutcome::Done(ID.parse().unwrap()));
        let [request] = &server.received()[..] else {
            panic!("one request")
        };
        assert_eq!(request.line, "POST /api/v1/telephony/autoCall HTTP/1.1");
        assert_eq!(
            request.header("authorization"),
            Some(format!("Bearer {TOKEN}").as_str())
        );
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(
            request.header("user-agent"),
            Some(concat!("dialform/", env!("CARGO_PKG_VERSION")))
        );
        assert_eq!(request.body, r#"{"name":"Весна","cps":1.03}"#);
    }
}

#[tokio::test]
async fn a_refusal_with_a_json_body_is_rejected_in_the_apis_words() {
    for status in [400, 402, 403, 404, 422] {
        let said = r#"{"message":"Validation\u001b[31m failed\u202e","errors":{"cps":["must be a number","again"],"name":"is long"}}"#;
        let (outcome, _) = create_with(move || json(status, said)).await;
        let field = |path: &str, words: &str| (path.to_owned(), words.to_owned());
        assert_eq!(
            outcome,
            ApiOutcome::Rejected {
                status,
                words: "Validation [31m failed".to_owned(),
                fields: vec![
                    field("cps", "must be a number"),
                    field("cps", "again"),
                    field("name", "is long")
                ],
            }
        );
    }
}

#[tokio::test]
async fn the_words_of_a_refusal_are_bounded_and_never_hold_the_token() {
    let said = format!(r#"{{"message":"no such token: {TOKEN} {}"}}"#, "x".repeat(5_000));
    let (outcome, _) = create_with(move || json(403, &said)).await;
    let ApiOutcome::Rejected { words, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(words.starts_with("no such token: [token] x"), "{words}");
    assert_eq!(words.chars().count(), 1_001);
}

/// The statuses that refuse.
const REFUSALS: [u16; 7] = [400, 401, 402, 403, 404, 422, 429];

/// What says nothing, whatever stands around it.
fn nothing_said() -> Vec<String> {
    let mut all: Vec<String> = [
        "",
        " ",
        "<html>Forbidden</html>",
        "{",
        r#"{"message":"cut"#,
        r#"{"a":1} x"#,
    ]
    .map(str::to_owned)
    .to_vec();
    all.extend(["null", "7", "true", r#""Forbidden""#, "[]", r#"["Forbidden"]"#, "{}"].map(str::to_owned));
    let mut empty = ["null", r#""""#, r#"" \n""#, "[]", "{}"].map(str::to_owned).to_vec();
    for _ in 0..3 {
        all.extend(empty.iter().map(|one| format!(r#"{{"message":{one}}}"#)));
        let nested = empty
            .iter()
            .flat_map(|one| [format!("[{one},{one}]"), format!(r#"{{"a":{one},"b":""}}"#)]);
        empty = nested.collect();
    }
    all
}

#[tokio::test]
async fn a_refusal_that_is_not_in_the_apis_own_words_is_not_believed() {
    for status in REFUSALS {
        for said in nothing_said() {
            let body = said.clone();
            let (outcome, server) = create_with(move || answer(status, &["retry-after: 7"], &body)).await;
            let expected = ApiOutcome::Unbelieved {
                status,
                wait: (status == 429).then(|| Duration::from_secs(7)),
                renewed: false,
                reason: Doubt::NotTheApi { status },
            };
            assert_eq!(outcome, expected, "{status} {said:?}");
            assert_eq!(server.received().len(), 1);
        }
        let (outcome, _) = create_with(move || {
            Reply::Bytes(format!("HTTP/1.1 {status} No\r\ncontent-length: 99\r\n\r\n{{\"message\":\"cut").into())
        })
        .await;
        assert!(
            matches!(&outcome, ApiOutcome::Unbelieved { reason: Doubt::BrokenBody { status: s, .. }, .. } if *s == status),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_refusal_that_says_anything_is_believed() {
    for status in REFUSALS {
        for said in [
            r#"{"code":0}"#,
            r#"{"ok":false}"#,
            r#"{"message":"","errors":[{},{"cps":["no"]}]}"#,
            " {\"a\":{\"b\":[\"x\"]}}\n",
        ] {
            let (outcome, _) = create_with(move || answer(status, &[], said)).await;
            let is_believed = match (&outcome, status) {
                (ApiOutcome::Unauthorized { renewed: false, .. }, 401) | (ApiOutcome::TooMany { wait: None }, 429) => {
                    true
                }
                (ApiOutcome::Rejected { status: s, .. }, _) => *s == status && status != 401 && status != 429,
                _ => false,
            };
            assert!(is_believed, "{status} {said}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn every_other_status_is_unknown_and_sent_once() {
    for status in [
        300, 301, 303, 304, 307, 308, 405, 408, 409, 410, 413, 418, 425, 500, 502, 503, 504, 599,
    ] {
        let (outcome, server) = create_with(move || json(status, r#"{"message":"hm"}"#)).await;
        assert!(
            matches!(unknown(outcome), Doubt::Status { status: s, .. } if s == status),
            "{status}"
        );
        assert_eq!(server.received().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_its_target_receives_nothing() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    for status in [301, 302, 303, 307, 308] {
        let location = format!(
            "location: http://{}/api/v1/telephony/autoCall",
            elsewhere.local_addr().unwrap()
        );
        let (outcome, server) = create_with(move || answer(status, &[&location], "")).await;
        assert!(matches!(unknown(outcome), Doubt::Status { status: s, .. } if s == status));
        assert_eq!(server.received().len(), 1);
    }
    assert_eq!(elsewhere.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_success_without_a_usable_id_is_unknown() {
    let long = format!(r#"{{"id":"{}"}}"#, "a".repeat(65));
    for said in [
        "",
        "{}",
        "null",
        "[]",
        "not json",
        r#"{"id":null}"#,
        r#"{"id":7}"#,
        r#"{"id":""}"#,
        r#"{"id":"short"}"#,
        r#"{"id":"../../etc/passwd"}"#,
        r#"{"id":{"identity":"with blank"}}"#,
        r#"{"id":"48a77bd7\n8762"}"#,
        r#"{"id":"-rf-rf-rf-rf"}"#,
        &long,
    ] {
        let said = said.to_owned();
        let shown = said.clone();
        let (outcome, _) = create_with(move || json(200, &said)).await;
        assert_eq!(unknown(outcome), Doubt::NoIdentity, "{shown}");
    }
}

#[tokio::test]
async fn a_success_whose_body_breaks_off_or_never_ends_is_unknown() {
    let cut = format!("HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{{\"id\":\"{ID}\"}}");
    let (outcome, _) = create_with(move || Reply::Bytes(cut.clone().into())).await;
    assert!(matches!(unknown(outcome), Doubt::BrokenBody { status: 200, .. }));

    let cut = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2f\r\n{{\"id\":\"{ID}\"}}\r\n");
    let (outcome, _) = create_with(move || Reply::Bytes(cut.clone().into())).await;
    assert!(matches!(unknown(outcome), Doubt::BrokenBody { status: 200, .. }));

    let (outcome, _) = create_with(|| Reply::Endless).await;
    assert_eq!(
        unknown(outcome),
        Doubt::LongBody {
            status: 200,
            limit: 64 * 1024
        }
    );
}

#[tokio::test]
async fn a_connection_that_ends_after_the_request_is_unknown_and_not_tried_again() {
    let garbage = || Reply::Bytes(b"SMTP ready\r\n\r\n".to_vec());
    let half = || Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec());
    for reply in [|| Reply::Close, garbage, half] {
        let (outcome, server) = create_with(reply).await;
        assert!(matches!(unknown(outcome), Doubt::Interrupted { .. }));
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn a_reset_after_the_first_byte_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = client(&origin(listener.local_addr().unwrap()));
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // What is left unread when the connection is closed makes the system reset it.
        stream.read_exact(&mut [0]).unwrap();
    });
    assert!(matches!(
        unknown(client.create(&body(), go()).await),
        Doubt::Interrupted { .. }
    ));
}

#[tokio::test]
async fn no_answer_in_time_is_unknown() {
    let within = Duration::from_millis(100);
    let server = Server::start(|_, _| Reply::Hang);
    let client = Client::new(ClientConfig {
        timeouts: Timeouts {
            answer: within,
            ..TIMEOUTS
        },
        ..config(&server.origin, &server.origin, Credentials::token(TOKEN))
    });
    assert_eq!(
        unknown(client.unwrap().create(&body(), go()).await),
        Doubt::NoAnswer { within }
    );
}

#[tokio::test]
async fn too_many_requests_carry_the_wait_that_is_asked_for() {
    let seconds = |n| Some(Duration::from_secs(n));
    let cases: [(&[&str], _); 6] = [
        (&[], None),
        (&["retry-after: 7"], seconds(7)),
        (&["retry-after: soon"], None),
        (&["retry-after: -3"], None),
        (
            &[
                "date: Sun, 06 Nov 1994 08:49:37 GMT",
                "retry-after: Sun, 06 Nov 1994 08:50:07 GMT",
            ],
            seconds(30),
        ),
        (
            &[
                "date: Sun, 06 Nov 1994 08:49:37 GMT",
                "retry-after: Sun, 06 Nov 1994 08:00:00 GMT",
            ],
            seconds(0),
        ),
    ];
    for (headers, wait) in cases {
        let (outcome, _) = create_with(move || answer(429, headers, r#"{"message":"slow"}"#)).await;
        assert_eq!(outcome, ApiOutcome::TooMany { wait }, "{headers:?}");
    }
    let far = || answer(429, &["retry-after: Sat, 06 Nov 2094 08:49:37 GMT"], r#"{"a":1}"#);
    let (outcome, _) = create_with(far).await;
    assert!(matches!(outcome, ApiOutcome::TooMany { wait: Some(wait) } if wait > Duration::from_secs(3_600)));
}

#[tokio::test]
async fn a_connection_that_is_refused_is_not_sent_and_may_be_tried_again() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let asked = Arc::new(AtomicBool::new(false));
    let ask = Arc::clone(&asked);
    let outcome = client(&origin(closed))
        .create(&body(), async move {
            ask.store(true, Ordering::SeqCst);
            go().await
        })
        .await;
    let ApiOutcome::NotSent {
        reason: reason @ Unsent::NotConnected { .. },
        retry: true,
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    assert!(
        reason
            .to_string()
            .contains(&format!("could not connect to http://{closed}/api/v1: ")),
        "{reason}"
    );
    assert!(
        !asked.load(Ordering::SeqCst),
        "the hook must not run without a connection"
    );
}

#[tokio::test]
async fn actions_go_to_their_own_addresses_and_need_no_body_in_the_answer() {
    let server = Server::start(|number, _| match number {
        0..3 => answer(204, &[], ""),
        3 => json(404, r#"{"message":"no such task"}"#),
        _ => Reply::Close,
    });
    let (client, task) = (client(&server.origin), ID.parse().unwrap());
    for action in [TaskAction::Play, TaskAction::Pause, TaskAction::Halt] {
        assert_eq!(client.action(&task, action).await, ApiOutcome::Done(()));
    }
    assert!(matches!(
        client.action(&task, TaskAction::Halt).await,
        ApiOutcome::Rejected { status: 404, .. }
    ));
    assert!(matches!(
        client.action(&task, TaskAction::Halt).await,
        ApiOutcome::Unknown { .. }
    ));
    assert_eq!(server.received()[0].header("content-length"), Some("0"));
    let lines: Vec<_> = server.received().into_iter().map(|request| request.line).collect();
    let line = |word| format!("POST /api/v1/telephony/autoCall/{ID}/{word} HTTP/1.1");
    assert_eq!(lines[..3], [line("play"), line("pause"), line("halted")]);
}
