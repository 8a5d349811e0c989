//! An editor in small: it starts the language server, speaks to it over pipes, and keeps what it is told.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::pull::Puller;
use crate::common::command::command;

/// How long an answer may take on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// What an editor counts columns in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Columns {
    Utf8,
    Utf16,
}

/// A running server, and what it said.
pub(super) struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    root: PathBuf,
    next: i32,
    pub(super) columns: Columns,
    /// The last diagnostics of each URI, with their version.
    pub(super) told: BTreeMap<String, Value>,
    /// Each message about diagnostics, in order, since it was last taken.
    published: Vec<Value>,
    /// Lines of the log, and answers to nothing; a test that expects one takes it.
    pub(super) complaints: Vec<String>,
    /// Requests of the server.
    pub(super) asked: Vec<Value>,
    /// Whether it refuses them.
    pub(super) refuses: bool,
    /// What the server can do, as it says.
    pub(super) abilities: Value,
    /// What a client knows that asks for diagnostics.
    pub(super) puller: Option<Puller>,
}

/// What an editor with everything can do.
pub(super) fn abilities(columns: Columns) -> Value {
    let encodings = match columns {
        Columns::Utf8 => json!(["utf-8", "utf-16"]),
        Columns::Utf16 => json!(["utf-16"]),
    };
    json!({
        "general": { "positionEncodings": encodings },
        "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true }, "workspaceFolders": true },
        "textDocument": {
            "publishDiagnostics": {
                "relatedInformation": true,
                "dataSupport": true,
                "tagSupport": { "valueSet": [1, 2] },
            },
        },
    })
}

pub(super) fn uri(path: &Path) -> String {
    Url::from_file_path(path).unwrap().into()
}

