import { BrokenRule, quote } from "./broken-rule.ts";
import type { LayerKind } from "./manifest.ts";

/** What the first part of a path may be in a layer of each kind. */
const ROOTS: Readonly<Record<LayerKind, readonly string[]>> = {
  application: ["app"],
  distribution: ["site-packages", "scripts", "data", "headers"],
  bytecode: ["site-packages", "app"],
  interpreter: ["python"],
};

const KINDS_WITH_LINKS: readonly LayerKind[] = ["application", "interpreter"];

/** What an environment's `bin` may have as its interpreter: nobody else may bring a file of that name. */
export const INTERPRETER_NAME = /^python[0-9.]*t?$/;

const RESERVED_DATA = /^data\/(pyvenv\.cfg|app|python|bin\/python[0-9.]*t?)(\/|$)/;

/**
 * The rules for a path that do not depend on where it is used: relative, plain parts, nothing that a terminal or
 * another system reads differently.
 * @throws BrokenRule
 */
export function checkRelativePath(path: string): void {
  const fault = findPartsFault(path);
  if (fault !== undefined) throw new BrokenRule(`path ${quote(path)} ${fault}`);
}

/**
 * The path of an entry in a layer, docs/artifact.md, section 4.
 * @throws BrokenRule
 */
export function checkLayerPath(path: string, kind: LayerKind): void {
  checkRelativePath(path);
  const wrong = (reason: string) => new BrokenRule(`path ${quote(path)} ${reason}`);
  const parts = path.split("/");
  const [root = "", second = ""] = parts;
  if (!ROOTS[kind].includes(root) || parts.length === 1) {
    throw wrong(`is not below ${ROOTS[kind].join(" or ")} (a layer of kind ${kind})`);
  }
  if (RESERVED_DATA.test(path)) throw wrong("belongs to the release itself");
  if (root === "scripts" && INTERPRETER_NAME.test(second)) throw wrong("is named like the interpreter");
  if (kind === "bytecode" && !(path.endsWith(".pyc") && parts.at(-2) === "__pycache__")) {
    throw wrong("is not a .pyc file in a directory __pycache__");
  }
}

/**
 * The target of a symbolic link at `path`. `..` may only come first: after a name it would lead out of a directory
 * that is a link itself. With that, no chain of links leaves the first part of the path.
 * @throws BrokenRule
 */
export function checkLinkTarget(path: string, target: string, kind: LayerKind): void {
  const wrong = (reason: string) => new BrokenRule(`link ${quote(path)} to ${quote(target)} ${reason}`);
  if (!KINDS_WITH_LINKS.includes(kind)) throw wrong(`is in a layer of kind ${kind}, which has files only`);
  const parts = path.split("/");
  const targetParts = target.split("/");
  const names = targetParts.findIndex((part) => part !== "..");
  const up = names === -1 ? targetParts.length : names;
  const below = targetParts.slice(up);
  const fault = below.length === 0 ? undefined : findPartsFault(below.join("/"));
  if (fault !== undefined) throw wrong(fault);
  const depth = parts.length - 2 - up; // of what `..` leads to, below the first part
  if (depth < 0 || (depth === 0 && below.length === 0)) throw wrong(`leaves ${parts[0]}`);
}

function findPartsFault(path: string): string | undefined {
  if (!path.isWellFormed()) return "is not Unicode";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this looks for
  if (/[\u0000-\u001f\u007f]/.test(path)) return "has a control character";
  if (path.includes("\\")) return "has a backslash";
  const part = path.split("/").find((part) => part === "" || part === "." || part === "..");
  if (part === undefined) return undefined;
  return part === "" ? "is empty, or has an empty part" : `has a part ${quote(part)}`;
}
