import type { Identity } from "../../artifact/manifest.ts";
import { pathBelow } from "../../platforms/python/source-roots.ts";
import type { BuildRun } from "../build-run.ts";
import type { PlacedFiles } from "../distributions/check-collisions.ts";
import { cacheKey, readLayerFiles } from "../layer-cache.ts";
import { hasNothingToSay, rememberNothingToSay } from "../silent-verdict.ts";
import type { FileContents } from "./application-layer.ts";

export interface OwnModules {
  /** The application's files. */
  readonly contents: FileContents;
  /** The directories of it that are on the import path: after Python's own modules and those of distributions. */
  readonly importPath: readonly string[];
  /** Names of Python's own. */
  readonly standardModules: readonly string[];
}

export interface HiddenModule {
  readonly module: string;
  /** Below the application's directory. */
  readonly path: string;
  /** Whose module is imported instead. */
  readonly owner: string;
}

const MOST = 5;

/** Warns of modules of the application that are never imported, because others before them have their names. */
export async function warnOfHidden(
  run: BuildRun,
  own: OwnModules,
  distributions: readonly {
    readonly name: string;
    readonly layer: { readonly identity: Identity } | undefined;
  }[],
): Promise<void> {
  const layers = distributions.flatMap(({ name, layer }) => (layer === undefined ? [] : [{ name, layer }]));
  const names = [...listOwn(own).keys()];
  const identities = layers.map(({ layer }) => layer.identity);
  const key = cacheKey(["hidden", names, own.standardModules, identities]);
  if (names.length === 0 || hasNothingToSay(run, key)) return;
  const placed = await Promise.all(
    layers.map(async ({ name, layer }) => ({ name, digests: await readLayerFiles(run, layer.identity) })),
  );
  const hidden = listHidden(own, placed);
  for (const { module, path, owner } of hidden.slice(0, MOST)) {
    const message = `${path} of the application is hidden by the module ${module} of ${owner}, which is before it on the import path`;
    run.onEvent({ kind: "warning", message });
  }
  if (hidden.length === 0) await rememberNothingToSay(run, key);
}

export function listHidden(own: OwnModules, distributions: readonly PlacedFiles[]): HiddenModule[] {
  const owners = new Map<string, string>();
  for (const { name, digests } of distributions) {
    // What only opens a namespace lets the application's part be found, too.
    const paths = Object.keys(digests).filter((path) => digests[path] !== "namespace");
    for (const module of listModules(paths, "site-packages/").keys()) owners.set(module, name);
  }
  for (const module of own.standardModules) owners.set(module, "the standard library");
  return [...listOwn(own)].flatMap(([module, path]) => {
    const owner = owners.get(module);
    return owner === undefined ? [] : [{ module, path, owner }];
  });
}

function listOwn({ contents, importPath }: OwnModules): ReadonlyMap<string, string> {
  const paths = Object.keys(contents);
  const modules = importPath.flatMap((directory) => [
    ...listModules(paths, `app/${pathBelow(directory, "")}`),
  ]);
  return new Map(modules.map(([module, path]) => [module, path.slice("app/".length)]));
}

/** Names that are one file or one package. Directories without an `__init__` hide nothing: several of them are merged. */
function listModules(paths: readonly string[], directory: string): ReadonlyMap<string, string> {
  const found = paths.flatMap((path) => {
    const name = path.startsWith(directory) ? MODULE.exec(path.slice(directory.length))?.[1] : undefined;
    return name === undefined ? [] : [[name, path] as const];
  });
  return new Map(found);
}

const MODULE = /^([A-Za-z_]\w*)(?:\/__init__)?\.(?:py|so|[\w-]+\.so)$/;
