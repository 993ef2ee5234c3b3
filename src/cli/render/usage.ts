import type { CommandRecord } from "../command.ts";

/** `holdall build [DIR] [--output FILE]`, `holdall test [APPLICATION] [--keep] [-- ARGUMENT...]`. */
export function renderUsage({ name, positionals, options }: CommandRecord): string {
  const separated = positionals
    .filter(({ isSeparated }) => isSeparated)
    .map(({ name: word }) => `[-- ${word.toUpperCase()}...]`);
  const others = positionals.filter(({ isSeparated }) => !isSeparated);
  const words = others.map(({ name: word, arity }) => {
    const upper = word.toUpperCase();
    return arity === "one" ? upper : arity === "optional" ? `[${upper}]` : `[${upper}...]`;
  });
  const flags = Object.entries(options).map(([option, { value }]) =>
    value ? `[--${option} ${value}]` : `[--${option}]`,
  );
  // What follows the words of a `rest` is not read as an option, so options come first there.
  const isPassing = others.some(({ arity }) => arity === "rest");
  return ["holdall", name, ...(isPassing ? [...flags, ...words] : [...words, ...flags]), ...separated].join(
    " ",
  );
}
