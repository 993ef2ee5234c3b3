import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import {
  type Facts,
  makeArtifactToStart,
  PATH,
  PYTHON,
  start,
  startFacts,
} from "../testing/artifact-to-start.ts";
import { needProgram } from "../testing/needs.ts";
import { fileEntry, removeReadOnly } from "../testing/small-artifact.ts";

const SHELLS = [["sh"], ["dash"], ["bash", "--posix"], ["busybox", "ash"], ["ksh"], ["mksh"]] as const;

for (const shell of SHELLS) {
  test(`${shell.join(" ")} starts it, the first time and again`, async (t) => {
    if (!needProgram(t, shell[0])) return;
    const artifact = await makeArtifactToStart(t);
    const cold = await startFacts(artifact, { by: shell });
    const warm = await startFacts(artifact, { by: shell });
    assert.deepEqual(withoutPid(warm), withoutPid(cold));
    const { status, stdout } = await start(artifact, ["serve", "a b", "$x", "'"], {
      by: shell,
      env: { PORT: "9" },
    });
    assert.equal(status, 0);
    const { argv, prefix } = JSON.parse(stdout) as Facts;
    assert.deepEqual(argv.slice(1), [
      "facts",
      "127.0.0.1:9",
      `${prefix}/app/x`,
      "{} $HOME 'q'",
      "a b",
      "$x",
      "'",
    ]);
    const sixth = await start(artifact, ["serve"], { by: shell, env: { HOST: "::1" } });
    assert.equal((JSON.parse(sixth.stdout) as Facts).argv[2], "[::1]:8000");
  });
}

function withoutPid({ pid: _, ...facts }: Facts): unknown {
  const { PWD: _pwd, OLDPWD: _old, SHLVL: _level, _: _last, ...env } = facts.env; // shells differ in these
  return { ...facts, env };
}

for (const name of ["a b", `it's "$x" \`y\` \\ é`, "l".repeat(120)]) {
  test(`a path like ${name.slice(0, 20)} is no obstacle`, async (t) => {
    const artifact = await makeArtifactToStart(t, {
      file: `${name}.holdall`,
      cache: `cache ${name}`,
      distribution: [
        script(
          "old",
          "#!python\n# -*- coding: latin-1 -*-\n'''doc'''\nfrom __future__ import annotations\nprint(ascii('é'))\n",
        ),
        script("strict", "#!python -E\r\nimport sys\nprint(sys.flags.ignore_environment, sys.argv[1:])\n"),
        script("plain", "#!/bin/sh\necho plain $1\n"),
      ],
    });
    for (const _ of ["cold", "warm"]) {
      const { executable, prefix } = await startFacts(artifact);
      assert.equal(executable, `${prefix}/bin/python`);
      assert.ok(prefix.startsWith(artifact.cache));
    }
    // By name from inside, as an application runs its tools: bin is first in PATH.
    const outputs = {
      cart: `cart ${(await startFacts(artifact)).cart}\n`,
      old: "'\\xc3\\xa9'\n",
      "strict x": "1 ['x']\n",
      "plain x": "plain x\n",
    };
    for (const [words, stdout] of Object.entries(outputs)) {
      assert.equal((await start(artifact, ["shop", "run", ...words.split(" ")])).stdout, stdout);
      assert.equal((await start(artifact, words.split(" "))).stdout, stdout);
    }
  });
}

function script(name: string, text: string) {
  return fileEntry(`scripts/${name}`, text, { isExecutable: true });
}

