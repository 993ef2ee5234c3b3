import assert from "node:assert/strict";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { makeDirectory } from "./testing/small-artifact.ts";
import { BARE_PYTHON, buildForDebian, SERVE_AND_FETCH, startTestHost } from "./testing/test-host.ts";

test("a Debian with nothing but python3 and no network serves the Django example", async (t) => {
  const host = await startTestHost(t, BARE_PYTHON);
  if (host === undefined) return;
  const directory = await makeDirectory(t);
  await cp(join(PACKAGE_ROOT, "examples/django-notes"), join(directory, "django-notes"), { recursive: true });
  await host.put(await buildForDebian(join(directory, "django-notes")), "/root/notes.holdall");

  assert.match(await host.run(["/root/notes.holdall"]), /serve/);
  await host.run(["/root/notes.holdall", "migrate"]);
  await host.run(["/root/notes.holdall", "manage", "addnote", "Packed lunch", "Everything in one box."]);
  const page = await host.run([
    "python3",
    "-c",
    SERVE_AND_FETCH,
    "http://127.0.0.1:8000/",
    "/root/notes.holdall",
    "serve",
  ]);
  assert.match(page, /Packed lunch/);
});

test("two applications with conflicting versions run from one cache, and what they share is stored once", async (t) => {
  const host = await startTestHost(t, BARE_PYTHON);
  if (host === undefined) return;
  const directory = await makeDirectory(t);
  for (const [name, click] of [
    ["old-shop", "8.0.4"],
    ["new-shop", "8.1.7"],
  ] as const) {
    await writeShop(join(directory, name), { name, click });
    await host.put(await buildForDebian(join(directory, name)), `/root/${name}.holdall`);
    assert.equal(
      await host.run([`/root/${name}.holdall`, "versions"]),
      `click ${click} itsdangerous 2.2.0\n`,
    );
  }

  const cache = "/root/.cache/holdall";
  const find = (...words: string[]) => host.run(["find", cache, ...words]);
  const stored = (await find("-path", "*/layers/*/itsdangerous/signer.py")).trim().split("\n");
  assert.equal(stored.length, 1, "one layer has it");
  const linked = (await find("-samefile", stored[0] ?? "", "-path", "*/releases/*")).trim().split("\n");
  assert.equal(linked.length, 2, "both releases link to it");
  assert.equal((await find("-path", "*/layers/*/click/core.py")).trim().split("\n").length, 2);
});

async function writeShop(
  directory: string,
  { name, click }: { readonly name: string; readonly click: string },
): Promise<void> {
  await mkdir(directory);
  const description = [
    `name: ${name}`,
    "platform: python",
    `pip: [click==${click}, itsdangerous==2.2.0]`,
    "commands: { versions: { script: versions.py } }",
  ];
  await writeFile(join(directory, "holdall.yaml"), `${description.join("\n")}\n`);
  const script = [
    "from importlib.metadata import version",
    "import click, itsdangerous",
    'print("click", version("click"), "itsdangerous", version("itsdangerous"))',
  ];
  await writeFile(join(directory, "versions.py"), `${script.join("\n")}\n`);
}
