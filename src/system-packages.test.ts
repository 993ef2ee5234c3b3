import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { needProgram } from "./testing/needs.ts";
import { runHoldall } from "./testing/run-holdall.ts";
import { makeDirectory } from "./testing/small-artifact.ts";
import { buildForDebian, SYSTEMD_PYTHON, startTestHost } from "./testing/test-host.ts";

// python3-apt exists only as a Debian package, and leans on libapt-pkg of another one.
const VERSIONS = `import importlib.metadata, sys
import apt, apt_pkg

print(importlib.metadata.version("python-apt"), apt_pkg.Dependency.TYPE_DEPENDS, len(apt_pkg.VERSION) > 0)
try:
    import neighbour
except ImportError as error:
    print(error)
`;

test("a module that only Debian has is there while its package is", async (t) => {
  const host = await startTestHost(t, SYSTEMD_PYTHON);
  if (host === undefined) return;
  const application = await writeApplication(t);
  await host.put(await buildForDebian(application), "/root/updates.holdall");
  // Of no package that the description names.
  await host.put(join(application, "versions.py"), "/usr/lib/python3/dist-packages/neighbour.py");
  const versions = ["/root/updates.holdall", "versions"];

  const first = await host.run(versions);
  assert.match(first, /^[0-9.]+ \d+ True\nNo module named 'neighbour'\n$/);
  assert.equal(await host.run(versions), first);

  // The release is ready; what it links to goes.
  await host.run(["dpkg", "--remove", "python3-apt"]);
  const { status, stderr } = await host.try(versions);
  assert.equal(
    stderr,
    "cannot start updates 0: it needs packages that this system lacks: python3-apt\n" +
      "hint: Run `apt-get install python3-apt` as root.\n",
  );
  assert.equal(status, 1);
});

test("with an interpreter inside it is refused, with the reason", async (t) => {
  const application = await writeApplication(t);
  const { status, stderr } = await runHoldall(["build", application, "--with-python"], {
    env: { ...process.env, HOLDALL_CACHE: join(application, "cache") },
  });
  assert.equal(
    stderr.split("\n")[0],
    "error: cannot build updates with an interpreter inside: python3-apt has modules for the host's own Python",
  );
  assert.equal(status, 2);
});

test("holdall check lists what this machine lacks, with the command that installs it", async (t) => {
  if (!needProgram(t, "dpkg-query")) return;
  const application = await writeApplication(t, "dpkg, no-such-package");
  const { status, stdout } = await runHoldall(["check", application], { env: process.env });
  assert.equal(status, 0);
  assert.ok(
    stdout.endsWith(
      "\n\nwarning: it needs packages that this system lacks: no-such-package\n" +
        "hint: Run `apt-get install no-such-package` as root.\n",
    ),
    stdout,
  );
});

/** @returns its directory. */
async function writeApplication(t: TestContext, deb = "python3-apt"): Promise<string> {
  const application = join(await makeDirectory(t), "updates");
  await mkdir(application);
  await writeFile(
    join(application, "holdall.yaml"),
    `name: updates\nplatform: python\ndeb: ${deb}\ncommands: { versions: { script: versions.py } }\n`,
  );
  await writeFile(join(application, "versions.py"), VERSIONS);
  return application;
}
