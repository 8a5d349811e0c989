//! How long a person waits for the language server, over the pipes that an editor uses: from a key stroke to the diagnostics of
//! that version, from a request to its answer, from the start to the first diagnostics; and how much memory it takes.
//!
//! `cargo bench --bench server` prints medians and 99th percentiles. The comparison needs `ruff` on the PATH, and memory needs
//! `/proc`; what is not there is said to be left out.
#![allow(clippy::print_stdout, clippy::cast_precision_loss, clippy::expect_used)]

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use url::Url;

#[allow(dead_code)]
mod corpus;

const DIALFORM: &str = env!("CARGO_BIN_EXE_dialform");
const STROKES: usize = 400;
const STARTS: usize = 9;
const FILES: usize = 10_000;

fn main() -> io::Result<()> {
    let place = std::env::temp_dir().join(format!("dialform-server-bench-{}", std::process::id()));
    println!("| what | p50 | p99 | bound |");
    println!("| --- | --- | --- | --- |");
    one_file(&place.join("one"))?;
    for (name, texts) in [
        ("", corpus::kdl(FILES)),
        (" with a template", corpus::kdl_with_template(FILES)),
    ] {
        project(name, &texts, &place.join(format!("project{}", name.len())))?;
    }
    fs::remove_dir_all(place)
}

/// One file of 1,000 lines, beside as many lines of Python in another server.
fn one_file(folder: &Path) -> io::Result<()> {
    let text = corpus::long_file(1_000);
    corpus::write_project(folder, std::slice::from_ref(&text));
    let mut client = Client::start(DIALFORM, folder)?;
    let uri = uri(&folder.join("campaigns/00000.kdl"));
    client.open(&uri, "dialform", &text)?;
    for (what, place) in [
        ("a value", "\"3/s\""),
        ("a comment", "// Wave"),
        ("a name", "Reminder 2"),
    ] {
        let strokes = client.strokes(&uri, &text, text.rfind(place).unwrap_or_default() + 1, STROKES)?;
        row(&format!("key stroke in {what}, 1,000 lines"), strokes, "≤ 1 ms");
    }
    client.end()?;
    let has_ruff = Command::new("ruff")
        .arg("--version")
        .output()
        .is_ok_and(|ran| ran.status.success());
    if !has_ruff {
        println!("| ruff's server, 1,000 lines of Python | left out: `ruff` is not on the PATH | | |");
        return Ok(());
    }
    let python = folder.join("python");
    fs::create_dir_all(&python)?;
    let text = "def visit(client: str) -> str:\n    return f\"{client}: tomorrow\"\n\n\n".repeat(250);
    fs::write(python.join("long.py"), &text)?;
    let mut client = Client::start("ruff", &python)?;
    let name = self::uri(&python.join("long.py"));
    client.open(&name, "python", &text)?;
    let at = text.rfind("tomorrow").unwrap_or_default() + 1;
    let strokes = client.strokes(&name, &text, at, STROKES)?;
    row("the same in ruff's server, 1,000 lines of Python", strokes, "");
    client.end()
}

