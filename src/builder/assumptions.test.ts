import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { makeWorkshop } from "../testing/build-fixture.ts";
import { makeDirectory } from "../testing/small-artifact.ts";
import { findInterpreter } from "./python/find-interpreter.ts";

const SHOP = {
  "holdall.yaml": "name: shop\nplatform: python\ncommands: { open: { function: shop:main } }\n",
  "shop.py": "def main():\n    pass\n",
};

/** A directory for PATH whose python3 is a script that asks a file which program it should be, as pyenv's are. */
async function makeShim(
  t: TestContext,
): Promise<{ path: string; choose: (program: string) => void; real: string }> {
  const directory = await makeDirectory(t);
  const run = { directory, work: directory, cache: directory, env: process.env, signal: undefined };
  const { executable } = await findInterpreter(
    { ...run, onEvent: () => {} },
    { wanted: undefined, requirement: undefined },
  );
  const path = join(directory, "shims");
  mkdirSync(path);
  const choice = join(directory, "choice");
  writeFileSync(join(path, "python3"), `#!/bin/sh\nread -r program <'${choice}'\nexec "$program" "$@"\n`);
  chmodSync(join(path, "python3"), 0o755);
  return { path, choose: (program) => writeFileSync(choice, `${program}\n`), real: executable };
}

test("what a shim said last is used while it is asked again, and only if it says the same", async (t) => {
  const shim = await makeShim(t);
  const workshop = await makeWorkshop(t, SHOP);
  const noOthers = { PYENV_ROOT: "", UV_PYTHON_INSTALL_DIR: "", XDG_DATA_HOME: "" };
  const env = { ...process.env, ...noOthers, HOME: workshop.home, PATH: `${shim.path}:/nowhere` };
  const countWrites = async () => {
    const told = workshop.events.length;
    const { path } = await workshop.build({ env });
    const writes = workshop.events
      .slice(told)
      .filter((event) => event.kind === "step-started" && event.step === "write-artifact");
    return { path, writes: writes.length };
  };
  shim.choose(shim.real);
  const first = await countWrites();
  const bytes = readFileSync(first.path);
  assert.equal(first.writes, 1);
  assert.equal((await countWrites()).writes, 1);

  const other = join(shim.path, "other-python");
  symlinkSync(shim.real, other);
  shim.choose(other);
  assert.equal((await countWrites()).writes, 2);
  assert.ok(readFileSync(first.path).equals(bytes));
  assert.equal((await countWrites()).writes, 1);

  shim.choose("/nowhere/python");
  workshop.write({ "shop.py": `${SHOP["shop.py"]}# more\n` });
  await assert.rejects(countWrites(), { code: "python_not_found" });
  assert.ok(readFileSync(first.path).equals(bytes));
  assert.equal(workshop.leftovers().length, 1);
});
