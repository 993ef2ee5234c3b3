import { readFileSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "./file-errors.ts";

/**
 * Gives `use` a fresh private directory under `parent` and removes it however `use` ends. What should survive is
 * renamed out of it, so `parent` is on the file system of the destination. Its name says whose it is, so that the
 * directory of a process that was killed is known from that of one that runs.
 */
export async function withWorkDirectory<Result>(
  parent: string,
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(join(parent, `work-${nameThisProcess()}`));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * `BOOT.NAMESPACE.PID.START-`: which boot of which machine, which PID namespace (a container has its own), and, as numbers
 * come again, the process by number and start (proc_pid_stat(5), 22). Read by holdall_support/cache_uses.py.
 */
function nameThisProcess(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim().replaceAll("-", "");
    const namespace = readlinkSync("/proc/self/ns/pid").replaceAll(/\D/g, "");
    const status = readFileSync("/proc/self/stat", "utf8");
    const start = status.slice(status.lastIndexOf(")") + 2).split(" ")[19];
    return `${boot}.${namespace}.${process.pid}.${start}-`;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return ""; // a system without /proc
  }
}
