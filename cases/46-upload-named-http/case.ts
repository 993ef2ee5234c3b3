import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { start } from "../../src/testing/artifact-to-start.ts";
import type { BuiltCase } from "../../src/testing/case-place.ts";
import { eventually } from "../../src/testing/eventually.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { type Server, startServer } from "../../src/testing/server.ts";

/** What Python, servers and workers import sooner or later, a configuration of gunicorn, and the application itself. */
const UPLOADS = [
  "http",
  "select",
  "xmlrpc",
  "uploads",
  "multiprocessing",
  "gunicorn.conf",
  "sitecustomize",
  "runpy",
];

export default defineCase({
  sentence:
    "a file named `http.py` that an upload puts into the working directory is imported by no server, no new worker, no restart and no command",
  origin: ["gunicorn#3281", "gunicorn#2466"],
  seenFailing:
    "with gunicorn's own chdir(), the workers that HUP starts import the uploaded uploads.py and end",
  async shownBy(place, t) {
    const artifact = await place.build();
    await Promise.all([
      checkServer(t, artifact, ["serve"], "SIGHUP"),
      checkServer(t, artifact, ["async"], undefined),
    ]);
    for (const name of ["report", "report-module"]) {
      const { status, stdout, stderr } = await start(artifact, [name]);
      assert.deepEqual([status, stderr], [0, ""], name);
      assert.doesNotMatch(stdout, new RegExp(artifact.data));
    }
    // A restart, with the files there from the beginning.
    for (const words of [["serve"], ["async"]]) {
      const server = await startServer([artifact.path, ...words], { cwd: artifact.data, env: artifact.env });
      await fetchAnswer(server);
      await server.stop("SIGTERM");
      assert.doesNotMatch(server.output(), /uploaded/);
    }
  },
});

/** Uploads, then has each worker replaced: by a signal to the master, and as one that has died. */
async function checkServer(
  t: TestContext,
  artifact: BuiltCase,
  words: readonly string[],
  reload: NodeJS.Signals | undefined,
): Promise<void> {
  const server = await startServer([artifact.path, ...words], { cwd: artifact.data, env: artifact.env });
  t.after(() => {
    if (!hasStopped) process.kill(-server.pid, "SIGKILL");
  });
  let hasStopped = false;
  for (const name of UPLOADS) {
    const body = 'raise SystemExit("uploaded " + __name__)\n';
    assert.equal(
      await (await fetch(`${server.address}/${name}.py`, { method: "PUT", body })).text(),
      "saved",
    );
  }
  const first = await fetchAnswer(server);
  assert.ok(
    first.files.every((file) => !file.startsWith(artifact.data)),
    first.files.join(" "),
  );
  if (reload !== undefined) process.kill(server.pid, reload);
  else process.kill(first.pid, "SIGKILL");
  const second = await eventually("another worker answers", async () => {
    assert.doesNotMatch(server.output(), /uploaded/);
    const answer = await fetchAnswer(server).catch(() => undefined);
    return answer !== undefined && answer.pid > first.pid + 1 ? answer : undefined;
  });
  assert.deepEqual(second.files, first.files);
  await server.stop("SIGTERM");
  hasStopped = true;
  assert.doesNotMatch(server.output(), /uploaded/);
}

async function fetchAnswer({ address }: Server) {
  const [pid = "", master, ...files] = (await (await fetch(address)).text()).split(" ");
  return { pid: Number(pid), master: Number(master), files };
}
