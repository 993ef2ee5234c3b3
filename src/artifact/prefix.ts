import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import type { Content, Digest, Identity, Manifest, Target } from "./manifest.ts";
import { renderTargets } from "./render-targets.ts";

const TEMPLATE = readTemplate("prefix.sh");
/** What stands in the other where a Python is inside. */
const INSIDE_TEMPLATE = readTemplate("inside.sh");

/** A layer of kind `interpreter` in the file that the prefix starts. */
export interface InterpreterPlace extends Content {
  /** Of its member's bytes, counted from 1, as tail(1) does. */
  readonly firstByte: number;
  readonly tarSize: number;
}

/** Digits of the largest offset in an archive, MAX_FILE_SIZE. */
const MAX_OFFSET_LENGTH = 10;

/** What each value has to look like, so that none of them can be more than a word to `sh`. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  identity: /^[0-9a-f]{64}$/,
  name: /^[a-z0-9-]{1,40}$/,
  version: /^[A-Za-z0-9._+!-]{1,64}$/,
  serves: /^[A-Za-z0-9._ (),]+$/,
  accepts: /^cp[0-9a-z]+(\/[a-z0-9_.]+)+( cp[0-9a-z]+(\/[a-z0-9_.]+)+)*$/,
  commands: /^python[0-9.t]*(:python[0-9.t]*)*$/,
  inside: /^[a-z0-9._]+(:[a-z0-9._]+){8}( [a-z0-9._]+(:[a-z0-9._]+){8})*$/,
};

/**
 * The script that an artifact starts with, docs/starting.md. A pure function of the manifest and its digest; its length
 * depends neither on that nor on where interpreters are.
 * @param interpreters - those of the targets, if they have any.
 * @throws Error when a value is not of the form that the manifest's own rules give it.
 */
export function renderPrefix(
  { name, version, targets }: Pick<Manifest, "name" | "version" | "targets">,
  identity: Digest,
  interpreters: ReadonlyMap<Identity, InterpreterPlace> = new Map(),
): string {
  const values: Readonly<Record<string, string>> = {
    identity,
    name,
    version,
    serves: renderTargets(targets),
    accepts: unique(targets.map(renderAccepted)).join(" "),
    commands: unique([...targets.map(({ python }) => `python${python.version}`), "python3", "python"]).join(
      ":",
    ),
    inside: targets.flatMap((target) => renderInterpreter(target, interpreters)).join(" "),
  };
  const template = TEMPLATE.replace("@interpreter@\n", () =>
    interpreters.size > 0 ? `${INSIDE_TEMPLATE}\n` : "",
  );
  return template.replaceAll(/@([a-z]+)@/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined || !PATTERNS[key]?.test(value))
      throw new Error(`cannot put ${key} ${value} into sh`);
    return value;
  });
}

/** The words that inside.sh explains; of a fixed length, as the first byte depends on the prefix's. */
function renderInterpreter(
  { python, processor, libc, layers }: Target,
  interpreters: ReadonlyMap<Identity, InterpreterPlace>,
): readonly string[] {
  const [identity] = layers;
  const place = identity && interpreters.get(identity);
  if (!place) return [];
  const first = String(place.firstByte).padStart(MAX_OFFSET_LENGTH, "_");
  const program = `python${python.version}${python.abi.endsWith("t") ? "t" : ""}`;
  const layer = identity.slice("sha256:".length);
  const { sha256, size, tarSize } = place;
  return [[processor, libc?.kind, libc?.floor, layer, sha256, first, size, tarSize, program].join(":")];
}

/** `cp311/any`, `cp311/x86_64/glibc/2.17`. */
function renderAccepted({ python, processor, libc }: Target): string {
  return [python.abi, processor, ...(libc === undefined ? [] : [libc.kind, libc.floor])].join("/");
}

function readTemplate(name: string): string {
  return readFileSync(join(PACKAGE_ROOT, "support", "sh", name), "utf8");
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
