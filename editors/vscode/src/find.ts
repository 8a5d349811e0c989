// Finds the program: by the setting, in the workspace's virtual environment, on the PATH.
import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";

export interface Places {
  setting: string;
  folders: string[];
  isTrusted: boolean;
  path: string;
  isWindows: boolean;
}

export function find(places: Places): string | undefined {
  return candidates(places).find(isProgram);
}

// Absolute paths, so that no program of the folder that the editor runs in is taken for it.
export function candidates({ setting, folders, isTrusted, path, isWindows }: Places): string[] {
  const name = isWindows ? "dialform.exe" : "dialform";
  const set = setting.trim();
  if (set !== "") {
    // Nothing else is meant then, even if it is not there.
    return isAbsolute(set) ? [set] : isTrusted ? folders.map((folder) => join(folder, set)) : [];
  }
  const environments = isTrusted ? folders.flatMap((folder) => [".venv", "venv"].map((venv) => join(folder, venv))) : [];
  const scripts = isWindows ? "Scripts" : "bin";
  const onPath = path.split(isWindows ? ";" : ":").filter(isAbsolute);
  return [...environments.map((venv) => join(venv, scripts, name)), ...onPath.map((folder) => join(folder, name))];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
