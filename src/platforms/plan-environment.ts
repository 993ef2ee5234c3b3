import {
  type Command,
  MOMENTS,
  type Plan,
  type PlannedMoment,
  type PlannedService,
  type PlannedSetting,
} from "../artifact/plan.ts";
import type { DescribedCommand, DescribedService, Description, Setting } from "../description/description.ts";
import { AppError } from "../errors/app-error.ts";
import type { PlanInput } from "./platform.ts";
import { planCommand } from "./python/commands.ts";

/**
 * What an environment supplies and when it runs what: the same whatever the platforms are. Commands that are written
 * where they are used get the name of that place.
 * @throws AppError `description_invalid` when such a name is that of another command.
 */
export function planEnvironment(plan: Plan, input: PlanInput): Plan {
  const { description } = input;
  const commands: Record<string, Command> = { ...plan.commands };
  const scripts: Record<string, string> = { ...plan.scripts };
  const nameOf = (described: DescribedCommand, place: string): string => {
    const known = Object.keys(description.commands).find((name) => description.commands[name] === described);
    if (known !== undefined) return known;
    if (Object.hasOwn(commands, place)) throw refuseName(place, description);
    commands[place] = planCommand(place, described, input);
    if (described.kind === "function") scripts[place] = described.function;
    return place;
  };
  const schedule = mapRecord(description.schedule, ({ cron, command }, name) => {
    return { cron, command: nameOf(command, name) };
  });
  const mail = description.mail && {
    command: nameOf(description.mail.command, "mail"),
    ...(description.mail.maxBytes !== undefined && { maxBytes: description.mail.maxBytes }),
  };
  const parts = {
    settings: mapRecord(description.settings, planSetting),
    services: mapRecord(description.services, planService),
    schedule,
    lifecycle: planLifecycle(plan, description),
    static: description.static,
  };
  const present = Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0);
  return {
    ...{ ...plan, commands, scripts },
    ...(description.workingDirectory === "app" && { workingDirectory: "app" }),
    ...Object.fromEntries(present),
    ...(mail && { mail }),
  };
}

/** Commands of the description have the name of their moment; so have those that platforms add, who may say more of them. */
function planLifecycle(
  { commands, lifecycle: said = {} }: Plan,
  { lifecycle }: Description,
): Readonly<Record<string, PlannedMoment>> {
  const moments = MOMENTS.flatMap((moment): [string, PlannedMoment][] => {
    const described = lifecycle[moment];
    const isPlatforms = Object.hasOwn(commands, moment) && commands[moment]?.origin === "platform";
    if (described === undefined && !isPlatforms) return [];
    if (described === undefined) return [[moment, { ...said[moment], command: moment }]];
    const { isCompatible, hasOwnData } = described;
    const more = { ...(isCompatible && { isCompatible }), ...(hasOwnData && { hasOwnData }) };
    return [[moment, { command: moment, ...more }]];
  });
  return Object.fromEntries(moments);
}

function planSetting(setting: Setting): PlannedSetting {
  const { type, help, isRequired, generate, choices, env, file } = setting;
  return {
    ...{ type, help: help.replaceAll(/\s+/g, " "), isRequired },
    ...(setting.default !== undefined && { default: setting.default }),
    ...(generate && { generate }),
    ...(choices.length > 0 && { choices }),
    ...(env !== undefined && { env }),
    ...(file !== undefined && { file }),
  };
}

function planService({ type, env, password, quotaBytes }: DescribedService): PlannedService {
  return {
    type,
    ...(env !== undefined && { env }),
    ...(password && { password }),
    ...(quotaBytes !== undefined && { quotaBytes }),
  };
}

function refuseName(name: string, { schedule }: Description): AppError {
  const field = Object.hasOwn(schedule, name) ? `schedule.${name}` : name;
  return new AppError({
    code: "description_invalid",
    message: `cannot plan the application: the command of ${field} would be named ${name}, as another command is`,
    hint: `Rename it, or write \`command: ${name}\` if it is the same.`,
    details: { field },
  });
}

function mapRecord<Value, Result>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value, name: string) => Result,
): Readonly<Record<string, Result>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
