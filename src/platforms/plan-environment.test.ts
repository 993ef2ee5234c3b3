import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlan } from "../artifact/parse-plan.ts";
import { describe } from "../description/describe.ts";
import { appFilesOf } from "../testing/app-files-of.ts";
import type { PlanInput } from "./platform.ts";
import { planApplication } from "./registry.ts";

async function inputOf(yaml: string): Promise<PlanInput> {
  const files = appFilesOf({ "holdall.yaml": yaml, "shop.py": "", "schema.sql": "" });
  return { ...(await describe(files)), files, distributions: [] };
}

const YAML = `
name: shop
platform: python
processes: { web: shop }
commands:
  report: python -m shop report
schedule:
  nightly: { cron: 30 3 * * *, command: report }
  hourly: { cron: "@hourly", command: { function: "shop:tick" } }
lifecycle:
  migrate: { sql: schema.sql, database: main, compatible: true }
  verify: report
mail: { command: python -m shop mail, max_size: 1MB }
settings:
  page_size: { type: int, default: 20, help: "One\\ntwo" }
  key: { type: secret, generate: secret, env: KEY_FILE, file: key }
services:
  main: { type: sqlite, env: DB }
  uploads: { type: public_files, quota: 200MB }
  queue: { type: redis, env: { QUEUE: host }, password: none }
working_directory: app
static: { /static: public }
`;

test("what an environment supplies is in the plan, and every command has a name", async () => {
  const plan = planApplication(await inputOf(YAML));
  assert.deepEqual(parsePlan(plan, "plan"), plan, "readers accept it");
  assert.deepEqual(plan.schedule, {
    nightly: { cron: "30 3 * * *", command: "report" },
    hourly: { cron: "@hourly", command: "hourly" },
  });
  assert.deepEqual(plan.commands["hourly"], { kind: "argv", argv: ["hourly"], help: "", origin: "own" });
  assert.deepEqual(plan.scripts, { hourly: "shop:tick" });
  assert.deepEqual(plan.lifecycle, {
    verify: { command: "verify" },
    migrate: { command: "migrate", isCompatible: true },
  });
  assert.deepEqual(plan.mail, { command: "mail", maxBytes: 1_000_000 });
  assert.deepEqual(plan.settings, {
    page_size: { type: "int", help: "One two", isRequired: false, default: 20, env: "PAGE_SIZE" },
    key: { type: "secret", help: "", isRequired: false, generate: "secret", env: "KEY_FILE", file: "key" },
  });
  assert.deepEqual(plan.services, {
    main: { type: "sqlite", env: "DB" },
    uploads: { type: "public_files", quotaBytes: 200_000_000 },
    queue: { type: "redis", env: { QUEUE: "host" }, password: "none" },
  });
  assert.equal(plan.workingDirectory, "app");
  assert.deepEqual(plan.static, { "/static": "public" });
});

test("a command that is written where it is used does not take the name of another", async () => {
  const yaml =
    'name: shop\nplatform: python\ncommands: { nightly: a }\nschedule: { nightly: { cron: "@daily", command: b } }\n';
  const input = await inputOf(yaml);
  assert.throws(() => planApplication(input), {
    code: "description_invalid",
    message:
      "cannot plan the application: the command of schedule.nightly would be named nightly, as another command is",
    hint: "Rename it, or write `command: nightly` if it is the same.",
  });
});
