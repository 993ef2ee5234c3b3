import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { PACKAGE_ROOT } from "../src/system/package-root.ts";

// Node's runner and its summary, and after it a list of what did not run and why.
const ALL = ["src/**/*.test.ts", "bench/**/*.test.ts"];
const words = process.argv.slice(2);
const files = globSync(words.length > 0 ? words : ALL, { cwd: PACKAGE_ROOT });
if (files.length === 0) throw new Error(`no test file matches ${words.join(" ")}`);

const left: string[] = [];
const stream = run({ files: files.toSorted(), cwd: PACKAGE_ROOT, concurrency: availableParallelism() });
stream.on("test:fail", ({ todo }) => {
  if (todo === undefined || todo === false) process.exitCode = 1;
});
stream.on("test:pass", ({ name, file, skip }) => {
  if (skip === undefined || skip === false) return;
  const reason = typeof skip === "string" && skip !== "" ? skip : "no reason given";
  left.push(`  ${relative(PACKAGE_ROOT, file ?? "")}: ${name}: ${reason}`);
});
await pipeline(stream, new spec(), process.stdout, { end: false });
process.stdout.write(
  left.length > 0 ? `\n${left.length} did not run:\n${left.join("\n")}\n` : "\nall tests ran\n",
);
