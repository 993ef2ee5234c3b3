import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { runProcess } from "./system/run-process.ts";
import { eventually } from "./testing/eventually.ts";
import {
  listDescendants,
  listFiles,
  listLeft,
  listLocked,
  listRunning,
  type Running,
  readProcesses,
} from "./testing/left-behind.ts";
import { needServer } from "./testing/needs.ts";
import { type Server, startServer } from "./testing/server.ts";
import { makeDirectory } from "./testing/small-artifact.ts";

// examples/helpdesk has all that an application can have at once. It runs from its checkout, through the bundle.
const HOLDALL = join(PACKAGE_ROOT, "bin/holdall.js");
const BUILD_CACHE = join(PACKAGE_ROOT, "node_modules/.cache/holdall");

/** A clock that stands at second 45 when a program starts: a minute begins when the rest of the test is about done. */
const CLOCK = `const Real = Date, shift = 45_000 - (Real.now() % 60_000);
globalThis.Date = class extends Real {
  constructor(...words) { super(...(words.length === 0 ? [Real.now() + shift] : words)); }
  static now() { return Real.now() + shift; }
};`;
const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(CLOCK)}`;

interface Place {
  readonly checkout: string;
  /** Where programs put what they need for a while. */
  readonly temporary: string;
  readonly env: NodeJS.ProcessEnv;
}

test("an application with all of it runs from its checkout, and nothing of it is left", async (t) => {
  for (const server of ["postgres", "redis-server"]) if (!(await needServer(t, server))) return;
  const place = await makePlace(t);
  const first = await develop(t, place, ["--migrate", "--set", "check_every=100ms"]);
  await askOnPage(first);
  await askByMail(first);
  await waitForWorker(first);
  await hearNews(first);
  await watchClock(first);
  await waitForSchedule(first);
  await openSecond(t, place, first);
  await checkSecrets(place, first);
  await checkLeft(place, first, "SIGKILL");

  const next = await develop(t, place, ["--migrate"]);
  assert.doesNotMatch(next.output(), /migrate/, "there is nothing to bring up to date");
  assert.match(await getText(next, "/tickets/1"), /A lamp is out\./, "the data are there");
  await checkLeft(place, next, "SIGINT");
});

test("its unit tests run in a clean environment: of a checkout, and of the artifact", async (t) => {
  for (const server of ["postgres", "redis-server"]) if (!(await needServer(t, server))) return;
  const { checkout, temporary, env } = await makePlace(t);
  const artifact = join(checkout, "../helpdesk.holdall");
  for (const argv of [["test"], ["build", "--output", artifact], ["test", artifact]]) {
    const holdall = [process.execPath, HOLDALL, ...argv];
    const { status, stdout, stderr } = await runProcess(holdall, { cwd: checkout, env });
    assert.equal(status, 0, stdout + stderr);
    if (argv[0] !== "test") continue;
    assert.match(stderr, /Ran 6 tests/);
    assert.match(stdout, /^unit tests of helpdesk 1\.0: passed$/m);
  }
  assert.deepEqual(listFiles(temporary), []);
});

async function makePlace(t: TestContext): Promise<Place> {
  const directory = await makeDirectory(t);
  const checkout = join(directory, "helpdesk");
  const temporary = join(directory, "temporary");
  await cp(join(PACKAGE_ROOT, "examples/helpdesk"), checkout, { recursive: true });
  // Nobody waits for the night.
  const description = join(checkout, "holdall.yaml");
  await writeFile(description, readFileSync(description, "utf8").replace("30 3 * * *", '"* * * * *"'));
  await mkdir(temporary);
  const env = { ...process.env, TMPDIR: temporary, HOLDALL_CACHE: BUILD_CACHE, NODE_OPTIONS };
  return { checkout, temporary, env };
}

async function develop(t: TestContext, { checkout, env }: Place, options: readonly string[]) {
  const server = await startServer([process.execPath, HOLDALL, "dev", ...options], { cwd: checkout, env });
  t.after(() => server.stop("SIGKILL"));
  return server;
}

async function askOnPage({ address }: Server): Promise<void> {
  const form = new FormData();
  for (const [name, value] of [
    ["author", "Ada"],
    ["subject", "Lamp"],
    ["text", "A lamp is out."],
  ] as const)
    form.set(name, value);
  const picture = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
  form.set("files", new Blob([picture]), "lamp.png");
  const answer = await fetch(`${address}/tickets`, { method: "POST", body: form, redirect: "manual" });
  assert.equal(answer.headers.get("location"), "/tickets/1", await answer.text());
  assert.match(answer.headers.get("set-cookie") ?? "", /^session=/);
  const back = await fetch(`${address}/attachments/1`);
  assert.ok(picture.equals(Buffer.from(await back.arrayBuffer())), "what was sent comes back");
}

const SEND_MAIL = `import smtplib, sys
host, port = sys.argv[1].split(":")
client = smtplib.SMTP(host, int(port))
client.sendmail("bob@example.org", ["help@localhost"], "Subject: Pump\\n\\nThe pump leaks, and the other pump too.\\n")
try:
    client.sendmail("bob@example.org", ["nobody@localhost"], "Subject: Pump\\n\\nText.\\n")
