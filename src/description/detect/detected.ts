import type { Description, Origin } from "../description.ts";

/** A value that a file of the application tells, and which. */
export interface Found<Value> {
  readonly value: Value;
  readonly origin: Origin;
  /** Of a value with names: the line that each is on, where the file is read line by line. */
  readonly lines?: Readonly<Record<string, number>>;
}

/** What was found without asking. */
export type Detected = {
  readonly [K in keyof Description]?: Found<Exclude<Description[K], undefined>> | undefined;
};

export function found<Value>(
  value: Value | undefined,
  source: string,
  lines: Readonly<Record<string, number>> = {},
): Found<Value> | undefined {
  return value === undefined ? undefined : { value, origin: { source, line: undefined }, lines };
}
