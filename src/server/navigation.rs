//! The answers to requests about names and about the shape of documents.

use gen_lsp_types::{
    InlayHintParams, Position, ReferenceParams, RenameParams, SelectionRangeParams, TextDocumentIdentifier,
    TextDocumentPositionParams, Uri, WorkspaceSymbolParams,
};
use lsp_server::{ErrorCode, ResponseError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::diagnostics::Converter;
use super::document::Document;
use super::hints::hints;
use super::hover::Around;
use super::links::links;
use super::names::{Mention, ProjectName, declarations, locations, mentions, name_at, rename};
use super::outline;
use super::requests::{answered, asked};
use super::serving::Serving;
use super::session::error;
use super::tokens::tokens;
use crate::model::Project;
use crate::project::source::{FileId, Place, Span};

/// The most symbols of a workspace that are listed.
const MAX_SYMBOLS: usize = 500;

/// The parameters of requests about a whole document.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfDocument {
    pub(super) text_document: TextDocumentIdentifier,
}

/// A name at a place of a document.
struct FoundName<'p> {
    project: Project<'p>,
    file: FileId,
    name: ProjectName,
    span: Span,
}

impl Serving {
    /// Answers a request about names or shapes; nothing where it is about something else.
    pub(super) fn navigate(&self, method: &str, params: &Value) -> Option<Result<Value, ResponseError>> {
        let params = || params.clone();
        Some(match method {
            "textDocument/definition" => asked(params()).and_then(|place| self.definition(&place)),
            "textDocument/references" => asked(params()).and_then(|params| self.references(&params)),
            "textDocument/documentHighlight" => asked(params()).and_then(|place| self.highlights(&place)),
            "textDocument/prepareRename" => asked(params()).and_then(|place| self.prepare_rename(&place)),
            "textDocument/rename" => asked(params()).and_then(|params| self.rename(&params)),
            "workspace/symbol" => asked(params()).map(|params| self.workspace_symbols(&params)),
            "textDocument/documentSymbol" => asked(params()).and_then(|of: OfDocument| {
                self.of_document(&of.text_document.uri, |document| {
                    answered(&outline::symbols(document, self.client.encoding))
                })
            }),
            "textDocument/foldingRange" => asked(params()).and_then(|of: OfDocument| {
                self.of_document(&of.text_document.uri, |document| answered(&outline::folds(document)))
            }),
            "textDocument/selectionRange" => asked(params()).and_then(|of: SelectionRangeParams| {
                self.of_document(&of.text_document.uri, |document| {
                    let encoding = self.client.encoding;
                    let at = |place: &Position| outline::selection(document, document.byte(*place, encoding), encoding);
                    Ok(of.positions.iter().map(at).collect())
                })
            }),
            "textDocument/inlayHint" => asked(params()).and_then(|of: InlayHintParams| {
                self.of_document(&of.text_document.uri, |document| {
                    let around = Around {
                        project: self.workspace.project_of(&document.path),
                        sources: self.workspace.sources(),
                    };
                    let index = self.workspace.index_at(&document.path);
                    let how = (self.client.encoding, self.client.hints);
                    Ok(hints(document, index, of.range, &around, how).into())
                })
            }),
            "textDocument/documentLink" => asked(params()).and_then(|of: OfDocument| {
                self.of_document(&of.text_document.uri, |document| {
                    let project = self.workspace.project_of(&document.path);
                    Ok(links(document, &project, &self.converter(), self.client.encoding).into())
                })
            }),
            "textDocument/semanticTokens/full" => asked(params()).and_then(|of: OfDocument| {
                self.of_document(&of.text_document.uri, |document| {
                    Ok(tokens(document, self.client.encoding))
                })
            }),
            _ => return None,
        })
    }

    fn of_document(
        &self,
        uri: &Uri,
        answer: impl FnOnce(&Document) -> Result<Value, ResponseError>,
    ) -> Result<Value, ResponseError> {
        self.documents.get(uri).map_or(Ok(Value::Null), answer)
    }

