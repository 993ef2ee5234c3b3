import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "./eventually.ts";

/** What runs, listens and is locked, as the kernel tells it: proc(5). */
export interface Running {
  /** All that descend from a process, that one too; a number comes back, so with the time of its start. */
  readonly processes: readonly string[];
  /** TCP ports on which one of them listens. */
  readonly ports: readonly number[];
}

/** @param pid - of the program whose end is to leave nothing. */
export function listRunning(pid: number): Running {
  const pids = listDescendants(pid);
  const sockets = new Set(pids.flatMap(listSockets));
  const listening = readListeners().filter(({ inode }) => sockets.has(inode));
  return {
    processes: pids.flatMap((each) => identify(each) ?? []),
    ports: [...new Set(listening.map(({ port }) => port))].toSorted((a, b) => a - b),
  };
}

export interface LeftBehind {
  readonly processes: readonly string[];
  readonly ports: readonly number[];
  /** Files below the directory that somebody holds a lock of. */
  readonly locks: readonly string[];
  /** Below the directory. */
  readonly sockets: readonly string[];
}

/** What is left of what ran; processes get the time that their guards need to end them. */
export async function listLeft(before: Running, directory: string): Promise<LeftBehind> {
  const listProcesses = () =>
    before.processes.filter((each) => identify(Number(each.split(" ", 1)[0])) === each);
  await eventually("processes end", () => (listProcesses().length === 0 ? true : undefined), {
    withinMs: 20_000,
  }).catch(() => {}); // they are in the answer
  const listening = readListeners().map(({ port }) => port);
  return {
    processes: listProcesses(),
    ports: before.ports.filter((port) => listening.includes(port)),
    locks: listLocked(directory),
    sockets: listFiles(directory).filter((path) => statSync(join(directory, path)).isSocket()),
  };
}

/** Paths of all that is no directory, relative to it. Links are not followed. */
export function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !entry.isSymbolicLink())
    .map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1))
    .toSorted();
}

/** Of each process that can be seen: its words and its environment, NUL between. */
export function readProcesses(): readonly {
  readonly pid: number;
  readonly words: string;
  readonly variables: string;
}[] {
  return listPids().map((pid) => ({
    ...{ pid, words: readProc(`${pid}/cmdline`), variables: readProc(`${pid}/environ`) },
  }));
}

function listPids(): number[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

export function listDescendants(pid: number): number[] {
  const parents = new Map(listPids().map((each) => [each, readStat(each)?.parent]));
  const found: number[] = [];
  for (let level = [pid]; level.length > 0; ) {
    found.push(...level);
    level = [...parents].filter(([, parent]) => level.includes(parent ?? -1)).map(([each]) => each);
  }
  return found;
}

/** Undefined when it has ended; a zombie has. */
function identify(pid: number): string | undefined {
  const stat = readStat(pid);
  return stat === undefined || stat.state === "Z" ? undefined : `${pid} ${stat.name} ${stat.startedAt}`;
}

function readStat(pid: number) {
  const match = /^\d+ \((.*)\) (.*)$/s.exec(readProc(`${pid}/stat`));
  if (match === null) return undefined;
  const [name = "", rest = ""] = match.slice(1);
  const fields = rest.split(" "); // the third one is first
  return { name, state: fields[0], parent: Number(fields[1]), startedAt: fields[19] };
}

function listSockets(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1] ?? [];
    });
  } catch {
    return []; // it has ended meanwhile
  }
}

function readListeners(): { readonly port: number; readonly inode: string }[] {
  const lines = [readProc("net/tcp"), readProc("net/tcp6")].join("\n").split("\n");
  return lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const port = Number.parseInt(fields[1]?.split(":")[1] ?? "", 16);
    return fields[3] === "0A" ? [{ port, inode: fields[9] ?? "" }] : [];
  });
}

/** Files below a directory that somebody holds a lock of; relative to it. */
export function listLocked(directory: string): string[] {
  const inodes = new Set([...readProc("locks").matchAll(/:(\d+) \d+ \S+$/gm)].map(([, inode]) => inode));
  return listFiles(directory).filter((path) => inodes.has(String(statSync(join(directory, path)).ino)));
}

function readProc(path: string): string {
  try {
    return readFileSync(join("/proc", path), "latin1");
  } catch {
    return ""; // it has ended meanwhile
  }
}
