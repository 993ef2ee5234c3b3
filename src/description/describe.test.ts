import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { appFilesOf } from "../testing/app-files-of.ts";
import { readAppFiles } from "./app-files.ts";
import { describe } from "./describe.ts";
import type { AppFiles, Described } from "./description.ts";
import { readDescription } from "./read-description.ts";
import { renderInitialDescription } from "./render/render-initial-description.ts";

// A new folder is a new test; UPDATE_GOLDEN=1 records what is understood of it.
const FIXTURES = join(import.meta.dirname, "fixtures");

const applications = readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory());

for (const { name } of applications) {
  const directory = join(FIXTURES, name);

  test(`describes fixtures/${name} as recorded`, async () => {
    const text = `${JSON.stringify(withoutDefaults(await readDescription(directory)), null, 2)}\n`;
    const golden = join(FIXTURES, `${name}.golden.json`);
    if (process.env["UPDATE_GOLDEN"]) writeFileSync(golden, text);
    assert.equal(text, readFileSync(golden, "utf8"));
  });

  test(`what is written first for fixtures/${name} describes it in the same way`, async () => {
    const { description, origins } = await readDescription(directory);
    const text = renderInitialDescription(description, origins);
    const again = await describe(withDescription(readAppFiles(directory), text), { directoryName: name });
    assert.deepEqual(again.description, description);
    assert.equal(renderInitialDescription(again.description, origins), text);
  });
}

/** The application as it is when holdall.yaml has been written, and the table that was there before is gone. */
function withDescription(files: AppFiles, text: string): AppFiles {
  return {
    ...files,
    has: (path) => path === "holdall.yaml" || files.has(path),
    read(path) {
      if (path === "holdall.yaml") return text;
      return path === "pyproject.toml"
        ? files.read(path)?.replace(/\[tool\.holdall[\s\S]*/, "")
        : files.read(path);
    },
  };
}

function withoutDefaults({ description, origins }: Described) {
  const isTold = (field: string) => origins[field]?.source !== "default";
  return {
    description: Object.fromEntries(Object.entries(description).filter(([field]) => isTold(field))),
    origins: Object.fromEntries(Object.entries(origins).filter(([field]) => isTold(field))),
  };
}

test("an empty description is the same as none", async () => {
  for (const text of ["", "# nothing yet\n", "{}", "name:\n"]) {
    const { description } = await describe(appFilesOf({ "holdall.yaml": text }), { directoryName: "My App" });
    assert.deepEqual([description.name, description.platforms, description.pip], ["my-app", [], []]);
  }
});

test("every field has an origin", async () => {
  const { description, origins } = await describe(appFilesOf({}), { directoryName: "shop" });
  for (const field of Object.keys(description)) assert.ok(origins[field], field);
  assert.deepEqual(origins["os"], { source: "default", line: undefined });
});

test("what is written replaces what was found, names and all", async () => {
  const texts = {
    Procfile: "web: a\nworker: b\n",
    "holdall.yaml": "processes:\n  web: c\n",
    "pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nweb = "x:y"\ntool = "x:z"',
  };
  const { description, origins } = await describe(appFilesOf(texts));
  assert.deepEqual(Object.keys(description.processes), ["web"]);
  assert.deepEqual(
    Object.keys(description.commands),
    ["tool"],
    "a process has its name before a console script",
  );
  assert.deepEqual(origins["processes.web"], { source: "holdall.yaml", line: 2 });
  assert.equal(origins["processes.worker"], undefined);
});

test("what cannot be understood in a file is no matter when it is written", async () => {
  const texts = {
    Procfile: "web: a | b",
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["a="]\n[project.scripts]\ntool = "x:y"',
    "holdall.yaml": "processes: {web: a}\npip: flask",
  };
  const { description } = await describe(appFilesOf(texts));
  assert.deepEqual(description.pip, [{ kind: "requirement", text: "flask" }]);
  assert.deepEqual(Object.keys(description.commands), ["tool"]);
});

test("scripts of a distribution that is not built are commands", async () => {
  const pyproject =
    '[build-system]\nrequires = []\n[project]\nname = "shop"\n[project.scripts]\ntool = "x:y"';
  for (const [pip, commands] of [
    ["flask", ["tool"]],
    [".", []],
  ] as const) {
    const texts = { "pyproject.toml": pyproject, "holdall.yaml": `pip: ${pip}` };
    const { description } = await describe(appFilesOf(texts));
    assert.deepEqual(Object.keys(description.commands), commands);
  }
});

const PORTS: readonly (readonly [line: string, words: readonly string[]])[] = [
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's
  ["a $PORT ${HOST}:$PORT", ["a", "{port}", "{host}:{port}"]],
  ["a \"it's $PORT\" '$PORT' \\$PORT", ["a", "it's {port}", "$PORT", "$PORT"]],
  ["a '{\"b\": {}}' {port} {x}", ["a", '{{"b": {{}}}}', "{port}", "{{x}}"]],
];

for (const [line, words] of PORTS) {
  test(`the Procfile line ${line} has its words`, async () => {
    const { description } = await describe(appFilesOf({ Procfile: `web: ${line}` }), { directoryName: "a" });
    assert.deepEqual(description.processes["web"]?.argv, words);
  });
}

const LOCKS: readonly (readonly [files: string[], pip: string, kind: string | undefined])[] = [
  [["uv.lock", "poetry.lock", "holdall.lock"], "", "uv"],
  [["poetry.lock", "pylock.toml"], "", "poetry"],
  [["pylock.prod.toml", "holdall.lock"], "", "pylock"],
  [["holdall.lock"], "", "holdall"],
  [["uv.lock", "holdall.lock"], "pip: flask", "holdall"],
  [["uv.lock"], "pip: [., flask]", "uv"],
  [["uv.lock"], "pip: flask", undefined],
  [["pylock.a.b.toml"], "", undefined],
];

for (const [locks, pip, kind] of LOCKS) {
  test(`of ${locks.join(", ")} with ${pip || "no pip written"} the lock is ${kind}`, async () => {
    const texts = Object.fromEntries(locks.map((path) => [path, ""]));
    const { description } = await describe(appFilesOf({ ...texts, "holdall.yaml": pip }), {
      directoryName: "a",
    });
    assert.equal(description.lock?.kind, kind);
  });
}

test("a command is named wherever one is wanted, also beside what else is said of it", async () => {
  const text = `platform: python
commands: { take: sort -u }
mail: { command: take, max_size: 10MB }
schedule: { nightly: { cron: "0 0 * * *", command: take } }
lifecycle: { migrate: { command: take, compatible: true }, verify: take }
`;
  const { description } = await describe(appFilesOf({ "holdall.yaml": text }), { directoryName: "app" });
  const { commands, mail, schedule, lifecycle } = description;
  const named = [mail?.command, schedule["nightly"]?.command, lifecycle.migrate, lifecycle.verify];
  for (const each of named) assert.partialDeepStrictEqual(each, commands["take"]);
  assert.equal(lifecycle.migrate?.isCompatible, true);
});
