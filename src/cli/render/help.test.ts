import { join } from "node:path";
import { test } from "node:test";
import { assertGolden } from "../../testing/golden.ts";
import { runHoldall } from "../../testing/run-holdall.ts";
import { commandRecords } from "../commands/registry.ts";

const GOLDEN = join(import.meta.dirname, "golden");

for (const command of ["", ...commandRecords().map(({ name }) => name)]) {
  test(`shows the help of ${command || "all commands"} as recorded`, async () => {
    const { stdout } = await runHoldall(["help", ...(command ? [command] : [])]);
    assertGolden(join(GOLDEN, `${command || "overview"}.txt`), stdout);
  });
}
