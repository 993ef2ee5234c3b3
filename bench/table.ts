import type { Time } from "./measure.ts";

export type Value =
  | Time
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "count"; readonly count: number };

export interface Column {
  readonly name: string;
  /** The row that the others are compared with. */
  readonly base?: string;
  /** By row; a row that is absent was not measured. */
  readonly values: ReadonlyMap<string, Value>;
}

export interface Table {
  /** What goals find it by, with `application`. */
  readonly id: string;
  /** Name of the application. */
  readonly application: string;
  readonly title: string;
  readonly text: string;
  readonly columns: readonly Column[];
}

/** What ratios are made of: milliseconds, bytes, or a number. */
export function amountOf(value: Value): number {
  if (value.kind === "time") return value.medianMs;
  return value.kind === "bytes" ? value.bytes : value.count;
}
