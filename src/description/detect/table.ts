export type Table = Readonly<Record<string, unknown>>;

/** The table at these keys; empty when there is none, or something else. */
export function tableAt(value: unknown, ...keys: readonly string[]): Table {
  let current = value;
  for (const key of keys)
    current = isTable(current) && Object.hasOwn(current, key) ? current[key] : undefined;
  return isTable(current) ? current : {};
}

export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The texts of a list; undefined when there is no list. */
export function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}