except smtplib.SMTPDataError as error:
    print(error.smtp_code, error.smtp_error.decode())
`;

async function askByMail(server: Server): Promise<void> {
  const { stdout, stderr } = await runProcess(["python3", "-c", SEND_MAIL, findAddress(server, "mail")], {
    env: process.env,
  });
  assert.equal(stdout, "550 5.1.1 nobody reads nobody@localhost\n", stderr);
  assert.match(await getText(server, "/"), /Pump<\/a> by bob@example\.org/);
}

async function waitForWorker(server: Server): Promise<void> {
  await eventually("the worker has read the ticket", async () =>
    /about <b>pump<\/b>/.test(await getText(server, "/tickets/2")) ? true : undefined,
  );
}

async function hearNews(server: Server): Promise<void> {
  const socket = new WebSocket(`ws://${findAddress(server, "live")}/`);
  await once(socket, "open");
  const message = once(socket, "message");
  await fetch(`${server.address}/tickets/1/close`, { method: "POST" });
  const [{ data }] = (await message) as [MessageEvent]; // by the event's definition
  assert.deepEqual(JSON.parse(data), { ticket: 1, what: "closed" });
  socket.close();
  await once(socket, "close");
}

async function watchClock(server: Server): Promise<void> {
  const readChecks = async () => JSON.parse(await getText(server, "/health")).checks;
  const before = await readChecks();
  await eventually("the clock goes", async () => ((await readChecks()) > before + 2 ? true : undefined));
}

async function waitForSchedule(server: Server): Promise<void> {
  const hasRun = () => (/nightly has ended with status 0/.test(server.output()) ? true : undefined);
  await eventually("the schedule has run", hasRun, { withinMs: 150_000 });
}

/** Another one in the same environment: its own processes, the same services, and no second clock. */
async function openSecond(t: TestContext, place: Place, first: Server): Promise<void> {
  const second = await develop(t, place, ["--no-migrate", "--set", "show_age=true"]);
  await eventually("its clock waits", () => (/clock waits/.test(second.output()) ? true : undefined));
  const clocks = [first, second].map(({ pid }) => {
    const own = listDescendants(pid);
    return readProcesses().filter(
      ({ pid: each, words }) =>
        own.includes(each) && /\0-m\0helpdesk\.clock\0/.test(words) && !words.includes("guard.py"),
    ).length;
  });
  assert.deepEqual(clocks, [1, 0]);
  assert.ok(listLocked(place.checkout).includes(".holdall/run/clock.lock"));
  assert.match(await getText(second, "/"), /Pump<\/a> by bob@example\.org, since 20/);
  assert.doesNotMatch(await getText(first, "/"), /since 20/);
  await checkLeft(place, second, "SIGINT", { isLast: false });
  assert.match(await getText(first, "/"), /Pump/, "the services are those of the first one");
}

