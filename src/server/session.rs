//! One client's session: its messages in their order, each answered before the next is looked at.

use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender};

use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, FileChangeType, Range, Uri,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, ResponseError};
use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::capabilities;
use super::client::Client;
use super::diagnostics::{Converter, Published};
use super::document::Documents;
use super::hints::Switches;
use super::own_watch::OwnWatch;
use super::tasks::LocalStates;
use super::transport::{Incoming, Outgoing};
use super::uri;
use super::workspace::{Typed, Unit, Workspace};
use crate::project::discovery::is_project_file;
use crate::util::failpoint;

/// The end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// The client asked for it, first by `shutdown`, then by `exit`.
    Orderly,
    /// The client said `exit` at once, or is gone.
    Abrupt,
}

/// How far a session is.
#[derive(Debug)]
enum Phase {
    /// Before `initialize`.
    New,
    /// In between.
    Serving(Box<Serving>),
    /// After `shutdown`.
    Down,
}

/// What is known while a client is served.
#[derive(Debug)]
pub(super) struct Serving {
    pub(super) client: Client,
    pub(super) documents: Documents,
    pub(super) workspace: Workspace,
    pub(super) published: Published,
    pub(super) states: LocalStates,
    /// The patterns of files that the client tells of.
    watched: BTreeSet<String>,
    /// Watches for a client that cannot.
    own_watch: OwnWatch,
}

/// One session.
pub(super) struct Session {
    incoming: Receiver<Incoming>,
    /// Messages that were received and not yet looked at.
    queue: VecDeque<Incoming>,
    outgoing: Outgoing,
    phase: Phase,
    /// For what does not come from the client.
    sender: Sender<Incoming>,
}

impl Session {
    pub(super) fn new(incoming: Receiver<Incoming>, sender: Sender<Incoming>, outgoing: Outgoing) -> Self {
        Self {
            incoming,
            queue: VecDeque::new(),
            outgoing,
            phase: Phase::New,
            sender,
        }
    }

    /// Serves the client to the end.
    pub(super) fn run(mut self) -> SessionEnd {
        loop {
            let message = match self.next() {
                Incoming::Message(message) => message,
                Incoming::Malformed(refusal) => {
                    self.outgoing.refuse(&refusal);
                    continue;
                }
                Incoming::FilesChanged(paths) => {
                    self.files_changed(paths);
                    continue;
                }
                Incoming::End => return self.end(),
            };
            match message {
                Message::Request(request) => self.request(request),
                Message::Notification(notification) if notification.method == "exit" => return self.end(),
                Message::Notification(notification) => self.notification(notification),
                Message::Response(response) => {
                    if let Err(error) = response.response_result {
                        self.outgoing
                            .log(&format!("the client refused a request: {}", error.message));
                        // It was asked to tell of changed files, and does not.
                        if self.outgoing.is_registration(&response.id)
                            && let Phase::Serving(serving) = &mut self.phase
                        {
                            serving.client.watches_files = false;
                            serving.watch(&mut self.outgoing);
                        }
                    }
                }
            }
        }
    }

    /// Takes in what has changed on the disk, all that is known of it at once.
    fn files_changed(&mut self, mut paths: Vec<PathBuf>) {
        let mut knows_all = !paths.is_empty();
        self.queue.retain(|incoming| match incoming {
            Incoming::FilesChanged(more) => {
                knows_all &= !more.is_empty();
                paths.extend_from_slice(more);
                false
            }
            _ => true,
        });
        let (Phase::Serving(serving), outgoing) = (&mut self.phase, &mut self.outgoing) else {
            return;
        };
        let done = catch_unwind(AssertUnwindSafe(|| {
            if !knows_all || paths.iter().any(|path| serving.workspace.matters(path)) {
                serving.refresh(None, outgoing);
            }
        }));
        if done.is_err() {
            outgoing.log("dialform has a fault of its own, which a change of files met");
            serving.recover(None, outgoing);
        }
    }

    fn end(&self) -> SessionEnd {
        match self.phase {
            Phase::Down => SessionEnd::Orderly,
            Phase::New | Phase::Serving(_) => SessionEnd::Abrupt,
        }
    }