impl Editor {
    /// A server that was not greeted yet.
    pub(super) fn spawn(root: &Path, environment: &[(&str, &str)]) -> Self {
        let mut command = command(root);
        command
            .arg("server")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            messages,
            root: root.canonicalize().unwrap(),
            next: 0,
            columns: Columns::Utf16,
            told: BTreeMap::new(),
            published: Vec::new(),
            complaints: Vec::new(),
            asked: Vec::new(),
            refuses: false,
            abilities: Value::Null,
            puller: None,
        }
    }

    /// The number of the server's process.
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// A server that serves one folder.
    pub(super) fn open_folder(root: &Path, columns: Columns) -> Self {
        let mut editor = Self::spawn(root, &[]);
        editor.greet(columns);
        editor
    }

    /// The same for an editor that asks for diagnostics.
    pub(super) fn open_folder_pulling(root: &Path, columns: Columns) -> Self {
        let mut editor = Self::spawn(root, &[]);
        editor.puller = Some(Puller::default());
        editor.greet(columns);
        editor
    }

    pub(super) fn greet(&mut self, columns: Columns) {
        let folder = json!([{ "uri": uri(&self.root), "name": "project" }]);
        let mut abilities = abilities(columns);
        if self.puller.is_some() {
            abilities["textDocument"]["diagnostic"] = json!({ "dynamicRegistration": true });
            abilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
        }
        let params = json!({ "processId": null, "workspaceFolders": folder, "capabilities": abilities });
        self.columns = columns;
        let result = self.ask("initialize", params).unwrap();
        let encoding = match columns {
            Columns::Utf8 => "utf-8",
            Columns::Utf16 => "utf-16",
        };
        assert_eq!(result["capabilities"]["positionEncoding"], encoding);
        self.abilities = result["capabilities"].clone();
        self.tell("initialized", json!({}));
        self.barrier();
    }

    pub(super) fn uri(&self, path: &str) -> String {
        uri(&self.root.join(path))
    }

    pub(super) fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(super) fn send_raw(&mut self, bytes: &[u8]) {
        // The server may be gone, which the next answer tells.
        let _ = self.input.as_mut().unwrap().write_all(bytes);
    }

    pub(super) fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and waits for its answer, taking in what comes before.
    #[track_caller]
    pub(super) fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.begin(method, params);
        self.answer(id)
    }

    pub(super) fn begin(&mut self, method: &str, params: Value) -> i32 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    #[track_caller]
    pub(super) fn answer(&mut self, id: i32) -> Result<Value, Value> {
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("no answer");
            if message.get("method").is_none() && message["id"] == id {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].clone()),
                };
            }
            self.take(message);
        }
    }

    /// Waits until so many diagnostics of a file were told.
    #[track_caller]
    pub(super) fn wait_until_told(&mut self, path: &str, count: usize) {
        let uri = self.uri(path);
        let told = |editor: &Self| {
            editor
                .told
                .get(&uri)
                .map(|told| told["diagnostics"].as_array().unwrap().len())
        };
        while told(self) != Some(count) {
            let message = self.messages.recv_timeout(PATIENCE).expect("nothing was told");
            self.take(message);
        }
    }

    /// The next answer, to whatever it is.
    #[track_caller]
    pub(super) fn next_answer(&mut self) -> Value {
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("no answer");
            if message.get("method").is_none() {
                return message;
            }
            self.take(message);
        }
    }

    fn take(&mut self, message: Value) {
        let method = message.get("method").and_then(Value::as_str);
        match (method, message.get("id")) {
            (Some("textDocument/publishDiagnostics"), None) => {
                let params = message["params"].clone();
                let uri = params["uri"].as_str().unwrap().to_owned();
                self.told.insert(uri, params.clone());
                self.published.push(params);
            }
            (Some("window/logMessage"), None) => {
                self.complaints
                    .push(message["params"]["message"].as_str().unwrap().to_owned());
            }
            (Some(_), Some(id)) => {
                let answer = match self.refuses {
                    true => {
                        json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32603, "message": "Internal error" } })
                    }
                    false => json!({ "jsonrpc": "2.0", "id": id, "result": null }),
                };
                if let (Some("workspace/diagnostic/refresh"), Some(puller)) = (method, &mut self.puller) {
                    puller.is_stale = true;
                }
                self.asked.push(message);
                self.send(&answer);
            }
            (None, Some(Value::Null)) => self.complaints.push(message["error"].to_string()),
            _ => panic!("nobody expects {message}"),
        }
    }

    /// Waits until the server has dealt with all that was sent: it answers in order.
    #[track_caller]
    pub(super) fn barrier(&mut self) {
        let error = self.ask("dialform/nothing", json!({})).unwrap_err();
        assert_eq!(error["code"], -32601, "{error}");
        for (uri, told) in Puller::pull(self) {
            self.told.insert(uri, told);
        }
    }

    fn has_changed(&mut self, path: &str) {
        let uri = self.uri(path);
        if let Some(puller) = &mut self.puller {
            puller.changed.push(uri);
        }
    }

    /// What was published since the last call, as `(uri, version, count)`.
    #[track_caller]
    pub(super) fn published(&mut self) -> Vec<Value> {
        self.barrier();
        std::mem::take(&mut self.published)
    }

    pub(super) fn open(&mut self, path: &str, version: i32, text: &str) {
        let document = json!({ "uri": self.uri(path), "languageId": "dialform", "version": version, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.has_changed(path);
    }

    /// Changes a document; a change is a whole text, or a range and a text.
    pub(super) fn change(&mut self, path: &str, version: i32, changes: Value) {
        let document = json!({ "uri": self.uri(path), "version": version });
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
        self.has_changed(path);
    }

    pub(super) fn save(&mut self, path: &str) {
        let params = self.named(path);
        self.tell("textDocument/didSave", params);
    }

    pub(super) fn close(&mut self, path: &str) {
        let params = self.named(path);
        self.tell("textDocument/didClose", params);
    }

    pub(super) fn named(&self, path: &str) -> Value {
        json!({ "textDocument": { "uri": self.uri(path) } })
    }

    /// Tells of files on the disk: 1 created, 2 changed, 3 deleted.
    pub(super) fn watched(&mut self, changes: &[(&str, u8)]) {
        let changes = changes
            .iter()
            .map(|(path, kind)| json!({ "uri": self.uri(path), "type": kind }));
        let changes: Vec<Value> = changes.collect();
        self.tell("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    }

    /// The codes that the client shows for a file.
    #[track_caller]
    pub(super) fn codes(&mut self, path: &str) -> Vec<String> {
        self.barrier();
        let told = self.told.get(&self.uri(path));
        let list = told.and_then(|told| told["diagnostics"].as_array()).cloned();
        let list = list.unwrap_or_default();
        list.iter()
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Ends the server as an editor does. Nothing may be left that the client did not expect.
    #[track_caller]
    pub(super) fn end(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null).unwrap(), Value::Null);
        self.tell("exit", Value::Null);
        assert_eq!(self.wait().code(), Some(0));
        assert_eq!(self.complaints, Vec::<String>::new());
    }

    pub(super) fn hang_up(&mut self) {
        self.input = None;
    }

    /// Waits for the end of the server, taking in what it says.
    pub(super) fn wait(&mut self) -> ExitStatus {
        while let Ok(message) = self.messages.recv_timeout(PATIENCE) {
            self.take(message);
        }
        self.child.wait().unwrap()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(input: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.strip_suffix("\r\n").unwrap();
        if line.is_empty() {
            break;
        }
        length = Some(line.strip_prefix("Content-Length: ").unwrap().parse::<usize>().unwrap());
    }
    let mut text = vec![0; length.unwrap()];
    input.read_exact(&mut text).ok()?;
    Some(serde_json::from_slice(&text).unwrap())
}

/// The byte of a position, by the letter of the protocol.
pub(super) fn byte_at(text: &str, position: &Value, columns: Columns) -> usize {
    let (mut line, mut start) = (position["line"].as_u64().unwrap(), 0);
    while line > 0 {
        let rest = &text[start..];
        let end = rest
            .find(['\r', '\n'])
            .unwrap_or_else(|| panic!("no line {position} in {text:?}"));
        start += end + if rest[end..].starts_with("\r\n") { 2 } else { 1 };
        line -= 1;
    }
    let column = position["character"].as_u64().unwrap() as usize;
    let rest = &text[start..];
    let rest = &rest[..rest.find(['\r', '\n']).unwrap_or(rest.len())];
    match columns {
        Columns::Utf8 => start + column.min(rest.len()),
        Columns::Utf16 => {
            let units: Vec<u16> = rest.encode_utf16().take(column).collect();
            start + String::from_utf16(&units).unwrap().len()
        }
    }
}

/// The position of a byte, by the letter of the protocol.
pub(super) fn position_of(text: &str, byte: usize, columns: Columns) -> Value {
    let before = text[..byte].replace("\r\n", "\n");
    let line = before.matches(['\r', '\n']).count();
    let column = before.rsplit(['\r', '\n']).next().unwrap();
    let column = match columns {
        Columns::Utf8 => column.len(),
        Columns::Utf16 => column.encode_utf16().count(),
    };
    json!({ "line": line, "character": column })
}
