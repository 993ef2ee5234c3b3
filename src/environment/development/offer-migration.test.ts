import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Plan } from "../../artifact/plan.ts";
import { makeArtifactToStart } from "../../testing/artifact-to-start.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { DEFAULT_ADDRESS } from "../addresses.ts";
import { openArtifactRelease } from "../application/open-artifact.ts";
import type { EnvironmentEvent } from "../events.ts";
import { type Environment, openEnvironment } from "../open-environment.ts";
import { type Migrate, offerMigrations } from "./offer-migration.ts";

const OWN = { help: "", origin: "own" } as const;
/** Files of SQL tell themselves whether they have run; a program needs another that tells. */
const SQL: Partial<Plan> = {
  commands: { tables: { kind: "sql", database: "main", files: ["1.sql", "2.sql"], ...OWN } },
  services: { main: { type: "sqlite" } },
  lifecycle: { migrate: { command: "tables" } },
};
const SH = (text: string) => ({ kind: "argv", argv: ["sh", "-c", text], ...OWN }) as const;
const UNTOLD: Partial<Plan> = {
  commands: { tables: SH("touch done") },
  lifecycle: { migrate: { command: "tables" } },
};
const TOLD: Partial<Plan> = {
  commands: { tables: SH("touch done"), told: SH("test -e done") },
  lifecycle: { migrate: { command: "tables" }, migrated: { command: "told" } },
};

interface Place {
  readonly environment: Environment;
  readonly app: string;
  readonly log: string[];
  readonly onEvent: (event: EnvironmentEvent) => void;
}

async function makePlace(t: TestContext, plan: Partial<Plan>): Promise<Place> {
  const artifact = await makeArtifactToStart(t, { plan });
  const app = await makeDirectory(t);
  await writeFile(join(app, "1.sql"), "CREATE TABLE one (a int);");
  await writeFile(join(app, "2.sql"), "SELECT 1;");
  const runnable = { ...(await openArtifactRelease(artifact.path, { env: artifact.env })), app };
  const environment = await openEnvironment({
    ...{ runnable, base: artifact.data, kind: "development", address: DEFAULT_ADDRESS },
    ...{ env: artifact.env, isForCommands: true },
  });
  t.after(() => environment.close());
  const log: string[] = [];
  const onEvent = (event: EnvironmentEvent) => {
    if (event.kind === "command-ended") log.push(`ran: ${event.status}`);
    if (event.kind === "note" || event.kind === "warning") log.push(`${event.kind}: ${event.message}`);
  };
  return { environment, app, log, onEvent };
}

function offer({ log, onEvent }: Place, migrate: boolean | readonly boolean[] | undefined) {
  const answers = Array.isArray(migrate) ? [...migrate] : [];
  const ask = async (command: string) => {
    log.push(`asked: ${command}`);
    return answers.shift() ?? assert.fail("nobody expects a question");
  };
  const asker: Migrate = typeof migrate === "object" ? ask : migrate;
  const { signal } = new AbortController();
  return offerMigrations({ migrate: asker, graceMs: 5000, signal, onEvent });
}

const ASIDE = new AbortController().signal;

test("what waits is offered once, and again when something new waits", async (t) => {
  const place = await makePlace(t, SQL);
  const { environment, app, log } = place;
  const { first, again } = offer(place, [false, true]);
  await first(environment);
  await again(environment, ASIDE);
  assert.deepEqual(log.splice(0), ["asked: tables"], "no is an answer");
  await offer(place, true).first(environment);
  await again(environment, ASIDE);
  assert.deepEqual(log.splice(0), ["ran: 0"], "nothing waits");
  await writeFile(join(app, "2.sql"), "SELECT 2;");
  await again(environment, ASIDE);
  const [asked, warning] = log.splice(0);
  assert.equal(asked, "asked: tables");
  assert.match(warning ?? "", /^warning: cannot run 2\.sql in main: it has run at \S+, with another text$/);
  await writeFile(join(app, "2.sql"), "SELECT 1;");
  await again(environment, ASIDE);
  await offer(place, [true]).first(environment);
  assert.deepEqual(log, []);
});

test("a question that nobody has answered comes again", async (t) => {
  const place = await makePlace(t, TOLD);
  const { environment, log, onEvent } = place;
  let count = 0;
  const change = new AbortController();
  const { again } = offerMigrations({
    migrate: async (_command, signal) => {
      count += 1;
      if (count > 1) return true;
      change.abort();
      signal.throwIfAborted();
      return assert.fail("it was taken back");
    },
    ...{ graceMs: 5000, signal: ASIDE, onEvent },
  });
  await again(environment, change.signal);
  assert.deepEqual(log, []);
  await again(environment, ASIDE);
  assert.deepEqual([count, log], [2, ["ran: 0"]]);
  await again(environment, ASIDE);
  assert.equal(count, 2, "nothing waits");
});

const NOTE = "note: tables was not run; `--migrate` runs it first";
const DECISIONS: [is: string, plan: Partial<Plan>, migrate: boolean | undefined, log: readonly string[]][] = [
  ["nobody to ask, and something waits", TOLD, undefined, [NOTE]],
  ["nobody to ask, and nothing tells", UNTOLD, undefined, [NOTE]],
  ["a decision for, and something waits", TOLD, true, ["ran: 0"]],
  ["a decision for, and nothing tells: at the start alone", UNTOLD, true, ["ran: 0"]],
  ["a decision against", TOLD, false, []],
  ["an application without migrations", {}, true, []],
];

for (const [is, plan, migrate, expected] of DECISIONS) {
  test(is, async (t) => {
    const place = await makePlace(t, plan);
    const { first, again } = offer(place, migrate);
    await first(place.environment);
    await again(place.environment, ASIDE);
    assert.deepEqual(place.log, expected);
  });
}
