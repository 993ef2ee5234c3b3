import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { parseEnv } from "node:util";
import type { PlannedSetting, SettingType, SettingValue } from "../../artifact/plan.ts";
import { runProcess } from "../../system/run-process.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { ensureDirectories, planDirectories } from "../directories/directories.ts";
import { deliverSettings } from "./deliver-settings.ts";
import { ensureSettings, gatherSettings, type SettingOptions } from "./gather-settings.ts";
import { renderSettingFile } from "./render-file.ts";
import { requireSettings, resolveSettings, showSetting } from "./resolve-settings.ts";
import { readSettingsFile } from "./settings-file.ts";
import { renderSettingsTemplate } from "./template.ts";
import { parseSettingText, renderSettingText } from "./value.ts";

function planned(type: SettingType, more: Partial<PlannedSetting> = {}): PlannedSetting {
  const place = more.file?.includes("#") ? {} : { env: "IT" };
  return { type, help: "", isRequired: false, ...place, ...more };
}

const PARSED: readonly (readonly [SettingType, string, SettingValue | RegExp])[] = [
  ["string", " a=b ", " a=b "],
  ["secret", "s", "s"],
  ["secret", "", /must not be empty/],
  ["int", " -3 ", -3],
  ["int", "3.5", /whole number/],
  ["int", "1e3", /whole number/],
  ["int", "9007199254740993", /whole number/],
  ["bool", "YES", true],
  ["flag", "off", false],
  ["bool", "maybe", /must be true or false/],
  ["bool", "constructor", /must be true or false/],
  ["url", "https://x/y", "https://x/y"],
  ["url", "x/y", /must be a URL/],
  ["duration", "30s", "30s"],
  ["duration", "30", /such as 30s/],
  ["size", "10MiB", "10MiB"],
  ["size", "10 MB", /such as 10MB/],
  ["list", "a, b,c", ["a", "b", "c"]],
  ["list", "", []],
  ["choice", "b", "b"],
  ["choice", "d", /must be one of b, c/],
  ["string", "a\0b", /NUL/],
];

test("texts become values of their type", () => {
  for (const [type, text, expected] of PARSED) {
    const parsed = parseSettingText(text, planned(type, type === "choice" ? { choices: ["b", "c"] } : {}));
    if (expected instanceof RegExp)
      assert.match("problem" in parsed ? parsed.problem : "none", expected, text);
    else assert.deepEqual(parsed, { value: expected }, text);
    if (!(expected instanceof RegExp)) {
      const again = parseSettingText(renderSettingText(expected), planned(type, { choices: ["b", "c"] }));
      assert.deepEqual(again, { value: expected }, `${text} rendered and parsed`);
    }
  }
});

const NONE = { generated: {}, file: {}, filePath: ".env", environment: {}, set: {} };

test("later sources win, and each value knows where it came from", () => {
  const settings = { size: planned("int", { default: 1, env: "SIZE" }) };
  const order = [
    [NONE, 1, "default", "default"],
    [{ ...NONE, file: { SIZE: "2" } }, 2, "file", ".env: SIZE"],
    [{ ...NONE, file: { SIZE: "2" }, environment: { SIZE: "3" } }, 3, "environment", "SIZE"],
    [{ ...NONE, environment: { SIZE: "3" }, set: { size: "4" } }, 4, "set", "--set size"],
  ] as const;
  for (const [sources, value, source, origin] of order) {
    const [resolved] = resolveSettings(settings, sources);
    assert.deepEqual([resolved?.value, resolved?.source, resolved?.origin], [value, source, origin]);
  }
});

test("what is wrong is named with its place, and a secret's value is not shown", () => {
  const settings = {
    size: planned("int", { env: "SIZE" }),
    key: planned("secret", { isRequired: true, env: "KEY_FILE", file: "key" }),
  };
  assert.throws(() => resolveSettings(settings, { ...NONE, environment: { SIZE: "big" } }), {
    code: "setting_invalid",
    message: 'cannot use the setting size: SIZE must be a whole number, not "big"',
  });
  assert.throws(() => resolveSettings(settings, { ...NONE, file: { KEY: "a\0" } }), {
    message: "cannot use the setting key: .env: KEY must not have a NUL",
  });
  assert.throws(() => resolveSettings(settings, { ...NONE, set: { sise: "1" } }), {
    code: "setting_unknown",
    message: "cannot set sise: the application has no setting of that name",
    hint: "Did you mean size?",
  });
  const resolved = resolveSettings(settings, NONE);
  assert.throws(() => requireSettings(resolved), {
    code: "setting_missing",
    message: "cannot start the application: nobody has set key",
    hint: "Write `KEY=…` into the settings file (.env), or export it; `holdall settings` shows all of them.",
  });
  const [, key] = resolveSettings(settings, { ...NONE, file: { KEY: "hunter2" } });
  assert.equal(key && showSetting(key), "********");
});

