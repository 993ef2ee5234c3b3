import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { type ProcessResult, runProcess } from "../system/run-process.ts";
import { needProgram, needRoot } from "./needs.ts";

const TESTHOST = join(PACKAGE_ROOT, "testhost/testhost");
const HOLDALL = join(PACKAGE_ROOT, "bin/holdall.js");
// Kept between runs, as a user's is.
const BUILD_CACHE = join(PACKAGE_ROOT, "node_modules/.cache/holdall");

/** A Debian, made once and kept: testhost/README.md. */
export interface HostImage {
  readonly name: string;
  readonly options: readonly string[];
}

/** Debian of debootstrap's smallest kind with python3 added: no systemd, no compiler, no pip. */
export const BARE_PYTHON: HostImage = {
  name: "bare-python",
  options: ["--variant=essential", "--include=python3"],
};

export interface TestHost {
  put(file: string, path: string): Promise<void>;
  /** @returns what it wrote on standard output. */
  run(argv: readonly string[]): Promise<string>;
  /** Whatever the status. */
  try(argv: readonly string[]): Promise<ProcessResult>;
}

/** A host without a network, as long as the test lasts; undefined where this machine cannot have one. */
export async function startTestHost(t: TestContext, image: HostImage): Promise<TestHost | undefined> {
  if (!needRoot(t) || !needProgram(t, "systemd-nspawn") || !needProgram(t, "mmdebstrap")) return undefined;
  hosts += 1;
  const name = `${image.name}-${process.pid}-${hosts}`;
  await succeed([TESTHOST, "image", image.name, ...image.options]);
  await succeed([
    ...[TESTHOST, "up", name, "--image", image.name, "--net", "none"],
    ...["--owner", String(process.pid)],
  ]);
  t.after(() => succeed([TESTHOST, "down", name]));
  const inHost = (argv: readonly string[]) => [TESTHOST, "exec", name, "--", ...argv];
  return {
    put: async (file, path) => {
      await succeed([TESTHOST, "cp", file, `${name}:${path}`]);
    },
    run: (argv) => succeed(inHost(argv)),
    try: (argv) => runProcess(inHost(argv), { env: process.env }),
  };
}

let hosts = 0;

/** Builds with the bundle, for Debian's own Python, which hosts have. @returns path of the artifact, beside it. */
export async function buildForDebian(directory: string): Promise<string> {
  const output = `${directory}.holdall`;
  const words = ["build", directory, "--output", output, "--python", "/usr/bin/python3"];
  await succeed([process.execPath, HOLDALL, ...words], { HOLDALL_CACHE: BUILD_CACHE });
  return output;
}

/** @returns what it wrote on standard output. */
export async function succeed(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const result = await runProcess(argv, { env: { ...process.env, ...env } });
  const { status, signal, stdout, stderr } = result;
  assert.equal(status, 0, `${argv.join(" ")} ended with ${status ?? signal}\n${stdout}\n${stderr}`);
  return stdout;
}
