import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/system/package-root.ts";

// Everything that must hold on every commit. `--fast` is what takes seconds; file names run these tests alone.
const FAST_TESTS = ["src/architecture.test.ts", "src/documents.test.ts", "src/cli/**/*.test.ts"];

interface Step {
  readonly name: string;
  readonly argv: readonly string[];
}

const biome: Step = { name: "format and lint", argv: ["biome", "check", "--error-on-warnings"] };
const types: Step = { name: "types", argv: ["tsc", "-p", "."] };
const tests = (files: readonly string[]): Step => ({
  name: "tests",
  argv: ["node", "scripts/test.ts", ...files],
});

const words = process.argv.slice(2);
const files = words.filter((word) => word !== "--fast");
const steps =
  files.length > 0 ? [tests(files)] : [biome, types, tests(words.includes("--fast") ? FAST_TESTS : [])];

const failed = steps.filter(({ name, argv: [program = "", ...args] }) => {
  process.stdout.write(`\n== ${name}: ${[program, ...args].join(" ")}\n`);
  // npm puts this directory into PATH; `node scripts/check.ts` alone does not.
  const path = `${join(PACKAGE_ROOT, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`;
  const { status } = spawnSync(program, args, {
    cwd: PACKAGE_ROOT,
    stdio: "inherit",
    env: { ...process.env, PATH: path },
  });
  return status !== 0;
});

const names = (list: readonly Step[]) => list.map(({ name }) => name).join(", ");
process.stdout.write(failed.length > 0 ? `\nnot passed: ${names(failed)}\n` : `\npassed: ${names(steps)}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
