import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { join } from "node:path";
import { start } from "../../src/testing/artifact-to-start.ts";
import { eventually } from "../../src/testing/eventually.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { startServer } from "../../src/testing/server.ts";

/** What `render()` of page.py returns. */
interface Page {
  readonly pid: number;
  readonly path: readonly string[];
}

export default defineCase({
  sentence:
    "the reloaders of uvicorn, Flask and Django start a child that imports the same, before and after a file has changed",
  origin: ["pex#1172"],
  seenFailing:
    "with the interpreter itself as sys.executable, the child of Django's reloader did not find django, and nothing answered",
  async shownBy(place) {
    const artifact = await place.build();
    const { stdout } = await start(artifact, ["--holdall", "path"]);
    const release = stdout.trim();
    await Promise.all(
      ["uvicorn", "flask", "django"].map(async (name) => {
        const server = await startServer([artifact.path, name], { cwd: artifact.data, env: artifact.env });
        try {
          const { pid, ...facts } = await read(server.address);
          assert.ok(facts.path.includes(`${release}/app`), facts.path.join(" "));
          const file = join(release, "app", `by_${name}.py`);
          const again = await eventually(`another child of ${name} answers`, async () => {
            // Files of a release do not change by themselves, and a reloader may not have begun to look.
            utimesSync(file, new Date(), new Date());
            const page = await read(server.address).catch(() => undefined);
            return page?.pid === pid ? undefined : page;
          });
          assert.deepEqual({ ...again, pid }, { ...facts, pid }, name);
        } finally {
          await server.stop("SIGTERM");
        }
      }),
    );
  },
});

async function read(address: string): Promise<Page> {
  const response = await fetch(address);
  return (await response.json()) as Page; // of page.py
}
