import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { EnvironmentEvent } from "./environment/events.ts";
import type { Presence } from "./environment/presence.ts";
import { isPortFree } from "./system/port-owner.ts";
import { runProcess } from "./system/run-process.ts";
import { CACHE, type Development, HOLDALL, startDevelopment } from "./testing/development.ts";
import { eventually } from "./testing/eventually.ts";
import { makeDirectory } from "./testing/small-artifact.ts";

// `holdall dev` as a person uses it: through the bundle, with signals, and nothing of it may be left.

const WEB = `import http.server, os, sys
import page
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(("%s of %s" % (page.TEXT, os.environ["SIZE"])).encode())
    def log_message(self, *words):
        pass
http.server.HTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
`;
const WORKER = `import os, tempfile, time
tempfile.mkstemp()
print("working", os.environ["HOLDALL_INSTANCE"], flush=True)
time.sleep(1000)
`;
/** Ignores SIGTERM, and leaves a daemon in another session that does, too. */
const STUBBORN = `import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print("stubborn", flush=True)
        time.sleep(1000)
    os._exit(0)
time.sleep(1000)
`;
const WHERE = `import os
print(os.environ["HOLDALL_ADDRESS_WEB"], os.environ["HOLDALL_ADDRESS_MAIL"], flush=True)
`;
const DESCRIPTION = `name: many
platform: python
processes:
  web: python {app}/web.py {host} {port}
  worker:
    command: python {app}/worker.py
    instances: 2
  single:
    command: python {app}/worker.py
    overlap: never
settings:
  size: {type: int, default: 3}
  key: {type: secret, generate: secret}
services:
  database: {type: sqlite}
lifecycle:
  migrate: python -c "print('migrating', flush=True)"
`;

async function makeApplication(
  t: TestContext,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const directory = join(await makeDirectory(t), "many");
  await mkdir(directory);
  const all = {
    ...{ "holdall.yaml": DESCRIPTION, "web.py": WEB, "page.py": 'TEXT = "one"\n', "worker.py": WORKER },
    ...files,
  };
  for (const [name, text] of Object.entries(all)) await writeFile(join(directory, name), text);
  return directory;
}

const withStubborn = DESCRIPTION.replace("settings:", "  stubborn: python {app}/stubborn.py\nsettings:");

/** `holdall run . WORD`, or with the option WORD alone what can be run. */
async function runHere(directory: string, word: string) {
  const words = word.startsWith("-") ? [word, "."] : [".", word];
  return runProcess([process.execPath, HOLDALL, "run", ...words], {
    ...{ cwd: directory, env: { ...process.env, HOLDALL_CACHE: CACHE } },
  });
}

async function fetchText(address: string): Promise<string> {
  return (await fetch(address)).text();
}

const says = (line: string) => (event: { kind: string; line?: string }) =>
  event.kind === "output" && event.line === line;

function untilServed({ until }: Development, from = 0) {
  return until("web listens", (event) => event.kind === "listening" && event.part === "web", from);
}

/** Each worker makes one. */
async function untilTemporary(directory: string, count: number): Promise<void> {
  const list = () => readdirSync(join(directory, ".holdall/tmp"));
  await eventually(`${count} temporary files`, () => (list().length === count ? true : undefined));
}

async function assertNothingLeft({ countLeft, port }: Development): Promise<void> {
  assert.deepEqual(countLeft(), { processes: [], locks: 0 });
  assert.ok(await isPortFree("127.0.0.1", port), "the port is free");
}

const REFUSED: [args: readonly string[], code: string, message: string][] = [
  [["--only", "wroker"], "process_not_found", "cannot start wroker: many has no process of that name"],
  [
    ["--host", "192.0.2.1"], // TEST-NET-1: RFC 5737
    "address_unusable",
    "cannot start web: nothing can listen on port PORT of 192.0.2.1, the system says EADDRNOTAVAIL",
  ],
  [["--port", "web"], "usage_wrong", 'cannot use --port: "web" is not a port'],
  [["--migrate", "--no-migrate"], "usage_wrong", "cannot use --no-migrate: --migrate is there too"],
  [
    ["--set", "size=much"],
    "setting_invalid",
    'cannot use the setting size: --set size must be a whole number, not "much"',
  ],
];

