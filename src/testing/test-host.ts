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

/** The same without python3. */
export const BARE: HostImage = { name: "bare", options: ["--variant=essential"] };

/** With systemd, and with python3-apt, which is on no package index. */
export const SYSTEMD_PYTHON: HostImage = { name: "web-python", options: ["--include=python3-apt"] };

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

/**
 * A script for `python3 -c`, with a URL and the words of a server: starts it, asks for the page as soon as it answers,
 * prints it, and expects the server to end when it is told to.
 */
export const SERVE_AND_FETCH = `
import signal, subprocess, sys, time, urllib.request
server = subprocess.Popen(sys.argv[2:], stderr=subprocess.PIPE)
deadline = time.monotonic() + 60
while True:
    try:
        print(urllib.request.urlopen(sys.argv[1]).read().decode())
        break
    except OSError as error:
        # An HTTPError is an OSError too, and it is an answer.
        if hasattr(error, "code") or server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            sys.exit(f"{error!r} {server.communicate()[1].decode()}")
        time.sleep(0.05)
server.terminate()
server.communicate(timeout=60)
# uvicorn, when it is done, dies of the signal again.
sys.exit(0 if server.returncode in (0, -signal.SIGTERM) else server.returncode)
`;

/** Builds with the bundle, for Debian's own Python, which hosts have. @returns path of the artifact, beside it. */
export async function buildForDebian(directory: string, options: readonly string[] = []): Promise<string> {
  const output = `${directory}.holdall`;
  const words = ["build", directory, "--output", output, "--python", "/usr/bin/python3", ...options];
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
