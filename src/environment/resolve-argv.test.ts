import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeDirectory, SMALL_PLAN } from "../testing/small-artifact.ts";
import { resolveArgv } from "./resolve-argv.ts";

test("words of a plan become words of the system", async (t) => {
  const prefix = await makeDirectory(t);
  const bin = join(prefix, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "shop"), `#!${bin}/python\nimport shop\n`);
  writeFileSync(join(bin, "tool"), "\x7fELF");
  for (const name of ["shop", "tool"]) chmodSync(join(bin, name), 0o755);
  const runnable = {
    ...({ kind: "release", name: "shop", version: "1", identity: undefined, plan: SMALL_PLAN } as const),
    ...{ app: join(prefix, "app"), prefix },
  };
  const python = join(bin, "python");
  const cases: readonly (readonly [argv: readonly string[], expected: readonly string[]])[] = [
    [
      ["python", "-m", "shop"],
      [python, "-m", "shop"],
    ],
    [
      ["python3.11", "{app}/a.py"],
      [python, join(prefix, "app/a.py")],
    ],
    [
      ["shop", "{host}:{port}", "{{port}}"],
      [python, join(bin, "shop"), "127.0.0.1:8000", "{port}"],
    ],
    [
      ["tool", "$HOME; x"],
      [join(bin, "tool"), "$HOME; x"],
    ],
    [
      ["ls", "-l"],
      ["ls", "-l"],
    ],
    [["{app}/run"], [join(prefix, "app/run")]],
  ];
  for (const [argv, expected] of cases) {
    assert.deepEqual(resolveArgv(argv, runnable, { host: "127.0.0.1", port: 8000 }), expected);
  }
  const words = ["ls", "{host}:{port}", "{host}", "{{host}}:"];
  const sixth = resolveArgv(words, runnable, { host: "::1", port: 8000 });
  assert.deepEqual(sixth, ["ls", "[::1]:8000", "::1", "{host}:"]);
});
