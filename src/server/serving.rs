//! What is known while a client is served, and what its notifications change of it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, FileChangeType, Range, Uri,
};
use serde::Deserialize as _;
use serde_json::Value;

use super::capabilities;
use super::client::Client;
use super::diagnostics::{Converter, Published};
use super::document::Documents;
use super::hints::Switches;
use super::own_watch::OwnWatch;
use super::session::read;
use super::tasks::LocalStates;
use super::transport::{Incoming, Outgoing};
use super::uri;
use super::workspace::{Typed, Unit, Workspace};
use crate::project::discovery::is_project_file;
use crate::util::failpoint;

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

/// Takes the version of a document out of the parameters of a message: older clients have none, or null.
fn take_version(params: &mut Value) -> Option<i32> {
    let document = params.get_mut("textDocument")?.as_object_mut()?;
    let given = document.insert("version".to_owned(), Value::from(0))?;
    given.as_i64().and_then(|version| i32::try_from(version).ok())
}

impl Serving {
    /// Nothing is known yet of the client's files.
    pub(super) fn new(client: Client, sender: Sender<Incoming>) -> Self {
        Self {
            workspace: Workspace::new(client.folders.clone()),
            documents: Documents::default(),
            published: Published::default(),
            states: LocalStates::default(),
            watched: BTreeSet::new(),
            own_watch: OwnWatch::new(sender),
            client,
        }
    }

    /// Takes in a notification.
    pub(super) fn note(&mut self, method: &str, mut params: Value, outgoing: &mut Outgoing) -> Result<(), String> {
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
    pub(super) fn recover(&mut self, changed: Option<Uri>, outgoing: &mut Outgoing) {
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
        let units = self.workspace.units_of(path);
        let Some(root) = path.parent().filter(|_| is_project_file(path)) else {
            return self.check(&units, Some(path), true, outgoing);
        };
        // Where it concerns few files, it names the same ones.
        if let [unit] = units.as_slice()
            && let Some(files) = self.workspace.check_few(unit, path, self.documents.overlays())
        {
            return self.tell(vec![(unit.clone(), Typed::Files(files))], Some(path), outgoing);
        }
        let units = self.workspace.discover_project(root, &self.documents);
        self.check(&units, Some(path), true, outgoing);
        self.watch(outgoing);
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
    pub(super) fn refresh(&mut self, document: Option<&Path>, outgoing: &mut Outgoing) {
        self.workspace.discover(&self.documents);
        self.check_all(document, outgoing);
        self.watch(outgoing);
    }

    /// Has the client tell of the files that matter now.
    pub(super) fn watch(&mut self, outgoing: &mut Outgoing) {
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
        let mut found = Vec::with_capacity(units.len());
        for unit in units {
            let overlays = self.documents.overlays();
            // A file of several projects has moved once only.
            let of_unit = match document.filter(|_| is_typed && units.len() == 1) {
                Some(path) => self.workspace.check_typed(unit, path, overlays),
                None => Typed::All(self.workspace.check(unit, overlays, is_typed)),
            };
            found.push((unit.clone(), of_unit));
        }
        self.tell(found, document, outgoing);
    }

    /// Tells what is new in units. The client is told of the document in any case.
    fn tell(&mut self, found: Vec<(Unit, Typed)>, document: Option<&Path>, outgoing: &mut Outgoing) {
        let mut changed: BTreeSet<PathBuf> = self.published.keep_only(&self.workspace.units());
        let converter = Converter::new(&self.client, &self.documents, &self.workspace);
        for (unit, found) in found {
            changed.extend(match found {
                Typed::All(findings) => self.published.put(&unit, &findings, &converter),
                Typed::Files(files) => self.published.put_files(&unit, &files, &converter),
            });
        }
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
