import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import type { Digest, Manifest, Target } from "./manifest.ts";

const TEMPLATE = readFileSync(join(PACKAGE_ROOT, "support", "sh", "prefix.sh"), "utf8");

/** What each value has to look like, so that none of them can be more than a word to `sh`. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  identity: /^[0-9a-f]{64}$/,
  name: /^[a-z0-9-]{1,40}$/,
  version: /^[A-Za-z0-9._+!-]{1,64}$/,
  serves: /^[A-Za-z0-9._ ()]+$/,
  accepts: /^cp[0-9a-z]+\/[a-z0-9_]+( cp[0-9a-z]+\/[a-z0-9_]+)*$/,
  commands: /^python[0-9.t]*(:python[0-9.t]*)*$/,
};

/**
 * The script that an artifact starts with, docs/starting.md. A pure function of the manifest and its digest.
 * @throws Error when a value is not of the form that the manifest's own rules give it.
 */
export function renderPrefix(
  { name, version, targets }: Pick<Manifest, "name" | "version" | "targets">,
  identity: Digest,
): string {
  const values: Readonly<Record<string, string>> = {
    identity,
    name,
    version,
    serves: unique(targets.map(renderTarget)).join(" or "),
    accepts: unique(targets.map(({ python, processor }) => `${python.abi}/${processor}`)).join(" "),
    commands: unique([...targets.map(({ python }) => `python${python.version}`), "python3", "python"]).join(
      ":",
    ),
  };
  return TEMPLATE.replaceAll(/@([a-z]+)@/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined || !PATTERNS[key]?.test(value))
      throw new Error(`cannot put ${key} ${value} into sh`);
    return value;
  });
}

/** `Python 3.11 on x86_64 with glibc 2.17 or newer`; support/python/holdall_support/interpreter.py says the same. */
function renderTarget({ python, processor, libc }: Target): string {
  const hasFlags = python.abi !== `cp${python.version.replace(".", "")}`;
  const version = `Python ${python.version}${hasFlags ? ` (${python.abi})` : ""}`;
  return libc === undefined ? version : `${version} on ${processor} with ${libc.kind} ${libc.floor} or newer`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
