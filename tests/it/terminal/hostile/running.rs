//! The same for what runs while a person looks on: a watch, the stand-alone sandbox, an apply with its bar.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::super::pty::watch;
use super::*;

/// What a running program does to its terminal: it clears it, or draws its bar anew, which begins a line.
fn without_drawing(shown: &str) -> String {
    let mut out = shown.replace("\u{1b}[2J\u{1b}[H", "\n");
    for drawing in [
        "\r",
        "\u{1b}[2K",
        "\u{1b}[1A",
        "\u{1b}[K",
        "\u{1b}[1B",
        "\u{1b}[?25l",
        "\u{1b}[?25h",
    ] {
        out = out.replace(drawing, "\n");
    }
    out
}

/// A program as on a terminal of today.
fn on_a_terminal(root: &Path, arguments: &[OsString]) -> Command {
    let mut command = program(root, arguments);
    command.env("TERM", "xterm-256color").env("FORCE_HYPERLINK", "1");
    command
}

#[test]
fn a_watch_shows_hostile_texts_harmlessly() {
    let is_done = "Watching for changes.";
    for (project, file) in [(clean(), "campaigns/late.kdl"), (mistaken(), "campaigns/late.kdl")] {
        for format in ["human", "concise"] {
            let command = on_a_terminal(project.root(), &words(&format!("watch --output-format {format}")));
            let change = |_: &str| {
                let t = kdl(&texts()[0]);
                fs::write(project.path(file), format!("campaign {t} {{ name {t}; {t} }}\n")).unwrap();
            };
            let (code, shown) = watch(command, vec![(is_done, Box::new(change)), (is_done, Box::new(|_| {}))]);
            assert_eq!(code, Some(0), "{shown}");
            assert!(shown.contains("late.kdl"), "{shown}");
            harmless(format, &without_drawing(&shown), To::Terminal(120));
            fs::remove_file(project.path(file)).unwrap();
        }
    }
}

/// A text as a path of a request, in full and as far as HTTP lets it stand as it is.
fn paths(text: &str) -> [String; 2] {
    let percent = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    [percent, text.replace(|c: char| !c.is_ascii_graphic(), "")]
}

#[test]
fn a_sandbox_shows_hostile_texts_harmlessly() {
    let text = &texts()[0];
    let project = Project::new();
    let mut command = on_a_terminal(project.root(), &with("sandbox --port 0 --data", text));
    command.env("DIALFORM_TOKEN", "any");
    let ask = |shown: &str| {
        let address = shown
            .split("http://")
            .nth(1)
            .unwrap()
            .split('/')
            .next()
            .unwrap()
            .to_owned();
        let request = |line: &str, body: &str| {
            let mut stream = TcpStream::connect(&address).unwrap();
            let head = format!(
                "{line} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer any\r\nconnection: close\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).unwrap();
            // Of a request that is none, the body may have nobody to read it.
            let _ = stream.write_all(body.as_bytes());
            let _ = stream.read_to_end(&mut Vec::new());
        };
        for text in texts() {
            for path in paths(&text) {
                for line in [
                    format!("GET /{path}"),
                    format!("GET /api/v1/telephony/autoCall?page={path}&{path}={path}"),
                    format!("POST /api/v1/telephony/autoCall/{path}/halted"),
                    format!("{} /api/v1/telephony/autoCall", path.replace('%', "x")),
                ] {
                    request(&line, "");
                }
            }
            let body = serde_json::json!({ "name": text, "taskComment": text, text.as_str(): text }).to_string();
            request("POST /api/v1/telephony/autoCall", &body);
        }
        request("GET /the-end", "");
    };
    let (code, shown) = watch(
        command,
        vec![("Ctrl-C stops it.", Box::new(ask)), ("the-end", Box::new(|_| {}))],
    );
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("GET /api/v1/telephony/autoCall"), "{shown}");
    harmless("sandbox", &without_drawing(&shown), To::Terminal(120));
}

#[test]
fn an_apply_with_a_progress_bar_shows_hostile_texts_harmlessly() {
    let terminal = To::Terminal(120);
    let seen = |project: &Project, line: &str| {
        let mut command = on_a_terminal(project.root(), &words(line));
        command.env("DIALFORM_TOKEN", "a-token-of-no-one");
        let seen = run(command, terminal, terminal);
        assert!(seen.code.is_some_and(|code| code <= 3), "{seen:?}");
        for shown in [&seen.out, &seen.err] {
            harmless(line, &without_drawing(shown), terminal);
        }
        seen
    };
    let project = clean();
    let shown = seen(&project, "apply --sandbox --auto-approve -v");
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(shown.err.contains("\u{1b}[2K"), "there is a bar: {:?}", shown.err);
    let project = clean();
    told(&project);
    seen(&project, "apply --sandbox --auto-approve -v");
    for text in texts() {
        let body = serde_json::json!({ "message": text, "errors": { text.as_str(): [text] } }).to_string();
        let server = Server::start(move |_, request| match request.line.starts_with("GET") {
            true => json(200, "[]"),
            false => json(422, &body),
        });
        let project = Project::of(&["spring", "winter"]);
        let address = server.origin.to_string();
        let services = format!("project {{\n    api \"{address}\"\n    login \"{address}\"\n");
        project.edit("project {", &services);
        seen(&project, "apply --auto-approve --reconcile-timeout 0s");
    }
}
