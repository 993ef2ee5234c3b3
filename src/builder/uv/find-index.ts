import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "smol-toml";
import type { BuildRun } from "../build-run.ts";

const PYPI = "https://pypi.org/simple/";

/**
 * Address of the package index that this machine's configuration names, for fetching uv itself: afterwards uv reads its
 * own configuration. It may hold credentials: never to be shown.
 */
export async function findIndex(run: BuildRun): Promise<string> {
  const { env } = run;
  const named = env["UV_DEFAULT_INDEX"] ?? env["UV_INDEX_URL"] ?? env["PIP_INDEX_URL"];
  if (named) return withSlash(named.replace(/^[\w-]+=(?=https?:)/, ""));
  for (const file of uvFiles(run)) {
    const found = parseUvIndex(await readText(file.path), file.isProject);
    if (found !== undefined) return withSlash(found);
  }
  for (const file of pipFiles(run)) {
    const found = parsePipIndex(await readText(file));
    if (found !== undefined) return withSlash(found);
  }
  return PYPI;
}

function uvFiles({ directory, env }: BuildRun): { path: string; isProject: boolean }[] {
  const config = configHome(env);
  return [
    ...(env["UV_CONFIG_FILE"] ? [env["UV_CONFIG_FILE"]] : []),
    join(directory, "uv.toml"),
    join(directory, "pyproject.toml"),
    ...(config === undefined ? [] : [join(config, "uv/uv.toml")]),
    "/etc/uv/uv.toml",
  ].map((path) => ({ path, isProject: path.endsWith("pyproject.toml") }));
}

function pipFiles({ env }: BuildRun): string[] {
  const config = configHome(env);
  return [
    ...(env["PIP_CONFIG_FILE"] ? [env["PIP_CONFIG_FILE"]] : []),
    ...(config === undefined ? [] : [join(config, "pip/pip.conf")]),
    ...(env["HOME"] ? [join(env["HOME"], ".pip/pip.conf")] : []),
    "/etc/pip.conf",
  ];
}

function configHome(env: NodeJS.ProcessEnv): string | undefined {
  return env["XDG_CONFIG_HOME"] || (env["HOME"] ? join(env["HOME"], ".config") : undefined);
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined); // not there, or not for us: another file says it, or none
}

/** `[[index]] default = true`, or `index-url` at the top or under `[pip]`; in pyproject.toml under `[tool.uv]`. */
export function parseUvIndex(text: string | undefined, isProject: boolean): string | undefined {
  if (text === undefined) return undefined;
  const get = (value: unknown, key: string): unknown =>
    typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  let root: unknown;
  try {
    root = parse(text);
  } catch {
    return undefined; // uv itself complains of it
  }
  const settings = isProject ? get(get(root, "tool"), "uv") : root;
  const indexes = get(settings, "index");
  const standard = Array.isArray(indexes)
    ? indexes.find((index) => get(index, "default") === true)
    : undefined;
  const found = get(standard, "url") ?? get(settings, "index-url") ?? get(get(settings, "pip"), "index-url");
  return typeof found === "string" ? found : undefined;
}

/** pip.conf: `index-url` under `[global]` or `[install]`. */
export function parsePipIndex(text: string | undefined): string | undefined {
  let section = "";
  for (const line of text?.split(/\r?\n/) ?? []) {
    section = /^\s*\[(.*)\]\s*$/.exec(line)?.[1]?.trim() ?? section;
    const value = /^\s*index[-_]url\s*[=:]\s*(\S+)\s*$/i.exec(line)?.[1];
    if (value !== undefined && ["global", "install"].includes(section)) return value;
  }
  return undefined;
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
