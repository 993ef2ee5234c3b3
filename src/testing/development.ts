import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import type { EnvironmentEvent } from "../environment/events.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { findFreePort } from "../system/port-owner.ts";
import { eventually } from "./eventually.ts";

export const HOLDALL = join(PACKAGE_ROOT, "bin/holdall.js");
// Kept between runs, as a user's is.
export const CACHE = join(PACKAGE_ROOT, "node_modules/.cache/holdall");

export interface Development {
  readonly child: ChildProcess;
  readonly address: string;
  readonly port: number;
  readonly events: readonly EnvironmentEvent[];
  /** What `holdall dev` wrote on standard error. */
  readonly errors: () => string;
  /** The first event that is so, from the event `from` on. */
  until(what: string, is: (event: EnvironmentEvent) => boolean, from?: number): Promise<EnvironmentEvent>;
  /** As a terminal does: to all of the foreground group. */
  interrupt(signal: NodeJS.Signals): void;
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Processes that have inherited the environment of this one, and locks on files of the directory. */
  countLeft(): Left;
}

export interface Left {
  readonly processes: readonly string[];
  readonly locks: number;
}

export interface DevelopmentOptions {
  readonly args?: readonly string[];
  readonly port?: number;
}

/** Starts `holdall dev --json` of a checkout in a process group of its own. Nothing of it outlives the test. */
export async function startDevelopment(
  t: TestContext,
  directory: string,
  { args = [], port: given }: DevelopmentOptions = {},
): Promise<Development> {
  const port = given ?? (await findFreePort("127.0.0.1"));
  const mark = `HOLDALL_TEST_MARK=${crypto.randomUUID()}`;
  const [name = "", value = ""] = mark.split("=");
  const child = spawn(process.execPath, [HOLDALL, "dev", directory, "--json", "--port", `${port}`, ...args], {
    cwd: directory,
    detached: true,
    env: { ...process.env, HOLDALL_CACHE: CACHE, [name]: value, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { stdout, stderr } = child;
  let errors = "";
  stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const events: EnvironmentEvent[] = [];
  createInterface({ input: stdout }).on("line", (line) => events.push(JSON.parse(line)));
  const ended = once(child, "close").then(([status, signal]) => signal ?? status);
  const interrupt = (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), signal);
  };
  t.after(async () => {
    interrupt("SIGKILL");
    await ended;
  });
  return {
    ...{ child, port, address: `http://127.0.0.1:${port}/`, events, errors: () => errors, interrupt, ended },
    until: (what, is, from = 0) =>
      eventually(what, () => {
        const found = events.slice(from).find(is);
        if (found === undefined && child.exitCode !== null) {
          throw new Error(`it ended before: ${what}\n${errors}\n${JSON.stringify(events.slice(-20))}`);
        }
        return found;
      }),
    countLeft: () => ({ processes: listMarked(mark), locks: countLocks(join(directory, ".holdall/run")) }),
  };
}

function listMarked(mark: string): readonly string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || !readFileSync(`/proc/${pid}/environ`, "latin1").includes(mark)) return [];
      return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ")}`];
    } catch {
      return []; // it has ended meanwhile, or is somebody else's
    }
  });
}

/** Of /proc/locks (proc_locks(5)): the sixth column is `MAJOR:MINOR:INODE`. */
function countLocks(directory: string): number {
  const inodes = new Set(readdirSync(directory).map((name) => String(statSync(join(directory, name)).ino)));
  const lines = readFileSync("/proc/locks", "utf8").split("\n");
  return lines.filter((line) => inodes.has(line.trim().split(/\s+/)[5]?.split(":")[2] ?? "")).length;
}
