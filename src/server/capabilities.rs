//! What the server can do, as it says in answer to `initialize`.

use std::collections::BTreeSet;

use gen_lsp_types::{
    ChangeNotifications, CodeActionKind, CodeActionOptions, CodeActionProvider, CompletionOptions, DefinitionProvider,
    DocumentFormattingProvider, DocumentHighlightProvider, DocumentRangeFormattingProvider, DocumentSymbolProvider,
    FoldingRangeProvider, HoverProvider, InitializeResult, InlayHintProvider, ReferencesProvider, RenameOptions,
    RenameProvider, Save, SelectionRangeProvider, ServerCapabilities, ServerInfo, TextDocumentSync,
    TextDocumentSyncKind, TextDocumentSyncOptions, WorkspaceFoldersServerCapabilities, WorkspaceOptions,
    WorkspaceSymbolProvider,
};
use serde_json::{Value, json};

use super::actions::FIX_ALL;
use super::client::Client;
use super::commands::COMMANDS;
use super::extract::{EXTRACT, REWRITE};
use super::tokens;

/// The answer to `initialize`.
pub(super) fn initialized(client: &Client) -> serde_json::Result<Value> {
    let mut result = serde_json::to_value(InitializeResult {
        capabilities: capabilities(client),
        server_info: Some(ServerInfo {
            name: "dialform".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    })?;
    // What needs no types.
    let more = json!({
        "documentLinkProvider": { "resolveProvider": false },
        "semanticTokensProvider": { "legend": tokens::legend(), "full": true },
        "codeLensProvider": { "resolveProvider": false },
        "executeCommandProvider": { "commands": COMMANDS },
        "documentOnTypeFormattingProvider": { "firstTriggerCharacter": "}", "moreTriggerCharacter": ["\n"] },
    });
    if client.pulls {
        result["capabilities"]["diagnosticProvider"] = json!({
            "identifier": "dialform",
            "interFileDependencies": true,
            "workspaceDiagnostics": true,
        });
    }
    if let (Some(all), Value::Object(more)) = (result["capabilities"].as_object_mut(), more) {
        all.extend(more);
    }
    Ok(result)
}

fn capabilities(client: &Client) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(client.encoding.kind()),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            will_save: None,
            will_save_wait_until: None,
            save: Some(Save::Bool(true)),
        })),
        definition_provider: Some(DefinitionProvider::Bool(true)),
        references_provider: Some(ReferencesProvider::Bool(true)),
        document_highlight_provider: Some(DocumentHighlightProvider::Bool(true)),
        rename_provider: Some(RenameProvider::RenameOptions(RenameOptions {
            prepare_provider: Some(true),
            ..RenameOptions::default()
        })),
        document_symbol_provider: Some(DocumentSymbolProvider::Bool(true)),
        workspace_symbol_provider: Some(WorkspaceSymbolProvider::Bool(true)),
        folding_range_provider: Some(FoldingRangeProvider::Bool(true)),
        selection_range_provider: Some(SelectionRangeProvider::Bool(true)),
        inlay_hint_provider: Some(InlayHintProvider::Bool(true)),
        hover_provider: Some(HoverProvider::Bool(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(["\"", "=", " ", "[", "{"].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(vec![
                CodeActionKind::QuickFix,
                CodeActionKind::from(EXTRACT),
                CodeActionKind::from(REWRITE),
                CodeActionKind::from(FIX_ALL),
            ]),
            ..CodeActionOptions::default()
        })),
        document_formatting_provider: Some(DocumentFormattingProvider::Bool(true)),
        document_range_formatting_provider: Some(DocumentRangeFormattingProvider::Bool(true)),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(ChangeNotifications::Bool(true)),
            }),
            ..WorkspaceOptions::default()
        }),
        ..ServerCapabilities::default()
    }
}

/// The name of the registration of watched files.
const WATCHED: &str = "dialform-files";
const WATCH: &str = "workspace/didChangeWatchedFiles";

/// The parameters of the request that makes the client tell of changes of files that match one of these patterns.
pub(super) fn watchers(patterns: &BTreeSet<String>) -> Value {
    let watchers: Vec<Value> = patterns
        .iter()
        .map(|pattern| json!({ "globPattern": pattern }))
        .collect();
    json!({ "registrations": [{ "id": WATCHED, "method": WATCH, "registerOptions": { "watchers": watchers } }] })
}

/// The parameters of the request that takes that back.
pub(super) fn no_watchers() -> Value {
    // The protocol spells it so.
    json!({ "unregisterations": [{ "id": WATCHED, "method": WATCH }] })
}
