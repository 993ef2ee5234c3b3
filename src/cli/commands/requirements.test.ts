import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { runHoldall } from "../../testing/run-holdall.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";

async function makeCheckout(t: TestContext, more: Readonly<Record<string, unknown>> = {}) {
  const directory = await makeDirectory(t);
  const description = {
    ...{ name: "notes", platform: "python", services: { main: "sqlite", cache: "redis" } },
    settings: { title: { type: "string", required: true, env: "TITLE" } },
    lifecycle: { verify: "python {app}/verify.py" },
    ...more,
  };
  await writeFile(join(directory, "holdall.yaml"), JSON.stringify(description));
  await writeFile(
    join(directory, "verify.py"),
    "import os, sys\nif os.environ['TITLE'] == 'bad':\n    print('the title is bad', file=sys.stderr)\n    sys.exit(9)\n",
  );
  const env = { ...process.env, CACHE_URL: "redis://127.0.0.1:1" };
  return { directory, env };
}

test("each requirement that is not met is explained, and what depends on it is not looked at", async (t) => {
  const { directory, env } = await makeCheckout(t);
  const { status, stdout } = await runHoldall(["requirements", directory], { env });
  assert.equal(status, 1);
  assert.deepEqual(stdout.split("\n"), [
    "met  python",
    "no   settings: cannot start the application: nobody has set title",
    "     hint: Write `TITLE=…` into the settings file (.env), or export it; `holdall settings` shows all of them.",
    "met  service main",
    "no   service cache: cannot reach cache at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1",
    "     hint: CACHE_URL names it: check that it runs, its address, account and password. Where CACHE_URL is not set, an own one is used.",
    "?    verify: not looked at: what it needs is not met",
    "",
  ]);
});

test("the application's own verify has the last word", async (t) => {
  const { directory, env } = await makeCheckout(t, { services: { main: "sqlite" } });
  const ask = (title: string) =>
    runHoldall(["requirements", "--set", `title=${title}`, "--json", directory], { env });
  const good = await ask("good");
  assert.equal(good.status, 0, good.stdout);
  const bad = await ask("bad");
  assert.equal(bad.status, 1);
  assert.deepEqual(JSON.parse(bad.stdout).at(-1), {
    ...{ name: "verify", isMet: false, hint: "What it says is the application's own." },
    reason: "verify says no with status 9\nthe title is bad",
  });
});

test("packages of the system and a Python that are not there are named", async (t) => {
  const { directory, env } = await makeCheckout(t, {
    ...{ services: {}, settings: {}, python: ">=3.99" },
    ...{ deb: ["no-such-package"], rpm: ["no-such-package"] },
  });
  const { status, stdout } = await runHoldall(["requirements", "--json", directory], { env });
  assert.equal(status, 1);
  const found = JSON.parse(stdout) as { name: string; isMet?: boolean; reason: string }[];
  assert.deepEqual(
    found.map(({ name, isMet }) => [name, isMet]),
    [
      ["system packages", false],
      ["python", false],
      ["verify", undefined],
    ],
  );
  assert.match(found[0]?.reason ?? "", /no-such-package/);
  assert.match(found[1]?.reason ?? "", />=3\.99/);
});
