import assert from "node:assert/strict";
import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PYTHON, start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "a Python inside knows nothing of the directory that it was built for, and with a wrong `home` or without its library it ends instead of taking another one's",
  origin: ["cpython#127440", "python-build-standalone#380"],
  seenFailing:
    "without the check in holdall_release, a wrong `home` made it run with the library of the Python that it was copied from, and without its own with that of /usr",
  refusal: "cannot start …/releases/…: its Python is inside, and found the standard library of /usr",
  async shownBy(place) {
    const artifact = await place.build({ withPython: true });
    const built = dirname(dirname(PYTHON.path));
    const first = await start(artifact, ["tell"]);
    const { prefixes, paths, library, names } = JSON.parse(first.stdout || first.stderr);
    const release = prefixes[0];
    assert.deepEqual(prefixes, [release, release, `${release}/python`, `${release}/python`]);
    for (const path of [...paths, ...library]) assert.ok(path.startsWith(`${release}/`), path);
    // Where that is /usr, names of the system's own directories are right.
    const led = built === "/usr" ? [] : names.filter((name: string) => name.includes(built));
    assert.deepEqual(led, []);

    for (const directory of ["", "python"]) chmodSync(join(release, directory), 0o755);
    const path = join(release, "pyvenv.cfg");
    chmodSync(path, 0o644);
    const right = readFileSync(path, "utf8");
    writeFileSync(path, right.replace(/^home = .*/m, "home = /nowhere/bin"));
    assert.match((await refuse()).stderr, REFUSAL);
    writeFileSync(path, right);
    assert.equal((await start(artifact, ["tell"])).status, 0);

    // Without any library it may not even come so far: then Python says what it lacks.
    chmodSync(join(release, "python/lib"), 0o755);
    renameSync(join(release, "python/lib"), join(release, "python/gone"));
    await refuse();

    async function refuse() {
      const ended = await start(artifact, ["tell"]);
      assert.notEqual(ended.status, 0);
      assert.equal(ended.stdout, "");
      return ended;
    }
  },
});

const REFUSAL =
  /^cannot start \S+: its Python is inside, and found the standard library of \S+\nhint: .*|^Could not find platform independent libraries|Fatal Python error/m;
