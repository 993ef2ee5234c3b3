import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PLACEHOLDERS, type Plan } from "../artifact/plan.ts";
import { readAppFiles } from "../description/app-files.ts";
import { describe } from "../description/describe.ts";
import type { Description } from "../description/description.ts";
import { readDescription } from "../description/read-description.ts";
import { appFilesOf } from "../testing/app-files-of.ts";
import { readExamples } from "../testing/example.ts";
import type { Distribution, PlanInput, Platform } from "./platform.ts";
import { choosePlatforms, PLATFORMS, planApplication, planRequirements } from "./registry.ts";

// A new folder under examples/ is a new test; a new platform goes through all of them.
const EXAMPLES = new URL("../../examples/", import.meta.url);
const APPS = readExamples().map(({ name }) => name);

for (const app of APPS) {
  test(`plans examples/${app} as recorded`, async () => {
    const input = await readExample(app);
    const plan = planApplication(input);
    assert.deepEqual(planApplication(input), plan, "the same input gave another plan");
    checkPlan(plan);

    const platforms = choosePlatforms(input).map(({ name }) => name);
    const text = `${JSON.stringify({ platforms, requirements: planRequirements(input), plan }, sortKeys, 2)}\n`;
    const golden = new URL(`${app}/plan.golden.json`, EXAMPLES);
    if (process.env["UPDATE_GOLDEN"]) writeFileSync(golden, text);
    assert.equal(text, readFileSync(golden, "utf8"));
  });

  test(`examples/${app} is used by commands that it has`, async () => {
    const { commands } = planApplication(await readExample(app));
    const { setup = [] } = JSON.parse(readFileSync(new URL(`${app}/requests.json`, EXAMPLES), "utf8"));
    const used = setup.map((step: string[] | { command: string[] }) =>
      Array.isArray(step) ? step : step.command,
    );
    for (const [name] of [...used, ["serve"]]) assert.ok(Object.hasOwn(commands, name), name);
  });
}

for (const platform of PLATFORMS) {
  test(`platform ${platform.name} keeps the contract`, async () => {
    const empty = { files: appFilesOf({}), distributions: [], description: await emptyDescription() };
    assert.match(platform.name, /^[a-z][a-z0-9-]*$/);
    assert.match(platform.help, /^[A-Z].*\.$/, "a help is a sentence");
    assert.equal(platform.detect?.(empty), undefined, "an empty folder is of no kind");
    checkRequired(platform, empty);
  });

  for (const app of APPS) {
    test(`platform ${platform.name} is pure on examples/${app}`, async () => {
      const input = deepFreeze(await readExample(app));
      const plan = deepFreeze(planApplication(input));
      checkRequired(platform, input);
      assert.equal(platform.detect?.(input), platform.detect?.(input));
      assert.deepEqual(platform.requirements?.(plan, input), platform.requirements?.(plan, input));
      if (choosePlatforms(input).includes(platform)) {
        assert.deepEqual(
          platform.refine(plan, input),
          plan,
          "what is planned is planned again in the same way",
        );
      }
    });
  }
}

test("each platform is chosen by its own name", async () => {
  const input = { files: appFilesOf({}), distributions: [], description: await emptyDescription() };
  assert.equal(new Set(PLATFORMS.map(({ name }) => name)).size, PLATFORMS.length, "a name is there twice");
  for (const platform of PLATFORMS) {
    const chosen = choosePlatforms({
      ...input,
      description: { ...input.description, platforms: [platform.name] },
    });
    assert.ok(chosen.includes(platform));
  }
});

function checkRequired(platform: Platform, input: PlanInput): void {
  for (const name of platform.requires(input)) {
    assert.ok(
      PLATFORMS.some((other) => other.name === name),
      `${name} is not registered`,
    );
  }
}

/** What docs/plan.md promises of every plan. */
function checkPlan(plan: Plan): void {
  const placeholders = new RegExp(`\\{(?:${PLACEHOLDERS.join("|")})\\}|\\{\\{|\\}\\}`, "g");
  const argvs = [
    ...Object.values(plan.commands).flatMap((command) => (command.kind === "argv" ? [command.argv] : [])),
    ...Object.values(plan.processes).map(({ argv }) => argv),
  ];
  for (const argv of argvs) {
    assert.notEqual(argv[0] ?? "", "", "an argv starts with a program");
    for (const word of argv) assert.doesNotMatch(word.replaceAll(placeholders, ""), /[{}]/, word);
  }
  for (const path of plan.importPath) assert.doesNotMatch(path, /^\/|\/$|^$|(^|\/)\.\.(\/|$)/, path);
  for (const script of Object.values(plan.scripts)) assert.match(script, /^[\w.]+:[\w.]+$/);
  for (const { instances, overlap } of Object.values(plan.processes)) {
    assert.ok(instances >= 1 && (overlap === "allowed" || instances === 1));
  }
  assert.equal(plan.processes["web"] === undefined, plan.commands["serve"] === undefined);
  for (const { help } of Object.values(plan.commands)) assert.doesNotMatch(help, /\n/);
}

async function readExample(app: string): Promise<PlanInput> {
  const folder = new URL(`${app}/`, EXAMPLES);
  const directory = fileURLToPath(folder);
  const resolved = new URL("distributions.json", folder);
  const distributions: Distribution[] = existsSync(resolved)
    ? JSON.parse(readFileSync(resolved, "utf8"))
    : [];
  const { description } = await readDescription(directory);
  return { description, files: readAppFiles(directory), distributions };
}

async function emptyDescription(): Promise<Description> {
  return (await describe(appFilesOf({}), { directoryName: "empty" })).description;
}

/** The order of keys means nothing in a plan. */
function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
