import { createHash } from "node:crypto";
import { chown, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HELD_DIRECTORY } from "../../system/guarded-process.ts";
import type { ServerRecipe } from "../own-server.ts";
import { findProgram } from "../programs.ts";
import type { ServicePlace } from "../service.ts";
import { missing } from "../service-errors.ts";
import { connectRedis, type RedisAddress } from "./client.ts";

const ADMINISTRATOR = "holdall";

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
      const file = join(home, "redis.conf");
      await writeFile(file, renderConfiguration(secret), { flag: "wx", mode: 0o600 });
      await mkdir(join(home, "data"), { mode: 0o700 });
      for (const each of [file, join(home, "data")]) await chown(each, uid, gid);
    },
    argv: (port) => [path, `${HELD_DIRECTORY}/redis.conf`, "--port", String(port)],
    connect: async (port, secret) => (await connectRedis(administrator(port, secret))).close(),
  };
}

/** Passwords as SHA-256 only. Nobody but the administrator comes in until a service is set up. */
function renderConfiguration(secret: string): string {
  const lines = [
    ...["bind 127.0.0.1", "daemonize no", `dir ${HELD_DIRECTORY}/data`],
    ...["appendonly yes", 'save ""', "user default off"],
    `user ${ADMINISTRATOR} on #${hash(secret)} ~* &* +@all`,
  ];
  return `${lines.join("\n")}\n`;
}

export function administrator(port: number, secret: string): RedisAddress {
  return { host: "127.0.0.1", port, user: ADMINISTRATOR, password: secret, database: 0, isTls: false };
}

/** Words of ACL SETUSER: what was allowed before is forgotten. */
export function planRights(password: string): readonly string[] {
  return ["default", "reset", "on", `#${hash(password)}`, ...RIGHTS];
}

function hash(password: string): string {
  return createHash("sha256").update(password).digest("hex");
}
