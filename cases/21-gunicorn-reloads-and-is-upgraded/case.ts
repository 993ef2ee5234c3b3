import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { start } from "../../src/testing/artifact-to-start.ts";
import type { CasePlace } from "../../src/testing/case-place.ts";
import { eventually } from "../../src/testing/eventually.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { type Server, startServer } from "../../src/testing/server.ts";

interface Page {
  readonly version: string;
  readonly late: string;
  readonly read: string;
  readonly pid: number;
  readonly master: number;
  readonly release: string;
  readonly environment: Readonly<Record<string, string>>;
}

export default defineCase({
  sentence:
    "gunicorn in an artifact reloads on HUP and is upgraded by USR2 to the artifact that lies at its path now; what the old master runs stays until it quits",
  origin: ["gunicorn#394", "gunicorn#3281", "gunicorn: Upgrading to a new binary on the fly"],
  seenFailing:
    "as gunicorn starts the interpreter of its own release again, USR2 brought another master of version 1: no page of version 2 came",
  async shownBy(place, t) {
    const [artifact, next] = [await place.build(), await buildNext(place)];
    const path = join(artifact.data, "site.holdall");
    await copyFile(artifact.path, path);
    for (const temperature of ["cold", "warm"]) {
      const words = ["./site.holdall", "serve", "--workers", "2", "--graceful-timeout", "5"];
      const server = await startServer(words, { cwd: artifact.data, env: artifact.env });
      t.after(() => end(server));
      const old = await ask(server, (page) => page.version === "1");
      assert.equal(old.master, server.pid);
      const booted = await eventually("both workers are there", () => {
        const pids = [...server.output().matchAll(/Booting worker with pid: (\d+)/g)].map(([, pid]) => pid);
        return pids.length === 2 ? pids : undefined;
      });

      await copyFile(next.path, `${path}.new`);
      await rename(`${path}.new`, path); // an artifact is replaced whole
      process.kill(server.pid, "SIGHUP");
      const reloaded = await ask(server, (page) => !booted.includes(String(page.pid)));
      assert.deepEqual(tell(reloaded), tell(old), "HUP loads the same release again");

      process.kill(server.pid, "SIGUSR2");
      const upgraded = await ask(server, (page) => page.version === "2");
      assert.deepEqual([upgraded.late, upgraded.read], ["2", "2"]);
      assert.notEqual(upgraded.master, server.pid);
      const still = await ask(server, (page) => page.version === "1");
      assert.deepEqual(tell(still), tell(old), "the old workers go on");
      const led = Object.entries(upgraded.environment).filter(([, value]) => value.includes(old.release));
      assert.deepEqual(led, [], "nothing leads from the new release to the old one");
      const commandLine = await readFile(`/proc/${upgraded.master}/cmdline`, "utf8");
      assert.deepEqual(
        commandLine.split("\0").slice(-5, -1),
        words.slice(2),
        "with the words of the first start",
      );

      const prune = ["--holdall", "cache", "prune", "--older-than", "0s"];
      const pruned = await start(artifact, prune, { as: next.path });
      assert.equal(pruned.status, 0, pruned.stderr);
      assert.ok(existsSync(old.release), "a release that runs is kept");

      process.kill(server.pid, "SIGQUIT");
      await eventually("the old master has quit", () => (isAlive(server.pid) ? undefined : true));
      for (let count = 0; count < 4; count++) assert.equal((await fetchPage(server)).version, "2");
      process.kill(upgraded.master, "SIGTERM");
      await eventually("the new master has ended", () => (isAlive(-server.pid) ? undefined : true));
      if (temperature === "cold") await copyFile(artifact.path, path);
    }
  },
});

const tell = ({ version, late, read, release }: Page) => ({ version, late, read, release });

async function buildNext({ workshop, build }: CasePlace) {
  const description = await readFile(join(workshop.directory, "holdall.yaml"), "utf8");
  const source = await readFile(join(workshop.directory, "site_app.py"), "utf8");
  workshop.write({
    "holdall.yaml": description.replace('"1"', '"2"'),
    "site_app.py": source.replace('"1"', '"2"'),
    "late.py": 'VERSION = "2"\n',
    "version.txt": "2\n",
  });
  return build();
}

async function fetchPage({ address }: Server): Promise<Page> {
  return (await (await fetch(address)).json()) as Page; // of the application here
}

function ask(server: Server, isWanted: (page: Page) => boolean): Promise<Page> {
  return eventually(`an answer for which ${isWanted}`, async () => {
    const page = await fetchPage(server).catch(() => undefined); // a worker that ends may drop a connection
    return page !== undefined && isWanted(page) ? page : undefined;
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function end({ pid }: Server): void {
  if (isAlive(-pid)) process.kill(-pid, "SIGKILL");
}
