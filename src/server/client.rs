//! What the client can do, as it says in `initialize`. It is read leniently: a client that says one thing oddly is served all
//! the same.

use std::path::PathBuf;

use gen_lsp_types::MarkupKind;
use serde_json::Value;

use super::hints::Switches;
use super::position::Encoding;
use super::uri;

/// The client.
#[derive(Debug)]
pub(super) struct Client {
    /// What its columns count.
    pub(super) encoding: Encoding,
    /// Whether it tells of changed files when it is asked to.
    pub(super) watches_files: bool,
    /// Whether it asks for diagnostics, and asks again when it is told to: then it is not told any.
    pub(super) pulls: bool,
    /// Whether diagnostics may name further places.
    pub(super) related_places: bool,
    /// Whether diagnostics may have tags.
    pub(super) tags: bool,
    /// Whether it gives back what a diagnostic carries.
    pub(super) data: bool,
    /// Whether what it completes may have placeholders.
    pub(super) snippets: bool,
    /// The form of what is said of a place.
    pub(super) hover_form: MarkupKind,
    /// The form of what is said of what may be written; without one, it is a mere string.
    pub(super) completion_form: Option<MarkupKind>,
    /// Which hints the person wants.
    pub(super) hints: Switches,
    /// Whether it asks for hints anew when it is told to.
    pub(super) refreshes_hints: bool,
    /// The folders of its workspace.
    pub(super) folders: Vec<PathBuf>,
    /// Its process: without it the server ends.
    pub(super) process: Option<i32>,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub(super) fn new(params: &Value) -> Self {
        let capability = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let can = |path: &str| capability(path).and_then(Value::as_bool).unwrap_or_default();
        // Emacs without a mode for Markdown takes plain text only.
        let form = |path: &str| {
            let forms = capability(path).and_then(Value::as_array)?;
            Some(match forms.iter().any(|form| form == "markdown") {
                true => MarkupKind::Markdown,
                false => MarkupKind::PlainText,
            })
        };
        let diagnostics = "textDocument/publishDiagnostics";
        let has_utf8 = capability("general/positionEncodings")
            .and_then(Value::as_array)
            .is_some_and(|offered| offered.iter().any(|encoding| encoding == "utf-8"));
        let process = params.get("processId").and_then(Value::as_i64).filter(|id| *id > 0);
        Self {
            encoding: if has_utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
            watches_files: can("workspace/didChangeWatchedFiles/dynamicRegistration"),
            // The protocol spells it with an s, some clients without.
            pulls: capability("textDocument/diagnostic").is_some_and(Value::is_object)
                && (can("workspace/diagnostics/refreshSupport") || can("workspace/diagnostic/refreshSupport")),
            related_places: can(&format!("{diagnostics}/relatedInformation")),
            tags: capability(&format!("{diagnostics}/tagSupport"))
                .is_some_and(|tags| tags.is_object() || *tags == true),
            data: can(&format!("{diagnostics}/dataSupport")),
            snippets: can("textDocument/completion/completionItem/snippetSupport"),
            hover_form: form("textDocument/hover/contentFormat").unwrap_or(MarkupKind::PlainText),
            completion_form: form("textDocument/completion/completionItem/documentationFormat"),
            hints: Switches::read(&params["initializationOptions"]),
            refreshes_hints: can("workspace/inlayHint/refreshSupport"),
            folders: folders(params),
            process: process.and_then(|id| i32::try_from(id).ok()),
        }
    }
}

/// The folders of the workspace, or the one root of an older client.
fn folders(params: &Value) -> Vec<PathBuf> {
    let path = |uri: &Value| uri::to_path(uri.as_str()?);
    if let Some(folders) = params.get("workspaceFolders").and_then(Value::as_array) {
        return folders.iter().filter_map(|folder| path(folder.get("uri")?)).collect();
    }
    let root = params.get("rootUri").and_then(path);
    let older = || Some(PathBuf::from(params.get("rootPath")?.as_str()?)).filter(|path| path.is_absolute());
    root.or_else(older).into_iter().collect()
}
