// Run by vscode.sh: works in VS Code as a person does, by keys, and looks at what it shows and what it saves.
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { chromium } = await import(process.env.PLAYWRIGHT);
const { BROWSER, LOG, PROJECT, STARTED, ASKED, SAID, PICTURES } = process.env;
const PATIENCE = Number(process.env.PATIENCE ?? 40_000);

const text = (path) => readFileSync(path, "utf8");
const one = join(PROJECT, "campaigns/one.kdl");
const starts = () => (existsSync(STARTED) ? text(STARTED).trim().split("\n").length : 0);

/** The messages of a stream of the protocol. */
function messages(path) {
  let rest = readFileSync(path);
  const found = [];
  for (let end; (end = rest.indexOf("\r\n\r\n")) >= 0; ) {
    const length = Number(/Content-Length: (\d+)/i.exec(rest.subarray(0, end))[1]);
    found.push(JSON.parse(rest.subarray(end + 4, end + 4 + length)));
    rest = rest.subarray(end + 4 + length);
  }
  return found;
}

/** Waits until something holds, which is looked at whenever the page or the disk may have changed. */
async function until(what, holds) {
  const end = Date.now() + PATIENCE;
  let last;
  while (Date.now() < end) {
    last = await holds();
    if (last === true) {
      console.log(`ok   ${what}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`${what}: ${last}`);
}

const address = async () => /HTTP server listening on (http:\S+)/.exec(text(LOG))?.[1];
await until("code-server listens", async () => (await address()) !== undefined || text(LOG));

const browser = await chromium.launch({
  executablePath: BROWSER,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(PATIENCE / 8);
const keys = page.keyboard;
const shown = (locator) => locator.first().waitFor({ state: "visible", timeout: PATIENCE });
const picture = (name) => page.screenshot({ path: join(PICTURES, `vscode-${name}.png`) });
const squiggle = page.locator(".monaco-editor .squiggly-error");
const label = (item) => page.locator(`[id="${item}"]`).first().getAttribute("aria-label");
const status = () => label("dialform.dialform.dialform");

/** Does a thing until what comes of it is seen: a person whose key or click was not heard, or whose box went away, does it again. */
async function repeat(act, seen) {
  for (const end = Date.now() + PATIENCE; ; ) {
    try {
      await act();
      return await seen(PATIENCE / 8);
    } catch (error) {
      if (Date.now() >= end) {
        throw error;
      }
    }
  }
}

const visible = (locator) => (timeout) => locator.first().waitFor({ state: "visible", timeout });
const hidden = (locator) => (timeout) => locator.first().waitFor({ state: "hidden", timeout });

/** Presses a key until what it opens is there; not where it is there already. */
const summon = (key, locator) => repeat(async () => (await locator.first().isVisible()) || keys.press(key), visible(locator));

/** Takes a box until it is closed, which is not asked for once more where it closes by itself meanwhile. */
const leave = (box, take) => repeat(async () => (await box.first().isVisible()) && take(), hidden(box));

/** Types into the box that a key opens, takes what it offers, and looks whether that was done. */
function pick(key, typed, offered, seen) {
  const input = page.locator(".quick-input-widget input");
  const rows = page.locator(".quick-input-list .monaco-list-row");
  return repeat(async () => {
    await summon(key, input);
    await input.fill(typed);
    await visible(rows.filter({ hasText: offered }))(PATIENCE / 8);
    await input.press("Enter");
  }, seen(rows.filter({ hasText: offered })));
}

const run = (command) => pick("F1", `>${command}`, command, hidden);

function open(path) {
  const name = path.split("/").at(-1);
  return pick("Control+p", path, name, () => visible(page.locator(".tab.active").filter({ hasText: name })));
}

/** Waits until the cursor is at a place, from 1. */
const at = (line, column) => (timeout) => page.locator(`[id="status.editor.selection"][aria-label^="Ln ${line}, Col ${column}"]`).waitFor({ timeout });

/** Puts the cursor at a place, from 1. */
async function go(line, column) {
  const input = page.locator(".quick-input-widget input");
  await repeat(async () => {
    await summon("Control+g", input);
    await input.fill(`:${line}:${column}`);
    await leave(input, () => input.press("Enter"));
  }, at(line, column));
}

/** Types a line in the place of another until it is there; what is suggested meanwhile is not taken. */
function retype(line, words) {
  const written = page.locator(".monaco-editor .view-line").filter({ hasText: words });
  return repeat(async () => {
    await go(line, 1);
    await keys.press("End");
    await keys.press("Shift+Home");
    await keys.press("Shift+Home");
    await keys.type(words);
    await keys.press("Escape");
  }, visible(written));
}

/** Saves until the file is as wanted: what is fixed on save is left out of a save that it would hold up. */
async function saved(what, path, wanted) {
  let next = 0;
  await until(what, async () => {
    if (Date.now() >= next && !text(path).includes(wanted)) {
      await keys.press("Control+s");
      await hidden(page.locator(".tab.active.dirty"))(PATIENCE / 8).catch(() => {});
      next = Date.now() + PATIENCE / 8;
    }
    return text(path).includes(wanted) || text(path);
  });
}

try {
  await page.goto(`${await address()}?folder=${PROJECT}`);

  // Not trusted: what the workspace has is not run, what the person has is.
  await shown(page.locator('[id="status.workspaceTrust"]'));
  await until("the status item names the server of the PATH", async () => {
    const words = (await page.locator('[id="dialform.dialform.dialform"]').count()) > 0 ? await status() : "no item";
    return /home\/bin\/dialform \(\d/.test(words) || words;
  });
  await open("campaigns/one.kdl");
  await retype(2, '    name "Весна"; comment "Первая волна"; pase "1/s"');
  await shown(squiggle);
  assert.equal(starts(), 0, "an untrusted workspace ran its own program");
  console.log("ok   an untrusted workspace runs nothing of its own, and has its mistakes underlined");

  // Trusted: that of its virtual environment, and what was typed and not saved is still known.
  await page.locator('[id="status.workspaceTrust"]').click();
  await page.locator(".workspace-trust-editor .monaco-button", { hasText: /^Trust/ }).first().click();
  await until("a trusted one runs that of its virtual environment", async () => {
    const words = await status();
    return (/\.venv\/bin\/dialform \(\d/.test(words) && starts() === 1) || words;
  });
  await page.locator(".tab").filter({ hasText: "one.kdl" }).first().click();
  await page.mouse.move(800, 600);
  await shown(squiggle);
  await until("one error is counted", async () => /^Errors: 1/.test(await label("status.problems")) || (await label("status.problems")));

  // The column beside Cyrillic letters.
  await repeat(async () => {
    await go(1, 1);
    await keys.press("F8");
  }, at(2, 43));
  console.log("ok   the mistake is where it was typed");
  await shown(page.locator(".marker-widget"));
  await picture("squiggle");
  await keys.press("Escape");

  // The quick fix.
  await go(2, 44);
  const fix = page.locator(".action-widget .monaco-list-row").filter({ hasText: "Replace `pase` with `pace`" });
  await shown(page.locator(".monaco-editor .codicon-light-bulb, .monaco-editor [class*=lightbulb]"));
  await summon("Control+.", fix);
  await picture("quick-fix");
  await repeat(async () => {
    await summon("Control+.", fix);
    await fix.first().click();
  }, hidden(squiggle));
  await saved("the quick fix is saved", one, 'comment "Первая волна"; pace "1/s"');

  // An alias.
  await retype(3, '    scenario "pr');
  const alias = page.locator('.suggest-widget .monaco-list-row[aria-label^="promo"]');
  await summon("Control+Space", alias);
  await picture("completion");
  await leave(page.locator(".suggest-widget .monaco-list-row"), () => alias.first().click());
  await saved("the alias is completed", one, '\n    scenario "promo"\n');

  // A template, in both files.
  await go(1, 28);
  const name = page.locator(".rename-box input, .rename-input").first();
  await summon("F2", name);
  await name.fill("workday");
  await leave(name, () => name.press("Enter"));
  await run("File: Save All");
  await until("the template is renamed in both files", () => {
    const [declared, used] = [text(join(PROJECT, "dialform.kdl")), text(one)];
    return (declared.includes('template "workday" {') && used.includes('template="workday" {')) || declared + used;
  });

  // What is safe to fix is fixed on save, and the save is not held up by it.
  await page.locator(".tab").filter({ hasText: "one.kdl" }).first().click();
  await retype(8, '    record true trim-left="0s"');
  await saved("a safe fix is made on save", one, '    record #true trim-left="0s"\n');
  await retype(9, "  redial     #false");
  await run("Format Document");
  await saved("the file is formatted", one, "\n    redial #false\n}");

  // What the server says of the file, asked of nobody else.
  await shown(page.locator(".codelens-decoration").filter({ hasText: "no task yet" }));
  const page_of = (name, words) =>
    until(`${name} says ${words}`, async () => {
      const written = page.locator(`.editor-instance[aria-label*="${name}"] .view-lines, .editor-group-container:has(.tab.active[data-resource-name="${name}"]) .view-lines`);
      const found = (await written.allInnerTexts()).join("\n").replaceAll("\u00a0", " ");
      return found.includes(words) || found;
    });
  await run("dialform: Show what is sent for this file's campaigns");
  await page_of("rendered.json", "Весна");
  await run("dialform: Show the plan (offline)");
  await page_of("plan.txt", "there is no state yet");
  await picture("plan");

  // Another file, which the editor was not told of by a person: its errors come, and go with it.
  const two = join(PROJECT, "campaigns/two.kdl");
  writeFileSync(two, text(one).replace('"one"', '"two"').replace("Весна", "Лето").replace("promo", "prommo"));
  await until("the errors of a new file are counted", async () => /^Errors: 1/.test(await label("status.problems")) || (await label("status.problems")));
  rmSync(two);
  await until("and are gone with it", async () => (await label("status.problems")) === "No Problems" || (await label("status.problems")));

  await run("dialform: Restart server");
  await until("the server is started again", () => starts() === 2 || starts());
  await retype(9, "    redial #fals");
  await shown(squiggle);
  console.log("ok   the new server has the text that is not saved");
  await run("dialform: Explain the rule of a finding");
  await page_of("DF024.md", "unknown-keyword");

  // Neither side has refused what the other one said; a request that was cancelled or came too late is none.
  const [asked, said] = [messages(ASKED), messages(SAID)];
  assert.ok(asked.length > 20 && said.length > 20, "what was said is kept");
  const expected = [-32800, -32801, -32802];
  const refused = [...asked, ...said].filter(({ error, method }) => (error && !expected.includes(error.code)) || method === "window/logMessage");
  assert.deepEqual(refused, []);
  console.log("ok   no message was left unhandled");
  await picture("end");
} catch (error) {
  await picture("failed");
  console.log(`FAIL ${error.message}\n(see vscode-failed.png in ${PICTURES})`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
