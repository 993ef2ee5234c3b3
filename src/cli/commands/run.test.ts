import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import type { Plan } from "../../artifact/plan.ts";
import { openArtifactRelease } from "../../environment/application/open-artifact.ts";
import { makeArtifactToStart } from "../../testing/artifact-to-start.ts";
import { runHoldall } from "../../testing/run-holdall.ts";
import { fileEntry, makeDirectory } from "../../testing/small-artifact.ts";

const MAIN = join(import.meta.dirname, "../main.ts");

/** Starts as every artifact does, and says how it was started. */
const SCRIPT = `#!/bin/sh
holdall_id='${"0".repeat(64)}'
printf '%s\\n' "pid $$" "file $0" "words $# $*" "own $OWN"
sed -n 's/^flags:/flags/p' /proc/$$/fdinfo/1 /proc/$$/fdinfo/2
cat
exit 7
`;

async function runMain(
  argv: readonly string[],
  { cwd, env = {} }: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
) {
  const options = { ...(cwd !== undefined && { cwd }), env: { ...process.env, OWN: "variable", ...env } };
  const child = spawn(process.execPath, [MAIN, ...argv], options);
  child.stdin.end("what it reads\n");
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { pid: child.pid, stdout: stdout.split("\n"), stderr, status };
}

test("the application takes the process over, with words, variables, streams and exit status", async (t) => {
  const file = join(await makeDirectory(t), "app 1.holdall");
  await writeFile(file, SCRIPT);
  const { pid, stdout, stderr, status } = await runMain(["run", file, "serve", "--json", "-w", "5"]);
  assert.deepEqual(stdout.slice(0, 4), [
    `pid ${pid}`,
    `file ${file}`,
    "words 4 serve --json -w 5",
    "own variable",
  ]);
  assert.deepEqual(stdout.slice(-2), ["what it reads", ""]);
  assert.deepEqual({ stderr, status }, { stderr: "", status: 7 });
});

test("the application's streams are blocking, as it would have got them from a shell", async (t) => {
  const file = join(await makeDirectory(t), "app.holdall");
  await writeFile(file, SCRIPT);
  const { stdout } = await runMain(["run", file]);
  const flags = stdout
    .filter((line) => line.startsWith("flags"))
    .map((line) => Number.parseInt(line.split("\t")[1] ?? "", 8));
  assert.equal(flags.length, 2);
  const O_NONBLOCK = 0o4000;
  assert.deepEqual(
    flags.filter((each) => each & O_NONBLOCK),
    [],
  );
});

/** An application that says how it was started. */
const SAY = `import fcntl, os, sys
flags = [fcntl.fcntl(number, fcntl.F_GETFL) & os.O_NONBLOCK for number in (1, 2)]
print(os.getpid(), os.getcwd(), os.environ["PAGE_SIZE"], len(os.environ["KEY"]), flags, sys.stdin.read().strip(), *sys.argv[1:])
sys.exit(7)
`;

const SETTINGS: Plan["settings"] = {
  page_size: { type: "int", help: "Notes on a page", isRequired: false, default: 20, env: "PAGE_SIZE" },
  key: { type: "secret", help: "", isRequired: false, generate: "secret", env: "KEY" },
};

async function makeCheckout(t: TestContext) {
  const directory = await makeDirectory(t);
  const description = {
    ...{ name: "notes", version: "1.0", services: { main: "sqlite" } },
    commands: { say: "python {app}/say.py", schema: { sql: ["schema.sql"], database: "main" } },
    settings: {
      page_size: { type: "int", default: 20, env: "PAGE_SIZE", help: "Notes on a page" },
      key: { type: "secret", generate: "secret", env: "KEY" },
    },
  };
  await writeFile(join(directory, "holdall.yaml"), JSON.stringify(description));
  await writeFile(join(directory, "say.py"), SAY);
  await writeFile(join(directory, "schema.sql"), "create table notes (text);\n");
  return { directory };
}

test("a command of a checkout takes the process over, with settings, in its data directory", async (t) => {
  const { directory } = await makeCheckout(t);
  const { pid, stdout, status, stderr } = await runMain(["run", "--set", "page_size=5", ".", "say", "a b"], {
    cwd: directory,
  });
  const data = join(directory, ".holdall/data");
  assert.deepEqual(stdout, [`${pid} ${data} 5 43 [0, 0] what it reads a b`, ""], stderr);
  assert.equal(status, 7);
});

