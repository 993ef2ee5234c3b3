import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { eventually } from "../../testing/eventually.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import type { EnvironmentEvent } from "../events.ts";
import { type KeptOptions, keepRunning } from "./keep-running.ts";
import { MAX_LINE, ProcessLog } from "./process-log.ts";
import { readLines } from "./start-instance.ts";

const POLICY = { firstMs: 1, longestMs: 4, steadyMs: 60_000, attempts: 4 };

async function keep(
  t: TestContext,
  code: string,
  {
    lock,
    cwd: given,
    app = "/nowhere",
    argv = ["sh", "-c", code],
  }: { lock?: string; cwd?: string; app?: string; argv?: string[] } = {},
) {
  const cwd = given ?? (await makeDirectory(t));
  const log = new ProcessLog(join(cwd, "web.log"));
  const events: EnvironmentEvent[] = [];
  const options: KeptOptions = {
    ...{ part: "web", app, log, policy: POLICY, onEvent: (event) => events.push(event) },
    guard: {
      ...{ python: "/usr/bin/python3", argv, cwd, graceMs: 5000 },
      ...{ env: { PATH: process.env["PATH"] }, ...(lock && { lock }) },
    },
  };
  const kept = keepRunning(options);
  t.after(async () => {
    await kept.stop();
    await log.close();
  });
  const kinds = () => events.map(({ kind }) => kind).filter((kind) => kind !== "output");
  return { cwd, log, events, kept, kinds };
}

test("a program that is not there is no reason to try again", async (t) => {
  for (const first of ["no-such-program", "./no-such-file"]) {
    const { kept, kinds } = await keep(t, "", { argv: [first] });
    await assert.rejects(kept.done, {
      code: "program_not_found",
      message: `cannot run web: ${first} is neither in the application nor in PATH`,
    });
    assert.deepEqual(kinds(), ["given-up"]);
  }
});

test("one that misses what is beside the application's code is told where it starts", async (t) => {
  const app = await makeDirectory(t);
  mkdirSync(join(app, "static"));
  const { kept, events } = await keep(t, "echo \"no such file or directory: 'static'\" >&2; exit 1", { app });
  const reason =
    "static is in the directory of the application's files, and this starts in that of its data: write `working_directory: app`, or open it beside the module";
  await assert.rejects(kept.done, { code: "process_failed", hint: `${reason}.` });
  assert.deepEqual(events.at(-2), { kind: "warning", message: reason });
});

test("a process that ends is started again, later and later, and the verdict has its last lines", async (t) => {
  const { kept, log, kinds } = await keep(t, "echo trying; echo no database >&2; exit 3");
  await assert.rejects(kept.done, {
    code: "process_failed",
    message: "cannot keep web running: it has ended 4 times, at last with status 3",
    hint: `All that it wrote is in ${log.path}.`,
  });
  const round = ["started", "ended", "restarting"];
  assert.deepEqual(kinds(), [...round, ...round, ...round, "started", "ended", "given-up"]);
  await log.close();
  const lines = readFileSync(log.path, "utf8").trimEnd().split("\n");
  assert.equal(lines.length, 8);
  assert.ok(
    lines.every((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z (?: {2}trying|! no database)$/.test(line)),
    lines[0],
  );
});

test("a program that is not there is a verdict too", async (t) => {
  const { kept } = await keep(t, "exec no-such-program");
  await assert.rejects(kept.done, (error: Error & { excerpt?: string }) =>
    /no-such-program: not found/.test(error.excerpt ?? ""),
  );
});

test("a restart that was asked for is no failure, a stop is the end", async (t) => {
  const { kept, kinds, cwd } = await keep(t, "echo $$ >>pids; exec sleep 1000");
  const countOf = () => {
    try {
      return readFileSync(join(cwd, "pids"), "utf8").trim().split("\n").length;
    } catch {
      return 0;
    }
  };
  for (let round = 1; round <= 6; round += 1) {
    await eventually(`it runs for the ${round}th time`, () => (countOf() === round ? true : undefined));
    if (round < 6) await kept.restart();
  }
  await kept.stop();
  await kept.done;
  assert.ok(!kinds().includes("restarting"));
});

test("a process that never overlaps waits until the other one has ended", async (t) => {
  const lock = join(await makeDirectory(t), "lock");
  const first = await keep(t, "echo here; exec sleep 1000", { lock });
  await eventually("the first runs", () => first.events.find(({ kind }) => kind === "output"));
  const second = await keep(t, "echo here; exec sleep 1000", { lock });
  await eventually("the second waits", () => (second.kinds().includes("note") ? true : undefined));
  assert.ok(!second.events.some(({ kind }) => kind === "output"));
  await first.kept.stop();
  await eventually("the second runs", () => second.events.find(({ kind }) => kind === "output"));
  assert.equal(second.kinds().filter((kind) => kind === "note").length, 1, "it is said once");
});

test("a flood has to wait for its log, which is bounded", async (t) => {
  const cwd = await makeDirectory(t);
  const log = new ProcessLog(join(cwd, "flood.log"), { maxBytes: 100_000, lastLines: 3 });
  for (let index = 0; index < 5000; index += 1) {
    await log.write({ at: "2026-01-01T00:00:00.000Z", stream: "stdout", line: `line ${index}` });
  }
  await log.close();
  const sizes = [log.path, `${log.path}.1`].map((path) => readFileSync(path).length);
  assert.ok(
    sizes.every((size) => size <= 100_000),
    String(sizes),
  );
  assert.deepEqual(
    log.last.map(({ line }) => line),
    ["line 4997", "line 4998", "line 4999"],
  );
});

test("lines are whole, a long one is cut, the last one needs no end", async () => {
  const lines: string[] = [];
  const long = "x".repeat(MAX_LINE + 5);
  const pieces = ["a", "b\nc\r\n\n", long.slice(0, 10), `${long.slice(10)}\nlast`];
  await readLines(Readable.from(pieces.map((piece) => Buffer.from(piece))), async (line) => {
    lines.push(line);
  });
  assert.deepEqual(lines, ["ab", "c", "", `${"x".repeat(MAX_LINE)} … (5 more characters)`, "last"]);
});