/// A project of many files, one of which is typed in.
fn project(name: &str, texts: &[String], folder: &Path) -> io::Result<()> {
    corpus::write_project(folder, texts);
    // So that there is something to tell at the start.
    let wrong = texts[1].replace("\"20m\"", "\"20 parsecs\"");
    fs::write(
        folder.join("campaigns/wrong.kdl"),
        wrong
            .replace("campaign-1", "campaign-x")
            .replace("Reminder 1:", "Reminder x:"),
    )?;
    let mut starts: Vec<Duration> = Vec::new();
    let mut lints: Vec<Duration> = Vec::new();
    for round in 0..=STARTS {
        let begun = Instant::now();
        Command::new(DIALFORM).arg("lint").current_dir(folder).output()?;
        let lint = begun.elapsed();
        let begun = Instant::now();
        let mut client = Client::start(DIALFORM, folder)?;
        client.until("textDocument/publishDiagnostics")?;
        let start = begun.elapsed();
        client.end()?;
        // The first one warms the cache of the system.
        if round > 0 {
            starts.push(start);
            lints.push(lint);
        }
    }
    let ratio = median(&mut starts).as_secs_f64() / median(&mut lints).as_secs_f64();
    row(
        &format!("start to first diagnostics, {FILES} files{name}"),
        starts,
        &format!("{ratio:.2} of lint's, ≤ 1.5"),
    );
    row(&format!("lint, {FILES} files{name}"), lints, "");

    fs::remove_file(folder.join("campaigns/wrong.kdl"))?;
    let mut client = Client::start(DIALFORM, folder)?;
    let text = &texts[FILES / 2];
    let path = folder.join(format!("campaigns/{:05}.kdl", FILES / 2));
    let uri = uri(&path);
    client.open(&uri, "dialform", text)?;
    for (what, place) in [
        ("a value", "after=\"2h\""),
        ("a comment", "// Wave"),
        ("a name", "Reminder"),
        ("a key", "campaign-"),
        ("an id", "id=\"9a67"),
    ] {
        let Some(at) = text.find(place) else { continue };
        let at = at + place.len() - 1;
        let strokes = client.strokes(&uri, text, at, STROKES)?;
        row(&format!("key stroke in {what}, {FILES} files{name}"), strokes, "≤ 2 ms");
    }
    for (method, place) in [
        ("completion", "pace \""),
        ("completion", "scenario \""),
        ("hover", "scenario \""),
        ("definition", "scenario \""),
        ("definition", "template=\""),
        ("codeAction", "start \""),
        ("inlayHint", "start \""),
        ("documentSymbol", "start \""),
    ] {
        let Some(at) = text.find(place) else { continue };
        let answers = client.requests(method, &uri, position(text, at + place.len()))?;
        row(
            &format!("{method} at `{}`, {FILES} files{name}", place.trim_end_matches('"')),
            answers,
            "≤ 1 ms",
        );
    }
    match client.peak() {
        Some(peak) => println!(
            "| peak memory, {FILES} files{name} | {:.1} MB | | ≤ 60 MB |",
            peak as f64 / 1e6
        ),
        None => println!("| peak memory, {FILES} files{name} | left out: there is no `/proc` | | |"),
    }
    client.end()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn row(what: &str, mut times: Vec<Duration>, bound: &str) {
    times.sort_unstable();
    let show = |time: Duration| match time.as_secs_f64() * 1e3 {
        long if long >= 10.0 => format!("{long:.1} ms"),
        short => format!("{short:.2} ms"),
    };
    let late = times[(times.len() * 99 / 100).min(times.len() - 1)];
    println!(
        "| {what} | {} | {} | {bound} |",
        show(times[times.len() / 2]),
        show(late)
    );
}

fn uri(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    Url::from_file_path(path).map(String::from).unwrap_or_default()
}

/// Line and column, in ASCII.
fn position(text: &str, byte: usize) -> Value {
    let before = &text[..byte];
    let line = before.matches('\n').count();
    json!({ "line": line, "character": byte - before.rfind('\n').map_or(0, |end| end + 1) })
}

/// An editor in small.
struct Client {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    next: u32,
    version: u32,
}

impl Client {
    fn start(program: &str, folder: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg("server")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let (input, output) = (pipes.0.expect("it has an input"), pipes.1.expect("it has an output"));
        let mut client = Self {
            child,
            input,
            output: BufReader::new(output),
            next: 0,
            version: 1,
        };
        let capabilities = json!({
            "general": { "positionEncodings": ["utf-8"] },
            "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } },
            "textDocument": { "publishDiagnostics": { "relatedInformation": true, "dataSupport": true } },
        });
        let folders = json!([{ "uri": uri(folder), "name": "bench" }]);
        let params = json!({ "processId": null, "workspaceFolders": folders, "capabilities": capabilities });
        client.ask("initialize", &params)?;
        client.tell("initialized", &json!({}))?;
        Ok(client)
    }

    fn send(&mut self, message: &Value) -> io::Result<()> {
        let text = message.to_string();
        self.input
            .write_all(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes())
    }

    fn tell(&mut self, method: &str, params: &Value) -> io::Result<()> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// Sends a request and waits for the answer.
    fn ask(&mut self, method: &str, params: &Value) -> io::Result<()> {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        let answer = format!("\"id\":{id},");
        let last = format!("\"id\":{id}}}");
        self.read(|text| !text.contains("\"method\":") && (text.contains(&answer) || text.ends_with(&last)))
    }

    /// Waits for a message with this in it.
    fn until(&mut self, word: &str) -> io::Result<()> {
        self.read(|text| text.contains(word))
    }

    fn read(&mut self, is_it: impl Fn(&str) -> bool) -> io::Result<()> {
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                if self.output.read_line(&mut line)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                match line.trim_end().split_once(": ") {
                    Some(("Content-Length", value)) => length = value.parse().unwrap_or_default(),
                    Some(_) => {}
                    None => break,
                }
            }
            let mut text = vec![0; length];
            self.output.read_exact(&mut text)?;
            let text = String::from_utf8_lossy(&text);
            if is_it(&text) {
                return Ok(());
            }
            if text.contains("\"id\":") && text.contains("\"method\":") {
                let request: Value = serde_json::from_str(&text).unwrap_or_default();
                self.send(&json!({ "jsonrpc": "2.0", "id": request["id"], "result": null }))?;
            }
        }
    }

    fn open(&mut self, uri: &str, language: &str, text: &str) -> io::Result<()> {
        let document = json!({ "uri": uri, "languageId": language, "version": self.version, "text": text });
        self.tell("textDocument/didOpen", &json!({ "textDocument": document }))?;
        self.until(&format!("\"version\":{}", self.version))
    }

    /// Types a letter and takes it back, again and again, and waits for the diagnostics of each version.
    fn strokes(&mut self, uri: &str, text: &str, byte: usize, count: usize) -> io::Result<Vec<Duration>> {
        let start = position(text, byte);
        let end = json!({ "line": start["line"], "character": start["character"].as_u64().unwrap_or_default() + 1 });
        let mut times = Vec::new();
        for round in 0..count + 20 {
            self.version += 1;
            let change = match round % 2 {
                0 => json!({ "range": { "start": start, "end": start }, "text": "x" }),
                _ => json!({ "range": { "start": start, "end": end }, "text": "" }),
            };
            let document = json!({ "uri": uri, "version": self.version });
            let params = json!({ "textDocument": document, "contentChanges": [change] });
            let begun = Instant::now();
            self.tell("textDocument/didChange", &params)?;
            let word = format!("\"version\":{}", self.version);
            self.read(|text| text.contains("publishDiagnostics") && text.contains(&word) && text.contains(uri))?;
            if round >= 20 {
                times.push(begun.elapsed());
            }
        }
        Ok(times)
    }

    fn requests(&mut self, method: &str, uri: &str, position: Value) -> io::Result<Vec<Duration>> {
        let params = json!({
            "textDocument": { "uri": uri },
            "position": position,
            "range": { "start": position, "end": position },
            "context": { "diagnostics": [], "triggerKind": 1 },
        });
        let mut times = Vec::new();
        for _ in 0..STROKES {
            let begun = Instant::now();
            self.ask(&format!("textDocument/{method}"), &params)?;
            times.push(begun.elapsed());
        }
        Ok(times)
    }

    /// The most memory that it had, in bytes.
    fn peak(&self) -> Option<usize> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: usize = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kilobytes * 1024)
    }

    fn end(mut self) -> io::Result<()> {
        self.ask("shutdown", &Value::Null)?;
        self.tell("exit", &Value::Null)?;
        drop(self.input);
        self.child.wait().map(drop)
    }
}