test("an artifact with settings is run in an environment, in the directory where holdall is", async (t) => {
  const commands: Plan["commands"] = {
    say: { kind: "argv", argv: ["python", "{app}/say.py"], help: "", origin: "own" },
  };
  const { path, env, data } = await makeArtifactToStart(t, {
    application: [fileEntry("app/say.py", SAY)],
    plan: { commands, settings: SETTINGS },
  });
  const by = { cwd: data, env };
  const { pid, stdout, stderr } = await runMain(["run", path, "say", "--json"], by);
  assert.deepEqual(stdout, [`${pid} ${data} 20 43 [0, 0] what it reads --json`, ""], stderr);
  const { prefix } = await openArtifactRelease(path, { env: { ...process.env, ...env } });
  const other = await makeDirectory(t);
  const again = await runMain(["run", "--environment", other, prefix, "say"], by);
  assert.deepEqual(again.stdout, [`${again.pid} ${other} 20 43 [0, 0] what it reads `.trimEnd(), ""]);
});

test("commands that are no words of a program say what they did", async (t) => {
  const { directory } = await makeCheckout(t);
  const env = { ...process.env };
  const schema = () => runHoldall(["run", directory, "schema"], { env });
  const { stderr: _, ...first } = await schema();
  assert.deepEqual(first, { status: 0, stdout: "schema.sql: ran\n" });
  assert.deepEqual(await schema(), { status: 0, stdout: "schema.sql: had run before\n", stderr: "" });
  const { stdout } = await runHoldall(["run", directory, "generate-config"], { env });
  assert.match(stdout, /^# Settings of notes.*\n\n# Notes on a page\n# a whole number\n#PAGE_SIZE=20\n/);
  const listed = await runHoldall(["run", directory], { env });
  assert.equal(
    listed.stdout,
    "notes 1.0\n\nCommands\n  say\n  schema\n  generate-config  print a settings file to start from\n",
  );
  const json = JSON.parse((await runHoldall(["run", "--json", directory], { env })).stdout);
  assert.deepEqual(Object.keys(json.commands), ["say", "schema", "generate-config"]);
});

test("what a checkout does not have is refused with what was meant", async (t) => {
  const { directory } = await makeCheckout(t);
  const env = { ...process.env };
  const refused: [argv: string[], status: number, stderr: RegExp][] = [
    [["run", directory, "shcema"], 2, /^error: cannot run shcema: .*\nhint: Did you mean schema\?/m],
    [["run", "--port", "http", directory, "say"], 2, /cannot use --port: "http" is not a port/],
    [["run", "--set", "page=5", directory, "say"], 2, /cannot set page: /],
  ];
  for (const [argv, status, stderr] of refused) {
    const answer = await runHoldall(argv, { env });
    assert.equal(answer.status, status);
    assert.match(answer.stderr, stderr);
  }
});

test("an open artifact is run by its prefix", async (t) => {
  const directory = join(await makeDirectory(t), "app");
  await mkdir(directory);
  await writeFile(join(directory, "prefix"), SCRIPT);
  await writeFile(join(directory, "manifest.json"), "{}");
  const { stdout } = await runMain(["run", directory]);
  assert.equal(stdout[1], `file ${join(directory, "prefix")}`);
});

test("what is no artifact is refused", async (t) => {
  const directory = await makeDirectory(t);
  const script = join(directory, "script");
  await writeFile(script, "#!/bin/sh\nrm -rf /\n");
  const missing = join(directory, "missing");
  const refused: [path: string, stderr: string][] = [
    [script, `error: cannot run ${script}: it is not an artifact\nhint: Make one with \`holdall build\`.\n`],
    [missing, `error: cannot run ${missing}: there is no such file\n`],
  ];
  for (const [path, stderr] of refused) {
    const answer = await runHoldall(["run", path, "serve"]);
    assert.deepEqual(answer, { status: 1, stdout: "", stderr: `${stderr}(artifact_unreadable)\n` });
  }
});
