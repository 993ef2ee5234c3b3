import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { runProcess } from "./system/run-process.ts";
import { needProgram, needRoot } from "./testing/needs.ts";

// On a Debian of debootstrap's smallest kind with python3 added: no network, no compiler, no pip, no holdall.
const TESTHOST = join(PACKAGE_ROOT, "testhost/testhost");
const HOLDALL = join(PACKAGE_ROOT, "bin/holdall.js");
const BUILD_CACHE = join(PACKAGE_ROOT, "node_modules/.cache/holdall");
const IMAGE = "bare-python";

test("a Debian with nothing but python3 and no network serves the Django example", async (t) => {
  const host = await startHost(t);
  if (host === undefined) return;
  const directory = await scratch(t);
  await cp(join(PACKAGE_ROOT, "examples/django-notes"), join(directory, "django-notes"), { recursive: true });
  await host.put(await build(directory, "django-notes"), "/root/notes.holdall");

  assert.match(await host.run(["/root/notes.holdall"]), /serve/);
  await host.run(["/root/notes.holdall", "migrate"]);
  await host.run(["/root/notes.holdall", "manage", "addnote", "Packed lunch", "Everything in one box."]);
  const page = await host.run([
    "python3",
    "-c",
    SERVE_AND_FETCH,
    "/root/notes.holdall",
    "http://127.0.0.1:8000/",
  ]);
  assert.match(page, /Packed lunch/);
});

/** Starts a server, asks for one page as soon as it answers, stops it and expects it to end. */
const SERVE_AND_FETCH = `
import subprocess, sys, time, urllib.request
server = subprocess.Popen([sys.argv[1], "serve"], stderr=subprocess.PIPE)
deadline = time.monotonic() + 60
while True:
    try:
        print(urllib.request.urlopen(sys.argv[2]).read().decode())
        break
    except OSError as error:
        # An HTTPError is an OSError too, and it is an answer.
        if hasattr(error, "code") or server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            sys.exit(f"{error!r} {server.communicate()[1].decode()}")
        time.sleep(0.05)
server.terminate()
server.communicate(timeout=60)
sys.exit(server.returncode)
`;

test("two applications with conflicting versions run from one cache, and what they share is stored once", async (t) => {
  const host = await startHost(t);
  if (host === undefined) return;
  const directory = await scratch(t);
  for (const [name, click] of [
    ["old-shop", "8.0.4"],
    ["new-shop", "8.1.7"],
  ] as const) {
    await writeShop(join(directory, name), { name, click });
    await host.put(await build(directory, name), `/root/${name}.holdall`);
    assert.equal(
      await host.run([`/root/${name}.holdall`, "versions"]),
      `click ${click} itsdangerous 2.2.0\n`,
    );
  }

  const cache = "/root/.cache/holdall";
  const find = (...words: string[]) => host.run(["find", cache, ...words]);
  const stored = (await find("-path", "*/layers/*/itsdangerous/signer.py")).trim().split("\n");
  assert.equal(stored.length, 1, "one layer has it");
  const linked = (await find("-samefile", stored[0] ?? "", "-path", "*/releases/*")).trim().split("\n");
  assert.equal(linked.length, 2, "both releases link to it");
  assert.equal((await find("-path", "*/layers/*/click/core.py")).trim().split("\n").length, 2);
});

async function writeShop(
  directory: string,
  { name, click }: { readonly name: string; readonly click: string },
): Promise<void> {
  await mkdir(directory);
  const description = [
    `name: ${name}`,
    "platform: python",
    `pip: [click==${click}, itsdangerous==2.2.0]`,
    "commands: { versions: { script: versions.py } }",
  ];
  await writeFile(join(directory, "holdall.yaml"), `${description.join("\n")}\n`);
  const script = [
    "from importlib.metadata import version",
    "import click, itsdangerous",
    'print("click", version("click"), "itsdangerous", version("itsdangerous"))',
  ];
  await writeFile(join(directory, "versions.py"), `${script.join("\n")}\n`);
}

async function scratch(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "holdall-bare-host-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** @returns path of the artifact. */
async function build(directory: string, name: string): Promise<string> {
  const output = join(directory, `${name}.holdall`);
  const env = { ...process.env, HOLDALL_CACHE: BUILD_CACHE };
  // The host has Debian's own Python, so the artifact is for that one.
  const argv = ["build", join(directory, name), "--output", output, "--python", "/usr/bin/python3"];
  await succeed([process.execPath, HOLDALL, ...argv], env);
  return output;
}

interface Host {
  put(file: string, path: string): Promise<void>;
  /** @returns what it wrote on standard output. */
  run(argv: readonly string[]): Promise<string>;
}

async function startHost(t: TestContext): Promise<Host | undefined> {
  if (!needRoot(t) || !needProgram(t, "systemd-nspawn") || !needProgram(t, "mmdebstrap")) return undefined;
  const { env } = process;
  hosts += 1;
  const name = `bare-${process.pid}-${hosts}`;
  await succeed([TESTHOST, "image", IMAGE, "--variant=essential", "--include=python3"], env);
  await succeed(
    [TESTHOST, "up", name, "--image", IMAGE, "--net", "none", "--owner", String(process.pid)],
    env,
  );
  t.after(() => succeed([TESTHOST, "down", name], env));
  return {
    put: async (file, path) => {
      await succeed([TESTHOST, "cp", file, `${name}:${path}`], env);
    },
    run: (argv) => succeed([TESTHOST, "exec", name, "--", ...argv], env),
  };
}

let hosts = 0;

async function succeed(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { status, signal, stdout, stderr } = await runProcess(argv, { env });
  assert.equal(status, 0, `${argv.join(" ")} ended with ${status ?? signal}\n${stdout}\n${stderr}`);
  return stdout;
}
