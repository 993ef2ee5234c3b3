import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../errors/app-error.ts";
import { plainPaint } from "../paint.ts";
import { renderBytes } from "./bytes.ts";
import { renderError } from "./error.ts";
import { renderTable } from "./table.ts";
import { renderValue } from "./value.ts";

const SIZES: [count: number, text: string][] = [
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [999_949, "999.9 kB"],
  [999_950, "1.0 MB"],
  [17_006_942, "17.0 MB"],
  [4_294_967_295, "4.3 GB"],
  [5_000_000_000_000, "5000.0 GB"],
];

for (const [count, text] of SIZES) {
  test(`shows ${count} as ${text}`, () => assert.equal(renderBytes(count), text));
}

const VALUES: [value: unknown, text: string][] = [
  ["shop", "shop"],
  [["linux", "posix"], "linux, posix"],
  [{ kind: "file", path: "requirements.txt" }, "file requirements.txt"],
  [[{ kind: "requirement", text: "a" }, { kind: "project" }], "requirement a, project"],
  [{ kind: "argv", argv: ["echo", "it's"], help: "" }, "echo 'it'\\''s'"],
  [{ argv: ["worker"], instances: 1, overlap: "allowed" }, "worker"],
  [{ argv: ["worker"], instances: 2, overlap: "allowed" }, "worker instances=2"],
  [{ type: "int", default: 20, help: "", isRequired: false, env: undefined }, "type=int default=20"],
  ["x".repeat(100), `${"x".repeat(59)}…`],
];

for (const [value, text] of VALUES) {
  test(`shows ${JSON.stringify(value)} as ${text}`, () => assert.equal(renderValue(value), text));
}

test("a table pads by what is seen, not by colour codes, and not its last column", () => {
  const rows = [
    ["\u001b[36mname\u001b[39m", "shop"],
    ["platforms", "python"],
    ["größe", "1"],
  ];
  assert.equal(
    renderTable(rows, { indent: " " }),
    " \u001b[36mname\u001b[39m       shop\n platforms  python\n größe      1",
  );
});

test("what a file has in it does not command the terminal that an error is shown on", () => {
  const message = "cannot read x: \u001b[2Ja\u202eb\r is not a key";
  const error = new AppError({
    code: "description_invalid",
    message,
    hint: "\u009b",
  });
  assert.equal(
    renderError(error, plainPaint),
    "error: cannot read x: \\u001b[2Ja\\u202eb\\u000d is not a key\nhint: \\u009b\n(description_invalid)",
  );
});

test("an error shows message, excerpt, hint and code in this order", () => {
  const error = new AppError({
    code: "description_invalid",
    message: "cannot read holdall.yaml: name is a number",
    excerpt: "1 | name: 3\n  |       ^\n",
    hint: "Put it in quotes.",
  });
  assert.equal(
    renderError(error, plainPaint),
    "error: cannot read holdall.yaml: name is a number\n  1 | name: 3\n    |       ^\nhint: Put it in quotes.\n(description_invalid)",
  );
});
