import type { AppFiles, Description, Origin } from "../description.ts";

/** A value that a file of the application tells, and which. */
export interface Found<Value> {
  readonly value: Value;
  readonly origin: Origin;
}

/** What was found without asking. */
export type Detected = {
  readonly [K in keyof Description]?: Found<Exclude<Description[K], undefined>> | undefined;
};

/** One kind of file that tells something. Pure: looks at nothing but the files. */
export type Detector = (files: AppFiles) => Detected;

export function found<Value>(
  value: Value | undefined,
  source: string,
  line?: number,
): Found<Value> | undefined {
  return value === undefined ? undefined : { value, origin: { source, line } };
}
