import type { Requirement } from "../../environment/check-requirements.ts";
import type { Paint } from "../paint.ts";

export function renderRequirements(requirements: readonly Requirement[], paint: Paint): string {
  return requirements.flatMap((requirement) => renderRequirement(requirement, paint)).join("\n");
}

function renderRequirement({ name, isMet, reason, hint }: Requirement, paint: Paint): readonly string[] {
  if (isMet) return [`${paint("green", "met")}  ${name}`];
  if (isMet === undefined) return [`${paint("yellow", "?")}    ${name}: ${reason}`];
  const [first = "", ...more] = reason.split("\n");
  return [
    `${paint("red", "no")}   ${name}: ${first}`,
    ...more.map((line) => `       ${line}`.trimEnd()),
    ...(hint === undefined ? [] : [`     ${paint("cyan", "hint:")} ${hint}`]),
  ];
}

export function statusOfRequirements(requirements: readonly Requirement[]): number {
  return requirements.every(({ isMet }) => isMet) ? 0 : 1;
}
