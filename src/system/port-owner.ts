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
 * Who listens on a port of this machine, from /proc (proc(5)); undefined when that is not to be seen: the process of
 * another user, of another namespace.
 */
export async function findPortOwner(port: number): Promise<PortOwner | undefined> {
  const tables = await Promise.all(["tcp", "tcp6"].map(readTable));
  const inodes = new Set(
    tables.flatMap((table) => findListeners(table, port).flatMap((fields) => fields[9] ?? [])),
  );
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (await hasSocket(pid, inodes)) {
      const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return { pid: Number(pid), program: words.split("\0")[0]?.replace(/^.*\//, "") || "unknown" };
    }
  }
  return undefined;
}

/** User id of who listens on a port; undefined when nobody does. That is to be seen of other users, too. */
export async function findPortUser(port: number): Promise<number | undefined> {
  const tables = await Promise.all(["tcp", "tcp6"].map(readTable));
  const [found] = tables.flatMap((table) => findListeners(table, port));
  return found?.[7] === undefined ? undefined : Number(found[7]);
}

async function readTable(name: string): Promise<string> {
  return readFile(`/proc/net/${name}`, "utf8").catch(() => ""); // without IPv6, without /proc: nobody is found
}

/** Columns of /proc/net/tcp: local address as `HEX:PORT` is the second, state the fourth, user the eighth, inode the tenth. */
function findListeners(table: string, port: number): readonly (readonly string[])[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return table
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN && fields[1]?.split(":")[1] === wanted);
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
