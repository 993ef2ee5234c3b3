import type { Command, Plan } from "../../artifact/plan.ts";

/** A command of every application with settings that has none of its own of that name: docs/environment.md, "Settings". */
export const GENERATE_CONFIG = "generate-config";

export type ListedCommand = Command | (Pick<Command, "help" | "origin"> & { readonly kind: "settings" });

export function hasGenerateConfig({ settings, commands }: Pick<Plan, "settings" | "commands">): boolean {
  return settings !== undefined && !Object.hasOwn(commands, GENERATE_CONFIG);
}

/** All that can be run by a name, for people. */
export function listCommands(
  plan: Pick<Plan, "settings" | "commands">,
): Readonly<Record<string, ListedCommand>> {
  if (!hasGenerateConfig(plan)) return plan.commands;
  const help = "print a settings file to start from";
  return { ...plan.commands, [GENERATE_CONFIG]: { kind: "settings", help, origin: "platform" } };
}