/** docs/environment.md, "Where secrets are". */
async function checkSecrets({ checkout, temporary, env }: Place, server: Server): Promise<void> {
  const secret = readFileSync(join(checkout, ".holdall/run/settings/secret-key"), "utf8");
  assert.ok(secret.length > 30);
  const processes = readProcesses();
  const own = listDescendants(server.pid);
  const described = processes.find(({ pid, words }) => own.includes(pid) && words.includes("helpdesk.clock"));
  const variables = Object.fromEntries(
    (described?.variables ?? "").split("\0").map((each) => each.split(/=(.*)/s, 2)),
  );
  const password: string = variables["DATABASE_PASSWORD"] ?? "";
  assert.ok(password.length > 10);
  for (const { words, variables } of processes) {
    assert.ok(![secret, password].some((each) => words.includes(each)), "no command line has a secret");
    assert.ok(!variables.includes(secret), "a secret in a file is in no environment");
    if (variables.includes(password)) assert.match(variables, /(?:^|\0)HOLDALL_(?:PROCESS|COMMAND)=/);
  }
  assert.ok(![secret, password].some((each) => server.output().includes(each)), "no output has a secret");
  for (const argv of [
    ["settings", "--json"],
    ["plan", "--json"],
    ["run", "--json", ".", "verify"],
    ["run", "--json", ".", "health"],
  ]) {
    const { status, stdout, stderr } = await runProcess([process.execPath, HOLDALL, ...argv], {
      ...{ cwd: checkout, env },
    });
    assert.equal(status, 0, stderr);
    assert.ok(![secret, password].some((each) => (stdout + stderr).includes(each)), argv.join(" "));
  }
  const holders = listFiles(checkout).filter((path) => {
    const bytes = readFileSync(join(checkout, path));
    return bytes.includes(secret) || bytes.includes(password);
  });
  for (const path of holders) {
    assert.match(path, /^\.holdall\/(?:run\/settings\/secret-key$|settings\/|services\/)/);
    assert.equal(statSync(join(checkout, path)).mode & 0o077, 0, `${path} is for its owner only`);
  }
  assert.deepEqual(listFiles(temporary), []);
}

/** Ends it, and counts. */
async function checkLeft(
  { checkout, temporary }: Place,
  server: Server,
  signal: NodeJS.Signals,
  { isLast = true } = {},
): Promise<void> {
  const running: Running = listRunning(server.pid);
  assert.ok(running.processes.length > 5 && running.ports.length >= 2, JSON.stringify(running));
  await server.stop(signal);
  const { locks, ...left } = await listLeft(running, checkout);
  const none = { processes: [], ports: [], sockets: [] };
  assert.deepEqual(isLast ? left : { ...left, sockets: [] }, none, server.output());
  if (!isLast) return;
  assert.deepEqual(locks, []);
  assert.deepEqual(listFiles(temporary), []);
  assert.deepEqual(listFiles(join(checkout, ".holdall/tmp")), []);
  // Empty files to lock, and the value that is in .holdall/settings as well; a killed one leaves what told others of it.
  const presence = signal === "SIGKILL" ? [`dev-${server.pid}.json`] : [];
  assert.deepEqual(listFiles(join(checkout, ".holdall/run")), [
    ...["clock.lock", ...presence],
    ...["schedule-nightly.lock", "settings/secret-key"],
  ]);
}

function findAddress(server: Server, part: string): string {
  const address = new RegExp(`${part} listens on (\\S+)`).exec(server.output())?.[1];
  assert.ok(address !== undefined, server.output());
  return address;
}

async function getText({ address }: Server, path: string): Promise<string> {
  const answer = await fetch(address + path);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text;
}
