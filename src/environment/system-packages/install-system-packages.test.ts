import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type TestContext, test } from "node:test";
import { needProgram, needRoot } from "../../testing/needs.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { installSystemPackages, planInstallation } from "./install-system-packages.ts";

const ABSENT = "no-such-package";

/** The world outside: an apt-get that writes down its words, in front of the one of this machine. */
async function withPackageManager(t: TestContext, script: string) {
  const directory = await makeDirectory(t);
  const bin = join(directory, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "apt-get"), `#!/bin/sh\necho "$@" >>${directory}/asked\n${script}\n`, {
    mode: 0o755,
  });
  const lines: string[] = [];
  return {
    ...{ lines, asked: () => readFileSync(join(directory, "asked"), "utf8") },
    options: {
      env: { ...process.env, PATH: bin + delimiter + process.env["PATH"] },
      signal: new AbortController().signal,
      onLine: (line: string) => void lines.push(line),
    },
  };
}

test("what is lacking is installed by the package manager, word by word", () => {
  assert.deepEqual(planInstallation("rpm", []), []);
  assert.deepEqual(planInstallation("rpm", ["b", "a"]), [["dnf", "install", "--assumeyes", "--", "a", "b"]]);
  const [update, install] = planInstallation("deb", ["libgdal32"]);
  assert.deepEqual(update?.slice(0, 2), ["apt-get", "update"]);
  assert.deepEqual(install?.slice(-2), ["--", "libgdal32"]);
});

test("a dry run says what it would do, and does nothing", async (t) => {
  if (!needProgram(t, "dpkg-query")) return;
  const { options, asked } = await withPackageManager(t, "");
  const packages = { deb: ["dpkg", ABSENT], rpm: [] };
  const plan = await installSystemPackages(packages, { ...options, dryRun: true });
  assert.deepEqual(plan, { lacking: [ABSENT], commands: planInstallation("deb", [ABSENT]), isDone: false });
  assert.throws(asked, { code: "ENOENT" });
  const nothing = await installSystemPackages({ deb: ["dpkg"], rpm: [] }, { ...options, dryRun: false });
  assert.deepEqual(nothing, { lacking: [], commands: [], isDone: false });
});

test("packages are installed, or the package manager's own words say why not", async (t) => {
  if (!needRoot(t) || !needProgram(t, "dpkg-query")) return;
  const packages = { deb: [ABSENT], rpm: [] };
  const right = await withPackageManager(t, "echo some line");
  const done = await installSystemPackages(packages, { ...right.options, dryRun: false });
  assert.equal(done.isDone, true);
  assert.deepEqual(right.lines, ["some line", "some line"]);
  assert.equal(right.asked(), `${done.commands.map((words) => words.slice(1).join(" ")).join("\n")}\n`);
  const wrong = await withPackageManager(
    t,
    '[ "$1" = update ] || { echo "E: no such thing" >&2; exit 100; }',
  );
  await assert.rejects(installSystemPackages(packages, { ...wrong.options, dryRun: false }), {
    code: "packages_not_installed",
    message: "cannot install system packages: `apt-get install` ended with 100",
    excerpt: "E: no such thing",
  });
});

test("a name that would remove a package, and a machine of another kind, are refused", async (t) => {
  if (!needProgram(t, "dpkg-query")) return;
  const { options } = await withPackageManager(t, "");
  await assert.rejects(
    installSystemPackages({ deb: [`${ABSENT}-`], rpm: [] }, { ...options, dryRun: true }),
    {
      code: "packages_not_installed",
      message: `cannot install system packages: no package is called ${ABSENT}-`,
    },
  );
});
