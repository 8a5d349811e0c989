// What a manifest can promise and not keep: each file that it names has to be there and to be JSON, each name that one
// part uses has to be defined by another, and the grammar may include only what it has.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";

const json = (path) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), "utf8"));
const manifest = json("package.json");
const { languages, grammars, snippets, problemPatterns, problemMatchers } = manifest.contributes;

const [language] = languages;
assert.equal(language.extensions, undefined, "not every KDL file is dialform's");
json(language.configuration);

for (const { language: id, scopeName, path } of grammars) {
  assert.equal(id, language.id);
  const grammar = json(path);
  assert.equal(grammar.scopeName, scopeName);
  const names = new Set(Object.keys(grammar.repository));
  const used = new Set();
  JSON.stringify(grammar, (key, value) => {
    if (key === "include") {
      assert.ok(value.startsWith("#") && names.has(value.slice(1)), `${path} includes ${value}, which it does not have`);
      used.add(value.slice(1));
    }
    return value;
  });
  const unused = [...names].filter((name) => !used.has(name));
  assert.deepEqual(unused, [], `${path} has rules that nothing includes`);
}

const prefixes = new Set();
for (const { language: id, path } of snippets) {
  assert.equal(id, language.id);
  for (const [name, { prefix, body, description }] of Object.entries(json(path))) {
    assert.ok(prefix && description && Array.isArray(body), `the snippet ${name} is not whole`);
    assert.ok(!prefixes.has(prefix), `two snippets have the prefix ${prefix}`);
    prefixes.add(prefix);
  }
}

const patterns = new Set(problemPatterns.map(({ name }) => `$${name}`));
for (const { name, regexp } of problemPatterns) {
  assert.doesNotThrow(() => new RegExp(regexp), `the pattern ${name}`);
}
for (const { name, owner, source, pattern, fileLocation, background } of problemMatchers) {
  assert.ok(name && owner && source && fileLocation, `the matcher ${name} is not whole`);
  assert.ok(patterns.has(pattern), `the matcher ${name} uses ${pattern}, which is not defined`);
  for (const bound of [background?.beginsPattern, background?.endsPattern].filter(Boolean)) {
    assert.doesNotThrow(() => new RegExp(bound), `the matcher ${name}`);
  }
}

const code = readFileSync(new URL("../src/extension.ts", import.meta.url), "utf8");
const { commands, menus } = manifest.contributes;
const declared = commands.map(({ command }) => command);
const registered = [...code.matchAll(/register(?:TextEditor)?Command\("([^"]+)"/g)].map(([, command]) => command);
assert.deepEqual([...declared].sort(), registered.sort(), "a command is declared and not registered, or the other way round");
for (const { command } of menus.commandPalette) {
  assert.ok(declared.includes(command), `the palette has ${command}, which is not declared`);
}

for (const path of manifest.files) {
  assert.ok(existsSync(new URL(`../${path}`, import.meta.url)), `${path} is to be packed and is not there`);
}
console.log("the manifest keeps what it promises");
