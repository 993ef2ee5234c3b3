import { statfs } from "node:fs/promises";
import { AppError } from "../errors/app-error.ts";
import type { ServicePlace } from "./service.ts";

type Named = Pick<ServicePlace, "name" | "variable">;

/** `reason` never has what somebody wrote before the host: there may be a password in it. */
export function refuseAddress({ name, variable }: Named, reason: string, form: string): AppError {
  return new AppError({
    code: "service_address_wrong",
    message: `cannot use the address of ${name}: ${reason}`,
    hint: `Write ${variable ?? "it"} like ${form}.`,
    details: { service: name },
  });
}

/** What PostgreSQL, MySQL and Redis say when all of their connections are used. */
const TOO_MANY = /too many (?:clients|connections)|connection slots|max number of clients/i;

export function unreachable(
  { name, variable }: Named,
  where: string,
  reason: string,
  cause?: unknown,
): AppError {
  const check =
    variable === undefined
      ? "Check that it runs, and its address, account and password."
      : `${variable} names it: check that it runs, its address, account and password. Where ${variable} is not set, an own one is used.`;
  return new AppError({
    code: "service_unreachable",
    message: `cannot reach ${name} at ${where}: ${reason}`,
    hint: TOO_MANY.test(reason)
      ? "Close connections of other programs, or raise the limit of the server."
      : check,
    details: { service: name, address: where },
    cause,
  });
}

export function full({ name }: Named, reason: string, hint: string): AppError {
  return new AppError({
    code: "service_full",
    message: `cannot store anything in ${name}: ${reason}`,
    hint,
    details: { service: name },
  });
}

/** Databases need some more than what they are asked to store. */
const ENOUGH_BYTES = 1024 ** 2;

/** @throws AppError `service_full` when the file system of `path` has less than 1 MiB left for its users. */
export async function checkSpace(place: Named, path: string): Promise<void> {
  const { bavail, bsize } = await statfs(path);
  if (bavail * bsize >= ENOUGH_BYTES) return;
  throw full(
    place,
    `the disk is full, ${bavail * bsize} bytes are left`,
    `Make room on the disk that has ${path}.`,
  );
}

/** `program` is what was looked for, `deb` the package of Debian that has it. */
export function missing(
  { name }: Named,
  type: string,
  { program, deb, address }: { readonly program: string; readonly deb: string; readonly address: string },
): AppError {
  return new AppError({
    code: "service_missing",
    message: `cannot start ${type} for ${name}: there is no ${program} on this machine`,
    hint: `Install it (\`apt-get install ${deb}\`), or set the address of a server, like ${address}.`,
    details: { service: name, type, program },
  });
}

/** The end, or what is around the last line that speaks of an error: some programs go on with advice for a page. */
function excerptOf(output: string): string {
  const lines = output.trim().split("\n");
  const last = lines.findLastIndex((line) => /\berror\b/i.test(line));
  return (last === -1 ? lines : lines.slice(0, last + 5)).slice(-12).join("\n");
}

/** `output` is the end of what the program printed: never with a password in it. */
export function failed({ name }: Named, what: string, output: string, cause?: unknown): AppError {
  return new AppError({
    code: "service_failed",
    message: `cannot ${what} ${name}: its program ended with an error`,
    hint: "Correct what it says, and try again.",
    ...(output.trim() !== "" && { excerpt: excerptOf(output) }),
    details: { service: name },
    cause,
  });
}
