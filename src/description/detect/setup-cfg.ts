import type { AppFiles } from "../description.ts";
import { parsePythonRange } from "../python-range.ts";
import { type Detected, found } from "./detected.ts";
import { applicationName, applicationVersion, PROJECT } from "./metadata.ts";

/** Metadata of setuptools in `setup.cfg`; with a `setup.py` alone, nothing can be read without running it. */
export function detectSetuptools(files: AppFiles): Detected {
  const options = parseIni(files.read("setup.cfg") ?? "");
  const name = applicationName(options.get("metadata.name"));
  const version = options.get("metadata.version");
  const isStatic = version !== undefined && !/^(attr|file):/.test(version);
  const isProject = name !== undefined || files.has("setup.py");
  return {
    name: found(name, "setup.cfg [metadata]"),
    version: isStatic ? found(applicationVersion(version), "setup.cfg [metadata]") : undefined,
    python: found(parsePythonRange(options.get("options.python_requires") ?? ""), "setup.cfg [options]"),
    pip: isProject ? found(PROJECT, files.has("setup.py") ? "setup.py" : "setup.cfg [metadata]") : undefined,
  };
}

export function setupCfgDeclaresDependencies(files: AppFiles): boolean {
  return parseIni(files.read("setup.cfg") ?? "").has("options.install_requires");
}

/** `section.key` to value, as configparser reads it: indented lines continue the value before. */
export function parseIni(text: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  let section = "";
  let key: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[([^\]]+)\]/.exec(line);
    const option = /^([^\s=:][^=:]*)[=:](.*)$/.exec(line);
    if (header) {
      section = header[1] ?? "";
      key = undefined;
    } else if (/^\s/.test(line)) {
      if (key !== undefined) options.set(key, `${options.get(key) ?? ""}\n${line.trim()}`.trim());
    } else if (option) {
      key = `${section}.${option[1]?.trim().toLowerCase().replaceAll("-", "_")}`;
      options.set(key, option[2]?.trim() ?? "");
    }
  }
  return options;
}
