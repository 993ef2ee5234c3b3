import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { PACKAGE_ROOT } from "../src/system/package-root.ts";

// Every point at which a first start and a prune can be stopped, random moments, and every point of a start at which
// something else can happen to its cache: `npm run crash-sweep -- --seed N --count M`. A usual run of the tests takes a sample.
const FILES = ["src/artifact/crash-sweep.test.ts", "src/artifact/start-disturbed.test.ts"];
const { values } = parseArgs({
  options: { seed: { type: "string" }, count: { type: "string", default: "100" } },
});
const seed = values.seed === undefined ? {} : { HOLDALL_CRASH_SEED: values.seed };
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", ...FILES], {
  cwd: PACKAGE_ROOT,
  stdio: "inherit",
  env: { ...process.env, ...seed, HOLDALL_CRASH_COUNT: values.count },
});
process.exitCode = status ?? 1;
