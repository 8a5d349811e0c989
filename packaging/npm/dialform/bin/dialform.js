#!/usr/bin/env node
// Runs the binary of this platform's package, with this process's arguments, streams and signals.
"use strict";

const { spawn } = require("child_process");
const path = require("path");

/** Whether the C library is musl, of which node says nothing but that it is not glibc. */
function isMusl() {
  if (process.platform !== "linux") return false;
  const report = typeof process.report === "object" ? process.report.getReport() : undefined;
  return report !== undefined && !report.header.glibcVersionRuntime;
}

const platform = `${process.platform}-${process.arch}${isMusl() ? "-musl" : ""}`;
const name = `@dialform/cli-${platform}`;
const program = process.platform === "win32" ? "dialform.exe" : "dialform";

let folder;
try {
  folder = path.dirname(require.resolve(`${name}/package.json`));
} catch {
  const { optionalDependencies } = require("../package.json");
  const isBuilt = Object.prototype.hasOwnProperty.call(optionalDependencies, name);
  console.error(
    isBuilt
      ? `error: ${name}, which holds the program for this platform, is not installed. ` +
          "npm leaves it out with --omit=optional and --no-optional, and where node_modules comes from another platform: " +
          "run `npm install` again here, without these"
      : `error: there is no dialform for ${platform} on npm, only ${Object.keys(optionalDependencies).join(", ")}. ` +
          "With Rust, `cargo install` builds it: see the README",
  );
  process.exit(1);
}

const child = spawn(path.join(folder, "bin", program), process.argv.slice(2), { stdio: "inherit" });
// A terminal sends its signals to both; whoever sends one to this process alone means the program.
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
const forward = (signal) => child.kill(signal);
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, forward);
process.on("SIGINT", () => {});
child.on("error", (error) => {
  console.error(`error: ${name} cannot be run: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  for (const each of signals) process.removeAllListeners(each);
  process.kill(process.pid, signal);
});
