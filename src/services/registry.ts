import { SERVICE_TYPES, type ServiceType } from "../description/description.ts";
import { AppError } from "../errors/app-error.ts";
import { findNearMiss } from "../errors/near-miss.ts";
import { filesService } from "./files/service.ts";
import { mysqlService } from "./mysql/service.ts";
import { postgresService } from "./postgres/service.ts";
import { publicFilesService } from "./public_files/service.ts";
import { redisService } from "./redis/service.ts";
import type { ServiceKind } from "./service.ts";
import { sqliteService } from "./sqlite/service.ts";

const SERVICE_KINDS: Readonly<Record<ServiceType, ServiceKind>> = {
  postgres: postgresService,
  mysql: mysqlService,
  redis: redisService,
  sqlite: sqliteService,
  files: filesService,
  public_files: publicFilesService,
};

/**
 * @param type - of a plan, which another version of holdall may have made.
 * @throws AppError `service_not_found`, with the near miss.
 */
export function findServiceKind(type: string): ServiceKind {
  const known = SERVICE_TYPES.find((each) => each === type);
  if (known !== undefined) return SERVICE_KINDS[known];
  const near = findNearMiss(type, SERVICE_TYPES);
  throw new AppError({
    code: "service_not_found",
    message: `cannot supply a service of type ${type}: there is no such type`,
    hint: near === undefined ? `Use one of ${SERVICE_TYPES.join(", ")}.` : `Did you mean ${near}?`,
    details: { type, nearMiss: near, known: SERVICE_TYPES },
  });
}
