import type { Command, Plan } from "../../artifact/plan.ts";

/** A command of every application with settings that has none of its own of that name: docs/environment.md, "Settings". */
export const GENERATE_CONFIG = "generate-config";

export type ListedCommand = Command | (Pick<Command, "help" | "origin"> & { readonly kind: "settings" });

type Configured = Pick<Plan, "settings" | "commands">;

/** All that can be run by a name, for people. */
export function listCommands(plan: Configured): Readonly<Record<string, ListedCommand>> {
  if (!hasGenerateConfig(plan)) return plan.commands;
  const help = "print a settings file to start from";
  return { ...plan.commands, [GENERATE_CONFIG]: { kind: "settings", help, origin: "platform" } };
}

/** A settings file to start from; undefined where the application has a command of that name itself, or no settings. */
export async function generateConfig(application: string, plan: Configured): Promise<string | undefined> {
  if (!hasGenerateConfig(plan)) return undefined;
  const { renderSettingsTemplate } = await import("./template.ts"); // seldom needed
  return renderSettingsTemplate(application, plan.settings ?? {});
}

function hasGenerateConfig({ settings, commands }: Configured): boolean {
  return settings !== undefined && !Object.hasOwn(commands, GENERATE_CONFIG);
}
