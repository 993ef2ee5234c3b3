import { constants, existsSync } from "node:fs";
import { access, cp, lstat, mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { errnoOf, undefinedIfMissing } from "../../system/file-errors.ts";
import { syncTree } from "../../system/write-file.ts";
import { checkBackup, refuseBackup, writeBackup } from "../backup.ts";
import type { OpenService, ServiceKind, ServicePlace } from "../service.ts";
import { checkSpace, refuseAddress, unreachable } from "../service-errors.ts";

export const filesService: ServiceKind = {
  name: "files",
  help: "A directory for files that the application keeps.",
  mainVariable: "_DIRECTORY",
  keeps: "files",
  open: async (place) => openDirectory("files", join(place.directory, "files"), place),
  connect: async (address, place) => connectDirectory("files", parseDirectory(address, place), place),
};

/** @throws AppError `service_address_wrong`. */
export function parseDirectory(address: string, place: ServicePlace): string {
  if (address === "" || address.includes("\0")) throw refuseAddress(place, "it is no path", "/srv/uploads");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) throw refuseAddress(place, "it is a URL", "/srv/uploads");
  return resolve(place.data, address);
}

/** `kind` is what its backups are marked with. */
export function openDirectory(kind: string, directory: string, place: ServicePlace): OpenService {
  const check = async () => {
    try {
      await access(`${directory}/`, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw unreachable(place, directory, reasonOf(error), error);
    }
    await checkSpace(place, directory);
  };
  /** The files themselves stay where they are until the others are there as a whole. */
  const staged = join(dirname(directory), `.${basename(directory)}.new`);
  const former = join(dirname(directory), `.${basename(directory)}.old`);
  const replace = async (fill: (staged: string) => Promise<void>) => {
    for (const left of [staged, former]) await rm(left, { recursive: true, force: true });
    try {
      await fill(staged);
      await syncTree(staged);
    } catch (error) {
      await rm(staged, { recursive: true, force: true });
      throw error;
    }
    await rename(directory, former);
    await rename(staged, directory);
    await rm(former, { recursive: true });
  };
  return {
    values: { _DIRECTORY: { value: directory, isSecret: false } },
    async setUp() {
      // Left when an earlier run ended between the two renames above.
      if (!existsSync(directory)) await rename(former, directory).catch(undefinedIfMissing);
      await mkdir(directory, { recursive: true, mode: 0o700 });
    },
    check,
    backup: (to) => writeBackup(to, kind, (staged) => copyFiles(directory, join(staged, "files"))),
    async restore(from) {
      await checkBackup(from, kind);
      const source = join(from, "files");
      if (!existsSync(source)) throw refuseBackup(from, "its files are missing");
      await replace((staged) => copyFiles(source, staged));
    },
    clear: () => replace(async (staged) => void (await mkdir(staged, { mode: 0o700 }))),
    remove: () => rm(directory, { recursive: true, force: true }),
    close: async () => {},
  };
}

/** Somebody else's, which is there before and after. */
export function connectDirectory(kind: string, directory: string, place: ServicePlace): OpenService {
  const opened = openDirectory(kind, directory, place);
  return { ...opened, setUp: opened.check, remove: async () => {} };
}

/** With modes and times; links stay links. Sockets and pipes belong to a process and are left out. */
async function copyFiles(from: string, to: string): Promise<void> {
  await cp(from, to, {
    ...{
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
      errorOnExist: true,
      force: false,
    },
    async filter(path) {
      const found = await lstat(path);
      return found.isFile() || found.isDirectory() || found.isSymbolicLink();
    },
  });
}

function reasonOf(error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such directory",
    ENOTDIR: "it is no directory",
    EACCES: "it may not be written",
    EROFS: "its file system is read-only",
  };
  return reasons[errnoOf(error) ?? ""] ?? String(error);
}
