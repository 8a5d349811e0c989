"""Run by clients.sh: one session of each client that pytest-lsp knows. It reads every answer by the protocol's types, and warns, which is an
error here, of what a client has not said that it can take."""

import os
import pathlib
import shutil

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

PROJECT = pathlib.Path(__file__).parent / "project"
CAMPAIGN = (PROJECT / "campaigns/one.kdl").read_text(encoding="utf-8")
KINDS = ["emacs_v29.1", "neovim_v0.7.0", "neovim_v0.10.0", "neovim_v0.11.0", "visual_studio_code_v1.65.2"]


@pytest_lsp.fixture(params=KINDS, config=ClientServerConfig(server_command=[os.environ["DIALFORM"], "server"]))
async def client(request, lsp_client: LanguageClient, tmp_path: pathlib.Path):
    (tmp_path / ".git").mkdir()
    shutil.copytree(PROJECT, tmp_path, dirs_exist_ok=True)
    capabilities = client_capabilities(request.param.replace("_v", "@v"))
    root = tmp_path.as_uri()
    lsp_client.registered = []

    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def _(params: types.RegistrationParams):
        lsp_client.registered += [registration.method for registration in params.registrations]

    result = await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=capabilities,
            root_uri=root,
            workspace_folders=[types.WorkspaceFolder(uri=root, name="project")],
        )
    )
    lsp_client.encoding = result.capabilities.position_encoding or types.PositionEncodingKind.Utf16
    lsp_client.root = root
    yield
    await lsp_client.shutdown_session()


def units(client, text):
    return len(text.encode()) if client.encoding == types.PositionEncodingKind.Utf8 else len(text.encode("utf-16-le")) // 2


def place(client, text, words, into=0):
    """The position of `words`, and `into` letters further."""
    before = text[: text.index(words) + into]
    line = before.count("\n")
    return types.Position(line=line, character=units(client, before.rsplit("\n", 1)[-1]))


async def told(client, uri, version):
    """The diagnostics of one version, which have to come."""
    while True:
        params = await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        if params.uri == uri and params.version in (version, None):
            return params.diagnostics


@pytest.mark.asyncio
async def test_a_session(client: LanguageClient):
    uri = f"{client.root}/campaigns/one.kdl"
    named = types.TextDocumentIdentifier(uri=uri)
    wrong = CAMPAIGN.replace('"Весна"', '"Весна 😀"; pase "1/s"')
    document = types.TextDocumentItem(uri=uri, language_id="dialform", version=1, text=wrong)
    client.text_document_did_open(types.DidOpenTextDocumentParams(document))
    (found,) = await told(client, uri, 1)
    assert found.code == "DF101"
    assert found.range.start == place(client, wrong, "pase")
    assert found.range.end == place(client, wrong, "pase", 4)

    actions = await client.text_document_code_action_async(
        types.CodeActionParams(named, found.range, types.CodeActionContext([found], only=[types.CodeActionKind.QuickFix]))
    )
    (edit,) = [edit for action in actions for edit in (action.edit.changes or {}).get(uri, []) if "`pace`" in action.title]
    assert (edit.range, edit.new_text) == (found.range, "pace")

    changed = types.TextDocumentContentChangeWholeDocument(text=CAMPAIGN)
    version = types.VersionedTextDocumentIdentifier(uri=uri, version=2)
    client.text_document_did_change(types.DidChangeTextDocumentParams(version, [changed]))
    assert list(await told(client, uri, 2)) == []

    inside = place(client, CAMPAIGN, '"promo"', 3)
    items = await client.text_document_completion_async(types.CompletionParams(named, inside))
    items = getattr(items, "items", items)
    (promo,) = [item for item in items if item.label == "promo"]
    assert promo.text_edit.new_text == "promo"
    # Whatever may stand in a campaign, with its snippets and words, in the forms that this client takes.
    at = place(client, CAMPAIGN, "    name", 4)
    assert await client.text_document_completion_async(types.CompletionParams(named, at))
    hover = await client.text_document_hover_async(types.HoverParams(named, inside))
    assert "228cc4fa" in str(hover.contents)

    name = place(client, CAMPAIGN, "weekday", 2)
    renamed = await client.text_document_rename_async(types.RenameParams(named, name, "workday"))
    edits = renamed.changes or {change.text_document.uri: change.edits for change in renamed.document_changes}
    assert sorted(edits) == [uri, f"{client.root}/dialform.kdl"]

    options = types.FormattingOptions(tab_size=4, insert_spaces=True)
    assert not await client.text_document_formatting_async(types.DocumentFormattingParams(named, options))
    (link,) = [await client.text_document_definition_async(types.DefinitionParams(named, name))]
    assert "dialform.kdl" in str(link)
    context = types.ReferenceContext(include_declaration=True)
    places = await client.text_document_references_async(types.ReferenceParams(context, named, name))
    assert len(places) == 2
    assert await client.text_document_document_symbol_async(types.DocumentSymbolParams(named))
    assert await client.text_document_folding_range_async(types.FoldingRangeParams(named))
    assert await client.workspace_symbol_async(types.WorkspaceSymbolParams(query="one"))

    # A file that is closed without saving has the findings of what was saved, which are none.
    version = types.VersionedTextDocumentIdentifier(uri=uri, version=3)
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(version, [types.TextDocumentContentChangeWholeDocument(text=wrong)])
    )
    assert len(await told(client, uri, 3)) == 1
    client.text_document_did_close(types.DidCloseTextDocumentParams(named))
    assert list(await told(client, uri, None)) == []
    watched = client.capabilities.workspace.did_change_watched_files
    can_watch = watched is not None and watched.dynamic_registration is True
    assert client.registered == ([types.WORKSPACE_DID_CHANGE_WATCHED_FILES] if can_watch else [])
    assert client.log_messages == [] and client.messages == []
    assert client.error is None
