import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { runProcess } from "./system/run-process.ts";
import { makeDirectory } from "./testing/small-artifact.ts";

const TSC = join(PACKAGE_ROOT, "node_modules/.bin/tsc");

/** A program of somebody who installed the package. */
const CONSUMER = `import { AppError, AppPackage, type LoadedObject } from "holdall";

await using app = await AppPackage.open("notes", { kind: "test", settings: { size: 3 } });
const { status }: { status: number | undefined } = await app.runCommand("unit_test", ["-v"]);
const web: LoadedObject = await app.loadObject();
const text: string = await (await web.fetch(new Request("http://localhost/"))).text();
for await (const event of app.events) if (event.kind === "output") console.log(event.part, event.line, status, text);
for await (const message of (await web.connect("/chat")).messages) console.log(message.length);
const total: unknown = await (await app.loadObject("shop.prices:total")).call(1, { currency: "EUR" });
await using started = await app.start("web");
await fetch(new URL("/", started.url));
const { database } = await app.services();
await database?.backup("there");
// @ts-expect-error a kind that there is not
await AppPackage.open("notes", { kind: "production" });
console.log(new AppError({ code: "usage_wrong", message: "x" }).hint, total);
`;

test("the types of the package compile in a project that has nothing but it and those of Node", async (t) => {
  const directory = await makeDirectory(t);
  const installed = join(directory, "node_modules/holdall");
  mkdirSync(join(directory, "node_modules/@types"), { recursive: true });
  symlinkSync(join(PACKAGE_ROOT, "node_modules/@types/node"), join(directory, "node_modules/@types/node"));
  // As `prepack` does it, but not into the checkout, whose bundle other tests use.
  const types = join(installed, "dist/types");
  await succeed([TSC, "-p", join(PACKAGE_ROOT, "tsconfig.library.json"), "--outDir", types], PACKAGE_ROOT);
  copyFileSync(join(PACKAGE_ROOT, "package.json"), join(installed, "package.json"));
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
  writeFileSync(join(directory, "consumer.ts"), CONSUMER);
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024"];
  const libraries = ["--lib", "es2024,esnext.disposable", "--types", "node"];
  await succeed([TSC, ...options, ...libraries, "consumer.ts"], directory);
});

test("the package has what the library starts", async () => {
  const listed = await succeed(["npm", "pack", "--dry-run", "--json", "--ignore-scripts"], PACKAGE_ROOT);
  const [{ files }] = JSON.parse(listed) as [{ files: readonly { readonly path: string }[] }];
  const paths = new Set(files.map(({ path }) => path));
  for (const path of [
    "dist/index.js",
    "support/environment/guard.py",
    "support/environment/object_wsgi.py",
  ]) {
    assert.ok(paths.has(path), path);
  }
  assert.deepEqual(
    [...paths].filter((path) => path.startsWith("src/") || path.includes("__pycache__")),
    [],
  );
});

async function succeed(argv: readonly string[], cwd: string): Promise<string> {
  const { status, stdout, stderr } = await runProcess(argv, { cwd, env: process.env });
  assert.equal(status, 0, `${argv.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}
