// Shows what the server's commands say, in editors that cannot be changed and need not be saved.
import * as vscode from "vscode";
import { ExecuteCommandRequest, LanguageClient } from "vscode-languageclient/node";

interface Said {
  text: string;
  language: string;
}

const ENDS: Record<string, string> = { json: "json", markdown: "md" };

export class Pages implements vscode.TextDocumentContentProvider {
  static readonly scheme = "dialform";
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #client: () => LanguageClient | undefined;

  constructor(client: () => LanguageClient | undefined) {
    this.#client = client;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? "";
  }

  /** Shows what a command of the server says. */
  async show(command: string, args: string[], title: string): Promise<void> {
    const client = this.#client();
    if (client?.initializeResult?.capabilities.executeCommandProvider?.commands.includes(command) !== true) {
      const why = client?.isRunning() === true ? "this dialform is too old for that" : "the server is not running";
      await vscode.window.showErrorMessage(`dialform: ${why}`);
      return;
    }
    let said: Said;
    try {
      said = await client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
    } catch (error) {
      await vscode.window.showErrorMessage(`dialform: ${error instanceof Error ? error.message : error}`);
      return;
    }
    const uri = vscode.Uri.from({ scheme: Pages.scheme, path: `/${title}.${ENDS[said.language] ?? "txt"}` });
    this.#texts.set(uri.path, said.text);
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true, viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  }
}

/** The rule of a finding at the cursor. */
export function ruleAtCursor({ document, selection }: vscode.TextEditor): string | undefined {
  const here = vscode.languages.getDiagnostics(document.uri).find((one) => one.source === "dialform" && one.range.contains(selection.active));
  const code = typeof here?.code === "object" ? here.code.value : here?.code;
  return code === undefined ? undefined : String(code);
}
