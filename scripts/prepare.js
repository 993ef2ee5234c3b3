// Runs first, on whatever Node the machine has: nothing newer than Node 18 here, and nothing from node_modules.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const NEEDED = 24;

// npm writes this file at the end of an installation, so an interrupted or outdated one is seen.
const installed = modifiedAt("node_modules/.package-lock.json");
if (installed < Math.max(modifiedAt("package-lock.json"), 1)) {
  process.stderr.write("installing what holdall is made with, once\n");
  run("npm", ["ci", "--no-progress", "--loglevel=error"]);
}

// The optional dependency, else the machine's own.
const own = join(ROOT, "node_modules/.bin/node");
const node = existsSync(own) ? own : process.execPath;
const major = spawnSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout.split(".")[0];
if (Number(major) < NEEDED) {
  process.stderr.write(`error: cannot go on with Node ${major}: holdall needs Node ${NEEDED} or newer\n`);
  process.exit(1);
}
run(node, ["scripts/bundle.ts"]);

function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: ["inherit", 2, 2] });
  if (error) throw error;
  if (status !== 0) process.exit(status === null ? 1 : status);
}

function modifiedAt(path) {
  const file = join(ROOT, path);
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}
