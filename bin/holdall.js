#!/usr/bin/env node
// Older versions of Node must get as far as the sentence about their version: nothing newer than Node 18 in this file.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const NEEDED = 24;
const MAIN = new URL("../dist/main.js", import.meta.url);

if (!existsSync(MAIN)) {
  refuse("dist/main.js is missing", "In a clone, make it with `npm install` and `npm run bundle`.");
} else if (Number(process.versions.node.split(".")[0]) >= NEEDED) {
  await import(MAIN.href);
} else {
  const node = findNode();
  if (node === undefined) {
    refuse(
      `it needs Node ${NEEDED} or newer and this is ${process.versions.node}`,
      "Install a newer Node, or reinstall holdall without --omit=optional: its optional dependency is one.",
    );
  } else {
    runWith(node);
  }
}

/** The Node of this package's optional dependency, for machines whose own is too old. */
function findNode() {
  try {
    const require = createRequire(import.meta.url);
    return require.resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return undefined; // not installed: --omit=optional, or another platform
  }
}

function runWith(node) {
  // By the channel the child knows when this process has gone, killed even.
  const child = spawn(node, [fileURLToPath(MAIN), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  // The terminal sends Ctrl-C to the child as well; this process waits for how the child takes it.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (status, signal) => {
    if (signal === null) process.exit(status);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function refuse(reason, hint) {
  process.stderr.write(`error: cannot start holdall: ${reason}\nhint: ${hint}\n`);
  process.exitCode = 1;
}
