import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Word } from "../artifact/plan.ts";
import type { Runnable } from "./application/runnable.ts";

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`; an IPv6 address is in brackets, as its own colons would be taken for that one (RFC 3986, 3.2.2). */
export function joinAddress({ host, port }: Address): string {
  return `${bracketHost(host)}:${port}`;
}

function bracketHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

const PIECE = /\{\{|\}\}|\{app\}|\{host\}:|\{host\}|\{port\}/g;
const INTERPRETER = /^python[0-9.]*$/;

/**
 * Words of a plan (docs/plan.md) to those that the system is given. The first one is a path when the release has it, else a
 * name for PATH. A script of Python is started by its interpreter: its first line may not fit (a long path, a noexec mount).
 */
export function resolveArgv(argv: readonly Word[], runnable: Runnable, address: Address): string[] {
  const [first = "", ...rest] = argv.map((word) => replaceWord(word, runnable, address));
  const bin = join(runnable.prefix, "bin");
  if (INTERPRETER.test(first)) return [join(bin, "python"), ...rest];
  const program = join(bin, first);
  if (first.includes("/") || !existsSync(program)) return [first, ...rest];
  return isPythonScript(program) ? [join(bin, "python"), program, ...rest] : [program, ...rest];
}

function replaceWord(word: Word, { app }: Pick<Runnable, "app">, { host, port }: Address): string {
  const meanings: Readonly<Record<string, string>> = {
    ...{ "{{": "{", "}}": "}", "{app}": app, "{host}": host, "{port}": String(port) },
    "{host}:": `${bracketHost(host)}:`,
  };
  return word.replace(PIECE, (piece) => meanings[piece] ?? piece);
}

/** Whether the first line names a Python. */
function isPythonScript(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(4096);
    const [line = ""] = bytes.toString("latin1", 0, readSync(file, bytes)).split("\n", 1);
    return /^#!.*\/python[0-9.]*$/.test(line.trimEnd());
  } finally {
    closeSync(file);
  }
}