// Each waits for others most of the time.
describe("holdall dev", { concurrency: 4 }, () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`${signal} ends all of an application, whatever its processes do, and leaves nothing`, async (t) => {
      const files = { "holdall.yaml": withStubborn, "stubborn.py": STUBBORN };
      const directory = await makeApplication(t, files);
      const development = await startDevelopment(t, directory, { args: ["--migrate"] });
      const { events, until, address, interrupt, ended, errors } = development;
      await untilServed(development);
      await until("the daemon has started", says("stubborn"));
      for (const instance of ["1", "2"]) await until("a worker works", says(`working ${instance}`));
      assert.equal(await fetchText(address), "one of 3");
      const kinds = events.map(({ kind }) => kind);
      assert.ok(kinds.indexOf("command-ended") < kinds.indexOf("started"), "migrations come first");
      await untilTemporary(directory, 3);
      interrupt(signal);
      assert.equal(await ended, 0, errors());
      assert.deepEqual(events.at(-1), { kind: "stopped", application: "many", version: "0" });
      assert.ok(
        events.some((event) => event.kind === "ended" && event.signal === "SIGKILL"),
        "stubborn was killed",
      );
      await assertNothingLeft(development);
      const own = join(directory, ".holdall");
      assert.deepEqual(readdirSync(join(own, "run")), ["single.lock"], "a free lock is a file");
      assert.match(readFileSync(join(own, "logs/worker.2.log"), "utf8"), /working 2\n$/);
    });
  }

  test("killed, it leaves nothing that the next start trips over", async (t) => {
    const directory = await makeApplication(t, { "holdall.yaml": withStubborn, "stubborn.py": STUBBORN });
    const first = await startDevelopment(t, directory);
    await untilServed(first);
    await first.until("the daemon has started", says("stubborn"));
    first.interrupt("SIGKILL");
    assert.equal(await first.ended, "SIGKILL");
    const second = await startDevelopment(t, directory, { port: first.port });
    await untilServed(second);
    await second.until("the single one works", (event) => event.kind === "output" && event.part === "single");
    assert.deepEqual(first.countLeft().processes, []);
    await untilTemporary(directory, 3); // it was emptied
    second.interrupt("SIGINT");
    await second.until("it stops", ({ kind }) => kind === "stopping");
    await eventually("a second Ctrl-C ends it", () => {
      second.interrupt("SIGINT");
      return second.child.exitCode ?? undefined;
    });
    assert.equal(await second.ended, 130, "it did not wait");
    await eventually("all have ended", () => (second.countLeft().processes.length === 0 ? true : undefined));
    await assertNothingLeft(second);
  });

  test("changes of files, settings and the description are followed; what cannot run changes nothing", async (t) => {
    const directory = await makeApplication(t);
    const development = await startDevelopment(t, directory);
    const { events, until, address, interrupt, ended } = development;
    const write = (name: string, text: string) => writeFile(join(directory, name), text);
    const change = async (name: string, text: string) => {
      const from = events.length;
      await write(name, text);
      await untilServed(development, from);
      return fetchText(address);
    };
    await untilServed(development);
    assert.equal(await change("page.py", 'TEXT = "two"\n'), "two of 3");
    assert.equal(await change(".env", "SIZE=7\n"), "two of 7");
    const more = DESCRIPTION.replace("default: 3", "default: 4").replace(
      "lifecycle:",
      "  uploads: {type: files}\nlifecycle:",
    );
    await rm(join(directory, ".env"));
    assert.equal(await change("holdall.yaml", more), "two of 4");
    assert.ok(existsSync(join(directory, ".holdall/services/uploads")));

    const from = events.length;
    await write("holdall.yaml", `${more}wrong: yes\n`);
    const warning = await until("it is said", ({ kind }) => kind === "warning", from);
    assert.match(
      warning.kind === "warning" ? warning.message : "",
      /^cannot .*wrong.*; what was started before goes on$/,
    );
    assert.equal(await fetchText(address), "two of 4");
    await write("holdall.yaml", more);

    await write("page.py", "TEXT =\n");
    await until("there is a verdict", (event) => event.kind === "given-up" && event.part === "web", from);
    assert.equal(await change("page.py", 'TEXT = "three"\n'), "three of 4");
    interrupt("SIGINT");
    assert.equal(await ended, 0);
    await assertNothingLeft(development);
  });

  test("two of one checkout: a port has one user, and what never overlaps runs once", async (t) => {
    const directory = await makeApplication(t);
    const first = await startDevelopment(t, directory);
    await untilServed(first);
    await first.until("the single one works", (event) => event.kind === "output" && event.part === "single");
    const refused = await startDevelopment(t, directory, { port: first.port });
    assert.equal(await refused.ended, 1);
    const error = JSON.parse(JSON.stringify(refused.events.at(-1))).error;
    assert.equal(error.code, "port_in_use");
    assert.match(
      error.message,
      /^cannot start web: port \d+ of 127\.0\.0\.1 is used by the `holdall dev` that runs here already \(process \d+\)$/,
    );

    const second = await startDevelopment(t, directory);
    await untilServed(second);
    await second.until(
      "the single one waits",
      (event) => event.kind === "note" && /^single waits/.test(event.message),
    );
    await untilTemporary(directory, 5); // the second one empties nothing
    first.interrupt("SIGINT");
    assert.equal(await first.ended, 0);
    await second.until("the single one works", (event) => event.kind === "output" && event.part === "single");
    second.interrupt("SIGINT");
    assert.equal(await second.ended, 0);
    await assertNothingLeft(second);
  });

  test("who comes later is told where the others are, and takes over what runs once", async (t) => {
    const directory = await makeApplication(t, {
      "holdall.yaml": `${DESCRIPTION}commands: {where: "python {app}/where.py", take: "true"}\nmail: {command: take}\nschedule: {yearly: {cron: "0 0 1 1 *", command: take}}\n`,
      "where.py": WHERE,
      "worker.py": `${WHERE}import time\ntime.sleep(1000)\n`,
    });
    const isMail = (event: EnvironmentEvent) => event.kind === "listening" && event.part === "mail";
    const first = await startDevelopment(t, directory, { args: ["--only", "web"] });
    await untilServed(first);
    const placesOf = async (web: Development, mail: Development) => {
      const listening = await mail.until("it takes mail", isMail);
      return `127.0.0.1:${web.port} ${listening.kind === "listening" ? listening.address : ""}`;
    };
    const places = await placesOf(first, first);

    const second = await startDevelopment(t, directory, { args: ["--only", "worker"] });
    await second.until("its worker is told", says(places));
    assert.equal((await runHere(directory, "where")).stdout, `${places}\n`);
    const { running } = JSON.parse((await runHere(directory, "--json")).stdout);
    assert.deepEqual(
      running.map(({ pid, isFirst, parts }: Presence) => ({ pid, isFirst, parts })),
      [
        { pid: first.child.pid, isFirst: true, parts: ["web"] },
        { pid: second.child.pid, isFirst: false, parts: ["worker.1", "worker.2"] },
      ],
    );

    first.interrupt("SIGKILL");
    await second.until("its worker is told again", says(await placesOf(second, second)));
    second.interrupt("SIGINT");
    assert.equal(await second.ended, 0);
    await assertNothingLeft(second);
    assert.deepEqual(readdirSync(join(directory, ".holdall/run")), []);
  });

  test("with reload, it waits for a change when nothing runs any more", async (t) => {
    const directory = await makeApplication(t, { "page.py": "TEXT =\n" });
    const development = await startDevelopment(t, directory, { args: ["--only", "web"] });
    const { message } = (await development.until(
      "there is a verdict",
      ({ kind }) => kind === "given-up",
    )) as {
      readonly message?: string; // of that kind
    };
    assert.equal(message, "cannot keep web running: it has ended 3 times, at last with status 1");
    await writeFile(join(directory, "page.py"), 'TEXT = "well"\n');
    await untilServed(development);
    assert.equal(await fetchText(development.address), "well of 3");
    development.interrupt("SIGINT");
    assert.equal(await development.ended, 0);
    await assertNothingLeft(development);
  });

  test("without reload, a process that dies again and again ends all, with its last lines", async (t) => {
    const directory = await makeApplication(t, { "page.py": 'raise SystemExit("no database")\n' });
    const development = await startDevelopment(t, directory, {
      args: ["--no-reload", "--only", "web,single"],
    });
    assert.equal(await development.ended, 1);
    const { error } = JSON.parse(JSON.stringify(development.events.at(-1)));
    assert.equal(error.message, "cannot keep web running: it has ended 6 times, at last with status 1");
    assert.match(error.excerpt, /^no database$/m);
    await assertNothingLeft(development);
  });

  test("a migration that fails ends it before anything starts", async (t) => {
    const description = DESCRIPTION.replace(
      "print('migrating', flush=True)",
      "raise SystemExit('no such table')",
    );
    const directory = await makeApplication(t, { "holdall.yaml": description });
    const development = await startDevelopment(t, directory, { args: ["--migrate"] });
    assert.equal(await development.ended, 1);
    const { error } = JSON.parse(JSON.stringify(development.events.at(-1)));
    assert.deepEqual([error.code, error.excerpt], ["command_failed", "no such table"]);
    assert.equal(error.message, "cannot bring the data up to date: migrate has ended with status 1");
    assert.ok(!development.events.some(({ kind }) => kind === "started"));
  });

  test("it ends when nobody reads its log any more", async (t) => {
    const directory = await makeApplication(t, {
      "worker.py": "import time\nwhile True:\n    print('again', flush=True)\n    time.sleep(0.05)\n",
    });
    const development = await startDevelopment(t, directory);
    await untilServed(development);
    development.child.stdout?.destroy();
    assert.equal(await development.ended, 0);
    await assertNothingLeft(development);
  });

  test("a flood waits for whoever reads the log, and memory stays bounded", async (t) => {
    const directory = await makeApplication(t, {
      "worker.py": "import os\nline = 'x' * 200\nwhile True:\n    print(line)\n",
    });
    const development = await startDevelopment(t, directory, { args: ["--only", "worker"] });
    const { child, events } = development;
    await eventually("much was written", () => (events.length > 200_000 ? true : undefined));
    child.stdout?.pause();
    const written = () => readFileSync(`/proc/${child.pid}/io`, "utf8").match(/^wchar: (\d+)/m)?.[1];
    let before = written();
    await eventually("it waits", () => {
      const now = written();
      const isSame = now === before;
      before = now;
      return isSame ? true : undefined;
    });
    const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
    assert.ok(Number(peak) < 400_000, `${peak} kB`);
    development.interrupt("SIGINT");
    child.stdout?.resume();
    assert.equal(await development.ended, 0);
    await assertNothingLeft(development);
  });

  for (const [args, code, message] of REFUSED) {
    test(`refuses ${args.join(" ")}`, async (t) => {
      const development = await startDevelopment(t, await makeApplication(t), { args });
      assert.equal(await development.ended, code === "address_unusable" ? 1 : 2);
      const { error } = JSON.parse(JSON.stringify(development.events.at(-1)));
      assert.deepEqual(
        [error.code, error.message],
        [code, message.replace("PORT", String(development.port))],
      );
    });
  }
});