    /// The next message. All that came is taken in first, so that a request can be cancelled before its turn.
    fn next(&mut self) -> Incoming {
        loop {
            self.queue.extend(self.incoming.try_iter());
            let next = match self.queue.pop_front() {
                Some(next) => next,
                None => self.incoming.recv().unwrap_or(Incoming::End),
            };
            match &next {
                Incoming::Message(Message::Notification(note)) if note.method == "$/cancelRequest" => {
                    // It was answered already, or is answered below.
                }
                Incoming::Message(Message::Request(request)) if self.is_cancelled(&request.id) => {
                    let words = "the client cancelled it".to_owned();
                    let refused = Err(error(ErrorCode::RequestCanceled, words));
                    self.outgoing.respond(request.id.clone(), refused);
                }
                _ => return next,
            }
        }
    }

    fn is_cancelled(&self, id: &RequestId) -> bool {
        let names = |incoming: &Incoming| match incoming {
            Incoming::Message(Message::Notification(note)) if note.method == "$/cancelRequest" => {
                let named = note.params.get("id").cloned();
                let named = named.and_then(|id| serde_json::from_value::<RequestId>(id).ok());
                named.as_ref() == Some(id)
            }
            _ => false,
        };
        self.queue.iter().any(names)
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let result = match (&mut self.phase, method.as_str()) {
            (Phase::New, "initialize") => {
                let client = Client::new(&params);
                if let Some(process) = client.process {
                    super::end_with(process, self.sender.clone());
                }
                let result = capabilities::initialized(&client);
                self.phase = Phase::Serving(Box::new(Serving {
                    workspace: Workspace::new(client.folders.clone()),
                    documents: Documents::default(),
                    published: Published::default(),
                    states: LocalStates::default(),
                    watched: BTreeSet::new(),
                    own_watch: OwnWatch::new(self.sender.clone()),
                    client,
                }));
                result.map_err(|why| error(ErrorCode::InternalError, why.to_string()))
            }
            (Phase::New, _) => {
                let words = format!("`{method}` came before `initialize`");
                Err(error(ErrorCode::ServerNotInitialized, words))
            }
            (Phase::Down, _) => {
                let words = format!("`{method}` came after `shutdown`");
                Err(error(ErrorCode::InvalidRequest, words))
            }
            (Phase::Serving(_), "initialize") => {
                let words = "`initialize` came twice".to_owned();
                Err(error(ErrorCode::InvalidRequest, words))
            }
            (Phase::Serving(_), "shutdown") => {
                self.phase = Phase::Down;
                Ok(Value::Null)
            }
            (Phase::Serving(serving), _) => {
                let answer = catch_unwind(AssertUnwindSafe(|| {
                    failpoint::panic_at(&method);
                    serving.answer(&method, params)
                }));
                answer.unwrap_or_else(|_| {
                    serving.workspace.restart();
                    let words = format!("dialform has a fault of its own, which `{method}` met");
                    Err(error(ErrorCode::InternalError, words))
                })
            }
        };
        self.outgoing.respond(id, result);
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        // Before `initialize` and after `shutdown` nothing else counts.
        let Phase::Serving(serving) = &mut self.phase else {
            return;
        };
        let outgoing = &mut self.outgoing;
        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
        let uri = uri.map(|uri| Uri::from(uri.to_owned()));
        let done = catch_unwind(AssertUnwindSafe(|| serving.note(&method, params, outgoing)));
        match done {
            Ok(Ok(())) => {}
            Ok(Err(why)) => self.outgoing.log(&format!("{method}: {why}")),
            Err(_) => {
                self.outgoing
                    .log(&format!("dialform has a fault of its own, which `{method}` met"));
                let brings_diagnostics = matches!(&*method, "textDocument/didOpen" | "textDocument/didChange");
                serving.recover(uri.filter(|_| brings_diagnostics), &mut self.outgoing);
            }
        }
    }
}

/// Takes the version of a document out of the parameters of a message: older clients have none, or null.
fn take_version(params: &mut Value) -> Option<i32> {
    let document = params.get_mut("textDocument")?.as_object_mut()?;
    let given = document.insert("version".to_owned(), Value::from(0))?;
    given.as_i64().and_then(|version| i32::try_from(version).ok())
}

/// Reads the parameters of a message.
pub(super) fn read<P: DeserializeOwned>(params: Value) -> Result<P, String> {
    serde_json::from_value(params).map_err(|why| format!("its parameters cannot be read: {why}"))
}

