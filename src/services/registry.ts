import { AppError } from "../errors/app-error.ts";
import { findNearMiss } from "../errors/near-miss.ts";
import { filesService } from "./files/service.ts";
import { mysqlService } from "./mysql/service.ts";
import { postgresService } from "./postgres/service.ts";
import { publicFilesService } from "./public_files/service.ts";
import { redisService } from "./redis/service.ts";
import type { ServiceKind } from "./service.ts";
import { sqliteService } from "./sqlite/service.ts";

export const SERVICE_KINDS: readonly ServiceKind[] = [
  sqliteService,
  filesService,
  publicFilesService,
  postgresService,
  mysqlService,
  redisService,
];

/** @throws AppError `service_not_found`, with the near miss. */
export function findServiceKind(type: string): ServiceKind {
  const found = SERVICE_KINDS.find(({ name }) => name === type);
  if (found) return found;
  const known = SERVICE_KINDS.map(({ name }) => name);
  const near = findNearMiss(type, known);
  throw new AppError({
    code: "service_not_found",
    message: `cannot supply a service of type ${type}: there is no such type`,
    hint: near === undefined ? `Use one of ${known.join(", ")}.` : `Did you mean ${near}?`,
    details: { type, nearMiss: near, known },
  });
}
