import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommandRecord } from "./command.ts";
import { parseArguments } from "./parse-arguments.ts";

const RECORD = {
  summary: "",
  details: [],
  examples: [],
  options: {
    output: { type: "string", short: "o", value: "FILE", help: "" },
    fast: { type: "boolean", help: "" },
  },
} as const;

const RECORDS: readonly CommandRecord[] = [
  {
    ...RECORD,
    name: "make",
    positionals: [{ name: "dir", help: "", arity: "optional", default: ".", is: "directory" }],
  },
  {
    ...RECORD,
    name: "run",
    positionals: [
      { name: "artifact", help: "", arity: "one", is: "file" },
      { name: "command", help: "", arity: "rest", is: "text" },
    ],
  },
  {
    ...RECORD,
    name: "test",
    positionals: [
      { name: "dir", help: "", arity: "optional", default: ".", is: "directory" },
      { name: "argument", help: "", arity: "rest", is: "text", isSeparated: true },
    ],
  },
];

const CASES: [line: string, values: Record<string, unknown>][] = [
  ["make", { dir: ".", output: undefined, fast: false }],
  ["make app --output=x --fast", { dir: "app", output: "x", fast: true }],
  ["make -o x app", { dir: "app", output: "x", fast: false }],
  ["--quiet make app", { dir: "app", output: undefined, fast: false }],
  ["make --output=-x", { dir: ".", output: "-x", fast: false }],
  ["make -- --fast", { dir: "--fast", output: undefined, fast: false }],
  ["run app", { artifact: "app", command: [], output: undefined, fast: false }],
  [
    "run --fast app serve --fast -o --json -- -w 5",
    {
      artifact: "app",
      command: ["serve", "--fast", "-o", "--json", "--", "-w", "5"],
      output: undefined,
      fast: true,
    },
  ],
  [
    "run app --holdall verify",
    { artifact: "app", command: ["--holdall", "verify"], output: undefined, fast: false },
  ],
  ["test", { dir: ".", argument: [], output: undefined, fast: false }],
  ["test -- --fast -k x", { dir: ".", argument: ["--fast", "-k", "x"], output: undefined, fast: false }],
  ["test app --fast -- -- -o", { dir: "app", argument: ["--", "-o"], output: undefined, fast: true }],
  ["run run run", { artifact: "run", command: ["run"], output: undefined, fast: false }],
];

for (const [line, values] of CASES) {
  test(`reads ${line}`, () => {
    assert.deepEqual(parseArguments(line.split(" "), RECORDS).values, values);
  });
}

test("what follows an artifact is not read as a global option", () => {
  const { globals } = parseArguments(["--quiet", "run", "app", "x", "--json", "--help"], RECORDS);
  assert.deepEqual(globals, { json: false, quiet: true, "no-color": false, help: false, version: false });
});
