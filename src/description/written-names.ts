/** Keys as they are written, where the description's own field has another name. */
const WRITTEN_NAMES: Readonly<Record<string, string>> = {
  platforms: "platform",
  testPip: "test_pip",
  workingDirectory: "working_directory",
};

/** The key that users write for a field of the description. */
export function keyOf(field: string): string {
  return WRITTEN_NAMES[field] ?? field;
}

/** The description's own name for a key. */
export function fieldOf(key: string): string {
  return Object.keys(WRITTEN_NAMES).find((field) => WRITTEN_NAMES[field] === key) ?? key;
}
