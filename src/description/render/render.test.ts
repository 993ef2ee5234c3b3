import assert from "node:assert/strict";
import { test } from "node:test";
import { appFilesOf } from "../../testing/app-files-of.ts";
import { describe } from "../describe.ts";
import { LIFECYCLE_NAMES } from "../description.ts";
import { FIELDS } from "../schema/schema.ts";
import { fieldOf } from "../written-names.ts";
import { renderInitialDescription } from "./render-initial-description.ts";

const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

test(`a description that is written and read again is the same (SEED=${SEED})`, async () => {
  const random = makeRandom(SEED);
  for (let round = 0; round < 200; round += 1) {
    const written = JSON.stringify(makeDescription(random)); // JSON is YAML
    const texts = { "r.txt": "flask", "s.py": "", "a.sql": "" };
    const { description, origins } = await describe(appFilesOf({ ...texts, "holdall.yaml": written }));
    const text = renderInitialDescription(description, origins);
    const again = await describe(appFilesOf({ ...texts, "holdall.yaml": text }));
    assert.deepEqual(again.description, description, `${written}\n${text}`);
  }
});

test("every example of a key is a description", async () => {
  for (const { name, example } of FIELDS) {
    const texts = { "requirements.txt": "", "tools/seed.py": "", "holdall.yaml": example };
    const { origins } = await describe(appFilesOf(texts), { directoryName: "shop" });
    assert.equal(origins[fieldOf(name)]?.source, "holdall.yaml", name);
  }
});

test("all examples together are a description too", async () => {
  const { description, origins } = await describe(appFilesOf({}), { directoryName: "shop" });
  const text = renderInitialDescription(description, origins);
  const examples = text.replaceAll(/^# (?=[a-z_]+:| {2})/gm, "");
  const texts = { "requirements.txt": "", "tools/seed.py": "", "holdall.yaml": examples };
  const all = await describe(appFilesOf(texts));
  assert.equal(Object.values(all.origins).filter(({ source }) => source === "default").length, 1, "the lock");
});

interface Random {
  below(limit: number): number;
  pick<Item>(items: readonly Item[]): Item;
  is(chance: number): boolean;
}

/** Mulberry32: small, and the same everywhere. */
function makeRandom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    is: (chance) => next() < chance,
    pick(items) {
      const item = items[below(items.length)];
      assert.ok(item !== undefined);
      return item;
    },
  };
}

const PIECES = [
  "a",
  "B",
  "{",
  "}",
  "{port}",
  "{{host}}",
  "{app}/x",
  "'",
  '"',
  "\\",
  " ",
  ": ",
  " #",
  "- ",
  "é",
  "\n",
  "*",
  "!",
  "1",
  "true",
  "null",
  "%",
  "~",
  "$HOME",
];

function makeText(random: Random): string {
  return Array.from({ length: 1 + random.below(4) }, () => random.pick(PIECES)).join("");
}

function makeLine(random: Random): string {
  return makeText(random).replaceAll("\n", " ").trim() || "x";
}

function makeArgv(random: Random): string[] {
  return Array.from({ length: 1 + random.below(3) }, () => makeText(random));
}

function makeCommand(random: Random): unknown {
  const help = random.is(0.5) ? { help: makeLine(random) } : {};
  return random.pick([
    makeProgram(random),
    { url: "/x?y=z", ...help },
    { sql: random.is(0.5) ? "a.sql" : ["a.sql", "a.sql"], database: "main", ...help },
  ]);
}

/** A command that reads its standard input. */
function makeProgram(random: Random): unknown {
  const help = random.is(0.5) ? { help: makeLine(random) } : {};
  return random.pick([
    makeArgv(random),
    "run --now",
    { command: makeArgv(random), ...help },
    { script: "s.py", ...help },
    { function: "a.b:c", ...help },
  ]);
}

function makeSetting(random: Random, name: string): unknown {
  const common = {
    ...(random.is(0.5) ? { help: makeLine(random) } : {}),
    ...random.pick([{}, { env: `X_${name}` }, { file: "conf.json#a.b" }, { env: `Y_${name}`, file: "own" }]),
  };
  return random.pick([
    { type: "string", default: makeText(random), ...common },
    { type: "int", default: random.below(9) - 4, ...common },
    { type: "flag", default: random.is(0.5), ...common },
    { type: "list", default: [makeText(random), makeText(random)], ...common },
    { type: "choice", choices: [makeText(random), "b"], default: "b", ...common },
    { type: "secret", generate: "secret", ...common },
    { type: "url", required: true, ...common },
  ]);
}

/** A description as somebody might write it, each key present half of the time. */
function makeDescription(random: Random): Record<string, unknown> {
  const mapping = (names: readonly string[], make: (name: string) => unknown) =>
    Object.fromEntries(names.filter(() => random.is(0.5)).map((name) => [name, make(name)]));
  const all: Record<string, unknown> = {
    version: random.pick(["1.10", "2!1.0+x", 3]),
    platform: random.pick(["python, wsgi", ["asgi"]]),
    os: "posix",
    python: random.pick(["<3", ">=3.11,<4", "3.12"]),
    interpreter: "inside",
    targets: ["cp311", "aarch64-musl"],
    deb: ["libpq5", "g++"],
    test_pip: random.pick(["r.txt", ["pytest>=8", "r.txt"]]),
    pip: random.pick([
      "r.txt",
      ".",
      ["Flask[a]>=1; os_name == 'x'", "r.txt"],
      "a @ https://example.com/a.whl",
    ]),
    paths: random.pick(["vendor/", ["a b", "./c", "."]]),
    app: "a.b:c()",
    processes: mapping(["web", "w-1", "true"], () =>
      random.pick<unknown>([
        makeArgv(random),
        { command: makeArgv(random), instances: 2 },
        { command: "x", overlap: "never" },
      ]),
    ),
    commands: mapping(["one", "t.w_o", "null"], () => makeCommand(random)),
    schedule: mapping(["n"], () => ({
      cron: "*/5 * * * *",
      command: random.is(0.5) ? "one" : makeCommand(random),
    })),
    lifecycle: mapping(LIFECYCLE_NAMES, (name) =>
      name === "migrate" ? { command: makeArgv(random), compatible: random.is(0.5) } : makeCommand(random),
    ),
    mail: random.pick(["x --now", makeProgram(random), { command: "x", max_size: "5MiB" }]),
    settings: mapping(["a", "B_c", "no"], (name) => makeSetting(random, name)),
    static: mapping(["/", "/static"], () => makeLine(random).replaceAll(/[\\/~]/g, "x")),
    files: [makeLine(random), "*.py"],
    build: [makeArgv(random), "make all"],
  };
  const chosen = Object.entries(all).filter(() => random.is(0.5));
  return {
    name: "shop",
    services: { main: { type: "sqlite" }, Cache: "redis", shown: { type: "public_files", quota: "20MB" } },
    ...Object.fromEntries(chosen),
  };
}
