// Starts `dialform server` and connects it with the editor. What it says of files is the server's; nothing is checked here.
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions, State } from "vscode-languageclient/node";
import { find } from "./find";

let client: LanguageClient | undefined;
let status: vscode.StatusBarItem;
let output: vscode.OutputChannel;

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
