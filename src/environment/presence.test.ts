import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeDirectory } from "../testing/small-artifact.ts";
import { ensureDirectories, planDirectories } from "./directories/directories.ts";
import { listPresences, prunePresences, removePresence, writePresence } from "./presence.ts";

test("who runs is listed, and what was left by others is not", async (t) => {
  const directories = planDirectories(await makeDirectory(t), "checkout");
  assert.deepEqual(await listPresences(directories.base), []);
  await ensureDirectories(directories);
  const presence = { isFirst: true, parts: ["web"], addresses: { web: { host: "::1", port: 80 } } };
  await writePresence(directories, presence);
  assert.deepEqual(await listPresences(directories.base), [{ pid: process.pid, ...presence }]);

  const own = `dev-${process.pid}.json`;
  const text = readFileSync(join(directories.run, own), "utf8");
  const write = (pid: number, content: string) =>
    writeFileSync(join(directories.run, `dev-${pid}.json`), content);
  write(1, text); // of another process
  write(2, "{"); // cut off by a power cut
  write(process.ppid, text.replace(`"pid":${process.pid}`, `"pid":${process.ppid}`)); // born at another time
  assert.equal((await listPresences(directories.base)).length, 1);
  await prunePresences(directories);
  assert.deepEqual(readdirSync(directories.run), [own]);
  await removePresence(directories);
  assert.deepEqual(await listPresences(directories.base), []);
});
