import type { CommandRecord, Option } from "../command.ts";
import { GLOBAL_OPTIONS } from "../parse-arguments.ts";
import { offerWords } from "./words.ts";

/** For fish 3 and up: one line for each thing that can be typed. */
export function renderFishCompletion(records: readonly CommandRecord[]): string {
  const lines = [
    "# fish completion for holdall, made by `holdall completion fish`",
    "complete -c holdall -f",
    ...optionLines(GLOBAL_OPTIONS, ""),
    ...records.map(
      ({ name, summary }) => `complete -c holdall -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
    ),
    ...records.flatMap((record) => commandLines(record, records)),
  ];
  return `${lines.join("\n")}\n`;
}

function commandLines(record: CommandRecord, records: readonly CommandRecord[]): string[] {
  const condition = `-n '__fish_seen_subcommand_from ${record.name}' `;
  const offer = offerWords(record, records);
  const words =
    offer === "file"
      ? "-F"
      : offer === "directory"
        ? "-a '(__fish_complete_directories)'"
        : `-a '${offer.join(" ")}'`;
  return [`complete -c holdall ${condition}${words}`, ...optionLines(record.options, condition)];
}

function optionLines(options: Readonly<Record<string, Option>>, condition: string): string[] {
  return Object.entries(options).map(([name, { type, short, help, is }]) => {
    const value = type === "boolean" ? "" : is === "file" ? " -r -F" : " -x";
    return `complete -c holdall ${condition}-l ${name}${short ? ` -s ${short}` : ""}${value} -d ${quote(help)}`;
  });
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