    fn converter(&self) -> Converter<'_> {
        Converter::new(&self.client, &self.documents, &self.workspace)
    }

    fn name_at(&self, place: &TextDocumentPositionParams) -> Option<FoundName<'_>> {
        let document = self.documents.get(&place.text_document.uri)?;
        let byte = document.byte(place.position, self.client.encoding);
        let file = self.workspace.file_at(&document.path)?;
        let project = self.workspace.project_of(&document.path);
        let (name, span) = name_at(&project, self.workspace.index_at(&document.path)?, byte)?;
        Some(FoundName {
            project,
            file,
            name,
            span,
        })
    }

    fn definition(&self, place: &TextDocumentPositionParams) -> Result<Value, ResponseError> {
        let Some(found) = self.name_at(place) else {
            return Ok(Value::Null);
        };
        let declared = declarations(&found.project, &found.name);
        answered(&locations(declared.iter(), &self.converter()))
    }

    fn references(&self, params: &ReferenceParams) -> Result<Value, ResponseError> {
        let Some(found) = self.name_at(&params.text_document_position_params) else {
            return Ok(Value::Null);
        };
        let all = mentions(&found.project, &found.name);
        let is_wanted = |mention: &&Mention| params.context.include_declaration || !mention.is_declaration;
        answered(&locations(all.iter().filter(is_wanted), &self.converter()))
    }

    fn highlights(&self, place: &TextDocumentPositionParams) -> Result<Value, ResponseError> {
        let Some(found) = self.name_at(place) else {
            return Ok(Value::Null);
        };
        const READ: u8 = 2;
        const WRITE: u8 = 3;
        let all = mentions(&found.project, &found.name);
        let here = all.iter().filter(|mention| mention.place.file == found.file);
        let highlights = here.map(|mention| {
            let range = self.converter().range(mention.place.file, mention.place.span);
            json!({ "range": range, "kind": if mention.is_declaration { WRITE } else { READ } })
        });
        Ok(highlights.collect())
    }

    fn prepare_rename(&self, place: &TextDocumentPositionParams) -> Result<Value, ResponseError> {
        let Some(found) = self.name_at(place) else {
            return Ok(Value::Null);
        };
        let (ProjectName::Template(word) | ProjectName::Alias(_, word) | ProjectName::Key(word)) = &found.name;
        let range = self.converter().range(found.file, found.span);
        Ok(json!({ "range": range, "placeholder": word }))
    }

    fn rename(&self, params: &RenameParams) -> Result<Value, ResponseError> {
        let refused = |words: String| error(ErrorCode::RequestFailed, words);
        let Some(found) = self.name_at(&params.text_document_position_params) else {
            return Err(refused("there is no alias, template or key here".to_owned()));
        };
        let new = params.new_name.trim().trim_matches('"');
        let place = Place::new(found.file, found.span);
        rename(&found.project, (&found.name, place), new, &self.converter()).map_err(refused)
    }

    fn workspace_symbols(&self, params: &WorkspaceSymbolParams) -> Value {
        let query = params.query.to_lowercase();
        let converter = self.converter();
        let mut found = Vec::new();
        const CLASS: u8 = 5;
        const CONSTANT: u8 = 14;
        const EVENT: u8 = 24;
        for project in self.workspace.projects() {
            let keys = project.keys().map(|key| (EVENT, key));
            let templates = project
                .templates()
                .filter_map(|template| Some((CLASS, template.name.as_ref()?)));
            let in_environments = project.environments().flat_map(|environment| &environment.aliases);
            let aliases = project
                .aliases()
                .chain(in_environments)
                .map(|alias| (CONSTANT, &alias.name));
            let names = keys.chain(templates).chain(aliases);
            let matching = names.filter(|(_, name)| name.value.to_lowercase().contains(&query));
            let symbols = matching.take(MAX_SYMBOLS).filter_map(|(kind, name)| {
                let uri = converter.uri_of(name.place.file)?;
                let range = converter.range(name.place.file, name.place.span);
                Some(json!({ "name": &*name.value, "kind": kind, "location": { "uri": uri, "range": range } }))
            });
            found.extend(symbols);
        }
        Value::from(found)
    }
}
