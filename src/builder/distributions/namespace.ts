/** Far more than any that only opens a namespace. */
const MAX_BYTES = 4096;

/** The whole text of such a file, without comments and the docstring, is lines of these. */
const LINES: readonly RegExp[] = [
  /^(try|else)\s*:$/,
  /^except( \w*(Import|ModuleNotFound)Error| Exception)?\s*:$/,
  /^pass$/,
  /^from __future__ import \w+(, ?\w+)*$/,
  /^(import (pkgutil|pkg_resources|modulefinder)|from pkgutil import extend_path)$/,
  /^(__import__\((['"])pkg_resources\2\)|pkg_resources)\.declare_namespace\(__name__\)$/,
  /^__path__(: ?[\w.[\], ]+)? ?= ?((__import__\((['"])pkgutil\4\)|pkgutil)\.)?extend_path\(__path__, ?__name__\)$/,
  // For py2app and its like, as setuptools once recommended it.
  /^for (\w+) in __path__\s*:$/,
  /^modulefinder\.AddPackagePath\(__name__, ?\w+\)$/,
];
const OPENS = /\bextend_path\(__path__|\bdeclare_namespace\(__name__/;
const DOCSTRING = /^\s*[rRuU]?("""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')\s*(\n|$)/;

/**
 * Whether an `__init__.py` only opens a package to other distributions (PyPA "Packaging namespace packages", the two older
 * ways): each of them brings one, and whichever is placed does the same. One that has more in it is a module like others.
 */
export function isNamespace(path: string, bytes: Uint8Array): boolean {
  if (!path.endsWith("/__init__.py") || bytes.length > MAX_BYTES) return false;
  const statements = Buffer.from(bytes)
    .toString("latin1")
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/(^|[ \t])#.*$/gm, "") // no line above has a string with a #
    .replace(DOCSTRING, "")
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return (
    statements.some((line) => OPENS.test(line)) &&
    statements.every((line) => LINES.some((form) => form.test(line)))
  );
}