/// An error as an answer.
pub(super) fn error(code: ErrorCode, message: String) -> ResponseError {
    ResponseError {
        code: code as i32,
        message,
        data: None,
    }
}

impl Serving {
    /// Takes in a notification.
    fn note(&mut self, method: &str, mut params: Value, outgoing: &mut Outgoing) -> Result<(), String> {
        match method {
            "initialized" => {
                self.refresh(None, outgoing);
            }
            "textDocument/didOpen" => {
                let version = take_version(&mut params);
                let document = read::<DidOpenTextDocumentParams>(params)?.text_document;
                self.opened(document.uri, version, document.text, outgoing);
            }
            "textDocument/didChange" => {
                // What has a range that cannot be read would pass for the whole text.
                let changes = params.get("contentChanges").and_then(Value::as_array);
                let mut ranges = changes.into_iter().flatten().filter_map(|change| change.get("range"));
                if let Some(wrong) = ranges.find(|range| !range.is_null() && Range::deserialize(*range).is_err()) {
                    return Err(format!("a change has a range that cannot be read: {wrong}"));
                }
                let version = take_version(&mut params);
                let DidChangeTextDocumentParams {
                    text_document,
                    content_changes,
                } = read(params)?;
                let uri = &text_document.text_document_identifier.uri;
                let changed = self
                    .documents
                    .change(uri, version, content_changes, self.client.encoding);
                let Some(document) = changed else {
                    return Err(format!("{} is not open", uri.as_ref()));
                };
                let path = document.path.clone();
                failpoint::panic_at(method);
                self.changed(&path, outgoing);
            }
            "textDocument/didSave" => {
                let uri = read::<DidSaveTextDocumentParams>(params)?.text_document.uri;
                failpoint::panic_at(method);
                self.saved(&uri, outgoing);
            }
            "textDocument/didClose" => {
                let uri = read::<DidCloseTextDocumentParams>(params)?.text_document.uri;
                self.closed(&uri, outgoing);
            }
            "workspace/didChangeWatchedFiles" => {
                let changes = read::<DidChangeWatchedFilesParams>(params)?.changes;
                let is_discovered = changes.iter().any(|change| {
                    change.kind != FileChangeType::Changed
                        || uri::to_path(change.uri.as_ref()).is_some_and(|path| is_project_file(&path))
                });
                if is_discovered {
                    self.refresh(None, outgoing);
                } else {
                    self.check_all(None, outgoing);
                }
            }
            "workspace/didChangeWorkspaceFolders" => {
                let event = read::<DidChangeWorkspaceFoldersParams>(params)?.event;
                let path = |uri: &Uri| uri::to_path(uri.as_ref());
                for folder in event.removed.iter().filter_map(|folder| path(&folder.uri)) {
                    self.workspace.remove_folder(&folder);
                }
                for folder in event.added.iter().filter_map(|folder| path(&folder.uri)) {
                    self.workspace.add_folder(folder);
                }
                self.refresh(None, outgoing);
            }
            "workspace/didChangeConfiguration" => {
                let settings = params.pointer("/settings/dialform").unwrap_or(&params["settings"]);
                let hints = Switches::read(settings);
                if hints != self.client.hints && self.client.refreshes_hints {
                    outgoing.request("workspace/inlayHint/refresh", Value::Null);
                }
                self.client.hints = hints;
            }
            // Whatever else there is changes nothing here.
            _ => {}
        }
        Ok(())
    }

    /// Begins again after a fault. Nothing that was half changed stays; what the client has open does. It is told of the document
    /// that it changed.
    fn recover(&mut self, changed: Option<Uri>, outgoing: &mut Outgoing) {
        let document = changed.and_then(|uri| self.documents.get(&uri));
        let path = document.map(|document| document.path.clone());
        let again = catch_unwind(AssertUnwindSafe(|| {
            self.workspace.restart();
            self.refresh(path.as_deref(), outgoing);
        }));
        if again.is_err() {
            self.workspace.restart();
            if let Some(document) = path.and_then(|path| self.documents.at(&path)) {
                self.published.publish_fault(document, self.client.pulls, outgoing);
                self.published.tell_of_news(outgoing);
            }
        }
    }

