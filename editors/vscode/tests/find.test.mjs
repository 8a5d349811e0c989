// Which program is taken: above all, none that an untrusted workspace names.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { buildSync } from "esbuild";

const out = join(mkdtempSync(join(tmpdir(), "dialform-")), "find.mjs");
buildSync({ entryPoints: ["src/find.ts"], outfile: out, bundle: true, format: "esm", platform: "node" });
const { find } = await import(out);

function program(path) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  chmodSync(path, 0o755);
  return path;
}

const folder = mkdtempSync(join(tmpdir(), "dialform-"));
const own = program(join(folder, ".venv/bin/dialform"));
const named = program(join(folder, "tools/dialform"));
const onPath = program(join(folder, "usr/bin/dialform"));
const places = { setting: "", folders: [folder], isTrusted: true, path: `:.:${dirname(onPath)}`, isWindows: false };

test("the setting comes before the virtual environment, and that before the PATH", () => {
  assert.equal(find({ ...places, setting: onPath }), onPath);
  assert.equal(find({ ...places, setting: "tools/dialform" }), named);
  assert.equal(find(places), own);
  assert.equal(find({ ...places, folders: [] }), onPath);
  assert.equal(find({ ...places, setting: "/nowhere/dialform" }), undefined);
});

test("an untrusted workspace names no program", () => {
  assert.equal(find({ ...places, isTrusted: false }), onPath);
  assert.equal(find({ ...places, isTrusted: false, setting: "tools/dialform" }), undefined);
  assert.equal(find({ ...places, isTrusted: false, path: "" }), undefined);
});
