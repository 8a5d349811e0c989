//! Findings as the protocol has them, and what the client was told last.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gen_lsp_types::{
    Code, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location, Message,
    PublishDiagnosticsParams, Range, Uri,
};
use serde_json::{Value, json};

use super::client::Client;
use super::document::{Document, Documents};
use super::position::range_in;
use super::transport::Outgoing;
use super::uri;
use super::workspace::{Unit, Workspace};
use crate::finding::{Applicability, Finding, RuleGroup, Severity};
use crate::project::source::{FileId, Place, Span};
use crate::report::{MAX_PER_FILE, words};

/// What makes diagnostics of findings.
pub(super) struct Converter<'a> {
    client: &'a Client,
    documents: &'a Documents,
    workspace: &'a Workspace,
}

impl<'a> Converter<'a> {
    pub(super) fn new(client: &'a Client, documents: &'a Documents, workspace: &'a Workspace) -> Self {
        Self {
            client,
            documents,
            workspace,
        }
    }

    /// The range of a span of a file.
    pub(super) fn range(&self, file: FileId, span: Span) -> Range {
        let is_open = self
            .workspace
            .path(file)
            .is_some_and(|path| self.documents.at(path).is_some());
        range_in(self.workspace.sources().file(file), span, self.client.encoding, is_open)
    }

    /// The source text of a place.
    pub(super) fn slice(&self, place: Place) -> &str {
        self.workspace.sources().slice(place)
    }

    /// The text of a file.
    pub(super) fn text(&self, file: FileId) -> &str {
        self.workspace.sources().file(file).text()
    }

    /// A file as messages name it.
    pub(super) fn shown(&self, file: FileId) -> std::path::Display<'_> {
        self.workspace.sources().file(file).path().display()
    }

    /// The name of a file that was checked.
    pub(super) fn uri_of(&self, file: FileId) -> Option<Uri> {
        self.uri(self.workspace.path(file)?)
    }

    /// The name of a file: the client's own where it has it open.
    pub(super) fn uri(&self, path: &Path) -> Option<Uri> {
        match self.documents.at(path) {
            Some(document) => Some(document.uri.clone()),
            None => uri::from_path(&self.workspace.given_path(path)),
        }
    }

    /// A finding as a diagnostic.
    pub(super) fn diagnostic(&self, finding: &Finding) -> Diagnostic {
        let severity = match finding.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
        };
        let related = finding.labels.iter().filter_map(|label| {
            let path = self.workspace.path(label.place.file)?;
            Some(DiagnosticRelatedInformation {
                location: Location {
                    uri: self.uri(path)?,
                    range: self.range(label.place.file, label.place.span),
                },
                message: label.text.clone(),
            })
        });
        let related: Vec<_> = match self.client.related_places {
            true => related.collect(),
            false => Vec::new(),
        };
        Diagnostic {
            range: self.range(finding.place.file, finding.place.span),
            severity: Some(severity),
            code: Some(Code::String(finding.rule.code.to_owned())),
            code_description: None,
            source: Some("dialform".to_owned()),
            message: Message::String(words(finding)),
            tags: finding
                .rule
                .waits_for_errors()
                .then(|| vec![DiagnosticTag::Unnecessary])
                .filter(|_| self.client.tags),
            related_information: Some(related).filter(|related| !related.is_empty()),
            data: Some(self.data(finding)),
        }
    }

    /// What comes back with a request for code actions.
    fn data(&self, finding: &Finding) -> Value {
        let fix = finding.fix.as_ref().map(|fix| {
            let edits = fix.edits.iter().map(|edit| {
                json!({
                    "range": self.range(finding.place.file, edit.span),
                    "newText": edit.text,
                })
            });
            json!({
                "applicability": match fix.applicability {
                    Applicability::Safe => "safe",
                    Applicability::Unsafe => "unsafe",
                },
                "edits": edits.collect::<Vec<_>>(),
            })
        });
        // A comment neither makes a text readable nor a request whole.
        let is_ignorable = !finding.enforced
            && !finding.rule.group.is_about_text()
            && finding.rule.group != RuleGroup::Suppressions
            && !finding.always_blocks_apply();
        json!({ "rule": finding.rule.name, "fix": fix, "ignorable": is_ignorable })
    }
}

/// The diagnostics of each unit, and what the client was told.
#[derive(Debug, Default)]
pub(super) struct Published {
    by_unit: BTreeMap<Unit, BTreeMap<PathBuf, Vec<Diagnostic>>>,
    /// The last message about each file that has diagnostics: one for each name that the client has for it.
    sent: BTreeMap<PathBuf, Vec<(Uri, Vec<Diagnostic>)>>,
    /// Whether a client that asks has something else to hear of a file that it has not changed just now.
    is_news: bool,
}

impl Published {
    /// Keeps the findings of a unit. Returns the files whose diagnostics may have changed.
    pub(super) fn put(&mut self, unit: &Unit, findings: &[Finding], converter: &Converter<'_>) -> BTreeSet<PathBuf> {
        let mut by_path: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
        for of_file in findings.chunk_by(|a, b| a.place.file == b.place.file) {
            let Some(path) = of_file
                .first()
                .and_then(|first| converter.workspace.path(first.place.file))
            else {
                continue;
            };
            let shown = of_file.iter().take(MAX_PER_FILE);
            let list = by_path.entry(path.to_owned()).or_default();
            list.extend(shown.map(|finding| converter.diagnostic(finding)));
        }
        let changed: BTreeSet<PathBuf> = by_path.keys().cloned().collect();
        let before = self.by_unit.insert(unit.clone(), by_path).unwrap_or_default();
        changed.into_iter().chain(before.into_keys()).collect()
    }

