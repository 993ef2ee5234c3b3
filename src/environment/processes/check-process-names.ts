import { AppError } from "../../errors/app-error.ts";
import { findNearMiss } from "../../errors/near-miss.ts";
import type { Runnable } from "../application/runnable.ts";

/**
 * @param wanted - names of processes; undefined: all that there are, of which there has to be one.
 * @throws AppError `process_not_found`, with the near miss.
 */
export function checkProcessNames(
  { name, plan }: Pick<Runnable, "name" | "plan">,
  wanted: readonly string[] | undefined,
): void {
  const known = Object.keys(plan.processes);
  if (known.length === 0) {
    throw new AppError({
      code: "process_not_found",
      message: `cannot start ${name}: it has no processes`,
      hint: "Declare what keeps running under `processes`; `holdall run` runs its commands.",
    });
  }
  const unknown = wanted?.find((each) => !known.includes(each));
  if (unknown === undefined) return;
  const near = findNearMiss(unknown, known);
  throw new AppError({
    code: "process_not_found",
    message: `cannot start ${unknown}: ${name} has no process of that name`,
    hint: near === undefined ? `It has ${known.join(", ")}.` : `Did you mean ${near}?`,
    details: { process: unknown, nearMiss: near, known },
  });
}
