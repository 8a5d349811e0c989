//! The stand-alone sandbox: its own flags, and what it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::*;

const BODY: &str = r#"{"name": "n", "defaultExec": "robot", "defaultExecData": "228cc4fa-92f2-4709-94e3-7344a96a5903",
    "secondExec": "end", "cidType": "default", "startType": "manual", "cps": 0.4,
    "additionalOptions": {"fullListMethod": "reject", "fullListTime": 0, "recordCall": false},
    "redialStrategyOptions": {"redialStrategyEn": false, "busy": {"redial": false}, "noAnswer": {"redial": false},
    "answerMash": {"redial": false}, "congestion": {"redial": false}, "answerNoList": {"redial": false}}}"#;

/// Sends a request, whose answer may be any.
fn ask(address: &str, line: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "{line} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer any\r\nconnection: close\r\ncontent-type: \
         application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    // It may be refused before it is whole.
    let _ = stream.write_all(head.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Runs a sandbox with these arguments, asks it what `requests` asks if it starts, and stops it.
fn sandbox(folder: &Path, arguments: &[String], requests: impl Fn(&str)) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dialform"));
    command.arg("sandbox").args(arguments).current_dir(folder);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let errors = std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).map(|_| text).unwrap()
    });
    let mut stdout = String::new();
    for line in BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
    {
        stdout.push_str(&line);
        if line == "Ctrl-C stops it." {
            requests(stdout.split("http://").nth(1).unwrap().split('/').next().unwrap());
            let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
            assert!(sent.unwrap().success());
        }
    }
    let code = child.wait().unwrap().code();
    Ran {
        code,
        stdout,
        stderr: errors.join().unwrap(),
    }
}

fn usual(address: &str) {
    for request in [
        "POST /api/v1/auth/login",
        "POST /api/v1/telephony/autoCall",
        "GET /api/v1/telephony/autoCall",
    ] {
        for _ in 0..2 {
            ask(address, request, BODY);
        }
    }
    ask(address, "GET /api/v1/telephony/autoCall?page=1&limit=1", "");
    ask(
        address,
        "POST /api/v1/telephony/autoCall/48a77bd7-8762-4e0f-a277-4ef77e36c41b/halted",
        "",
    );
}

#[test]
fn extreme_flags_are_refused_or_served() {
    let huge = huge();
    let values: Vec<&str> = NUMBERS.into_iter().chain([huge.as_str(), "NaN", ""]).collect();
    // Many can wait for their requests at once.
    std::thread::scope(|scope| {
        for part in values.chunks(values.len().div_ceil(4)) {
            scope.spawn(move || part.iter().for_each(|value| in_a_flag(value)));
        }
    });
}

fn in_a_flag(value: &str) {
    let folder = tempfile::tempdir().unwrap();
    for fault in [
        "create#V=503",
        "create#V-=after:503",
        "any#1-V=429/1",
        "create#2-V=reset",
        "any=429/V",
        "any=V",
        "list=lag/V",
        "list=omit/V",
        "list=cap/V",
        "list=same/V",
        "list=shift/V",
    ] {
        let fault = fault.replace('V', value);
        let ran = sandbox(
            folder.path(),
            &["--port=0".to_owned(), format!("--fault={fault}")],
            usual,
        );
        assert_in_words(&ran, &fault);
    }
    let ran = sandbox(folder.path(), &[format!("--port={value}")], usual);
    assert_in_words(&ran, &format!("--port={value}"));
}

#[test]
fn extreme_requests_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let huge = huge();
    let values = || NUMBERS.into_iter().chain(MOMENTS).chain([huge.as_str()]);
    let requests = |address: &str| {
        usual(address);
        for value in values() {
            let encoded = value.replace(':', "%3A");
            for query in [
                format!("page={encoded}&limit={encoded}"),
                format!("offset={encoded}&limit={encoded}"),
                format!("page={encoded}"),
            ] {
                let answer = ask(address, &format!("GET /api/v1/telephony/autoCall?{query}"), "");
                assert!(answer.starts_with("HTTP/1.1 "), "{query}: {answer}");
            }
            let number = serde_json::from_str::<Value>(value).is_ok().then_some(value);
            let value = number.map_or_else(|| format!("\"{value}\""), str::to_owned);
            for (from, to) in [
                ("\"cps\": 0.4", format!("\"cps\": {value}")),
                (
                    "\"fullListTime\": 0",
                    format!("\"fullListTime\": {value}, \"allowCallTimeFrom\": {value}, \"allowCallTimeTo\": {value}"),
                ),
                (
                    "\"startType\": \"manual\"",
                    format!("\"startType\": \"time\", \"startMoment\": {value}"),
                ),
                (
                    "\"redialStrategyEn\": false",
                    format!("\"redialStrategyEn\": true, \"candidateLimit\": {value}, \"numberLimit\": {value}"),
                ),
                (
                    "\"busy\": {\"redial\": false}",
                    format!("\"busy\": {{\"redial\": true, \"time\": {value}, \"count\": {value}}}"),
                ),
            ] {
                let body = BODY.replace(from, &to);
                assert_ne!(body, BODY);
                let answer = ask(address, "POST /api/v1/telephony/autoCall", &body);
                assert!(answer.starts_with("HTTP/1.1 "), "{body}: {answer}");
            }
        }
    };
    assert_in_words(&sandbox(folder.path(), &["--port=0".to_owned()], requests), "requests");
}
