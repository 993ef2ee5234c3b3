import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { undefinedIfMissing } from "../system/file-errors.ts";
import { eventually } from "../testing/eventually.ts";
import { makeDirectory } from "../testing/small-artifact.ts";

const MAIN = join(import.meta.dirname, "main.ts");

/** An application whose build command never ends by itself. */
async function startSlowBuild(directory: string) {
  const waiting = `sh -c 'echo $$ > pid; exec sleep 1000'`;
  await writeFile(join(directory, "holdall.yaml"), `name: slow\nplatform: python\nbuild:\n  - ${waiting}\n`);
  const child = spawn(process.execPath, [MAIN, "build", directory], {
    cwd: directory,
    env: { ...process.env, HOLDALL_CACHE: join(directory, "cache") },
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  const pid = await eventually("the build command runs", async () => {
    const written = await readFile(join(directory, "pid"), "utf8").catch(undefinedIfMissing);
    return written?.endsWith("\n") ? Number(written) : undefined;
  });
  return { child, ended, pid };
}

for (const [signal, name] of [
  ["SIGINT", "Ctrl-C"],
  ["SIGTERM", "a supervisor"],
] as const) {
  test(`${name} ends a build with all that it started, and leaves nothing`, async (t) => {
    const directory = await makeDirectory(t);
    const { child, ended, pid } = await startSlowBuild(directory);
    child.kill(signal);
    const [stdout, stderr, [status]] = await ended;
    assert.equal(stdout, "");
    assert.match(stderr, new RegExp(`error: cannot finish: interrupted by ${signal}\n\\(interrupted\\)\n$`));
    assert.equal(status, 130);
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    assert.deepEqual(await readdir(join(directory, "cache/build/work")), []);
    assert.deepEqual((await readdir(directory)).toSorted(), ["cache", "holdall.yaml", "pid"]);
  });
}
