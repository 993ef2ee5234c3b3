import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { undefinedIfMissing } from "../system/file-errors.ts";
import { listPath, listPrograms } from "../system/find-program.ts";
import type { SystemUser } from "../system/guarded-process.ts";

/** Where servers are that no PATH has: Debian's own place for versions of PostgreSQL, and what only root's PATH has. */
const MORE_PLACES = ["/usr/sbin", "/usr/local/sbin"];
const VERSIONS = "/usr/lib/postgresql";

/**
 * Absolute path of a program, undefined when it is nowhere. PATH first, then the newest version of Debian's.
 * @param version - of PostgreSQL, digits: where Debian has it, it wins.
 */
export async function findProgram(
  name: string,
  env: Readonly<NodeJS.ProcessEnv>,
  version?: string,
): Promise<string | undefined> {
  const versions = (await readdir(VERSIONS).catch(undefinedIfMissing)) ?? [];
  const newest = versions.filter((version) => /^\d+$/.test(version)).sort((a, b) => Number(b) - Number(a));
  const places = [
    ...(version === undefined ? [] : [join(VERSIONS, version, "bin")]),
    ...listPath(env),
    ...newest.map((version) => join(VERSIONS, version, "bin")),
    ...MORE_PLACES,
  ];
  return (await listPrograms(places, name))[0];
}

/** Who a server runs as when root starts it: its own user where its package has made one, else nobody. */
export async function findSystemUser(name: string): Promise<SystemUser> {
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const found = lines.find(([user]) => user === name) ?? lines.find(([user]) => user === "nobody");
  const [, , uid = "65534", gid = "65534"] = found ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
