#!/usr/bin/env node
// Older versions of Node must get as far as the sentence about their version: nothing newer than Node 18 in this file.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const NEEDED = 24;
const MAIN = new URL("../dist/main.js", import.meta.url);
const REINSTALL =
  "Install a newer Node, or reinstall holdall without --omit=optional: its optional dependency is one.";
const FROM_TERMINALS = ["SIGINT", "SIGQUIT"];
const SIGNALS = [...FROM_TERMINALS, "SIGHUP", "SIGTERM", "SIGUSR1", "SIGUSR2"];
/** One file with the memory of a program is enough: signal(7). */
const LEAVING_CORES = ["SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGSEGV", "SIGSYS"];

if (!existsSync(MAIN)) {
  refuse("dist/main.js is missing", "In a clone, make it with `npm install` and `npm run bundle`.");
} else if (Number(process.versions.node.split(".")[0]) >= NEEDED) {
  await import(MAIN.href);
} else {
  const node = findNode();
  if (node === undefined) {
    refuse(`it needs Node ${NEEDED} or newer and this is ${process.versions.node}`, REINSTALL);
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
  const words = [fileURLToPath(MAIN), ...process.argv.slice(2)];
  // Since Node 22.15: then there is one process, and whatever is sent to it is right.
  if (process.execve !== undefined) process.execve(node, [node, ...words], process.env);
  // By the channel the child knows when this process has gone, killed even.
  const child = spawn(node, words, { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  passOnSignals(child);
  child.on("error", ({ message }) => refuse(`its own Node cannot be started (${message})`, REINSTALL));
  child.on("exit", (status, signal) => {
    if (signal === null) process.exit(status);
    if (LEAVING_CORES.includes(signal)) process.exit(128 + constants.signals[signal]);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/**
 * The child compares what came to this process with what came to itself: a terminal sends Ctrl-C to both, kill(1) to one. A program
 * that the child has become compares nothing: it gets what the terminal does not send.
 */
function passOnSignals(child) {
  let isReplaced = false;
  const kill = (signal) => {
    if (isReplaced && !(FROM_TERMINALS.includes(signal) && isInForeground())) child.kill(signal);
  };
  child.on("message", (message) => {
    isReplaced = message.isReplaced;
  });
  for (const signal of SIGNALS) {
    let count = 0;
    process.on(signal, () => {
      count += 1;
      // When it cannot be sent, the child ends already, or it becomes a program just now.
      if (child.connected) child.send({ signal, count }, (error) => error && setTimeout(kill, 50, signal));
      else kill(signal);
    });
  }
}

/** proc_pid_stat(5), `pgrp` and `tpgid`. */
function isInForeground() {
  if (!existsSync("/proc/self/stat")) return true; // not Linux: most programs are in a terminal
  const stat = readFileSync("/proc/self/stat", "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[2] === fields[5];
}

function refuse(reason, hint) {
  process.stderr.write(`error: cannot start holdall: ${reason}\nhint: ${hint}\n`);
  process.exitCode = 1;
}
