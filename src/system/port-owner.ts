import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { errnoOf } from "./file-errors.ts";

export interface PortOwner {
  readonly pid: number;
  /** Its first word, without the directory. */
  readonly program: string;
}

const LISTEN = "0A"; // TCP_LISTEN, include/net/tcp_states.h

/** Whether a program can listen there now: it is tried, as nothing else is sure. */
export async function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => {
      if (errnoOf(error) === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port that was free a moment ago: the system's choice. */
export async function findFreePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen({ host, port: 0 }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/**
 * Who listens on a port of this machine, from /proc (proc(5)); undefined when that is not to be seen: the process of another user, of
 * another namespace.
 */
export async function findPortOwner(port: number): Promise<PortOwner | undefined> {
  const tables = await Promise.all(["tcp", "tcp6"].map(readTable));
  const inodes = new Set(tables.flatMap((table) => findInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (await hasSocket(pid, inodes)) {
      const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return { pid: Number(pid), program: words.split("\0")[0]?.replace(/^.*\//, "") || "unknown" };
    }
  }
  return undefined;
}

async function readTable(name: string): Promise<string> {
  return readFile(`/proc/net/${name}`, "utf8").catch(() => ""); // without IPv6, without /proc: nobody is found
}

/** Columns of /proc/net/tcp: local address as `HEX:PORT` is the second, state the fourth, inode the tenth. */
function findInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const isWanted = fields[3] === LISTEN && fields[1]?.split(":")[1] === wanted;
    return isWanted ? (fields[9] ?? []) : [];
  });
}

async function hasSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  // It may end meanwhile, or be that of another user.
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const name of names) {
    const target = await readlink(`/proc/${pid}/fd/${name}`).catch(() => "");
    if (inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? "")) return true;
  }
  return false;
}
