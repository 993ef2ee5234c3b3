import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Plan } from "../../artifact/plan.ts";
import { makeArtifactToStart } from "../../testing/artifact-to-start.ts";
import { eventually } from "../../testing/eventually.ts";
import { DEFAULT_ADDRESS } from "../addresses.ts";
import { openArtifactRelease } from "../application/open-artifact.ts";
import type { EnvironmentEvent } from "../events.ts";
import { type Environment, openEnvironment } from "../open-environment.ts";
import { startSchedule } from "./start-schedule.ts";

const own = { help: "", origin: "own" } as const;
const PLAN: Partial<Plan> = {
  commands: {
    say: { kind: "argv", argv: ["sh", "-c", "echo reported; exit 3"], ...own },
    sleep: { kind: "argv", argv: ["sh", "-c", "echo stays; exec sleep 1000"], ...own },
    absent: { kind: "argv", argv: ["no-such-program"], ...own },
  },
  schedule: {
    report: { cron: "35 10 * * *", command: "say" },
    stay: { cron: "* * * * *", command: "sleep" },
    broken: { cron: "45 10 * * thu", command: "absent" },
  },
};

async function prepare(t: TestContext) {
  const artifact = await makeArtifactToStart(t, { plan: PLAN });
  const env = { ...artifact.env, PATH: process.env["PATH"] };
  const runnable = await openArtifactRelease(artifact.path, { env });
  const environment = await openEnvironment({
    ...{ runnable, base: artifact.data, kind: "development", env, address: DEFAULT_ADDRESS },
    starts: [],
  });
  t.after(() => environment.close());
  return environment;
}

/** Starts the schedule at half past ten of a clock that only moves here, and lets some minutes go by. */
function startAndWait(t: TestContext, environment: Environment, { minutes }: { readonly minutes: number }) {
  const events: EnvironmentEvent[] = [];
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: new Date(2026, 0, 1, 10, 30) });
  const schedule = startSchedule(environment, { graceMs: 5000, onEvent: (event) => events.push(event) });
  for (let second = 0; second < minutes * 60; second += 1) t.mock.timers.tick(1000);
  t.mock.timers.reset();
  t.after(() => schedule.stop());
  return { events, schedule };
}

function isOf(part: string, kind: EnvironmentEvent["kind"]) {
  return (event: EnvironmentEvent) => event.kind === kind && "part" in event && event.part === part;
}

test("a command runs at its time, and its lines and its end are told", async (t) => {
  const environment = await prepare(t);
  const { events } = startAndWait(t, environment, { minutes: 6 });
  const ended = await eventually("it has ended", () => events.find(isOf("report", "command-ended")));
  assert.ok(ended.kind === "command-ended" && ended.status === 3 && ended.command === "say");
  assert.equal(events.filter(isOf("report", "command-started")).length, 1, "at 10:35 only");
  const lines = events.filter(isOf("report", "output")).map((event) => event.kind === "output" && event.line);
  assert.deepEqual(lines, ["reported"]);
  assert.match(readFileSync(join(environment.directories.logs, "report.log"), "utf8"), / {2}reported\n$/);
});

test("one that still runs is not started again, and ends with the schedule", async (t) => {
  const { events, schedule } = startAndWait(t, await prepare(t), { minutes: 3 });
  const stays = isOf("stay", "output");
  await eventually("it runs", () => events.find(stays));
  await schedule.stop();
  assert.equal(events.filter(isOf("stay", "command-started")).length, 1);
  const message = "stay is skipped: it still runs from the last time";
  assert.deepEqual(
    events.filter(({ kind }) => kind === "warning"),
    [1, 2].map(() => ({ kind: "warning", message })),
  );
  const ended = events.find(isOf("stay", "command-ended"));
  assert.ok(ended?.kind === "command-ended" && ended.signal === "SIGTERM");
});

test("nor is one that another program runs in the same environment", async (t) => {
  const environment = await prepare(t);
  const first = startAndWait(t, environment, { minutes: 1 });
  await eventually("it runs", () => first.events.find(isOf("stay", "output")));
  const second = startAndWait(t, environment, { minutes: 1 });
  await eventually("it is skipped", () => second.events.find(({ kind }) => kind === "warning"));
  assert.ok(!second.events.some(({ kind }) => kind === "output" || kind === "command-ended"));
});

test("a command that cannot be started is told, and the schedule goes on", async (t) => {
  const { events } = startAndWait(t, await prepare(t), { minutes: 16 });
  const warnings = () =>
    events.filter(({ kind }) => kind === "warning").map((event) => "message" in event && event.message);
  const message = "cannot run absent: no-such-program is neither in the application nor in PATH";
  await eventually("it is told", () => (warnings().includes(message) ? true : undefined));
});
