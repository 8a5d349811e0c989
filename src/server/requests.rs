//! The answers to requests, each from the texts as they are when its turn comes.

use gen_lsp_types::{
    CodeActionParams, CompletionParams, Diagnostic, DocumentFormattingParams, DocumentOnTypeFormattingParams,
    DocumentRangeFormattingParams, Hover, HoverParams, Position, Range, TextDocumentPositionParams, Uri,
};
use lsp_server::{ErrorCode, ResponseError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::actions::{self, EditTarget, Wanted};
use super::completion::{completions, document_in};
use super::diagnostics::Converter;
use super::document::Document;
use super::formatting;
use super::hover::{Around, hover, key_at, said};
use super::navigation::OfDocument;
use super::serving::Serving;
use super::session::{error, read};
use crate::project::discovery::PROJECT_FILE;
use crate::syntax::parse;

impl Serving {
    /// Answers a request that may change what is known, as fixes are tried out and commands check everything; nothing where it is
    /// none of these.
    pub(super) fn answer_alone(&mut self, method: &str, params: &Value) -> Option<Result<Value, ResponseError>> {
        Some(match method {
            "textDocument/codeAction" => asked(params.clone()).map(|params| Value::from(self.actions(&params))),
            "workspace/executeCommand" => self.execute(params),
            _ => return None,
        })
    }

    /// The edition of the document that a request is about.
    pub(super) fn edition(&self, params: &Value) -> Option<u64> {
        let uri = params.pointer("/textDocument/uri")?.as_str()?;
        let document = self.documents.get(&Uri::from(uri.to_owned()))?;
        Some(document.edition)
    }

    /// Answers any other request.
    pub(super) fn answer(&self, method: &str, params: Value) -> Result<Value, ResponseError> {
        match method {
            "textDocument/formatting" => {
                let params: DocumentFormattingParams = asked(params)?;
                self.format(&params.text_document.uri, None)
            }
            "textDocument/rangeFormatting" => {
                let params: DocumentRangeFormattingParams = asked(params)?;
                self.format(&params.text_document.uri, Some(params.range))
            }
            "textDocument/hover" => {
                let params: HoverParams = asked(params)?;
                let (encoding, form) = (self.client.encoding, self.client.hover_form.clone());
                if let Some(of_task) = self.hover_of_task(&params.text_document_position_params) {
                    return answered(&of_task);
                }
                self.at(&params.text_document_position_params, |document, byte, around| {
                    hover(document, byte, around, encoding, form)
                })
            }
            "textDocument/completion" => {
                let params: CompletionParams = asked(params)?;
                let how = (self.client.encoding, self.client.snippets);
                self.at(&params.text_document_position_params, |document, byte, around| {
                    let lost_keys = || self.lost_keys(&document.path);
                    let mut items = completions(document, byte, around, &lost_keys, how);
                    document_in(&mut items, self.client.completion_form.as_ref());
                    items
                })
            }
            "textDocument/onTypeFormatting" => {
                let params: DocumentOnTypeFormattingParams = asked(params)?;
                Ok(self.format_typed(&params.text_document.uri, params.position, &params.ch))
            }
            "textDocument/codeLens" => {
                let of: OfDocument = asked(params)?;
                let path = self
                    .documents
                    .get(&of.text_document.uri)
                    .map(|document| document.path.clone());
                Ok(path.map_or(Value::Null, |path| self.lenses(&path).into()))
            }
            "textDocument/diagnostic" if self.client.pulls => self.pull_document(params),
            "workspace/diagnostic" if self.client.pulls => self.pull_workspace(params),
            _ => self.navigate(method, &params).unwrap_or_else(|| {
                let words = format!("`{method}` is nothing that dialform answers");
                Err(error(ErrorCode::MethodNotFound, words))
            }),
        }
    }

    /// Answers from a place of a document and the project around it. A document that is not open has nothing at any place.
    fn at<R: Serialize>(
        &self,
        place: &TextDocumentPositionParams,
        answer: impl FnOnce(&Document, usize, &Around<'_>) -> R,
    ) -> Result<Value, ResponseError> {
        let Some(document) = self.documents.get(&place.text_document.uri) else {
            return Ok(Value::Null);
        };
        let around = Around {
            project: self.workspace.project_of(&document.path),
            sources: self.workspace.sources(),
        };
        let byte = document.byte(place.position, self.client.encoding);
        answered(&answer(document, byte, &around))
    }

    /// What is known of the task of the campaign on whose key a place is.
    fn hover_of_task(&self, place: &TextDocumentPositionParams) -> Option<Hover> {
        let encoding = self.client.encoding;
        let document = self.documents.get(&place.text_document.uri)?;
        let (key, span) = key_at(document, document.byte(place.position, encoding))?;
        let (path, range) = (document.path.clone(), document.range(span, encoding));
        let campaigns = &self.workspace.index_at(&path)?.campaigns;
        let campaign = campaigns.iter().find(|campaign| campaign.title() == key)?;
        let words = self.task_words(&path, &[campaign]).pop()??;
        Some(said(format!("`{key}`: {words}"), range, self.client.hover_form.clone()))
    }

    /// The edits after a letter was typed: a brace closes a node, which is laid out, and a line end ends a line.
    fn format_typed(&self, uri: &Uri, position: Position, typed: &str) -> Value {
        let Some(document) = self.documents.get(uri) else {
            return Value::Null;
        };
        let range = formatting::typed(document, position, typed, self.client.encoding);
        // A text that cannot be laid out now is one that is still being typed.
        let edits = range.and_then(|range| formatting::edits(document, Some(range), self.client.encoding).ok());
        let mut edits = edits.unwrap_or_default();
        if typed == "\n" {
            // The new line is the person's.
            edits.retain(|edit| (edit.range.end.line, edit.range.end.character) <= (position.line, 0));
        }
        answered(&edits).unwrap_or_default()
    }

    fn format(&self, uri: &Uri, range: Option<Range>) -> Result<Value, ResponseError> {
        let Some(document) = self.documents.get(uri) else {
            return Ok(Value::Null);
        };
        match formatting::edits(document, range, self.client.encoding) {
            Ok(edits) => answered(&edits),
            Err(why) => Err(error(ErrorCode::RequestFailed, why.to_string())),
        }
    }

    fn actions(&mut self, params: &CodeActionParams) -> Vec<Value> {
        let encoding = self.client.encoding;
        let wanted = Wanted::new(params);
        let mut found = Vec::new();
        let Some(document) = self.documents.get(&params.text_document.uri) else {
            return found;
        };
        let diagnostics = self.published.of(&document.path);
        if wanted.takes("quickfix") {
            let here: Vec<_> = diagnostics.iter().filter(|one| wanted.touches(one)).collect();
            let fixes = here.iter().filter_map(|one| actions::fix(document, one, encoding));
            found.extend(fixes);
            // Safe ones first.
            found.sort_by_key(|action| action.get("isPreferred").is_none());
            let target = self.project_file(document);
            let declare = |one: &&Diagnostic| actions::declare(document, one, &self.workspace, encoding, &target);
            found.extend(here.iter().filter_map(declare));
            let parsed = parse(document.text());
            let ignore = |one: &&Diagnostic| actions::ignore(document, &parsed, one, encoding);
            found.extend(here.iter().filter_map(ignore));
        }
        if wanted.is_invoked() {
            let path = document.path.clone();
            found.extend(self.rewrites(&path, &wanted, params.range));
        }
        let Some(document) = self.documents.get(&params.text_document.uri) else {
            return found;
        };
        let has_fix = diagnostics.iter().any(|one| {
            one.data
                .as_ref()
                .is_some_and(|data| data["fix"]["applicability"] == "safe")
        });
        if has_fix && wanted.takes_all_fixes() {
            let fixed = self.workspace.fixed(&document.path, self.documents.overlays());
            found.extend(fixed.map(|fixed| actions::all_fixes(document, &fixed, encoding)));
        }
        found
    }

    /// The file of the project that a document is part of, else the document itself.
    fn project_file<'a>(&'a self, document: &'a Document) -> EditTarget<'a> {
        let own = || {
            let path = self.workspace.root_of(&document.path)?.join(PROJECT_FILE);
            if let Some(open) = self.documents.at(&path) {
                let uri = open.uri.clone();
                return Some(EditTarget { uri, text: open.text() });
            }
            let text = self.workspace.text_at(&path)?;
            let converter = Converter::new(&self.client, &self.documents, &self.workspace);
            let uri = converter.uri(&path)?;
            Some(EditTarget { uri, text })
        };
        own().unwrap_or_else(|| EditTarget {
            uri: document.uri.clone(),
            text: document.text(),
        })
    }
}

/// Reads the parameters of a request.
pub(super) fn asked<P: DeserializeOwned>(params: Value) -> Result<P, ResponseError> {
    read(params).map_err(|why| error(ErrorCode::InvalidParams, why))
}

/// A result as an answer.
pub(super) fn answered(result: &impl Serialize) -> Result<Value, ResponseError> {
    serde_json::to_value(result).map_err(|why| error(ErrorCode::InternalError, why.to_string()))
}
