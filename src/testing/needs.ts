import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { findProgram as findServer } from "../services/programs.ts";

/**
 * Whether a program that is no part of holdall is there. Where it is not, the test is listed at the end of the run with
 * the reason; with `HOLDALL_TEST_ALL=1` it fails instead, so a machine that has all of them hides nothing.
 */
export function needProgram(t: TestContext, program: string): boolean {
  return needFound(t, program, findProgram(program));
}

/** The same of a server, which may be where only holdall looks. */
export async function needServer(t: TestContext, program: string): Promise<boolean> {
  return needFound(t, program, await findServer(program, process.env));
}

function needFound(t: TestContext, program: string, path: string | undefined): boolean {
  if (path !== undefined) return true;
  const reason = `${program} is not installed`;
  if (process.env["HOLDALL_TEST_ALL"]) throw new Error(reason);
  t.skip(reason);
  return false;
}

/** Whether the tests run as root, which mounts and hosts need; see needProgram for where they do not. */
export function needRoot(t: TestContext): boolean {
  if (process.getuid?.() === 0) return true;
  if (process.env["HOLDALL_TEST_ALL"]) throw new Error("the tests do not run as root");
  t.skip("only root can do this");
  return false;
}

/** Its path. */
export function findProgram(program: string): string | undefined {
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  return directories.map((directory) => join(directory, program)).find(existsSync);
}
