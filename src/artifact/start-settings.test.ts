import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { renderSettingsTemplate } from "../environment/settings/template.ts";
import { makeArtifactToStart, start, startFacts } from "../testing/artifact-to-start.ts";
import type { Plan, PlannedSetting } from "./plan.ts";

const usual = { help: "", isRequired: false } as const;

/** One of each type, and each way to the application. */
const SETTINGS: Readonly<Record<string, PlannedSetting>> = {
  title: { ...usual, type: "string", env: "TITLE", default: "it's $HOME `x`", help: "Shown on each page" },
  page_size: { ...usual, type: "int", env: "PAGE_SIZE", default: 20 },
  debug: { ...usual, type: "bool", env: "DEBUG", default: false },
  beta: { ...usual, type: "flag", env: "BETA", default: true },
  home: { ...usual, type: "url", env: "HOME_URL", default: "https://example.org/?a=b&c" },
  wait: { ...usual, type: "duration", env: "WAIT", default: "30s" },
  limit: { ...usual, type: "size", env: "LIMIT" },
  hosts: { ...usual, type: "list", env: "HOSTS", default: ["a", "b c"] },
  color: { ...usual, type: "choice", choices: ["red", "blue"], env: "COLOR", default: "red" },
  empty: { ...usual, type: "string", env: "EMPTY", default: "" },
  key: { ...usual, type: "secret", generate: "secret", env: "SECRET_KEY" },
  token: { ...usual, type: "secret", isRequired: true, env: "TOKEN_FILE", file: "token" },
  mode: { ...usual, type: "string", file: "settings.json#mode", isRequired: true, default: "plain" },
};

const DEFAULTS = {
  ...{ TITLE: "it's $HOME `x`", PAGE_SIZE: "20", DEBUG: "false", BETA: "true", WAIT: "30s", HOSTS: "a,b c" },
  ...{ HOME_URL: "https://example.org/?a=b&c", COLOR: "red", EMPTY: "" },
};

const REQUIRED = { SECRET_KEY: "s", TOKEN_FILE: "/run/token" };

const make = (t: TestContext, plan: Partial<Plan> = {}) =>
  makeArtifactToStart(t, {
    plan: {
      settings: SETTINGS,
      processes: {
        web: { argv: ["shop", "exit", "5"], instances: 1, overlap: "allowed" },
        worker: { argv: ["shop", "exit"], instances: 1, overlap: "allowed" },
      },
      ...plan,
    },
  });

test("what the caller does not set has its default, cold and warm, by each sh", async (t) => {
  const artifact = await make(t);
  for (const by of [[], ["/bin/sh"], ["bash"], ["busybox", "sh"]]) {
    const { env } = await startFacts(artifact, { by, env: { ...REQUIRED, PAGE_SIZE: "5", BETA: "no" } });
    const found = Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, env[name]]));
    assert.deepEqual(found, { ...DEFAULTS, PAGE_SIZE: "5", BETA: "no" });
    assert.deepEqual([env["LIMIT"], env["SECRET_KEY"], env["MODE"]], [undefined, "s", undefined]);
  }
});

test("a start without what is required is refused with all names, before anything is written and afterwards", async (t) => {
  const artifact = await make(t);
  const refused = {
    ...{ status: 1, signal: undefined, stdout: "" },
    stderr:
      "cannot start shop 1.0: nobody has set SECRET_KEY, TOKEN_FILE\nhint: Export them; `generate-config` shows all settings.\n",
  };
  assert.deepEqual(await start(artifact, ["shop", "exit", "0"]), refused);
  assert.equal(existsSync(artifact.cache), false);
  assert.equal((await start(artifact, ["shop", "exit", "0"], { env: REQUIRED })).status, 0);
  assert.notDeepEqual(readdirSync(join(artifact.cache, "ready")), [], "the next one is warm");
  assert.deepEqual(await start(artifact, ["shop", "exit", "0"]), refused);
  const { stderr } = await start(artifact, ["python", "-V"], { env: { SECRET_KEY: "s" } });
  assert.match(stderr, /nobody has set TOKEN_FILE\nhint: Export it;/);
  assert.equal((await start(artifact, ["--holdall", "path"])).status, 0);
});

test("the secret of a start is in no file of the cache", async (t) => {
  const artifact = await make(t);
  const env = { SECRET_KEY: "nobody-may-see-this", TOKEN_FILE: "/run/token" };
  assert.equal((await start(artifact, ["shop", "exit", "0"], { env })).status, 0);
  const { status } = await start(artifact, ["shop", "run", "grep", "-rq", env.SECRET_KEY, artifact.cache], {
    env,
  });
  assert.equal(status, 1, "grep finds nothing");
});

test("generate-config prints what a checkout's does, without a cache", async (t) => {
  const artifact = await make(t);
  const { stdout, status } = await start(artifact, ["generate-config"]);
  assert.equal(status, 0);
  const sorted = Object.fromEntries(Object.entries(SETTINGS).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  assert.equal(stdout, renderSettingsTemplate("shop", sorted), "a manifest has its keys in this order");
  assert.equal(existsSync(artifact.cache), false);
  const about = (await start(artifact, [])).stdout;
  assert.match(about, /^ {2}generate-config {2}print a settings file to start from$/m);
  const own = await make(t, {
    commands: { "generate-config": { kind: "argv", argv: ["shop", "exit", "6"], help: "", origin: "own" } },
  });
  assert.equal((await start(own, ["generate-config"], { env: REQUIRED })).status, 6);
});

test("processes are started by their names, and a command of the same name wins", async (t) => {
  const commands: Plan["commands"] = {
    web: { kind: "argv", argv: ["shop", "exit", "7"], help: "", origin: "own" },
  };
  const artifact = await make(t, { commands, settings: {} });
  for (const _ of ["cold", "warm"]) {
    assert.equal((await start(artifact, ["worker", "9"])).status, 9);
    assert.equal((await start(artifact, ["web"])).status, 7);
  }
  assert.match((await start(artifact, [])).stdout, /^Processes:\n {2}worker$/m);
  assert.match((await start(artifact, ["wroker"])).stderr, /Did you mean `worker`\?/);
});