    /// Keeps the findings of some files of a unit. Returns these files.
    pub(super) fn put_files(
        &mut self,
        unit: &Unit,
        files: &BTreeMap<FileId, Vec<Finding>>,
        converter: &Converter<'_>,
    ) -> BTreeSet<PathBuf> {
        let by_path = self.by_unit.entry(unit.clone()).or_default();
        let mut changed = BTreeSet::new();
        for (file, findings) in files {
            let Some(path) = converter.workspace.path(*file) else {
                continue;
            };
            let shown = findings.iter().take(MAX_PER_FILE);
            let shown: Vec<Diagnostic> = shown.map(|finding| converter.diagnostic(finding)).collect();
            if shown.is_empty() {
                by_path.remove(path);
            } else {
                by_path.insert(path.to_owned(), shown);
            }
            changed.insert(path.to_owned());
        }
        changed
    }

    /// Drops units that are no more. Returns their files.
    pub(super) fn keep_only(&mut self, units: &[Unit]) -> BTreeSet<PathBuf> {
        let mut dropped = BTreeSet::new();
        self.by_unit.retain(|unit, files| {
            let stays = units.contains(unit);
            if !stays {
                dropped.extend(files.keys().cloned());
            }
            stays
        });
        dropped
    }

    /// The diagnostics of a file.
    pub(super) fn of(&self, path: &Path) -> Vec<Diagnostic> {
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        for list in self.by_unit.values().filter_map(|files| files.get(path)) {
            for diagnostic in list {
                // A file may be part of several projects.
                if !diagnostics.contains(diagnostic) {
                    diagnostics.push(diagnostic.clone());
                }
            }
        }
        diagnostics
    }

    /// Tells the client the diagnostics of a file, unless it knows them; if `always`, also then.
    pub(super) fn publish(&mut self, path: &Path, always: bool, converter: &Converter<'_>, outgoing: &mut Outgoing) {
        let mut diagnostics = self.of(path);
        if !converter.client.data {
            for diagnostic in &mut diagnostics {
                diagnostic.data = None;
            }
        }
        let open = converter.documents.all_at(path);
        let mut names: Vec<(Uri, Option<i32>)> =
            open.map(|document| (document.uri.clone(), document.version)).collect();
        if names.is_empty() {
            names.extend(converter.uri(path).map(|uri| (uri, None)));
        }
        let mut before = self.sent.remove(path).unwrap_or_default();
        let mut sent = Vec::new();
        for (index, (uri, version)) in names.into_iter().enumerate() {
            let known = before.iter().position(|(known, _)| *known == uri);
            let known = known.map(|known| before.swap_remove(known).1).unwrap_or_default();
            // The first is the one that changed.
            let is_changed = always && index == 0;
            if converter.client.pulls {
                self.is_news |= known != diagnostics && !is_changed;
            } else if known != diagnostics || is_changed {
                send(uri.clone(), version, diagnostics.clone(), outgoing);
            }
            if !diagnostics.is_empty() {
                sent.push((uri, diagnostics.clone()));
            }
        }
        for (uri, _) in before {
            if converter.client.pulls {
                self.is_news = true;
            } else {
                send(uri, None, Vec::new(), outgoing);
            }
        }
        if !sent.is_empty() {
            self.sent.insert(path.to_owned(), sent);
        }
    }

    /// Has a client that asks ask again, if there is anything new.
    pub(super) fn tell_of_news(&mut self, outgoing: &mut Outgoing) {
        if std::mem::take(&mut self.is_news) {
            outgoing.request("workspace/diagnostic/refresh", Value::Null);
        }
    }

    /// What is told of a file under one of its names.
    pub(super) fn told(&self, path: &Path, uri: &Uri) -> &[Diagnostic] {
        let names = self.sent.get(path).map_or(&[][..], Vec::as_slice);
        let name = names.iter().find(|(name, _)| name == uri).or(names.first());
        name.map_or(&[], |(_, diagnostics)| diagnostics)
    }

    /// What is told of a file that is not open.
    pub(super) fn told_of(&self, uri: &Uri) -> &[Diagnostic] {
        let told = self.all_told().find(|(name, _)| *name == uri);
        told.map_or(&[], |(_, diagnostics)| diagnostics)
    }

    /// What is told of each file of which there is anything to tell.
    pub(super) fn all_told(&self) -> impl Iterator<Item = (&Uri, &[Diagnostic])> {
        let told = self.sent.values().flatten();
        told.map(|(uri, diagnostics)| (uri, diagnostics.as_slice()))
    }

    /// Tells the client that a document could not be checked.
    pub(super) fn publish_fault(&mut self, document: &Document, pulls: bool, outgoing: &mut Outgoing) {
        let words =
            "dialform has a fault of its own, which this text brings to light: nobody knows what else is wrong here";
        let diagnostics = vec![Diagnostic {
            severity: Some(DiagnosticSeverity::Error),
            source: Some("dialform".to_owned()),
            message: Message::String(words.to_owned()),
            ..Diagnostic::default()
        }];
        let uri = document.uri.clone();
        if pulls {
            self.is_news = true;
        } else {
            send(uri.clone(), document.version, diagnostics.clone(), outgoing);
        }
        let sent = self.sent.entry(document.path.clone()).or_default();
        sent.retain(|(known, _)| *known != uri);
        sent.push((uri, diagnostics));
    }
}

fn send(uri: Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>, outgoing: &mut Outgoing) {
    let params = PublishDiagnosticsParams {
        uri,
        version,
        diagnostics,
    };
    outgoing.notify("textDocument/publishDiagnostics", &params);
}

/// The code of a diagnostic's rule.
pub(super) fn code_of(diagnostic: &Diagnostic) -> &str {
    match &diagnostic.code {
        Some(Code::String(code)) => code,
        _ => "",
    }
}
