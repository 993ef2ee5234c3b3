import type { CommandRecord, Option } from "../command.ts";
import { GLOBAL_OPTIONS } from "../parse-arguments.ts";

/** What a shell offers for the words of a command that are not options. */
export type Offer = readonly string[] | "file" | "directory";

/** One offer for all words of a command: completion is a help for typing, the command itself is exact. */
export function offerWords(record: CommandRecord, records: readonly CommandRecord[]): Offer {
  if (record.name === "help") return records.map(({ name }) => name);
  const kinds = record.positionals.map((positional) => positional.is);
  const choices = kinds.find((kind) => typeof kind === "object");
  if (choices) return choices;
  return kinds.length > 0 && kinds.every((kind) => kind === "directory") ? "directory" : "file";
}

export function allOptions(record: CommandRecord | undefined): [name: string, option: Option][] {
  return Object.entries({ ...record?.options, ...GLOBAL_OPTIONS });
}