const DOTENV: readonly (readonly [text: string, expected: Readonly<Record<string, string>> | string])[] = [
  ["# c\n\nA=1\nexport B='x y'\n", { A: "1", B: "x y" }],
  ['A="one\ntwo\nthree"\nB=2\n', { A: "one\ntwo\nthree", B: "2" }],
  ["# don't\nA=1\n", { A: "1" }],
  ["A=1\nB\n", "line 2 has no ="],
  ["A-B=1\n", '"A-B" is not the name of a variable'],
  ["\xff", "it is not UTF-8"],
];

test("a settings file has NAME=value lines", async (t) => {
  const path = join(await makeDirectory(t), ".env");
  assert.equal(await readSettingsFile(path), undefined);
  for (const [text, expected] of DOTENV) {
    writeFileSync(path, text, "latin1");
    if (typeof expected === "object") assert.deepEqual(await readSettingsFile(path), expected);
    else {
      const message = `cannot read the settings file ${path}: ${expected}`;
      await assert.rejects(readSettingsFile(path), { code: "settings_unreadable", message });
    }
  }
});

async function open(t: TestContext) {
  const base = await makeDirectory(t);
  const directories = planDirectories(base, "checkout");
  await ensureDirectories(directories);
  return { base, directories };
}

const NO_ENV: SettingOptions = { env: {} };

test("a secret is generated once, for its owner only", async (t) => {
  const { directories } = await open(t);
  const plan = { settings: { key: planned("secret", { generate: "secret", env: "KEY" }) } };
  const [before] = (await gatherSettings(plan, directories, NO_ENV)).resolved;
  assert.deepEqual([before?.value, before?.source], [undefined, "none"], "gathering changes nothing");
  const [first] = (await ensureSettings(plan, directories, NO_ENV)).resolved;
  const [second] = (await ensureSettings(plan, directories, NO_ENV)).resolved;
  assert.match(String(first?.value), /^[\w-]{43}$/);
  assert.deepEqual(second?.value, first?.value);
  assert.equal(second?.source, "generated");
  assert.equal(statSync(join(directories.settings, "key")).mode & 0o777, 0o600);
});

test("a secret is not taken from a command line, but from a file that it names", async (t) => {
  const { base, directories } = await open(t);
  const plan = { settings: { key: planned("secret", { env: "KEY" }) } };
  await assert.rejects(gatherSettings(plan, directories, { env: {}, set: ["key=hunter2"] }), {
    code: "setting_invalid",
    message: "cannot use the setting key: it is a secret, and everybody can see the words of a command line",
  });
  writeFileSync(join(base, "secret"), "hunter2\n");
  const { resolved } = await gatherSettings(plan, directories, {
    env: {},
    set: [`key=@${join(base, "secret")}`],
  });
  assert.equal(resolved[0]?.value, "hunter2");
});

test("the rest of a settings file reaches the application as it is", async (t) => {
  const { base, directories } = await open(t);
  writeFileSync(join(base, ".env"), "SIZE=2\nDATABASE_URL=sqlite:///x\n");
  const plan = { settings: { size: planned("int", { env: "SIZE" }) } };
  const { resolved, others } = await gatherSettings(plan, directories, NO_ENV);
  assert.equal(resolved[0]?.value, 2);
  assert.deepEqual(others, { DATABASE_URL: "sqlite:///x" });
});

