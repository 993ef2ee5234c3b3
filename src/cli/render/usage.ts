import type { CommandRecord } from "../command.ts";

/** `holdall build [DIR] [--output FILE]`. */
export function renderUsage({ name, positionals, options }: CommandRecord): string {
  const words = positionals.map(({ name: word, arity }) => {
    const upper = word.toUpperCase();
    return arity === "one" ? upper : arity === "optional" ? `[${upper}]` : `[${upper}...]`;
  });
  const flags = Object.entries(options).map(([option, { value }]) =>
    value ? `[--${option} ${value}]` : `[--${option}]`,
  );
  // What follows the words of a `rest` is not read as an option, so options come first there.
  const isPassing = positionals.some(({ arity }) => arity === "rest");
  return ["holdall", name, ...(isPassing ? [...flags, ...words] : [...words, ...flags])].join(" ");
}
