// Starts `dialform server` and connects it with the editor. What it says of files is the server's; nothing is checked here.
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions, State } from "vscode-languageclient/node";
import { find } from "./find";
import { Pages, ruleAtCursor } from "./pages";

let client: LanguageClient | undefined;
let status: vscode.StatusBarItem;
let output: vscode.OutputChannel;
const pages = new Pages(() => client);

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel("dialform");
  status = vscode.window.createStatusBarItem("dialform", vscode.StatusBarAlignment.Left);
  status.name = "dialform";
  status.command = "dialform.showLog";
  context.subscriptions.push(
    output,
    status,
    vscode.commands.registerCommand("dialform.restart", restart),
    vscode.commands.registerCommand("dialform.showLog", () => output.show()),
    vscode.workspace.registerTextDocumentContentProvider(Pages.scheme, pages),
    vscode.commands.registerTextEditorCommand("dialform.showRendered", ({ document }) =>
      pages.show("dialform.render", [document.uri.toString()], "rendered"),
    ),
    vscode.commands.registerTextEditorCommand("dialform.showPlan", ({ document }) =>
      pages.show("dialform.plan", [document.uri.toString()], "plan"),
    ),
    vscode.commands.registerTextEditorCommand("dialform.showRule", async (editor) => {
      const rule = ruleAtCursor(editor) ?? (await vscode.window.showInputBox({ prompt: "The code or the name of a rule" }));
      if (rule !== undefined) {
        await pages.show("dialform.explainRule", [rule], rule);
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("dialform.path")) {
        await restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}

async function restart(): Promise<void> {
  await stop();
  await start();
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.dispose();
}

async function start(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration("dialform");
  const found = find({
    // A setting of the workspace, and a program in it, count only where the workspace is trusted.
    setting: configuration.get<string>("path", ""),
    folders: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    isTrusted: vscode.workspace.isTrusted,
    path: process.env["PATH"] ?? "",
    isWindows: process.platform === "win32",
  });
  status.show();
  if (found === undefined) {
    show("$(warning) dialform", "dialform is not found: install it, or set dialform.path");
    output.appendLine("dialform is not found: it is neither set by dialform.path nor on the PATH");
    return;
  }
  output.appendLine(`starting ${found} server`);
  const server: ServerOptions = { command: found, args: ["server"] };
  const options: LanguageClientOptions = {
    documentSelector: [{ language: "dialform" }],
    outputChannel: output,
    initializationOptions: { inlayHints: configuration.get("inlayHints") },
    synchronize: { configurationSection: "dialform" },
  };
  const started = new LanguageClient("dialform", "dialform", server, options);
  client = started;
  started.onDidChangeState(({ newState }) => {
    switch (newState) {
      case State.Running:
        show("dialform", `${found} (${started.initializeResult?.serverInfo?.version ?? "?"})`);
        break;
      case State.Starting:
        show("$(sync~spin) dialform", "starting");
        break;
      default:
        show("$(warning) dialform", "the server is not running: run “dialform: Restart server”");
    }
  });
  try {
    await started.start();
  } catch (error) {
    output.appendLine(`${found} server does not start: ${error}`);
    show("$(warning) dialform", "the server does not start; the output says why");
  }
}

function show(text: string, tooltip: string): void {
  status.text = text;
  status.tooltip = tooltip;
}
