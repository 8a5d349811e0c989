// The problem matchers against what the program prints, with the engine that VS Code runs them by. Needs dialform built:
// ../../target/debug/dialform, or DIALFORM=path.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const dialform = process.env.DIALFORM ?? join(here, "../../../target/debug/dialform");
const { problemPatterns, problemMatchers } = JSON.parse(readFileSync(join(here, "../package.json"), "utf8")).contributes;
const [pattern] = problemPatterns;
const { background } = problemMatchers.find(({ name }) => name === "dialform-watch");

let project;
before(() => {
  project = mkdtempSync(join(tmpdir(), "dialform-"));
  cpSync(join(here, "../../../examples/broken"), project, { recursive: true });
  mkdirSync(join(project, ".git"));
});
after(() => rmSync(project, { recursive: true, force: true }));

/** What VS Code makes of a line, or null. */
function problem(line) {
  const match = new RegExp(pattern.regexp).exec(line);
  const part = (name) => match[pattern[name]];
  return match && {
    file: part("file"),
    line: Number(part("line")),
    column: Number(part("column")),
    severity: part("severity"),
    code: part("code"),
    message: part("message"),
  };
}

test("each finding of lint is a problem, at its place", () => {
  const run = (format) => spawnSync(dialform, ["lint", "--output-format", format], { cwd: project, encoding: "utf8" });
  const { diagnostics } = JSON.parse(run("json").stdout);
  assert.ok(diagnostics.length > 5);
  const problems = run("concise").stdout.trimEnd().split("\n").map(problem);
  const wanted = diagnostics.map(({ file, range, severity, code, message, labels }) => ({
    file,
    line: range.start.line,
    column: range.start.column,
    severity,
    code,
    // What was probably meant stands behind the message, and is all of the label that there is room for.
    message: [message, ...labels.slice(0, 1).map(({ text }) => text).filter((text) => text.startsWith("did you mean"))].join("; "),
  }));
  assert.deepEqual(problems, wanted);
});

test("names of files and messages may have colons, blanks and brackets in them", () => {
  assert.equal(problem("C:\\a b\\campaigns\\весна [1].kdl:4:17: warning[DF402] at 10:00: [x]").file, "C:\\a b\\campaigns\\весна [1].kdl");
  assert.equal(problem("12 errors in 3 files"), null);
  assert.equal(problem("campaigns/a.kdl: 3 more findings are not shown"), null);
});

test("a run of watch begins and ends where the background task looks for it", async () => {
  const watch = spawn(dialform, ["watch", "--output-format", "concise"], { cwd: project });
  const lines = createInterface({ input: watch.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  const run = async () => {
    assert.match(await next(), new RegExp(background.beginsPattern));
    const problems = [];
    for (;;) {
      const line = await next();
      if (new RegExp(background.endsPattern).test(line)) {
        return problems;
      }
      problems.push(problem(line));
      assert.ok(problems.at(-1), `not a problem: ${line}`);
    }
  };
  try {
    assert.ok((await run()).length > 5);
    writeFileSync(join(project, "campaigns/promo.kdl"), "");
    while ((await run()).length > 5);
    rmSync(join(project, "campaigns"), { recursive: true });
    rmSync(join(project, "dialform.kdl"));
    while ((await run()).length > 0);
  } finally {
    watch.kill();
  }
});
