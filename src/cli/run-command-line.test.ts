import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../errors/app-error.ts";
import { runHoldall } from "../testing/run-holdall.ts";
import { commandRecords } from "./commands/registry.ts";

const REFUSED: [line: string, stderr: string][] = [
  [
    "biuld",
    "error: cannot run holdall biuld: there is no such command\nhint: Did you mean `holdall build`?\n(usage_wrong)\n",
  ],
  [
    "deploy",
    "error: cannot run holdall deploy: there is no such command\nhint: `holdall help` lists the commands.\n(usage_wrong)\n",
  ],
  [
    "build --ouput x",
    "error: cannot use --ouput: holdall build has no such option\nhint: Did you mean `--output`?\n(usage_wrong)\n",
  ],
  [
    "build --frobnicate",
    "error: cannot use --frobnicate: holdall build has no such option\nhint: `holdall help build` lists the options.\n(usage_wrong)\n",
  ],
  [
    "--output x build",
    "error: cannot use --output: there is no such option\nhint: `holdall help` lists the options.\n(usage_wrong)\n",
  ],
  [
    "build --output",
    "error: cannot use --output: it needs a value\nhint: Write --output PATH.\n(usage_wrong)\n",
  ],
  [
    "build --output --quiet",
    "error: cannot use --output: it needs a value\nhint: Write --output PATH.\n(usage_wrong)\n",
  ],
  [
    "build --quiet=yes",
    "error: cannot use --quiet: it takes no value\nhint: Write --quiet alone.\n(usage_wrong)\n",
  ],
  [
    "unpack",
    "error: cannot run holdall unpack: ARTIFACT is missing\nhint: Usage: holdall unpack ARTIFACT DIR [--venv] [--only PART]\n(usage_wrong)\n",
  ],
  [
    "verify a b",
    'error: cannot run holdall verify: "b" is one word too many\nhint: Usage: holdall verify ARTIFACT\n(usage_wrong)\n',
  ],
  [
    "help biuld",
    "error: cannot show the help of biuld: there is no such command\nhint: Did you mean `holdall help build`?\n(usage_wrong)\n",
  ],
  [
    "completion tcsh",
    "error: cannot print a completion script: tcsh is none of bash, zsh, fish\nhint: `holdall help completion` shows where each of them goes.\n(usage_wrong)\n",
  ],
];

for (const [line, stderr] of REFUSED) {
  test(`refuses holdall ${line}`, async () => {
    assert.deepEqual(await runHoldall(line.split(" ")), { status: 2, stdout: "", stderr });
  });
}

test("an error is JSON on stdout with --json, and nothing is on stderr", async () => {
  const { status, stdout, stderr } = await runHoldall(["biuld", "--json"]);
  assert.deepEqual(JSON.parse(stdout), {
    error: {
      code: "usage_wrong",
      message: "cannot run holdall biuld: there is no such command",
      hint: "Did you mean `holdall build`?",
      details: { command: "biuld" },
    },
  });
  assert.deepEqual({ status, stderr }, { status: 2, stderr: "" });
});

test("a value is printed unchanged with --json", async () => {
  const { stdout } = await runHoldall(["help", "verify", "--json"]);
  const command = commandRecords().find(({ name }) => name === "verify");
  assert.deepEqual(JSON.parse(stdout), { kind: "command", command });
});

test("no command at all is the same as help", async () => {
  assert.deepEqual(await runHoldall([]), await runHoldall(["help"]));
  assert.deepEqual(await runHoldall(["--help"]), await runHoldall(["help"]));
});

for (const { name } of commandRecords()) {
  test(`holdall ${name} --help is the same as holdall help ${name}`, async () => {
    assert.deepEqual(await runHoldall([name, "--help"]), await runHoldall(["help", name]));
  });
}

test("after an interruption the reason is reported, whatever failed because of it", async () => {
  const signal = AbortSignal.abort(
    new AppError({ code: "interrupted", message: "cannot finish: interrupted by SIGINT" }),
  );
  const { status, stderr } = await runHoldall(["verify", "no-such-file"], { signal });
  assert.equal(stderr, "error: cannot finish: interrupted by SIGINT\n(interrupted)\n");
  assert.equal(status, 130);
});
