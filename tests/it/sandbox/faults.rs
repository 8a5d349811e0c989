//! Faults on purpose: what the client sees, and what the sandbox holds afterwards.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dialform::sandbox::{Config, Exchange, Fault, Faults, Hook, Received, Then};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::{Bench, named};
use crate::common::bodies;

const CREATE: &str = "/api/v1/telephony/autoCall";
const LOGIN: &str = "/api/v1/auth/login";
/// How long anything may take on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(30);

async fn bench(specs: &[&str]) -> Bench {
    let faults: Faults = specs.iter().map(|spec| spec.parse::<Fault>().unwrap()).collect();
    Bench::start(Config {
        faults,
        ..Config::default()
    })
    .await
}

/// Sends one request over a connection of its own.
fn send(bench: &Bench, method: &str, path: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(bench.sandbox.addr()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let (host, length) = (bench.sandbox.addr(), body.len());
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer token\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

fn send_create(bench: &Bench) -> TcpStream {
    send(bench, "POST", CREATE, &bodies::least().to_string())
}

/// All that comes until the end of the connection, and how it ends.
async fn all_of(mut stream: TcpStream) -> (String, io::Result<usize>) {
    let read = move || {
        let mut bytes = Vec::new();
        let end = stream.read_to_end(&mut bytes);
        (String::from_utf8(bytes).unwrap(), end)
    };
    spawn_blocking(read).await.unwrap()
}

/// The head of an answer, and as many bytes behind it.
async fn begin_of(mut stream: TcpStream, bytes: usize) -> (String, Vec<u8>, TcpStream) {
    let read = move || {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        let mut body = vec![0; bytes];
        stream.read_exact(&mut body).unwrap();
        (String::from_utf8(head).unwrap(), body, stream)
    };
    spawn_blocking(read).await.unwrap()
}

fn content_length(head: &str) -> usize {
    let lower = head.to_lowercase();
    let value = lower.split_once("content-length: ").unwrap().1;
    value.lines().next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_reset_sends_nothing_before_or_after() {
    for (spec, tasks) in [("create=reset", 0), ("create=after:reset", 1)] {
        let bench = bench(&[spec]).await;
        let (text, end) = all_of(send_create(&bench)).await;
        assert_eq!(text, "", "{spec}");
        assert_eq!(end.unwrap_err().kind(), io::ErrorKind::ConnectionReset, "{spec}");
        assert_eq!(bench.sandbox.tasks().len(), tasks, "{spec}");
        assert_eq!(bench.sandbox.received().len(), 1, "{spec}");
    }
}

#[tokio::test]
async fn a_hang_lasts_until_the_sandbox_stops() {
    for (spec, tasks) in [("create=hang", 0), ("create=after:hang", 1)] {
        let (told, mut telling) = tokio::sync::mpsc::unbounded_channel();
        let log = Arc::new(move |exchange: &Exchange| drop(told.send(exchange.to_string())));
        let bench = Bench::start(Config {
            faults: vec![spec.parse().unwrap()].into(),
            log: Some(log),
            ..Config::default()
        })
        .await;
        let stream = send_create(&bench);
        // It is told once all is done that will be done about the request.
        assert_eq!(
            telling.recv().await.unwrap(),
            "POST /api/v1/telephony/autoCall hang (fault)"
        );
        assert_eq!(bench.sandbox.tasks().len(), tasks, "{spec}");
        stream.set_nonblocking(true).unwrap();
        let waiting = (&stream).read(&mut [0]).unwrap_err();
        assert_eq!(waiting.kind(), io::ErrorKind::WouldBlock, "the connection stays open");
        stream.set_nonblocking(false).unwrap();
        // Others are served meanwhile.
        assert_eq!(bench.get(CREATE).await.0, 200);
        bench.sandbox.shutdown().await;
        let (text, _) = all_of(stream).await;
        assert_eq!(text, "", "{spec}");
    }
}

#[tokio::test]
async fn answers_take_the_place_of_the_right_one_before_or_after() {
    for (fault, status, header, body) in [
        (
            "400",
            400,
            None,
            Some("{\"message\":\"A fault on purpose: 400 Bad Request\"}"),
        ),
        (
            "503",
            503,
            None,
            Some("{\"message\":\"A fault on purpose: 503 Service Unavailable\"}"),
        ),
        ("503/empty", 503, Some(("content-length", "0")), Some("")),
        ("599", 599, Some(("content-type", "application/json")), None),
        ("429", 429, Some(("retry-after", "1")), None),
        ("429/30", 429, Some(("retry-after", "30")), None),
        (
            "redirect",
            302,
            Some(("location", "http://127.0.0.1:1/elsewhere")),
            Some(""),
        ),
        (
            "redirect/https://a/b:c?d=e",
            302,
            Some(("location", "https://a/b:c?d=e")),
            Some(""),
        ),
        (
            "wrong",
            200,
            Some(("content-type", "application/json")),
            Some("{\"ok\":true}"),
        ),
        ("garbage", 200, Some(("content-type", "text/html; charset=utf-8")), None),
        ("bad-id", 200, None, Some("{\"id\":{\"identity\":\"../halted?x=1\"}}")),
    ] {
        for (side, tasks) in [("", 0), ("before:", 0), ("after:", 1)] {
            let spec = format!("create={side}{fault}");
            let bench = bench(&[&spec]).await;
            // Over a connection that nothing follows redirects of.
            let stream = send_create(&bench);
            let (head, _, stream) = begin_of(stream, 0).await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{spec}: {head}");
            if let Some((name, value)) = header {
                assert!(head.contains(&format!("{name}: {value}\r\n")), "{spec}: {head}");
            }
            if let Some(body) = body {
                assert_eq!(content_length(&head), body.len(), "{spec}: {head}");
                let mut text = vec![0; body.len()];
                let mut stream = stream;
                let text = spawn_blocking(move || stream.read_exact(&mut text).map(|()| text))
                    .await
                    .unwrap();
                assert_eq!(text.unwrap(), body.as_bytes(), "{spec}");
            }
            assert_eq!(bench.sandbox.tasks().len(), tasks, "{spec}");
            assert_eq!(bench.sandbox.received().len(), 1, "{spec}");
        }
    }
}

#[tokio::test]
async fn an_endless_answer_goes_on_until_the_client_or_the_sandbox_ends() {
    for (spec, tasks) in [("create=endless", 0), ("create=after:endless", 1)] {
        let bench = bench(&[spec]).await;
        let (head, body, stream) = begin_of(send_create(&bench), 4 << 20).await;
        assert!(
            head.starts_with("HTTP/1.1 200 ") && !head.to_lowercase().contains("content-length"),
            "{head}"
        );
        // The marks between the chunks stand among it.
        let text = String::from_utf8(body).unwrap();
        assert!(text.contains("{\"items\":[{}") && text.contains(",{},{},{}"), "{spec}");
        assert_eq!(bench.sandbox.tasks().len(), tasks, "{spec}");
        bench.sandbox.shutdown().await;
        let (rest, _) = all_of(stream).await;
        assert!(!rest.ends_with("\r\n0\r\n\r\n"), "it never comes to its end");
    }
}

#[tokio::test]
async fn a_drip_is_the_right_answer_byte_by_byte() {
    let bench = bench(&["create=drip"]).await;
    let begun = Instant::now();
    let (head, body, _stream) = begin_of(send_create(&bench), 3).await;
    assert!(
        begun.elapsed() >= Duration::from_millis(600),
        "each byte takes its time"
    );
    let id = bench.sandbox.tasks()[0].id;
    let right = json!({ "id": { "identity": id } }).to_string();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(content_length(&head), right.len());
    assert_eq!(body, right.as_bytes()[..3]);
}

#[tokio::test]
async fn a_truncated_answer_is_the_first_half_of_the_right_one() {
    let bench = bench(&["create=truncated", "list=truncated"]).await;
    let (text, end) = all_of(send_create(&bench)).await;
    assert!(end.is_ok(), "it ends as if all were said: {end:?}");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let right = json!({ "id": { "identity": bench.sandbox.tasks()[0].id } }).to_string();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(content_length(&text), right.len());
    assert_eq!(body, &right[..right.len() / 2]);

    // More than a socket takes at once.
    let other = holding(&["list=truncated"], "").await;
    for _ in 0..8 {
        other.created(&named(&"я".repeat(400 * 1024))).await;
    }
    let (text, _) = all_of(send(&other, "GET", CREATE, "")).await;
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(body.len() > 3 << 20);
    assert_eq!(body.len(), content_length(&text) / 2);
}

#[tokio::test]
async fn login_halt_and_any_are_struck_too() {
    let login = json!({ "email": "a@example.com", "password": "p" });
    let bench = bench(&["login#2=503", "halt=after:504", "any#5=505"]).await;
    assert_eq!(bench.post(LOGIN, &login).await.0, 200);
    assert_eq!(
        bench.post("/iam/api/v1/auth/login", &login).await.0,
        503,
        "the prefixes count as one"
    );
    let id = bench.created(&bodies::least()).await;
    assert_eq!(bench.post(&format!("{CREATE}/{id}/halted"), &Value::Null).await.0, 504);
    assert!(bench.sandbox.tasks()[0].status.is_final());
    // Looking at the tasks is no request to the API.
    assert_eq!(bench.get("/tasks.json").await.0, 200);
    assert_eq!(bench.post(&format!("{CREATE}/{id}/play"), &Value::Null).await.0, 505);
    assert_eq!(bench.post(&format!("{CREATE}/{id}/play"), &Value::Null).await.0, 409);
}

#[tokio::test]
async fn requests_are_counted_by_target_and_the_first_fault_that_matches_strikes() {
    let bench = bench(&["create#3=500", "create#2-4=after:502", "create#6-=503", "create=504"]).await;
    let mut statuses = Vec::new();
    for _ in 0..7 {
        bench.get(CREATE).await;
        statuses.push(bench.create(&bodies::least()).await.0);
    }
    assert_eq!(statuses, [504, 502, 500, 502, 504, 503, 503]);
    assert_eq!(bench.sandbox.tasks().len(), 2, "only after: leaves a task");
    assert_eq!(bench.sandbox.received().len(), 14);
}

/// Answers every create by itself, before or after it took effect.
struct Own {
    after: bool,
}

impl Own {
    fn then(&self, request: &Received, after: bool) -> Then {
        if after == self.after && request.body.is_some() {
            Then::Answer {
                status: 418,
                body: Value::Null,
            }
        } else {
            Then::GoOn
        }
    }
}

impl Hook for Own {
    fn before_commit(&self, request: &Received) -> Then {
        self.then(request, false)
    }

    fn after_commit(&self, request: &Received) -> Then {
        self.then(request, true)
    }
}

#[tokio::test]
async fn a_hook_is_asked_first_and_the_log_tells_what_struck() {
    for (after, status, last) in [(false, 418, "418"), (true, 503, "503 (fault)")] {
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&lines);
        let bench = Bench::start(Config {
            faults: ["create=503", "list=omit", "login=after:429/2", "halt=truncated"]
                .map(|spec| spec.parse().unwrap())
                .into_iter()
                .collect(),
            hook: Some(Arc::new(Own { after })),
            log: Some(Arc::new(move |exchange: &Exchange| {
                kept.lock().unwrap().push(exchange.to_string());
            })),
            ..Config::default()
        })
        .await;
        bench.get(CREATE).await;
        bench.post(LOGIN, &json!({})).await;
        bench.get("/").await;
        assert_eq!(bench.create(&bodies::least()).await.0, status);
        let lines = lines.lock().unwrap().clone();
        assert_eq!(
            lines,
            [
                "GET /api/v1/telephony/autoCall 200 omit (fault)".to_owned(),
                "POST /api/v1/auth/login 429 (fault)".to_owned(),
                "GET / 200".to_owned(),
                format!("POST /api/v1/telephony/autoCall {last}"),
            ]
        );
    }
}

/// The names on a page of the list, and the total that it states.
async fn listed(bench: &Bench, query: &str) -> (String, u64) {
    let (status, answer) = bench.get(&format!("{CREATE}?{query}")).await;
    assert_eq!(status, 200, "{answer}");
    let items = answer["items"].as_array().unwrap();
    let names = items.iter().map(|item| item["name"].as_str().unwrap());
    (names.collect(), answer["total"].as_u64().unwrap())
}

async fn holding(specs: &[&str], names: &str) -> Bench {
    let bench = bench(specs).await;
    for name in names.split("").filter(|name| !name.is_empty()) {
        bench.created(&named(name)).await;
    }
    bench
}

#[tokio::test]
async fn a_list_that_lags_shows_a_task_some_answers_later() {
    let bench = holding(&["list=lag/2"], "ab").await;
    assert_eq!(listed(&bench, "").await, (String::new(), 0));
    bench.created(&named("c")).await;
    assert_eq!(listed(&bench, "").await.0, "");
    assert_eq!(listed(&bench, "").await, ("ab".to_owned(), 2));
    assert_eq!(listed(&bench, "").await, ("abc".to_owned(), 3));
    // What is no answer of the list makes no difference.
    bench.created(&named("d")).await;
    assert_eq!(bench.get(&format!("{CREATE}?limit=0")).await.0, 400);
    assert_eq!(listed(&bench, "").await.0, "abc");
    assert_eq!(listed(&bench, "").await.0, "abc");
    assert_eq!(listed(&bench, "").await.0, "abcd");

    // Answers before the fault's first turn count as well.
    let bench = holding(&["list#2-=lag/2"], "a").await;
    assert_eq!(listed(&bench, "").await.0, "a");
    assert_eq!(listed(&bench, "").await.0, "");
    assert_eq!(listed(&bench, "").await.0, "a");
}

#[tokio::test]
async fn a_task_of_an_earlier_run_does_not_lag() {
    let folder = tempfile::tempdir().unwrap();
    let config = |faults: Faults| Config {
        data: Some(folder.path().to_owned()),
        faults,
        ..Config::default()
    };
    let bench = Bench::start(config(Faults::default())).await;
    bench.created(&named("a")).await;
    bench.sandbox.shutdown().await;
    let bench = Bench::start(config(vec!["list=lag/1".parse().unwrap()].into())).await;
    bench.created(&named("b")).await;
    assert_eq!(listed(&bench, "").await.0, "a");
    assert_eq!(listed(&bench, "").await.0, "ab");
}

#[tokio::test]
async fn a_list_that_omits_never_shows_every_so_manieth_task() {
    let bench = holding(&["list=omit/3"], "abcdefg").await;
    assert_eq!(listed(&bench, "").await, ("abdeg".to_owned(), 5));
    assert_eq!(listed(&bench, "page=1&limit=3").await, ("eg".to_owned(), 5));
    assert_eq!(listed(&bench, "sort=-name").await.0, "gedba");

    let bench = holding(&["list#2=omit"], "ab").await;
    assert_eq!(listed(&bench, "").await.0, "ab");
    assert_eq!(listed(&bench, "").await, (String::new(), 0));
    assert_eq!(listed(&bench, "").await.0, "ab");
}

#[tokio::test]
async fn a_list_that_shifts_lets_a_task_slip_between_two_pages() {
    let bench = holding(&["list=shift"], "abcde").await;
    assert_eq!(listed(&bench, "page=0&limit=1000").await, ("ab".to_owned(), 5));
    // By now it is b c, d e, a: what was third has slipped through.
    assert_eq!(listed(&bench, "page=1&limit=1000").await, ("de".to_owned(), 5));
    assert_eq!(listed(&bench, "page=2&limit=1000").await, ("b".to_owned(), 5));
    assert_eq!(listed(&bench, "page=3&limit=1000").await, (String::new(), 5));
    assert_eq!(listed(&bench, "offset=0&limit=1").await.0, "e");
    assert_eq!(listed(&bench, "").await.0, "ab");

    let bench = holding(&["list=shift/4"], "").await;
    assert_eq!(listed(&bench, "").await, (String::new(), 0));
    for name in ["a", "b", "c", "d", "e"] {
        bench.created(&named(name)).await;
    }
    assert_eq!(listed(&bench, "").await.0, "bcde");
}
