import type { DescribedCommand, PipSource } from "../description.ts";
import { normalizeName } from "../requirement.ts";
import { NAME_PATTERN, VERSION_PATTERN } from "../schema/identity.ts";
import { FUNCTION_PATTERN } from "../schema/run.ts";

/** The name of a distribution as that of an application; undefined when it is too long or has no letter that fits. */
export function applicationName(name: string | undefined): string | undefined {
  const normalized = normalizeName(name ?? "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return NAME_PATTERN.test(normalized) ? normalized : undefined;
}

export function applicationVersion(version: string | undefined): string | undefined {
  return version !== undefined && VERSION_PATTERN.test(version) ? version : undefined;
}

/** Console scripts of an application that is not built as a distribution: nothing else makes them. */
export function scriptCommands(
  scripts: Readonly<Record<string, unknown>>,
): Record<string, DescribedCommand> | undefined {
  const commands = Object.entries(scripts).flatMap(([name, target]) => {
    const [, fn] = /^\s*([^\s[]+)/.exec(typeof target === "string" ? target : "") ?? []; // `a:b [extra]` is deprecated
    if (fn === undefined || !FUNCTION_PATTERN.test(fn)) return [];
    return [[name, { kind: "function", function: fn, help: "" }] as const];
  });
  return commands.length === 0 ? undefined : Object.fromEntries(commands);
}

export const PROJECT: readonly PipSource[] = [{ kind: "project" }];
