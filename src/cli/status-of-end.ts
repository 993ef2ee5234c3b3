import type { ProcessEnd } from "../system/guarded-process.ts";

/** What holdall ends with when it stands for a program: its status, or its signal. */
export function statusOfEnd({ status, signal }: ProcessEnd): number | NodeJS.Signals {
  if (status !== undefined) return status;
  if (signal !== undefined) return signal;
  throw new Error("a program ends with a status or by a signal");
}
