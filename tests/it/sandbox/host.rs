//! Whom the sandbox answers: this machine, and no page of another site, whatever its name resolves to.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::Bench;
use crate::common::bodies;

/// Sends these bytes as they are and gives the whole answer.
fn exchange(bench: &Bench, request: &str) -> String {
    let mut stream = TcpStream::connect(bench.sandbox.addr()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A list and a create, with these lines among their heads, to a target with this in front of its path.
fn both(target: &str, version: &str, head: &str) -> [String; 3] {
    let body = bodies::classic().to_string();
    let rest = format!("{head}Authorization: Bearer token\r\nConnection: close\r\n");
    let length = body.len();
    [
        format!("GET {target}/tasks.json {version}\r\n{rest}\r\n"),
        format!("GET {target}/api/v1/telephony/autoCall {version}\r\n{rest}\r\n"),
        format!(
            "POST {target}/api/v1/telephony/autoCall {version}\r\n{rest}Content-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        ),
    ]
}

/// The status of each answer; nothing of a task may be in one that is refused.
async fn statuses(bench: &Bench, requests: [String; 3]) -> Vec<String> {
    let mut statuses = Vec::new();
    for request in requests {
        let answer = exchange(bench, &request);
        let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
        assert!(status == "200" || !answer.contains("Spring promo"), "{answer}");
        statuses.push(status);
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_name_resolves_to_this_machine_neither_reads_nor_creates() {
    let bench = Bench::classic().await;
    bench.created(&bodies::classic()).await;
    let port = bench.sandbox.addr().port();
    let other = port ^ 1;
    let hosts = [
        format!("evil.example:{port}"),
        "evil.example".to_owned(),
        format!("localhost.evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("evil@localhost:{port}"),
        format!("localhost@evil.example:{port}"),
        format!("192.168.0.1:{port}"),
        format!("0.0.0.0:{port}"),
        format!("[::]:{port}"),
        format!("[fe80::1]:{port}"),
        format!("2130706433:{port}"),
        format!("127.1:{port}"),
        format!("localhost:{other}"),
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "localhost:".to_owned(),
        String::new(),
        format!("localhost:{port}, evil.example"),
    ];
    let received = bench.sandbox.received().len();
    for host in &hosts {
        let requests = both("", "HTTP/1.1", &format!("Host: {host}\r\n"));
        for status in statuses(&bench, requests).await {
            assert!(status == "421" || status == "400", "{host}: {status}");
        }
    }
    let own = format!("Host: 127.0.0.1:{port}\r\n");
    let more = [
        // None, and two.
        both("", "HTTP/1.0", ""),
        both("", "HTTP/1.1", ""),
        both("", "HTTP/1.1", &format!("{own}Host: evil.example:{port}\r\n")),
        both("", "HTTP/1.1", &format!("Host: evil.example:{port}\r\n{own}")),
        // In the first line.
        both(&format!("http://evil.example:{port}"), "HTTP/1.1", &own),
        both(
            &format!("http://127.0.0.1:{port}"),
            "HTTP/1.1",
            &format!("Host: evil.example:{port}\r\n"),
        ),
    ];
    for requests in more {
        let shown = requests[0].clone();
        for status in statuses(&bench, requests).await {
            assert!(status == "421" || status == "400", "{shown}: {status}");
        }
    }
    assert_eq!(bench.sandbox.tasks().len(), 1);
    assert_eq!(bench.sandbox.received().len(), received);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_is_refused() {
    let bench = Bench::classic().await;
    let port = bench.sandbox.addr().port();
    for origin in [
        "http://evil.example".to_owned(),
        "https://evil.example".to_owned(),
        "null".to_owned(),
        format!("http://evil.example:{port}"),
        format!("https://localhost:{port}"),
        "http://localhost:3".to_owned(),
        "file://".to_owned(),
    ] {
        let head = format!("Host: 127.0.0.1:{port}\r\nOrigin: {origin}\r\n");
        let statuses = statuses(&bench, both("", "HTTP/1.1", &head)).await;
        assert_eq!(statuses, ["403", "403", "403"], "{origin}");
    }
    assert_eq!(bench.sandbox.tasks().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn this_machine_is_answered_by_any_of_its_names() {
    let bench = Bench::classic().await;
    let port = bench.sandbox.addr().port();
    let hosts = ["127.0.0.1", "localhost", "LocalHost", "[::1]", "127.0.0.2"];
    for (count, host) in (1..).zip(hosts) {
        let head = format!("Host: {host}:{port}\r\nOrigin: http://{host}:{port}\r\n");
        let statuses = statuses(&bench, both("", "HTTP/1.1", &head)).await;
        assert_eq!(statuses, ["200", "200", "200"], "{host}");
        assert_eq!(bench.sandbox.tasks().len(), count);
    }
    let head = format!("Host: localhost:{port}\r\n");
    assert_eq!(
        statuses(&bench, both("", "HTTP/1.0", &head)).await,
        ["200", "200", "200"]
    );
    let whole = both(&format!("http://localhost:{port}"), "HTTP/1.1", &head);
    assert_eq!(statuses(&bench, whole).await, ["200", "200", "200"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_refusal_says_where_to_ask() {
    let bench = Bench::classic().await;
    let [request, ..] = both("", "HTTP/1.1", "Host: evil.example\r\n");
    let answer = exchange(&bench, &request);
    assert!(
        answer.contains(&format!("ask for http://{}", bench.sandbox.addr())),
        "{answer}"
    );
}
