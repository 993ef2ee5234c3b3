import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { commandRecords } from "./cli/commands/registry.ts";
import { parseArguments } from "./cli/parse-arguments.ts";
import { EXIT_CODES } from "./errors/app-error.ts";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { readModules } from "./testing/read-modules.ts";
import { readShownCommands } from "./testing/shown-commands.ts";

const DOCUMENTS = globSync(["*.md", "docs/**/*.md", "examples/*/*.md"], { cwd: PACKAGE_ROOT }).toSorted();

test("docs/errors.md explains each code of the table, and no other, in alphabetical order", () => {
  const document = readFileSync(join(PACKAGE_ROOT, "docs/errors.md"), "utf8");
  const explained = [...document.matchAll(/^## (\S+)$/gm)].map(([, code]) => code);
  assert.deepEqual(explained, Object.keys(EXIT_CODES).toSorted());
});

test("each code of the table is thrown somewhere", () => {
  const modules = readModules(import.meta.dirname).filter(({ path }) => !path.endsWith(".test.ts"));
  const code = modules.filter(({ path }) => path !== "errors/app-error.ts").map((module) => module.code);
  const unused = Object.keys(EXIT_CODES).filter((each) => !code.some((text) => text.includes(`"${each}"`)));
  assert.deepEqual(unused, []);
});

test("docs/library.md names each value that the library exports", () => {
  const library = readModules(import.meta.dirname, "index.ts")[0];
  const document = readFileSync(join(PACKAGE_ROOT, "docs/library.md"), "utf8");
  const exported = library?.imports.flatMap(({ names = [] }) => names).concat(library.exports) ?? [];
  assert.ok(exported.length > 30, `only ${exported.length} exports were seen`);
  const known = exported.filter((name) => name !== "openAppPackage"); // AppPackage.open() is it
  assert.deepEqual(
    known.filter((name) => !document.includes(`\`${name}\``)),
    [],
  );
});

/** Programs of others that documents show, besides `holdall`, `npm` and artifacts. */
const KNOWN_PROGRAMS = [
  "cd",
  "cp",
  "curl",
  "kill",
  "ls",
  "mv",
  "python3",
  "rm",
  "scp",
  "ssh",
  "tar",
  "unzip",
];

for (const path of DOCUMENTS) {
  const text = readFileSync(join(PACKAGE_ROOT, path), "utf8");
  const commands = readShownCommands(text);
  if (commands.length > 0) {
    test(`${path} shows commands that exist`, () => {
      for (const words of commands) checkCommand(words);
    });
  }
  const links = [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
  if (links.length > 0) {
    test(`${path} links to files that exist`, () => {
      const dead = links.filter((link) => !existsSync(join(PACKAGE_ROOT, dirname(path), link)));
      assert.deepEqual(dead, []);
    });
  }
}

function checkCommand(words: readonly string[]): void {
  const [program = "", ...args] = words;
  if (program === "holdall" || program === "./bin/holdall.js") {
    parseArguments(args, commandRecords()); // throws `usage_wrong`
  } else if (program === "npm") {
    const { scripts } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"));
    const script = args[0] === "run" ? args[1] : args[0];
    const isOwn = ["install", "ci", "pack"].includes(args[0] ?? "");
    assert.ok(isOwn || Object.hasOwn(scripts, script ?? ""), `there is no script for ${words.join(" ")}`);
  } else {
    const isKnown = KNOWN_PROGRAMS.includes(program) || program.endsWith(".holdall");
    assert.ok(isKnown, `${words.join(" ")}: ${program} is not a program that documents show`);
  }
}
