import { readFileSync, statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { compareBytes } from "../../artifact/byte-order.ts";
import { fromBytes } from "../../artifact/source.ts";
import type { LayerEntry } from "../../artifact/tar.ts";
import { type Elf, parseElf } from "../elf/elf.ts";
import { parseScripts } from "./entry-points.ts";
import { isNamespace } from "./namespace.ts";
import { type RecordLine, recordDigest, renderRecord } from "./record.ts";

/** One distribution, taken apart into what came from its wheel. */
export interface SplitDistribution {
  /** As its metadata spells it. */
  readonly name: string;
  readonly version: string;
  /** Sorted; those on disk lie in the installation. */
  readonly entries: readonly LayerEntry[];
  /** Each entry's path, and the digest of its bytes or `namespace`, for telling collisions from copies. */
  readonly digests: Readonly<Record<string, string>>;
  /** Console and GUI scripts: name to `module:function`. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly elves: readonly Elf[];
  /** Compatibility tags of the wheel: `cp311-cp311-manylinux_2_17_x86_64`. */
  readonly tags: readonly string[];
}

/** In place of a digest. */
const NAMESPACE = "namespace";
/** Written by installers about the installation, not part of the wheel. */
const DROPPED_METADATA = /^(REQUESTED|RECORD|INSTALLER|direct_url\.json|uv_.*\.json|RECORD\.(jws|p7s))$/;
const EXECUTABLE_BY_OWNER = 0o100;

/**
 * Takes apart a prefix into which one distribution was installed: paths back to the schemes of its wheel, what the
 * installer added taken out, `#!` lines as the wheel had them. The result depends on the wheel alone.
 *
 * @param interpreters - paths that the installer may have written into `#!` lines.
 */
export async function splitInstallation(
  prefix: string,
  interpreters: readonly string[],
): Promise<SplitDistribution> {
  const files = await listFiles(prefix);
  const metadata = files.find(
    (path) => /(^|\/)[^/]+\.dist-info\/METADATA$/.test(path) && isSitePackages(path),
  );
  if (metadata === undefined) throw new Error(`${prefix} holds no installed distribution`);
  const distInfo = basename(dirname(metadata));
  const read = (name: string) => readFile(join(prefix, dirname(metadata), name), "utf8");
  const scripts = files.includes(join(dirname(metadata), "entry_points.txt"))
    ? parseScripts(await read("entry_points.txt"))
    : {};

  const entries: LayerEntry[] = [];
  const digests: Record<string, string> = {};
  const record: RecordLine[] = [{ path: `${distInfo}/RECORD` }];
  const elves: Elf[] = [];
  const add = (entry: Extract<LayerEntry, { kind: "file" }>, bytes: Uint8Array, isInterpreted: boolean) => {
    const sha256 = recordDigest(bytes);
    entries.push(entry);
    digests[entry.path] = isNamespace(entry.path, bytes) ? NAMESPACE : sha256;
    const content = isInterpreted ? {} : { content: { sha256, size: bytes.length } };
    record.push({ path: recordPath(entry.path), ...content });
  };

  for (const file of files) {
    const path = layerPath(file);
    if (isMadeByInstaller(path, distInfo, scripts)) continue;
    // Synchronous: thousands of small files, each of which a thread would take longer to be asked for than to read.
    const bytes = readFileSync(join(prefix, file));
    const isExecutable = (statSync(join(prefix, file)).mode & EXECUTABLE_BY_OWNER) !== 0;
    const elf = parseElf(bytes);
    if (elf !== undefined) elves.push(elf);
    const original = path.startsWith("scripts/") ? restoreFirstLine(bytes, interpreters) : undefined;
    const content =
      original === undefined ? { file: join(prefix, file), size: bytes.length } : fromBytes(original);
    add({ kind: "file", path, isExecutable, content }, original ?? bytes, original !== undefined);
  }
  const installer = Buffer.from("holdall\n");
  const inDistInfo = (name: string, bytes: Buffer): Extract<LayerEntry, { kind: "file" }> => ({
    kind: "file",
    path: `site-packages/${distInfo}/${name}`,
    isExecutable: false,
    content: fromBytes(bytes),
  });
  add(inDistInfo("INSTALLER", installer), installer, false);
  const recordBytes = Buffer.from(renderRecord(record));
  const recordEntry = inDistInfo("RECORD", recordBytes);
  digests[recordEntry.path] = recordDigest(recordBytes);

  const { name, version } = parseMetadata(await read("METADATA"));
  const wheel = files.includes(join(dirname(metadata), "WHEEL")) ? await read("WHEEL") : "";
  const tags = [...wheel.matchAll(/^Tag:[ \t]*(\S+)[ \t]*\r?$/gm)].map((match) => match[1] ?? "");
  const sorted = [...entries, recordEntry].sort((a, b) => compareBytes(a.path, b.path));
  return { name, version, entries: sorted, digests, scripts, elves, tags };
}

async function listFiles(prefix: string): Promise<string[]> {
  const entries = await readdir(prefix, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(prefix.length + 1))
    .filter((path) => path !== ".lock"); // uv's own
}

const SITE_PACKAGES = /^(?:local\/)?lib(?:32|64)?\/python[^/]*\/(?:site|dist)-packages\//;
const HEADERS = /^include\/(?:site\/python[^/]*\/)?/;

function isSitePackages(path: string): boolean {
  return SITE_PACKAGES.test(path);
}

/** From a path below an installation's prefix to one below the schemes of a wheel. */
function layerPath(path: string): string {
  if (SITE_PACKAGES.test(path)) return path.replace(SITE_PACKAGES, "site-packages/");
  if (HEADERS.test(path)) return path.replace(HEADERS, "headers/");
  const script = /^(?:local\/)?bin\/(.*)$/s.exec(path)?.[1];
  return script === undefined ? `data/${path}` : `scripts/${script}`;
}

/** docs/artifact.md, section 4: where the first part of a path leads in a release. */
function recordPath(path: string): string {
  const [root, ...rest] = path.split("/");
  const below = rest.join("/");
  if (root === "site-packages") return below;
  return (
    { scripts: `../../../bin/${below}`, headers: `../../../include/${below}` }[root ?? ""] ??
    `../../../${below}`
  );
}

function isMadeByInstaller(
  path: string,
  distInfo: string,
  scripts: Readonly<Record<string, string>>,
): boolean {
  if (path.startsWith("scripts/")) return Object.hasOwn(scripts, path.slice("scripts/".length));
  if (/(^|\/)__pycache__\/[^/]*\.pyc$/.test(path)) return true;
  const own = `site-packages/${distInfo}/`;
  return path.startsWith(own) && DROPPED_METADATA.test(path.slice(own.length));
}

/** uv has two forms: a path, and for paths that are long or have spaces a line of `sh` that is a text in Python. */
function restoreFirstLine(bytes: Buffer, interpreters: readonly string[]): Buffer | undefined {
  for (const interpreter of interpreters) {
    const direct = Buffer.from(`#!${interpreter}\n`);
    if (bytes.subarray(0, direct.length).equals(direct)) return replaceStart(bytes, direct.length);
  }
  const polyglot = /^#!\/bin\/sh\n'''exec' [^\n]*\n' '''\n/.exec(
    bytes.subarray(0, 4096).toString("latin1"),
  )?.[0];
  return polyglot === undefined ? undefined : replaceStart(bytes, polyglot.length);
}

function replaceStart(bytes: Buffer, length: number): Buffer {
  return Buffer.concat([Buffer.from("#!python\n"), bytes.subarray(length)]);
}

function parseMetadata(text: string): { name: string; version: string } {
  const field = (name: string) =>
    new RegExp(`^${name}:(.*)$`, "mi").exec(text.split(/\r?\n\r?\n/)[0] ?? "")?.[1]?.trim();
  const [name, version] = [field("Name"), field("Version")];
  if (name === undefined || version === undefined) throw new Error("METADATA has no Name or no Version"); // uv checks
  return { name, version };
}
