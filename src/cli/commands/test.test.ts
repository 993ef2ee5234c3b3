import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import type { Plan } from "../../artifact/plan.ts";
import { makeArtifactToStart } from "../../testing/artifact-to-start.ts";
import { eventually } from "../../testing/eventually.ts";
import { runHoldall } from "../../testing/run-holdall.ts";
import { fileEntry, makeDirectory } from "../../testing/small-artifact.ts";

const MAIN = join(import.meta.dirname, "../main.ts");

/** Unit tests that say what they find, and end as they are told. */
const CHECK = `import json, os, signal, sqlite3, sys
names = ["HOME", "PAGE_SIZE", "HOLDALL_ENVIRONMENT", "TOKEN", "MAIN_URL"]
notes = sqlite3.connect(os.environ["MAIN_PATH"]).execute("select count(*) from notes").fetchone()[0]
print(json.dumps({**{name: os.environ.get(name) for name in names}, "notes": notes, "cwd": os.getcwd(), "words": sys.argv[1:]}), flush=True)
if os.environ["PAGE_SIZE"] == "3":
    sys.exit(3)
if os.environ["PAGE_SIZE"] == "4":
    child = os.fork()
    if child == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open(os.environ["STATE_DIRECTORY"] + "/pid%d" % os.getpid(), "w").close()
    signal.pause()
`;

const SCHEMA = "create table notes (text);\n";

async function makeCheckout(t: TestContext) {
  const directory = await makeDirectory(t);
  const description = {
    ...{ name: "notes", version: "1.0", services: { main: "sqlite" } },
    commands: { schema: { sql: ["schema.sql"], database: "main" } },
    lifecycle: { migrate: "schema", unit_test: "python {app}/check.py" },
    settings: { page_size: { type: "int", default: 20, env: "PAGE_SIZE" } },
  };
  await writeFile(join(directory, "holdall.yaml"), JSON.stringify(description));
  await writeFile(join(directory, "check.py"), CHECK);
  await writeFile(join(directory, "schema.sql"), SCHEMA);
  return directory;
}

/** With a temporary directory of its own, so that what is left there can be counted. */
async function startMain(
  t: TestContext,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const temporary = await makeDirectory(t);
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { ...process.env, TMPDIR: temporary, TOKEN: "of the caller", PAGE_SIZE: "7", ...env },
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]).then(
    ([stdout, stderr, [status, signal]]) => ({ stdout: stdout.split("\n"), stderr, status, signal }),
  );
  return { child, temporary, ended };
}

test("unit tests of a checkout run in a clean environment, of which nothing is left", async (t) => {
  const directory = await makeCheckout(t);
  await writeFile(join(directory, ".env"), "PAGE_SIZE=9\n");
  const { temporary, ended } = await startMain(t, ["test", directory, "--", "--keep", "-x"]);
  const { stdout, stderr, status } = await ended;
  assert.equal(status, 0, stderr);
  const said = JSON.parse(stdout[0] ?? "");
  const base = said.HOME;
  assert.ok(base.startsWith(`${temporary}/holdall-test-`));
  assert.deepEqual(said, {
    ...{ HOME: base, PAGE_SIZE: "20", HOLDALL_ENVIRONMENT: "test", TOKEN: null, notes: 0 },
    MAIN_URL: `sqlite:///${base}/.holdall/services/main/database.sqlite`,
    ...{ cwd: join(base, ".holdall/data"), words: ["--keep", "-x"] },
  });
  assert.deepEqual(stdout.slice(1), ["unit tests of notes 1.0: passed", ""]);
  assert.deepEqual(readdirSync(temporary), []);
});

test("unit tests of an artifact run in the release of it, and their status is passed on", async (t) => {
  const own = { help: "", origin: "own" } as const;
  const commands: Plan["commands"] = {
    schema: { kind: "sql", database: "main", files: ["schema.sql"], ...own },
    unit_test: { kind: "argv", argv: ["python", "{app}/check.py"], ...own },
  };
  const artifact = await makeArtifactToStart(t, {
    application: [fileEntry("app/check.py", CHECK), fileEntry("app/schema.sql", SCHEMA)],
    plan: {
      ...{ commands, services: { main: { type: "sqlite" } } },
      settings: { page_size: { type: "int", help: "", isRequired: true, env: "PAGE_SIZE" } },
      lifecycle: { migrate: { command: "schema" }, unit_test: { command: "unit_test" } },
    },
  });
  const failing = await startMain(t, ["test", artifact.path, "--set", "page_size=3"], artifact.env);
  const { stdout, status } = await failing.ended;
  assert.equal(status, 3);
  assert.deepEqual(stdout.slice(1), ["unit tests of shop 1.0: failed with status 3", ""]);
  assert.deepEqual(readdirSync(failing.temporary), []);
  const words = ["test", artifact.path, "--set", "page_size=5", "--json", "--keep"];
  const kept = await startMain(t, words, artifact.env);
  const end = await kept.ended;
  const { directory, ...outcome } = JSON.parse(end.stdout.join("\n"));
  assert.deepEqual(outcome, { application: "shop", version: "1.0", status: 0 });
  assert.equal(JSON.parse(end.stderr.split("\n")[0] ?? "").cwd, directory);
  assert.ok(existsSync(directory));
});

test("Ctrl-C ends the tests with all that they have started, and nothing is left", async (t) => {
  const directory = await makeCheckout(t);
  const { child, temporary, ended } = await startMain(t, ["test", directory, "--set", "page_size=4"]);
  const pids = await eventually(
    "both have started",
    () => {
      const [base] = readdirSync(temporary);
      const data = join(temporary, base ?? "", ".holdall/data");
      const names = existsSync(data) ? readdirSync(data).filter((name) => name.startsWith("pid")) : [];
      return names.length === 2 ? names.map((name) => name.slice(3)) : undefined;
    },
    { withinMs: 30_000 },
  );
  child.kill("SIGINT");
  const { status, stderr } = await ended;
  assert.equal(status, 130);
  assert.match(stderr, /^error: cannot finish: interrupted by SIGINT$/m);
  assert.deepEqual(pids.filter(isAlive), []);
  assert.deepEqual(readdirSync(temporary), []);
});

test("without unit tests, and when migrate fails, it says so", async (t) => {
  const directory = await makeCheckout(t);
  await writeFile(join(directory, "schema.sql"), "create tabel notes;\n");
  const env = { ...process.env };
  const failed = await runHoldall(["test", directory], { env });
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /sql_failed/);
  await writeFile(join(directory, "holdall.yaml"), "name: notes\nplatform: python\n");
  await rm(join(directory, "schema.sql"));
  assert.deepEqual(await runHoldall(["test", directory], { env }), {
    ...{ status: 2, stdout: "" },
    stderr:
      "error: cannot test notes: it does not say how its unit tests are run, and none were found\nhint: Write `lifecycle: { unit_test: python -m unittest discover {app} }` into its description, or the command that it has; with pytest in `test_pip` none is needed.\n(command_not_found)\n",
  });
});

function isAlive(pid: string): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}