test("values arrive in variables, in files that the application reads, alone in files of their own", async (t) => {
  const { directories } = await open(t);
  const settings = {
    size: planned("int", { default: 20, env: "SIZE" }),
    port: planned("int", { default: 8000, file: "conf/app.toml#server.port" }),
    hosts: planned("list", { default: ["a", "b"], file: "conf/app.toml#server.hosts" }),
    beta: planned("flag", { default: true, file: "app.json#beta" }),
    key: planned("secret", { env: "KEY_FILE", file: "key" }),
  };
  const deliver = async (environment: Readonly<Record<string, string>>) =>
    deliverSettings(resolveSettings(settings, { ...NONE, environment }), directories);
  const variables = await deliver({ KEY: "hunter2" });
  const alone = join(directories.run, "settings/key");
  assert.deepEqual(variables, { SIZE: "20", KEY_FILE: alone });
  assert.equal(readFileSync(alone, "utf8"), "hunter2");
  assert.equal(statSync(alone).mode & 0o777, 0o600);
  const toml = join(directories.data, "conf/app.toml");
  assert.equal(statSync(toml).mode & 0o777, 0o600);
  const read = "import json,tomllib,sys; print(json.dumps([tomllib.load(open(sys.argv[1],'rb'))]))";
  const { stdout } = await runProcess(["python3", "-c", read, toml], { env: process.env });
  assert.deepEqual(JSON.parse(stdout), [{ server: { port: 8000, hosts: ["a", "b"] } }]);
  assert.deepEqual(JSON.parse(readFileSync(join(directories.data, "app.json"), "utf8")), { beta: true });

  await deliver({ KEY: "hunter2", PORT: "9000" });
  assert.match(readFileSync(toml, "utf8"), /port = 9000/, "it is written again");
  writeFileSync(toml, "mine = 1\n");
  await assert.rejects(deliver({}), {
    code: "setting_file_refused",
    message: `cannot write the settings into ${toml}: it has been changed by hand`,
  });
  assert.equal(readFileSync(toml, "utf8"), "mine = 1\n");
  rmSync(toml);
  await deliver({});
  rmSync(join(directories.settings, "written.json"));
  await assert.rejects(deliver({ PORT: "1" }), { message: /: it is there, and not from holdall$/ });
});

const READERS: Readonly<Record<string, string>> = {
  "a.json": "json.load(open(path))",
  "a.toml": "tomllib.load(open(path, 'rb'))",
  "a.ini":
    "(lambda c: (c.read(path), {s: dict(c[s]) for s in c.sections()})[1])(configparser.ConfigParser())",
};

test("what is written is what the world's readers read", async (t) => {
  const directory = await makeDirectory(t);
  const nasty = `a "b" 'c' % # ; = \\ é`;
  for (const [name, reader] of Object.entries(READERS)) {
    const path = join(directory, name);
    writeFileSync(path, await renderSettingFile(name, { "web.text": nasty, "web.on": true, "log.size": 3 }));
    const code = `import configparser, json, sys, tomllib\npath = sys.argv[1]\nprint(json.dumps(${reader}))`;
    const { stdout, stderr } = await runProcess(["python3", "-c", code, path], { env: process.env });
    const value = name === "a.ini" ? { on: "true", size: "3" } : { on: true, size: 3 };
    const expected = { web: { text: nasty, on: value.on }, log: { size: value.size } };
    assert.deepEqual(JSON.parse(stdout || "null"), expected, stderr);
  }
  const env = await renderSettingFile(".env", { "web.text": "a 'b' #", TWO: "x\ny" });
  assert.deepEqual({ ...parseEnv(env) }, { web_text: "a 'b' #", TWO: "x\ny" });
});

const UNWRITABLE: readonly (readonly [string, Readonly<Record<string, SettingValue>>, string])[] = [
  ["a.xml", { a: 1 }, "its name tells no format"],
  ["a.json", { a: 1, "a.b": 2 }, "a.b is below a value"],
  ["a.json", { "a.b": 2, a: 1 }, "a is there twice, or has others below it"],
  ["a.ini", { "a.b": "x\ny" }, "a value in an INI file has one line"],
  ["a.ini", { "a.b.c": 1 }, "an INI file has one level of sections"],
];

test("what a format cannot hold is refused", async () => {
  for (const [path, values, reason] of UNWRITABLE) {
    await assert.rejects(renderSettingFile(path, values), (error: Error) =>
      error.message.endsWith(`: ${reason}`),
    );
  }
});

test("the template is a settings file with the defaults, whatever they are", async (t) => {
  const path = join(await makeDirectory(t), ".env");
  mkdirSync(join(path, ".."), { recursive: true });
  const settings = {
    size: planned("int", { default: 20, env: "SIZE", help: "Products on one page." }),
    name: planned("string", { default: `it's "x"`, env: "NAME" }),
    level: planned("choice", { choices: ["low", "high"], isRequired: true, env: "LEVEL" }),
    key: planned("secret", { generate: "secret", env: "KEY_FILE", file: "key" }),
  };
  const text = renderSettingsTemplate("shop 1.0", settings);
  assert.match(text, /^# Products on one page\.\n# a whole number\n#SIZE=20$/m);
  assert.match(text, /^# one of low, high; required\nLEVEL=$/m);
  writeFileSync(
    path,
    text
      .replaceAll(/^#(?=[A-Z]+=)/gm, "")
      .replace("LEVEL=", "LEVEL=low")
      .replace("KEY=", "KEY=k"),
  );
  const file = (await readSettingsFile(path)) ?? {};
  const values = resolveSettings(settings, { ...NONE, file }).map(({ value }) => value);
  assert.deepEqual(values, [20, `it's "x"`, "low", "k"]);
});
