import assert from "node:assert/strict";
import { chmod, chown, mkdir, readdir, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { needRoot } from "../../testing/needs.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { ensureDirectories, planDirectories } from "./directories.ts";
import { ensureOwnDirectory } from "./own-directory.ts";

test("a link is refused, and what it leads to keeps its mode", async (t) => {
  const directory = await makeDirectory(t);
  const [base, victim] = [join(directory, "base"), join(directory, "victim")];
  const directories = planDirectories(base, "checkout");
  await mkdir(victim);
  await chmod(victim, 0o755);
  await mkdir(directories.own, { recursive: true });
  await symlink(victim, directories.run);
  await assert.rejects(ensureDirectories(directories), {
    code: "environment_unusable",
    message: `cannot use the environment in ${base}: ${directories.run} is no directory`,
    hint: "Remove it.",
  });
  assert.equal((await stat(victim)).mode & 0o777, 0o755);
});

test("where nothing can be made, the system's reason is told", async (t) => {
  const base = "/proc/self"; // which nobody can write to
  await assert.rejects(ensureOwnDirectory(base), {
    code: "environment_unusable",
    message: `cannot use the environment in ${base}: ${base}/.holdall cannot be made, the system says ENOENT`,
  });
  const made = join(await makeDirectory(t), "new/base");
  await ensureOwnDirectory(made);
  assert.deepEqual(await readdir(made), [".holdall"]);
});

test("what another user has made is refused, to root too", async (t) => {
  if (!needRoot(t)) return;
  const base = await makeDirectory(t);
  const own = join(base, ".holdall");
  await ensureOwnDirectory(base);
  await ensureOwnDirectory(base);
  await chown(own, 65_534, 65_534);
  await assert.rejects(ensureOwnDirectory(base), {
    message: `cannot use the environment in ${base}: ${own} belongs to the user 65534`,
    hint: /^Root would leave files that its owner cannot use: .*`--environment DIR`\.$/,
  });
});