test("it is found however it is named", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const directory = dirname(artifact.path);
  await mkdir(join(directory, "links"));
  await symlink(artifact.path, join(directory, "links", "shop"));
  const ways = [
    { as: "./shop.holdall", cwd: directory },
    { as: "../shop.holdall", cwd: join(directory, "links") },
    { by: ["sh"], as: "shop.holdall", cwd: directory },
    { as: join(directory, "links", "shop") },
    { as: "env", words: ["shop"], env: { PATH: `${join(directory, "links")}:${PATH}` } },
    { by: ["bash"], as: "shop", env: { PATH: `${join(directory, "links")}:${PATH}` } },
    { by: ["python3"] },
    { by: ["/usr/bin/env", "-i", `HOLDALL_CACHE=${artifact.cache}`, `PATH=${dirname(PYTHON.path)}`] },
  ];
  for (const { words = [], ...way } of ways) {
    for (const temperature of ["cold", "warm"]) {
      if (temperature === "cold") removeReadOnly(artifact.cache);
      const { status, stdout, stderr } = await start(artifact, [...words, "shop", "exit", "0"], way);
      assert.deepEqual([status, stdout, stderr], [0, "", ""], `${JSON.stringify(way)}, ${temperature}`);
    }
  }
});

test("the process is the application's own: process id, signals, exit status, input", async (t) => {
  const artifact = await makeArtifactToStart(t);
  for (const _ of ["cold", "warm"]) {
    const child = spawn(artifact.path, ["shop", "wait"], { env: artifact.env, cwd: artifact.data });
    const [line] = await once(child.stdout, "data");
    assert.equal(Number(line), child.pid);
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [23, null]);
  }
  const again = spawn(artifact.path, ["shop", "wait"], { env: artifact.env, cwd: artifact.data });
  await once(again.stdout, "data");
  again.kill("SIGKILL");
  assert.deepEqual(await once(again, "exit"), [null, "SIGKILL"]);
  assert.equal((await start(artifact, ["shop", "exit", "42"])).status, 42);
  const text = "line\n".repeat(50_000);
  assert.equal((await start(artifact, ["shop", "copy"], { input: text })).stdout, text);
});

test("an open artifact starts by its directory and by its prefix", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const open = join(artifact.data, "open");
  assert.equal((await start(artifact, ["--holdall", "unpack", open])).status, 0);
  for (const way of [{ as: `${open}/prefix` }, { by: ["python3"], as: open }]) {
    removeReadOnly(artifact.cache);
    assert.equal((await startFacts(artifact, way)).executable.startsWith(artifact.cache), true);
  }
  assert.match(
    (await start(artifact, ["--holdall", "verify"], { as: `${open}/prefix` })).stdout,
    /^shop 1\.0 is whole/,
  );
});

test("another Python gets a release of its own, and the prefix keeps to the one that it found", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const found = await startFacts(artifact);
  const environment = join(artifact.data, "venv");
  const made = await start(artifact, ["-m", "venv", "--without-pip", environment], { as: "python3" });
  assert.equal(made.status, 0, made.stderr);
  const named = await startFacts(artifact, { env: { HOLDALL_PYTHON: join(environment, "bin", "python") } });
  // A virtual environment has the interpreter that it was made with.
  assert.equal(named.prefix, found.prefix);
  assert.equal(named.env["HOLDALL_PYTHON"], undefined);
});

test("without a command it says what it has, and how it is called from here", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { status, stdout } = await start(artifact, [], { as: "./shop.holdall", cwd: dirname(artifact.path) });
  assert.equal(status, 0);
  assert.equal(
    stdout,
    `shop 1.0

Commands:
  absent
  facts-by-module
  serve

Serve it on http://127.0.0.1:8000/, or elsewhere:
  ./shop.holdall serve
  HOST=0.0.0.0 PORT=9000 ./shop.holdall serve

Data goes into the working directory.
It serves Python ${PYTHON.version}.

What is inside:  ./shop.holdall --holdall inspect
Is it whole:     ./shop.holdall --holdall verify
Its files:       ./shop.holdall --holdall unpack DIRECTORY
`,
  );
  const { stdout: json } = await start(artifact, ["--holdall", "inspect", "--json"]);
  assert.equal(JSON.parse(json).name, "shop");
  assert.match((await start(artifact, ["--holdall", "inspect"])).stdout, new RegExp(artifact.identity));
});
