import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { commandRecords } from "./cli/commands/registry.ts";
import { parseArguments } from "./cli/parse-arguments.ts";
import { SERVICE_TYPES } from "./description/description.ts";
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

test("ARCHITECTURE.md and CONTRIBUTING.md name files and folders that exist", () => {
  const [files, folders] = [true, false].map((isFile) =>
    globSync("{src,support,docs,scripts,bench,cases,examples,testhost,bin,.ci}{,/**}", {
      cwd: PACKAGE_ROOT,
      withFileTypes: true,
      exclude: ({ name }) => name === "node_modules" || name === "__pycache__",
    })
      .filter((entry) => entry.isFile() === isFile)
      .map((entry) => `/${relative(PACKAGE_ROOT, join(entry.parentPath, entry.name))}`),
  );
  for (const document of ["ARCHITECTURE.md", "CONTRIBUTING.md"]) {
    const text = readFileSync(join(PACKAGE_ROOT, document), "utf8");
    const all = [...text.matchAll(/`([\w./-]+)`/g)].map(([, span = ""]) => span);
    const spans = all.filter((span) => !/[A-Z]{4}/.test(span)); // NAME stands for one
    const named = spans.filter((span) => /\.(?:ts|py|sh|md)$/.test(span));
    assert.ok(named.length > 0, document);
    assert.deepEqual(
      named.filter((name) => !files?.some((file) => file.endsWith(`/${name}`))),
      [],
    );
    const places = spans.filter((span) => /^[a-z_]+\/[\w/-]+$/.test(span));
    assert.deepEqual(
      places.filter(
        (name) => ![...(folders ?? []), ...(files ?? [])].some((path) => path.endsWith(`/${name}`)),
      ),
      [],
    );
  }
});

test("docs/environment.md says of each type of service what it supplies", () => {
  const document = readFileSync(join(PACKAGE_ROOT, "docs/environment.md"), "utf8");
  const rows = [...document.matchAll(/^\| ((?:`\w+`(?:, )?)+) \| `DATABASE_/gm)].map(
    ([, types = ""]) => types,
  );
  const explained = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, type = ""]) => type));
  assert.deepEqual(explained.toSorted(), [...SERVICE_TYPES].toSorted());
});

test("decisions are numbered without a gap, fit a page, and say what was refused and what would change them", () => {
  const paths = globSync("docs/decisions/*.md", { cwd: PACKAGE_ROOT }).toSorted();
  for (const [index, path] of paths.entries()) {
    const text = readFileSync(join(PACKAGE_ROOT, path), "utf8");
    const number = String(index + 1).padStart(4, "0");
    assert.match(path, new RegExp(`/${number}-[a-z0-9-]+\\.md$`));
    assert.ok(text.startsWith(`# ${number} `), path);
    for (const part of [
      /\*\*Question\.\*\*/,
      /\*\*Chosen\.\*\*/,
      /\*\*Refused\.\*\*/,
      /\*\*(?:We|What) would change/,
    ]) {
      assert.match(text, part, path);
    }
    assert.ok(text.split(/\s+/).length <= 700, `${path} is longer than a page`);
  }
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
  const links = [...text.matchAll(/\]\(([^):\s]+)\)/g)].map(([, link = ""]) => link);
  if (links.length > 0) {
    test(`${path} links to files and headings that exist`, () => {
      assert.deepEqual(
        links.filter((link) => !leadsSomewhere(path, link)),
        [],
      );
    });
  }
}

function leadsSomewhere(from: string, link: string): boolean {
  const [file = "", heading] = link.split("#");
  const target = file === "" ? join(PACKAGE_ROOT, from) : join(PACKAGE_ROOT, dirname(from), file);
  if (!existsSync(target)) return false;
  if (heading === undefined) return true;
  const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)];
  return headings.some(([, text = ""]) => anchorOf(text) === heading);
}

/** As GitHub names a heading: its letters, digits, `-` and `_` in lower case, spaces as `-`. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
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
