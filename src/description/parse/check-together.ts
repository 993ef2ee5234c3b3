import { isDeepStrictEqual } from "node:util";
import { findNearMiss } from "../../errors/near-miss.ts";
import { DATABASE_TYPES, type DescribedCommand } from "../description.ts";
import type { Context } from "./context.ts";
import type { WrittenDescription } from "./parse-description.ts";

/** What is right key by key and wrong together. @throws AppError `description_invalid`. */
export function checkTogether(description: WrittenDescription, context: Context): void {
  const { processes = {}, development = {}, commands = {}, lifecycle = {}, schedule = {} } = description;
  for (const name of Object.keys(commands)) {
    if (Object.hasOwn(processes, name) || Object.hasOwn(development, name)) {
      throw context.refuse(["commands", name], "is the name of a process too", {
        hint: "Rename one: processes keep running, commands end.",
        part: "key",
      });
    }
  }
  for (const [name, command] of Object.entries(lifecycle)) {
    const { isCompatible, hasOwnData } = command;
    const more = { isCompatible, hasOwnData };
    const other = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (other === undefined || isDeepStrictEqual({ ...other, ...more }, { ...command, ...more })) continue;
    throw context.refuse(["lifecycle", name], "is another command in commands", {
      hint: `Rename that one, or write \`${name}: ${name}\` here if it is the same.`,
      part: "key",
    });
  }
  for (const [name, command] of Object.entries(commands))
    checkDatabase(command, ["commands", name], description, context);
  for (const [name, command] of Object.entries(lifecycle))
    checkDatabase(command, ["lifecycle", name], description, context);
  for (const [name, { command }] of Object.entries(schedule)) {
    checkDatabase(command, ["schedule", name, "command"], description, context);
  }
  checkMail(description, context);
  checkVariables(description, context);
}

/** A message comes on standard input. */
function checkMail({ mail }: WrittenDescription, { refuse }: Context): void {
  if (mail?.command.kind !== "sql" && mail?.command.kind !== "url") return;
  throw refuse(["mail"], `is a command of kind ${mail.command.kind}, which reads no message`, {
    hint: "Name a program, a script or a function.",
  });
}

function checkDatabase(
  command: DescribedCommand,
  path: readonly string[],
  { services = {} }: WrittenDescription,
  { refuse }: Context,
): void {
  if (command.kind !== "sql") return;
  const { database } = command;
  const declared = Object.keys(services).filter((name) =>
    DATABASE_TYPES.includes(services[name]?.type ?? ""),
  );
  if (declared.includes(database)) return;
  const near = findNearMiss(database, declared);
  const hint = near ? `Did you mean ${near}?` : `Declare it: services: {${database}: postgres}.`;
  throw refuse([...path, "database"], `names ${database}, which is no database of services`, { hint });
}

/** Two values cannot have one environment variable. */
function checkVariables({ settings = {}, services = {} }: WrittenDescription, { refuse }: Context): void {
  const owners = new Map<string, string>();
  const parts = [
    ...Object.entries(settings).map(([name, { env }]) => ({ path: ["settings", name], env })),
    ...Object.entries(services).flatMap(([name, { env }]) =>
      (typeof env === "object" ? Object.keys(env) : [env]).map((each) => ({
        path: ["services", name],
        env: each,
      })),
    ),
  ];
  for (const { path, env } of parts) {
    if (env === undefined) continue;
    const other = owners.get(env);
    if (other !== undefined) {
      throw refuse(path, `goes into ${env}, as ${other} does`, { hint: "Set env of one of them." });
    }
    owners.set(env, path.join("."));
  }
}
