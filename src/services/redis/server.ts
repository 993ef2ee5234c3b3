import { createHash } from "node:crypto";
import { chown, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HELD_DIRECTORY } from "../../system/guarded-process.ts";
import type { ServerRecipe } from "../own-server/server-recipe.ts";
import { findProgram } from "../programs.ts";
import type { ServicePlace } from "../service.ts";
import { missing } from "../service-errors.ts";
import { connectRedis, type RedisAddress } from "./client.ts";

const ADMINISTRATOR = "holdall";

/** Written by the server, too: ACL SAVE. */
const ACCOUNTS = "users.acl";

const CONFIGURATION = `bind 127.0.0.1
daemonize no
dir ${HELD_DIRECTORY}/data
aclfile ${HELD_DIRECTORY}/${ACCOUNTS}
appendonly yes
save ""
`;

/** Everything but the server itself: no configuration, no other servers, no files. For Redis 6 and newer. */
const RIGHTS = ["~*", "&*", "+@all", "-@admin", "-migrate", "+client|list", "+client|kill"];

/** @throws AppError `service_missing`. */
export async function findRedis(place: ServicePlace): Promise<ServerRecipe> {
  const [program, address] = ["redis-server", "redis://:password@localhost:6379/0"];
  const path = await findProgram(program, place.env);
  if (path === undefined) throw missing(place, "Redis", { program, deb: "redis-server", address });
  return {
    ...{ type: "redis", user: "redis" },
    async initialise(home, secret) {
      const { uid, gid } = await stat(home);
      const files = { "redis.conf": CONFIGURATION, [ACCOUNTS]: renderAccounts(secret) };
      for (const [name, text] of Object.entries(files))
        await writeFile(join(home, name), text, { flag: "wx", mode: 0o600 });
      await mkdir(join(home, "data"), { mode: 0o700 });
      for (const name of [...Object.keys(files), "data"]) await chown(join(home, name), uid, gid);
    },
    argv: (port) => [path, `${HELD_DIRECTORY}/redis.conf`, "--port", String(port)],
    connect: async (port, secret) => (await connectRedis(administrator(port, secret))).close(),
  };
}

/** Passwords as SHA-256 only. Nobody but the administrator comes in until a service is set up. */
function renderAccounts(secret: string): string {
  return `user default off\nuser ${ADMINISTRATOR} on #${hash(secret)} ~* &* +@all\n`;
}

export function administrator(port: number, secret: string): RedisAddress {
  return { host: "127.0.0.1", port, user: ADMINISTRATOR, password: secret, database: 0, isTls: false };
}

/**
 * Commands of the administrator, also after a restart: what was allowed before is forgotten. Without a password everybody who
 * reaches the server is let in.
 */
export function planAccount(password: string | undefined): readonly (readonly string[])[] {
  const proof = password === undefined ? "nopass" : `#${hash(password)}`;
  return [
    ["ACL", "SETUSER", "default", "reset", "on", proof, ...RIGHTS],
    ["ACL", "SAVE"],
  ];
}

export const REMOVED_ACCOUNT = [
  ["ACL", "SETUSER", "default", "reset"],
  ["ACL", "SAVE"],
] as const;

function hash(password: string): string {
  return createHash("sha256").update(password).digest("hex");
}
