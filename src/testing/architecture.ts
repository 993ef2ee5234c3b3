import type { Import, Module } from "./read-modules.ts";

/**
 * Folders of src, from the bottom up: a module imports from its own folder and from rows above it in this table. Those that
 * are not there yet have their place.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["errors"],
  ["system"],
  ["description", "artifact"],
  ["platforms", "services", "exporters"],
  ["builder"],
  ["environment"],
  ["host"],
  ["index.ts"],
  ["cli", "dashboard"],
];

/** What only some folders may touch: everything else is handed it as an argument. */
const RESERVED: readonly {
  readonly what: string;
  readonly pattern: RegExp;
  readonly folders: readonly string[];
}[] = [
  { what: "node:child_process", pattern: /"node:child_process"/, folders: ["system"] },
  { what: "process.env", pattern: /\bprocess\.env\b/, folders: ["cli", "index.ts"] },
  { what: "console", pattern: /\bconsole\./, folders: [] },
  { what: "process.stdout", pattern: /\bprocess\.std(?:out|err)\b/, folders: ["cli"] },
  { what: "process.exit", pattern: /\bprocess\.exit(?:Code)?\b/, folders: ["cli"] },
];

/** One sentence for each import that goes up or sideways, and each reserved thing outside of its folder. */
export function findViolations(modules: readonly Module[]): string[] {
  return [
    ...modules.flatMap((module) => [...importViolations(module), ...reservedViolations(module)]),
    ...libraryViolations(modules),
  ];
}

/**
 * What the command can do, a program can do: it uses nothing that the library does not export. (It imports the modules one
 * by one, as a command loads its own part only.)
 */
function libraryViolations(modules: readonly Module[]): string[] {
  const library = modules.find(({ path }) => path === "index.ts");
  if (library === undefined) return [];
  const exported = new Set(library.imports.flatMap(namesIn));
  const isForAll = (target: string) =>
    !target.endsWith(".ts") || ["errors", "system", "cli"].includes(folderOf(target));
  return modules
    .filter(({ path }) => folderOf(path) === "cli" && !isTest(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => !isForAll(target))
        .flatMap(namesIn)
        .filter((name) => !exported.has(name))
        .map((name) => `${path} uses ${name}: the library does not export it`),
    );
}

/** `lookAfterCache of artifact/look-after-cache.ts`. */
function namesIn({ target, names = ["all"] }: Import): string[] {
  return names.map((name) => `${name} of ${target}`);
}

/** Values that a module has for others, and nobody takes. */
export function findUnusedExports(modules: readonly Module[]): string[] {
  const taken = new Set(modules.flatMap(({ imports }) => imports.flatMap(namesIn)));
  return modules.flatMap(({ path, exports }) =>
    exports
      .map((name) => `${name} of ${path}`)
      .filter((name) => !taken.has(name) && !taken.has(`all of ${path}`)),
  );
}

function importViolations({ path, imports }: Module): string[] {
  return imports.flatMap((each) => {
    const reason = refuseImport(path, each);
    return reason ? [`${path} imports ${each.target}: ${reason}`] : [];
  });
}

function refuseImport(path: string, { target, isType }: Import): string | undefined {
  const isInside = target.endsWith(".ts");
  if (!isInside || isTest(path)) return undefined;
  if (isTest(target)) return "only tests use what tests use";
  const from = folderOf(path);
  const to = folderOf(target);
  if (from === to) return undefined;
  const difference = layerOf(from) - layerOf(to);
  if (difference > 0) return undefined;
  if (difference < 0) return `${from} is below ${to}`;
  return isType ? undefined : `${from} and ${to} are side by side and may share types only`;
}

function reservedViolations({ path, code }: Module): string[] {
  if (isTest(path)) return [];
  return RESERVED.filter(
    ({ pattern, folders }) => pattern.test(code) && !folders.includes(folderOf(path)),
  ).map(
    ({ what, folders }) =>
      `${path} uses ${what}: ${folders.length > 0 ? `only ${folders.join(", ")} may` : "nobody may"}`,
  );
}

function isTest(path: string): boolean {
  return path.endsWith(".test.ts") || folderOf(path) === "testing";
}

function folderOf(path: string): string {
  return path.split("/")[0] ?? path;
}

function layerOf(folder: string): number {
  const layer = LAYERS.findIndex((folders) => folders.includes(folder));
  // Not a lesser rank: a new folder is given its place before anything may import it.
  if (layer === -1) throw new Error(`${folder} has no place in the layers of testing/architecture.ts`);
  return layer;
}
