import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnvironmentEvent } from "../../environment/events.ts";
import { plainPaint } from "../paint.ts";
import { renderLive } from "./development.ts";

const at = "2026-01-01T03:30:00.000Z";
const EVENTS: readonly EnvironmentEvent[] = [
  { kind: "service-ready", name: "database", type: "postgres" },
  { kind: "opened", application: "shop", version: "1.4", parts: ["web", "scheduler"] },
  { kind: "started", part: "web", pid: 7, address: "http://127.0.0.1:8000/" },
  { kind: "output", part: "web", at, stream: "stdout", line: "booting" },
  { kind: "output", part: "scheduler", at, stream: "stderr", line: "no jobs" },
  { kind: "listening", part: "web", address: "http://127.0.0.1:8000/" },
  { kind: "changed", files: ["a.py", "b.py", "c.py", "d.py", "e.py", "f.py", "g.py"] },
  { kind: "ended", part: "scheduler", wasAsked: true, status: undefined, signal: "SIGTERM" },
  { kind: "ended", part: "scheduler", wasAsked: true, status: undefined, signal: "SIGKILL" },
  { kind: "ended", part: "web", wasAsked: false, status: 3, signal: undefined },
  { kind: "restarting", part: "web", afterMs: 250 },
  { kind: "given-up", part: "web", message: "cannot keep web running" },
  { kind: "service-ended", name: "database", type: "postgres", status: undefined, signal: "SIGKILL" },
  { kind: "command-started", part: "nightly", command: "report" },
  { kind: "command-ended", part: "nightly", command: "report", ranMs: 1240, status: 0, signal: undefined },
  { kind: "note", message: "migrate was not run" },
  { kind: "warning", message: "nightly is skipped" },
  { kind: "stopping" },
];

function render(look: { isQuiet?: boolean; values?: Readonly<Record<string, unknown>> }): string[] {
  const live = renderLive({ paint: plainPaint, isQuiet: false, values: {}, ...look });
  return EVENTS.flatMap((event) => live(event).split("\n").slice(0, -1));
}

test("names are a column, standard error is marked, holdall says what a reader would ask", () => {
  assert.deepEqual(render({}), [
    "holdall | database (postgres) is ready",
    "holdall   | shop 1.4: web, scheduler",
    "web       | booting",
    "scheduler ! no jobs",
    "holdall   | web listens on http://127.0.0.1:8000/",
    "holdall   | changed: a.py, b.py, c.py, d.py, e.py and 2 more",
    "holdall   | scheduler did not end when asked, and was killed",
    "holdall   | web has ended with status 3",
    "holdall   | web starts again in 0.25 s",
    "holdall   | cannot keep web running",
    "holdall   | database (postgres) has ended by SIGKILL and is started again",
    "holdall   | nightly starts: report",
    "holdall   | nightly has ended with status 0 after 1.2 s",
    "holdall   | migrate was not run",
    "holdall   | warning: nightly is skipped",
    "holdall   | stopping",
  ]);
});

test("--quiet leaves what processes write, verdicts and warnings", () => {
  assert.deepEqual(render({ isQuiet: true }), [
    "web       | booting",
    "scheduler ! no jobs",
    "holdall   | cannot keep web running",
    "holdall   | warning: nightly is skipped",
  ]);
});

test("--timestamps puts the time of each line before it", () => {
  const lines = render({ values: { timestamps: true } });
  assert.equal(lines[2], `${at} web       | booting`);
  assert.match(lines.at(-1) ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z holdall {3}\| stopping$/);
});
