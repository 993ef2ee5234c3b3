import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { runHoldall } from "../../testing/run-holdall.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";

const MAIN = join(import.meta.dirname, "../main.ts");

/** Starts as every artifact does, and says how it was started. */
const SCRIPT = `#!/bin/sh
holdall_id='${"0".repeat(64)}'
printf '%s\\n' "pid $$" "file $0" "words $# $*" "own $OWN"
sed -n 's/^flags:/flags/p' /proc/$$/fdinfo/1 /proc/$$/fdinfo/2
cat
exit 7
`;

async function runMain(argv: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...argv], { env: { ...process.env, OWN: "variable" } });
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

test("an open artifact is run by its prefix", async (t) => {
  const directory = join(await makeDirectory(t), "app");
  await mkdir(directory);
  await writeFile(join(directory, "prefix"), SCRIPT);
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
    [directory, `error: cannot run ${directory}: there is no such file\n`],
  ];
  for (const [path, stderr] of refused) {
    const answer = await runHoldall(["run", path, "serve"]);
    assert.deepEqual(answer, { status: 1, stdout: "", stderr: `${stderr}(artifact_unreadable)\n` });
  }
});
