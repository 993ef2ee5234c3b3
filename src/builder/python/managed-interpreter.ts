import { existsSync } from "node:fs";
import { machine } from "node:os";
import type { BuildRun } from "../build-run.ts";
import { runUv, type Uv, type UvMachine } from "../uv/run-uv.ts";
import { findInterpreter } from "./find-interpreter.ts";
import type { Interpreter } from "./interpreter.ts";

/** Which of those that uv manages: its version, or any. */
export interface ManagedRequest {
  readonly version: string | undefined;
}

/** `uv:3.12`, `uv:3.12.7`, or `uv` for the newest that fits; undefined for another text. */
export function parseManagedRequest(wanted: string | undefined): ManagedRequest | undefined {
  const match = /^uv(?::(\d+(?:\.\d+)*t?))?$/.exec(wanted ?? "");
  return match === null ? undefined : { version: match[1] };
}

/** What uv is chosen for, before there is an interpreter. */
export function describeMachine(): UvMachine {
  const kind = existsSync(`/lib/ld-musl-${machine()}.so.1`) ? "musl" : "glibc";
  return { abi: "any Python", processor: machine(), libc: { kind, version: "" } };
}

/**
 * An interpreter that uv manages, which it installs when there is none: from where its own settings say, such as
 * UV_PYTHON_INSTALL_MIRROR, to where they say.
 *
 * @throws AppError `python_not_found`, `index_unreachable`, `hash_mismatch`, `resolve_failed`.
 */
export async function ensureManagedInterpreter(
  run: BuildRun,
  uv: Uv<UvMachine>,
  { version, requirement }: ManagedRequest & { readonly requirement: string | undefined },
): Promise<Interpreter> {
  const request = version ?? requirement ?? "3";
  const goal = `install Python ${request}`;
  const call = { step: "find-python", goal, mayInstallPython: true } as const;
  await runUv(run, uv, { ...call, args: ["python", "install", "--no-bin", request] });
  const found = await runUv(run, uv, {
    ...call,
    args: ["python", "find", "--managed-python", "--no-project", "--no-python-downloads", request],
  });
  return findInterpreter(run, { wanted: found.trim(), requirement });
}
