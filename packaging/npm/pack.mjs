// Packs the main package and that of one platform: node packaging/npm/pack.mjs VERSION PLATFORM BINARY OUT
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const [version, platform, binary, out] = process.argv.slice(2);
const platforms = JSON.parse(readFileSync(join(here, "platforms.json"), "utf8"));
if (!out || !(platform in platforms)) {
  console.error(`usage: pack.mjs VERSION PLATFORM BINARY OUT, where PLATFORM is one of ${Object.keys(platforms).join(", ")}`);
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), "dialform-npm-"));

/** Packs a folder after its package.json is written. */
function pack(folder, manifest) {
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", resolve(out)], { cwd: folder, stdio: "inherit" });
}

try {
  const main = join(scratch, "main");
  cpSync(join(here, "dialform"), main, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(main, "package.json"), "utf8"));
  const names = Object.keys(platforms).map((each) => [`@dialform/cli-${each}`, version]);
  pack(main, { ...manifest, version, optionalDependencies: Object.fromEntries(names) });

  const own = join(scratch, "platform");
  mkdirSync(join(own, "bin"), { recursive: true });
  const program = join(own, "bin", platform.startsWith("win32") ? "dialform.exe" : "dialform");
  copyFileSync(binary, program);
  chmodSync(program, 0o755);
  writeFileSync(join(own, "README.md"), `The program of the package \`dialform\` for ${platform}.\n`);
  pack(own, {
    name: `@dialform/cli-${platform}`,
    version,
    description: `The program of the package dialform for ${platform}`,
    license: "MIT",
    files: ["bin", "LICENSE", "README.md"],
    preferUnplugged: true,
    ...platforms[platform],
  });
} finally {
  rmSync(scratch, { recursive: true });
}
