import { findNearMiss } from "../../errors/near-miss.ts";
import type { DescribedService, ServiceType } from "../description.ts";
import { parseSizeBytes } from "../quantity.ts";
import type { WrittenService } from "../schema/settings.ts";
import type { Context } from "./context.ts";

/** What can be said of a service of each type; the suite of the services compares them with what they give. */
export const SERVICE_PARTS: Readonly<Record<ServiceType, readonly string[]>> = {
  postgres: ["url", "host", "port", "user", "password", "name"],
  mysql: ["url", "host", "port", "user", "password", "name"],
  redis: ["url", "host", "port", "password"],
  sqlite: ["url", "path"],
  files: ["directory"],
  public_files: ["directory", "url"],
};

export function parseServices(
  written: Readonly<Record<string, WrittenService>>,
  context: Context,
): Readonly<Record<string, DescribedService>> {
  return Object.fromEntries(
    Object.entries(written).map(([name, service]) => [name, parseService(name, service, context)]),
  );
}

type Mapping = Exclude<WrittenService, string>;

function parseService(name: string, written: WrittenService, context: Context): DescribedService {
  if (typeof written === "string")
    return { type: written, env: undefined, password: undefined, quotaBytes: undefined };
  checkParts(name, written, context);
  checkPassword(name, written, context);
  const { type, env, password } = written;
  return { type, env, password, quotaBytes: parseQuota(name, written, context) };
}

function parseQuota(name: string, { type, quota }: Mapping, { refuse }: Context): number | undefined {
  if (quota === undefined) return undefined;
  const path = ["services", name, "quota"];
  if (type !== "public_files") throw refuse(path, `belongs to the type public_files, not ${type}`);
  const quotaBytes = parseSizeBytes(quota);
  if (!quotaBytes) throw refuse(path, `must be from 1B to 9007TB, not ${quota}`);
  return quotaBytes;
}

function checkParts(name: string, { type, env }: Mapping, { refuse }: Context): void {
  if (typeof env !== "object") return;
  const path = ["services", name, "env"];
  const parts = SERVICE_PARTS[type];
  // The URL of public files is a path.
  const mayHaveScheme = parts.includes("url") && type !== "public_files";
  if (Object.keys(env).length === 0) throw refuse(path, "names no variable", { hint: "Leave it out." });
  for (const [variable, part] of Object.entries(env)) {
    if (part.endsWith("://") ? mayHaveScheme : parts.includes(part)) continue;
    const near = findNearMiss(part, parts);
    throw refuse([...path, variable], `is ${part}, which ${type} does not have`, {
      hint: near ? `Did you mean ${near}?` : `It has ${parts.join(", ")}.`,
    });
  }
}

function checkPassword(name: string, { type, env, password }: Mapping, { refuse }: Context): void {
  const path = ["services", name];
  if (password !== undefined) {
    if (type === "redis") return;
    throw refuse([...path, "password"], `is for redis, not ${type}`, {
      hint: "Name a variable for it in env.",
    });
  }
  if (!SERVICE_PARTS[type].includes("password") || typeof env !== "object") return;
  if (Object.values(env).some((part) => part === "password" || part === "url" || part.endsWith("://")))
    return;
  throw refuse([...path, "env"], "has no password, so the application could not log in", {
    hint: `Give a variable the part password or url${type === "redis" ? "; or write `password: none` beside env, if the application can give none" : ""}.`,
  });
}