    fn opened(&mut self, uri: Uri, version: Option<i32>, text: String, outgoing: &mut Outgoing) {
        let path = self.documents.open(uri, version, text).path.clone();
        failpoint::panic_at("textDocument/didOpen");
        if self.workspace.open(&path, &self.documents) {
            self.refresh(Some(&path), outgoing);
        } else {
            self.changed(&path, outgoing);
        }
    }

    /// Checks what a document that has changed is a part of.
    fn changed(&mut self, path: &Path, outgoing: &mut Outgoing) {
        let units = match path.parent().filter(|_| is_project_file(path)) {
            Some(root) => self.workspace.discover_project(root, &self.documents),
            None => self.workspace.units_of(path),
        };
        self.check(&units, Some(path), true, outgoing);
        if is_project_file(path) {
            self.watch(outgoing);
        }
    }

    fn saved(&mut self, uri: &Uri, outgoing: &mut Outgoing) {
        let Some(document) = self.documents.get(uri) else {
            return;
        };
        let path = document.path.clone();
        // The file was not there before, or nobody tells of changed files.
        let is_new = self
            .workspace
            .units_of(&path)
            .iter()
            .any(|unit| !matches!(unit, Unit::Project(_)));
        if is_new || !self.client.watches_files {
            self.refresh(None, outgoing);
        }
    }

    fn closed(&mut self, uri: &Uri, outgoing: &mut Outgoing) {
        let Some(document) = self.documents.close(uri) else {
            return;
        };
        // It may have been the reason for its unit; and the text on the disk counts again.
        self.refresh(None, outgoing);
        let converter = Converter::new(&self.client, &self.documents, &self.workspace);
        self.published.publish(&document.path, false, &converter, outgoing);
        self.published.tell_of_news(outgoing);
    }

    /// Finds all projects again and checks them. `document` was opened or changed: the client is told of it in any case.
    fn refresh(&mut self, document: Option<&Path>, outgoing: &mut Outgoing) {
        self.workspace.discover(&self.documents);
        self.check_all(document, outgoing);
        self.watch(outgoing);
    }

    /// Has the client tell of the files that matter now.
    fn watch(&mut self, outgoing: &mut Outgoing) {
        if !self.client.watches_files {
            match self.own_watch.set(&self.workspace.folders()) {
                Ok(false) => {}
                // A change before that may have been missed.
                Ok(true) => {
                    self.workspace.discover(&self.documents);
                    self.check_all(None, outgoing);
                }
                Err(why) => outgoing.log(&format!("changes of files are seen only when one is saved: {why}")),
            }
            return;
        }
        let wanted = self.workspace.watched();
        if wanted == self.watched {
            return;
        }
        if !self.watched.is_empty() {
            outgoing.request("client/unregisterCapability", capabilities::no_watchers());
        }
        outgoing.request("client/registerCapability", capabilities::watchers(&wanted));
        self.watched = wanted;
    }

    fn check_all(&mut self, document: Option<&Path>, outgoing: &mut Outgoing) {
        let units = self.workspace.units();
        self.check(&units, document, false, outgoing);
    }

    /// Checks units and tells what is new. Where it `is_typed`, nothing but an open document has changed.
    fn check(&mut self, units: &[Unit], document: Option<&Path>, is_typed: bool, outgoing: &mut Outgoing) {
        failpoint::panic_at("check");
        let mut changed: BTreeSet<PathBuf> = self.published.keep_only(&self.workspace.units());
        for unit in units {
            let overlays = self.documents.overlays();
            // A file of several projects has moved once only.
            let found = match document.filter(|_| is_typed && units.len() == 1) {
                Some(path) => self.workspace.check_typed(unit, path, overlays),
                None => Typed::All(self.workspace.check(unit, overlays, is_typed)),
            };
            let converter = Converter::new(&self.client, &self.documents, &self.workspace);
            changed.extend(match found {
                Typed::All(findings) => self.published.put(unit, &findings, &converter),
                Typed::Files(files) => self.published.put_files(unit, &files, &converter),
            });
        }
        let converter = Converter::new(&self.client, &self.documents, &self.workspace);
        // What the person sees comes first.
        if let Some(path) = document {
            changed.remove(path);
            self.published.publish(path, true, &converter, outgoing);
        }
        for path in changed {
            self.published.publish(&path, false, &converter, outgoing);
        }
        self.published.tell_of_news(outgoing);
    }
}
