import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { watchFiles } from "./watch-files.ts";

async function prepare(t: TestContext) {
  const directory = await makeDirectory(t);
  await mkdir(join(directory, "shop/templates"), { recursive: true });
  await mkdir(join(directory, "ignored"));
  await writeFile(join(directory, ".gitignore"), "/ignored/\n*.tmp.py\n");
  await writeFile(join(directory, "shop/views.py"), "");
  const watcher = await watchFiles(directory, {
    also: [join(directory, "holdall.yaml")],
    onWarning: (message) => assert.fail(message),
  });
  t.after(() => watcher.close());
  const write = (path: string, text = "") => writeFile(join(directory, path), text);
  const next = () => watcher.next(AbortSignal.timeout(60_000));
  return { directory, write, next };
}

/** What is written, in order, and what the next answer is. */
const CASES: [what: string, paths: readonly string[], changed: readonly string[]][] = [
  ["a module", ["shop/views.py"], ["shop/views.py"]],
  ["a new template", ["shop/templates/page.html"], ["shop/templates/page.html"]],
  ["a lock", ["uv.lock"], ["uv.lock"]],
  [
    "data and what only browsers read",
    ["shop.db", "shop.sqlite3", "a.log", "shop/style.css", "b.py"],
    ["b.py"],
  ],
  ["what git ignores", ["ignored/a.py", "shop/x.tmp.py", "b.py"], ["b.py"]],
  ["what holdall or an editor keeps", ["shop/.views.py.swp", "shop/views.py~", "b.py"], ["b.py"]],
  ["the description, which is in no artifact", ["holdall.yaml"], ["holdall.yaml"]],
];
for (const [what, paths, changed] of CASES) {
  test(`sees ${what}`, async (t) => {
    const { write, next } = await prepare(t);
    for (const path of paths) await write(path, "new");
    assert.deepEqual(await next(), changed);
  });
}

test("sees files of new directories, renamed and removed ones, and those that were only touched", async (t) => {
  const { directory, write, next } = await prepare(t);
  await mkdir(join(directory, "blog/deep"), { recursive: true });
  assert.deepEqual((await Promise.all([next(), write("blog/deep/a.py")]))[0], ["blog/deep/a.py"]);
  await write("blog/deep/a.py", "again");
  assert.deepEqual(await next(), ["blog/deep/a.py"]);
  await rename(join(directory, "blog"), join(directory, "news"));
  assert.deepEqual(await next(), ["blog/deep/a.py", "news/deep/a.py"]);
  await rm(join(directory, "news"), { recursive: true });
  assert.deepEqual(await next(), ["news/deep/a.py"]);
  await utimes(join(directory, "shop/views.py"), 1, 1);
  assert.deepEqual(await next(), ["shop/views.py"]);
});

test("what git changes is one answer, however long it takes", async (t) => {
  const { directory, write, next } = await prepare(t);
  await mkdir(join(directory, ".git"));
  await write(".git/index.lock");
  const answer = next();
  const names = Array.from({ length: 2000 }, (_, index) => `shop/m${index}.py`);
  for (const name of names) await write(name);
  await rm(join(directory, ".git/index.lock"));
  assert.deepEqual(await answer, names.toSorted());
});

test("what is told in a file of the checkout is no change of it", async (t) => {
  const directory = await makeDirectory(t);
  const output = await open(join(directory, "nohup.out"), "a");
  t.after(() => output.close());
  const outputs = [output.fd];
  const watcher = await watchFiles(directory, { also: [], onWarning: () => {}, outputs });
  t.after(() => watcher.close());
  const next = watcher.next(AbortSignal.timeout(60_000));
  await output.write("changed: nohup.out\n");
  await writeFile(join(directory, "a.py"), "");
  assert.deepEqual(await next, ["a.py"]);
});

/** Says what is warned of, then waits for a change. */
const WATCH = `import { watchFiles } from ${JSON.stringify(join(import.meta.dirname, "watch-files.ts"))};
const watcher = await watchFiles(process.argv[1], { also: [], onWarning: console.log });
console.log("looks");
console.log((await watcher.next(AbortSignal.timeout(60_000))).join());
watcher.close();
`;

test("where the kernel has no more watches, changes are looked for", async (t) => {
  const { directory, write } = await prepare(t);
  // A namespace has limits of its own: user_namespaces(7), namespaces(7).
  const limit = 'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"';
  const watch = [process.execPath, "--input-type=module", "-e", WATCH, "--", directory];
  const child = spawn("unshare", ["--user", "--map-root-user", "sh", "-c", limit, "sh", ...watch]);
  t.after(() => child.kill("SIGKILL"));
  const ended = Promise.all([text(child.stderr), once(child, "exit")]);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value ?? (await ended).join();
  assert.equal(
    await line(),
    "the system has no more watches (fs.inotify, EMFILE): changes are looked for every second instead",
  );
  assert.equal(await line(), "looks");
  await write("shop/views.py", "new");
  assert.equal(await line(), "shop/views.py");
});

test("an abort ends the wait", async (t) => {
  const directory = await makeDirectory(t);
  const watcher = await watchFiles(directory, { also: [], onWarning: () => {} });
  t.after(() => watcher.close());
  const controller = new AbortController();
  const waiting = watcher.next(controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
});
