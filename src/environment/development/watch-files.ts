import { type BigIntStats, existsSync, type FSWatcher, fstatSync, watch } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { listApplicationPaths } from "../../builder/application/application-files.ts";
import { errnoOf } from "../../system/file-errors.ts";

export interface WatchOptions {
  /** Absolute paths outside of what is looked through, or in it and ignored there; they need not exist. */
  readonly also: readonly string[];
  readonly onWarning: (message: string) => void;
  /** Descriptors of what is told, which may be files below (nohup.out). Default: standard output and error. */
  readonly outputs?: readonly number[];
}

export interface FileWatcher {
  /** Files that differ from those of the last answer, relative to the directory where they are below; waits for some. */
  next(signal: AbortSignal): Promise<readonly string[]>;
  close(): void;
}

/** Editors write several files, `git checkout` many: one answer for all until nothing has come for so long. */
const SETTLE_MS = 150;
/** A program that writes all the time, or a lock that a killed git has left, is no reason never to look. */
const LONGEST_SETTLE_MS = 5000;
/** Where the kernel has no more watches, or does not hear of all changes. */
const POLL_MS = 1000;
const LOOKED_FOR = "changes are looked for every second instead";
/** Others change files there without this kernel: NFS, SMB (three), 9P, FUSE, VirtualBox, Ceph; statfs(2), linux/magic.h. */
const REMOTE = [0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546, 0x786f4256, 0x00c36400];

/**
 * Watches the files of an application: those that a process may have read when it started. The kernel's word is a hint to look;
 * what has changed is what has another time, size or place, as for make(1).
 */
export async function watchFiles(directory: string, options: WatchOptions): Promise<FileWatcher> {
  const watchers = new Map<string, FSWatcher>();
  let hint = Promise.withResolvers<void>();
  let lastHintMs = 0;
  const gitLock = join(directory, ".git/index.lock"); // there while git changes files
  const outputs = new Set(
    (options.outputs ?? [1, 2]).map((descriptor) => describePlace(fstatSync(descriptor, { bigint: true }))),
  );
  let isPolling = REMOTE.includes((await statfs(directory)).type);
  if (isPolling) options.onWarning(`the file system tells nothing of changes from elsewhere: ${LOOKED_FOR}`);
  let seen = await look();
  return {
    async next(signal) {
      for (;;) {
        await waitForHint(signal);
        signal.throwIfAborted();
        await settle(signal);
        hint = Promise.withResolvers();
        const before = seen;
        seen = await look();
        const changed = compare(before, seen);
        if (changed.length > 0) return changed;
      }
    },
    close() {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };

  function tell(): void {
    lastHintMs = performance.now();
    hint.resolve();
  }

  async function settle(signal: AbortSignal): Promise<void> {
    const startMs = performance.now();
    for (;;) {
      await setTimeout(SETTLE_MS, undefined, { signal });
      const nowMs = performance.now();
      const isBusy = existsSync(gitLock) || nowMs - lastHintMs < SETTLE_MS;
      if (!isBusy || nowMs - startMs > LONGEST_SETTLE_MS) return;
    }
  }

  async function waitForHint(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    const abort = () => aborted.resolve();
    signal.addEventListener("abort", abort, { once: true });
    const waits = [hint.promise, aborted.promise];
    if (isPolling) waits.push(setTimeout(POLL_MS, undefined, { signal }).catch(() => {}));
    if (!signal.aborted) await Promise.race(waits);
    signal.removeEventListener("abort", abort);
  }

  async function look(): Promise<ReadonlyMap<string, string>> {
    const { directories, files } = listApplicationPaths(directory);
    for (const path of directories) watchDirectory(join(directory, path));
    const paths = [...files.filter(isRead), ...options.also];
    const states = await Promise.all(paths.map((path) => describeState(directory, path)));
    const found = states.filter((each) => each !== undefined);
    return new Map(found.filter(({ place }) => !outputs.has(place)).map(({ name, state }) => [name, state]));
  }

  function watchDirectory(path: string): void {
    if (watchers.has(path) || isPolling) return;
    try {
      const watcher = watch(path, (_, name) => {
        if (name === null || isRead(name)) tell();
      });
      const forget = () => {
        watcher.close();
        watchers.delete(path);
        tell();
      };
      watcher.on("error", forget); // it has gone
      watchers.set(path, watcher);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === "ENOENT" || errno === "ENOTDIR") return;
      if (errno !== "ENOSPC" && errno !== "EMFILE") throw error;
      isPolling = true;
      options.onWarning(`the system has no more watches (fs.inotify, ${errno}): ${LOOKED_FOR}`);
    }
  }
}

/** What only browsers and people read: nobody has to start again for it. */
const NOT_READ =
  /\.(?:css|scss|sass|less|m?js|jsx|ts|tsx|vue|svelte|map|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf|eot|mp[34]|webm|pdf|md|rst)$/i;

/** What applications write where they are. */
const DATA =
  /\.(?:log|db|sqlite\d?|pid|sock|lock|tmp|swp|swx|bak|orig|rej)$|~$|\.(?:db|sqlite\d?)-(?:wal|shm|journal)$/i;

const LOCKS = /(?:^|\/)(?:uv|poetry|holdall|pylock(?:\.[\w-]+)?)\.(?:lock|toml)$/;

function isRead(path: string): boolean {
  return LOCKS.test(path) || !(NOT_READ.test(path) || DATA.test(path));
}

interface FileState {
  readonly name: string;
  readonly place: string;
  readonly state: string;
}

function describePlace({ dev, ino }: BigIntStats): string {
  return `${dev} ${ino}`;
}

/** Undefined when it is not there. */
async function describeState(directory: string, path: string): Promise<FileState | undefined> {
  try {
    const stats = await stat(resolve(directory, path), { bigint: true });
    const inside = isAbsolute(path) ? relative(directory, path) : path;
    const name = inside.startsWith("../") ? path : inside;
    const place = describePlace(stats);
    return { name, place, state: `${stats.mtimeNs} ${stats.size} ${place}` };
  } catch {
    return undefined; // gone meanwhile, or a link that leads nowhere
  }
}

function compare(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  const changed = [...after].filter(([path, state]) => before.get(path) !== state).map(([path]) => path);
  return [...changed, ...[...before.keys()].filter((path) => !after.has(path))].toSorted();
}
